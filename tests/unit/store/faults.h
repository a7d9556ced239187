/*
 * Failing disks and sudden deaths: every write, sync, truncation and renaming that the
 * program or LMDB makes is counted, and the chosen one fails, falls short or kills the
 * process.
 */
#ifndef KITH_TESTS_STORE_FAULTS_H
#define KITH_TESTS_STORE_FAULTS_H

enum fault {
	FAULT_NONE,
	FAULT_KILL,      /* SIGKILL in place of the call */
	FAULT_KILL_HALF, /* half of a write is done, then SIGKILL */
	FAULT_ONCE,      /* one call fails with EIO */
	FAULT_FROM,      /* it and all later ones fail with EIO */
	FAULT_SHORT,     /* one write is done by half, and says so */
};

/* From now on: at call number `nth`, from 1. FAULT_NONE ends it. */
void fault_set(enum fault fault, unsigned nth);

/* How many calls there were since then. */
unsigned fault_calls(void);

#endif

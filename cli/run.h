/* Running one command from beginning to end: read, do, say, exit. */
#ifndef KITH_CLI_RUN_H
#define KITH_CLI_RUN_H

/* Returns the exit code (cli/exit.h). */
int run_kith(int argc, const char *const argv[]);

#endif

/* What the session after a pairing takes over from it (net/host/pairer.h). */
#ifndef KITH_HOST_PAIRER_MET_H
#define KITH_HOST_PAIRER_MET_H

#include "net/host/pairer.h"

/* Borrowed from the pairer. */
struct pairer_met {
	struct loop *loop;
	const struct pairing_outcome *outcome; /* NULL: nothing was agreed on */
	int listener;             /* shower; the pairer no longer looks at it */
	const struct address *to; /* typer: where the other side was reached */
};

struct pairer_met pairer_met(struct pairer *pairer);

#endif

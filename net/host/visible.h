/*
 * Whether this computer may be found where it is now (SECURITY §3.2, invisible mode).
 */
#ifndef KITH_HOST_VISIBLE_H
#define KITH_HOST_VISIBLE_H

#include "core/notebook/invisible.h"
#include "net/host/interfaces.h"

enum visible {
	VISIBLE,
	INVISIBLE_HERE, /* one of these networks was named */
	/* One cannot be told from those that were named: the gateway has not answered
	 * yet, or there is none. It is taken for one of them. */
	INVISIBLE_UNSURE,
};

/* The networks, and whether these are all, as networks_now() gives them. */
enum visible visible_on(const struct invisible *invisible, const struct network *networks,
	size_t count, bool all_named);

#define VISIBLE_NETWORKS 8

/* The same for where this computer is now. */
enum visible visible_now(const struct invisible *invisible);

#endif

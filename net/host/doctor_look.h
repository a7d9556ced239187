/*
 * Gathering the facts for net/host/doctor.h: looks at the interfaces, asks and listens by
 * multicast, dials. Nothing is announced, and nothing about this computer or its store is
 * said to anybody.
 */
#ifndef KITH_HOST_DOCTOR_LOOK_H
#define KITH_HOST_DOCTOR_LOOK_H

#include "net/host/doctor.h"

struct doctor_look {
	const char *home;            /* the store's folder; it may not be there */
	const struct address *asked; /* dialled too; may be NULL */
	uint64_t listen_ms;          /* how long to listen for others */
};

/* All facts but those of partners, which stay empty. Blocks for `listen_ms` and some
 * seconds more. What cannot be learnt stays as if all were well. */
void doctor_look(const struct doctor_look *look, struct doctor_facts *out);

#endif

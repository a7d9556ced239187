/*
 * Whether multicast works: a question to the group of multicast DNS on each interface,
 * and who is heard there, ourselves included. What we send goes back to us through our
 * own firewall, so what we do not hear of ourselves this machine keeps out.
 *
 * The question is for the list of all sorts of services, which every responder answers;
 * it says nothing of kith.
 *
 * Source: RFC 6762; RFC 6763 §9.
 */
#ifndef KITH_HOST_DOCTOR_ECHO_H
#define KITH_HOST_DOCTOR_ECHO_H

#include "net/host/doctor.h"
#include "net/host/interfaces.h"

struct loop;
struct echo;

/* Ask on every interface of `facts` that is fit, and listen while the loop runs. `facts`
 * and `own`, this machine's addresses, are lent until echo_free(). */
struct echo *echo_new(struct loop *loop, struct doctor_facts *facts,
	const struct interface_address *own, size_t own_count);
/* Ask once more: a packet may be lost. */
void echo_again(struct echo *echo);
void echo_free(struct echo *echo);

#endif

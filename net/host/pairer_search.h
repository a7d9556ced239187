/*
 * A pairing code's number on the network: announced while one is shown, looked for when
 * one was typed. Anybody can announce any number, so who it is decides the code.
 *
 * Source: SECURITY §§2.3, 3.2.
 */
#ifndef KITH_HOST_PAIRER_SEARCH_H
#define KITH_HOST_PAIRER_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "net/host/tcp.h"

struct loop;
struct search;

#define SEARCH_MAX 32 /* addresses kept; the oldest goes */

/* `port`: what is announced with a number. `fn` (may be NULL): someone new was found;
 * called from the loop. */
struct search *search_new(
	struct loop *loop, uint16_t port, void (*fn)(void *arg), void *arg);
void search_free(struct search *search);

/* Announce this number in place of the one before. */
void search_announce(struct search *search, uint8_t nameplate);

/* The address to dial for this number, in turn; false when nobody announces it. */
bool search_choose(struct search *search, uint8_t nameplate, struct address *out);
/* That one was tried: choose another next time. */
void search_next(struct search *search);
/* Whether there is one that was not tried since all were. */
bool search_is_fresh(const struct search *search);

/* As mdns_problem(). */
const char *search_problem(const struct search *search);

#endif

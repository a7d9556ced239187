/*
 * Dialling several addresses at once, to see who answers: for the doctor.
 */
#ifndef KITH_HOST_DOCTOR_DIAL_H
#define KITH_HOST_DOCTOR_DIAL_H

#include "net/host/doctor.h"

/* Dial each and say in `dial` what came of it, within `wait_ms`. Whoever speaks kith says
 * a challenge first; nothing is said to them. Texts that are no address are left out. */
void doctor_dial(struct doctor_address *addresses, size_t count, uint64_t wait_ms);

#endif

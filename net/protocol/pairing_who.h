/*
 * Who the other side of a pairing is, and what becomes of the space two people had.
 *
 *	who     = u8 length of the name | name | signed device list
 *	confirm = half[32] | u8 state | [space[16] unless NONE] | [space key[32] if OPEN]
 *
 * Source: SECURITY §§1.1, 2.3; DESIGN §4.6.
 */
#ifndef KITH_PROTOCOL_PAIRING_WHO_H
#define KITH_PROTOCOL_PAIRING_WHO_H

#include "core/crypto/devices.h"
#include "net/protocol/pairing.h"

/* What we bring to any pairing. */
struct pairing_self {
	struct person_id person;
	struct buf who; /* as it is sent */
	struct pairing_known *known;
	size_t known_count;
};

/* Copies what `config` lends. */
void pairing_self_init(struct pairing_self *self, const struct pairing_config *config);
void pairing_self_release(struct pairing_self *self);

/* The other side. */
struct pairing_who {
	struct device_list list;
	struct buf list_bytes;
	char name[PAIRING_NAME_MAX + 1];   /* without what drives a terminal */
	const struct pairing_known *known; /* NULL: nobody I know; borrows from `self` */
};

void pairing_who_release(struct pairing_who *who);

/*
 * Read what the device with that key says of its person.
 *
 * Errors, with a sentence in `why` for ERR_REFUSED: ERR_CORRUPT, ERR_AUTH; ERR_REFUSED
 * for ourselves, a device not or no longer in its own list, or a list older than the one
 * held.
 */
MUST_USE enum err pairing_who_read(const struct pairing_self *self, struct bytes inner,
	const struct dh_public *device, struct pairing_who *out, struct why *why);

/* The space as one side knows it. */
struct pairing_shared {
	enum pairing_space state;
	struct id space;
	struct secret space_key;
};

/* As `known` (may be NULL) says. */
struct pairing_shared pairing_shared_of(const struct pairing_known *known);
void pairing_shared_add(struct buf *out, const struct pairing_shared *shared);
MUST_USE bool pairing_shared_read(struct bytes *rest, struct pairing_shared *out);

/*
 * Which space goes on: one that someone holds open and the other has not closed. Both
 * sides find the same. NULL: a new one begins.
 */
const struct pairing_shared *pairing_kept_space(
	const struct pairing_shared *ours, const struct pairing_shared *theirs);

#endif

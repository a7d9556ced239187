/*
 * People: who I am, my device, and the partners I paired with (DESIGN §3, SECURITY
 * §§1.1, 2.3).
 */
#ifndef KITH_NOTEBOOK_PEOPLE_H
#define KITH_NOTEBOOK_PEOPLE_H

#include "core/crypto/devices.h"
#include "core/notebook/notebook.h"

struct me {
	struct person_id person;
	char name[NAME_MAX_LEN + 1];
	struct id device;
	struct dh_public device_public;
	struct dh_secret device_secret;
	struct secret log_mac; /* own-MAC key (SECURITY §5.1) */
	struct buf list;       /* own signed device list */
	uint32_t list_number;
};

/* Borrowed; lives as long as the notebook. */
const struct me *notebook_me(const struct notebook *notebook);

enum partner_state {
	PARTNER_PROVISIONAL, /* paired, never met since: offered nothing (SECURITY §2.3)
			      */
	PARTNER_ACTIVE,
	PARTNER_LEAVING, /* ended by me, not yet delivered */
	PARTNER_LEFT,    /* ended; the ledger stays readable */
};

#define PARTNERS_MAX      64
#define PARTNER_ADDRESSES 8

/* Where a partner was reached, and on which network that was. */
struct partner_address {
	char text[64];       /* HOST:PORT */
	uint8_t network[16]; /* identity of the network: net/host/interfaces.h */
	uint64_t seen_s;
};

struct partner {
	struct person_id person;
	char name[NAME_MAX_LEN + 1];   /* what they call themselves */
	char called[NAME_MAX_LEN + 1]; /* what I call them; never sent */
	enum partner_state state;
	struct id space;
	bool i_typed; /* which side of the pairing I was: directions of hint and tokens */
	struct secret root;   /* the pair's root */
	struct secret before; /* the root before a renewal, until a session under `root`
				 has stood */
	bool has_before;
	bool typed_before; /* my side when `before` was made */
	struct device_list list;
	struct buf list_bytes; /* as signed */
	struct partner_address addresses[PARTNER_ADDRESSES];
	size_t address_count;
	int64_t clock_offset_s;
	uint64_t met_s, verified_s;
	uint8_t fingerprint[16];
	bool identical; /* the last comparison found both replicas the same */
};

/* All partners, in the order of pairing; borrowed from the transaction. */
MUST_USE enum err people_partners(
	struct notebook_txn *txn, struct partner **out, size_t *count);
struct partner *people_partner(struct notebook_txn *txn, const struct person_id *person);

/* By the name I call them, any unique beginning of it, or of their id. ERR_NOT_FOUND,
 * ERR_AMBIGUOUS. */
MUST_USE enum err people_find(struct notebook_txn *txn, const char *name,
	struct partner **out, struct why *why);

/* Whether they ended it and I have not answered yet: share_unpair() is the answer. */
bool people_was_left(struct notebook_txn *txn, const struct partner *partner);

/* Say that a partner's record was changed, so that it is written at commit. */
void people_touch(struct notebook_txn *txn, struct partner *partner);

/* What a pairing agreed on (net/protocol/pairing.h). */
struct pairing_result {
	struct device_list list;
	struct bytes list_bytes;
	const char *name;   /* already cleaned */
	const char *called; /* "" : as they call themselves */
	struct secret root;
	bool i_typed;
	bool kept; /* both had a space that neither closed: it is kept */
	struct id space;
	struct secret space_key;
	bool provisional;
};

/*
 * Write the partner: a new one with a new space, or a known one with a renewed root.
 * Errors: ERR_REFUSED for oneself, for a 65th, for an older device list.
 */
MUST_USE enum err people_pair(
	struct notebook_txn *txn, const struct pairing_result *result, struct why *why);

/* The space both may keep when they pair again: false when there is none that I hold
 * open. */
bool people_open_space(struct notebook_txn *txn, const struct person_id *person,
	struct id *space, struct secret *space_key);

/* A newer signed device list of a partner. Errors: ERR_AUTH, ERR_REFUSED (older, another
 * person). */
MUST_USE enum err people_list(struct notebook_txn *txn, struct partner *partner,
	struct bytes signed_list, struct why *why);

/* A session under the new root stood: the partner is final and the old root forgotten. */
void people_met(struct notebook_txn *txn, struct partner *partner);

#endif

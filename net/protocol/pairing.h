/*
 * Pairing: two people in one room, a code of a number and three words that one shows and
 * the other types, then three words that both compare. A machine without I/O that lives
 * through several connections and up to three codes; whatever goes wrong, nothing is left
 * behind on either side.
 *
 * The shower listens, the typer dials. One code is one guess (SECURITY §2.4). Events ask
 * for everything else: show a code, ask for one, dial, hang up, compare, write.
 *
 * Source: SECURITY §§2.2–2.4; net/protocol/PROTOCOL.md has the steps and bytes.
 */
#ifndef KITH_PROTOCOL_PAIRING_H
#define KITH_PROTOCOL_PAIRING_H

#include "core/crypto/devices.h"
#include "core/crypto/keys.h"
#include "core/crypto/words.h"
#include "net/protocol/wire.h"

#define PAIRING_NAME_MAX   64 /* bytes of a display name */
#define PAIRING_CODES      3  /* burned codes that end it */
#define PAIRING_RUNS       4  /* runs of one code that may end before the guess */
#define PAIRING_WAIT_MS    UINT64_C(120000) /* for someone to type, or to be found */
#define PAIRING_RUN_MS     UINT64_C(5000)   /* from the connection to the guess */
#define PAIRING_STEP_MS    UINT64_C(10000)  /* from the guess to the words */
#define PAIRING_COMPARE_MS UINT64_C(60000)  /* for a person to answer */
#define PAIRING_PAUSE_MS   UINT64_C(60000)  /* wait so long after three burned codes */

/* The space two people share, as one of them knows it. */
enum pairing_space {
	PAIRING_SPACE_NONE,
	PAIRING_SPACE_OPEN,
	PAIRING_SPACE_CLOSED, /* I ended it, or heard that they did */
};

/* A person I am or was paired with. */
struct pairing_known {
	struct person_id person;
	uint32_t list_number; /* of the device list I hold: an older one is refused */
	enum pairing_space state;
	struct id space;         /* unless PAIRING_SPACE_NONE */
	struct secret space_key; /* PAIRING_SPACE_OPEN only */
};

struct pairing_config {
	bool typer;
	const struct dh_secret *own; /* our device key */
	struct person_id person;     /* who we are */
	struct bytes list;           /* our signed device list */
	const char *name;            /* our display name */
	const struct pairing_known *known;
	size_t known_count;
	struct wire_versions versions; /* wire_versions_own() */
};

/* One attempt to pair. Holds secrets; in locked memory. */
struct pairing;

/* Everything in `config` is copied. */
struct pairing *pairing_new(const struct pairing_config *config, uint64_t now_ms);
void pairing_free(struct pairing *pairing);

/* What two people agreed on. */
struct pairing_outcome {
	struct device_list list;
	struct bytes list_bytes; /* as signed */
	const char *name;        /* cleaned */
	struct secret root;
	bool i_typed;
	bool kept; /* the space they had goes on; else a new one begins */
	bool mine; /* kept: I hold it already (else it is pulled whole) */
	struct id space;
	struct secret space_key;
	bool provisional; /* the shower's: final when a session under `root` has stood */
};

enum pairing_event_type {
	PAIRING_SHOW_CODE, /* shower: listen, and show this */
	PAIRING_ASK_CODE,  /* typer: ask the person for the code: pairing_typed() */
	PAIRING_DIAL,      /* typer: find `nameplate` and connect: pairing_connected() */
	PAIRING_HANG_UP,   /* send what is in the output, then end the connection */
	PAIRING_COMPARE,   /* show the words and the name: pairing_answer() */
	PAIRING_DONE,      /* write the partner, then pairing_kept() */
	PAIRING_FAILED,    /* the last event: write nothing */
};

struct pairing_event {
	enum pairing_event_type type;
	const char *code;  /* SHOW_CODE: "07-crusade-everyday-dropper" */
	uint8_t nameplate; /* SHOW_CODE: announce it; DIAL: look for it */
	bool again;        /* SHOW_CODE, ASK_CODE: the code before this one was burned */
	const char *words; /* COMPARE: three words */
	const char *name;  /* COMPARE: what they call themselves */
	bool is_known;     /* COMPARE: this very identity is a partner already */
	const struct pairing_outcome *outcome; /* DONE; lives as long as the machine */
	enum err err;    /* FAILED: ERR_MISMATCH (exit 7), ERR_TIMEOUT, ERR_VERSION,
			    ERR_REFUSED, ERR_NOT_REACHED, ERR_CLOSED */
	const char *why; /* FAILED, `again`: a sentence for a person. All texts live until
			    the next call on this machine. */
};

/* The person typed this. ERR_INVALID, with `why` saying which word looks wrong: a local
 * check that spends nothing. ERR_REFUSED when no code was asked for. */
MUST_USE enum err pairing_typed(
	struct pairing *pairing, const char *text, uint64_t now_ms, struct why *why);

/* The person compared the words. Nothing when they were not asked. */
void pairing_answer(struct pairing *pairing, bool same, uint64_t now_ms);

/* The partner is written: the shower's confirmation goes out only now. */
void pairing_kept(struct pairing *pairing, uint64_t now_ms);

/* The person gave up, or the partner could not be written. */
void pairing_cancel(struct pairing *pairing);

/* A connection stands: dialled by the typer, accepted by the shower. False when none is
 * wanted now (one at a time): close it. */
MUST_USE bool pairing_connected(struct pairing *pairing, uint64_t now_ms);
void pairing_recv(struct pairing *pairing, struct bytes bytes, uint64_t now_ms);
/* The connection ended or broke. */
void pairing_eof(struct pairing *pairing, uint64_t now_ms);
void pairing_tick(struct pairing *pairing, uint64_t now_ms);

bool pairing_next(struct pairing *pairing, struct pairing_event *out);
uint64_t pairing_deadline_ms(const struct pairing *pairing);

/* What is to be sent on the connection that stands; the caller drains it. */
struct buf *pairing_output(struct pairing *pairing);

#endif

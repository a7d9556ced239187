#include "net/protocol/pairkeys.h"

#include <string.h>

/* Never renumber: both sides derive by these. */
enum {
	SESSION_PSK = 1,
	DISCOVERY_TYPER_TO_SHOWER,
	DISCOVERY_SHOWER_TO_TYPER,
	HINT_TYPER_TO_SHOWER,
	HINT_SHOWER_TO_TYPER,
	BUNDLE_PSK,
	SPACE_ID,
	SPACE_KEY,
};

static void derive(const struct secret *root, uint64_t id, struct secret *out)
{
	secret_derive(root, "pairkey1", id, out);
}

void pair_session_key(
	const struct secret *root, bool i_typed, size_t tag, struct session_key *out)
{
	derive(root, SESSION_PSK, &out->psk);
	derive(root, i_typed ? HINT_TYPER_TO_SHOWER : HINT_SHOWER_TO_TYPER,
		&out->hint_out);
	derive(root, i_typed ? HINT_SHOWER_TO_TYPER : HINT_TYPER_TO_SHOWER,
		&out->hint_in);
	out->tag = tag;
}

void session_key_wipe(struct session_key *key)
{
	wipe(key, sizeof *key);
}

void pair_discovery_keys(
	const struct secret *root, bool i_typed, struct secret *out, struct secret *in)
{
	derive(root, i_typed ? DISCOVERY_TYPER_TO_SHOWER : DISCOVERY_SHOWER_TO_TYPER,
		out);
	derive(root, i_typed ? DISCOVERY_SHOWER_TO_TYPER : DISCOVERY_TYPER_TO_SHOWER, in);
}

void pair_bundle_key(const struct secret *root, struct secret *out)
{
	derive(root, BUNDLE_PSK, out);
}

void pair_space(const struct secret *root, struct id *space, struct secret *space_key)
{
	WIPED(secret) wide;
	derive(root, SPACE_ID, &wide);
	memcpy(space->b, wide.b, sizeof space->b);
	derive(root, SPACE_KEY, space_key);
}

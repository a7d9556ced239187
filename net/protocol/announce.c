#include "net/protocol/announce.h"

#include <assert.h>
#include <string.h>

#define ROW   16 /* tokens in one string */
#define KEY   2  /* "t=" */
#define HOST  10 /* random bytes of a host name */
#define ROWS  (ANNOUNCE_TOKENS_MAX / ROW)
#define PLATE 2 /* digits of a nameplate */

/* The names of the rows of tokens, in their order. */
static const char *const row_key[ROWS] = {"t=", "u=", "w="};

struct token {
	uint8_t b[ANNOUNCE_TOKEN];
};

static uint64_t epoch_of(uint64_t unix_s)
{
	return unix_s / ANNOUNCE_EPOCH_S;
}

static void token_of(const struct secret *key, uint64_t epoch,
	const uint8_t label[ANNOUNCE_LABEL], uint16_t port, struct token *out)
{
	CLEAN_BUF struct buf said = {0};
	uint8_t mac[16];
	buf_add_u32(&said, (uint32_t)epoch);
	buf_add_raw(&said, label, ANNOUNCE_LABEL);
	buf_add_u16(&said, port);
	const struct bytes part = buf_bytes(&said);
	keyed_hash(BYTES_OF(key->b), "tok1", &part, 1, mac, sizeof mac);
	memcpy(out->b, mac, sizeof out->b);
}

/* ---- Making one */

static void add_string(struct announcement *a, const char *key, struct bytes value)
{
	struct announce_string *s = &a->txt[a->txt_count++];
	size_t len = strlen(key);
	assert(len + value.len <= sizeof s->at);
	memcpy(s->at, key, len);
	memcpy(s->at + len, value.at, value.len);
	s->len = len + value.len;
}

/* A new label and a new host name, and when both are to change. */
static void begin(struct announcement *a, uint8_t label[ANNOUNCE_LABEL], uint16_t port,
	uint64_t now_s)
{
	uint8_t host[HOST];
	*a = (struct announcement){.port = port};
	random_fill(label, ANNOUNCE_LABEL);
	random_fill(host, sizeof host);
	base32_text((struct bytes){label, ANNOUNCE_LABEL}, a->instance);
	base32_text(BYTES_OF(host), a->host);
	a->until_s = (epoch_of(now_s) + 1) * ANNOUNCE_EPOCH_S +
		     random_below(ANNOUNCE_JITTER_S + 1);
	add_string(a, "v=", bytes_text("1"));
}

static void shuffle(struct token *tokens, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t k = random_below((uint32_t)i);
		struct token held = tokens[i - 1];
		tokens[i - 1] = tokens[k];
		tokens[k] = held;
	}
}

/* Fill up to whole rows, at least one, shuffle, and write them down. */
static void add_tokens(struct announcement *a, struct token *tokens, size_t count)
{
	size_t rows = count == 0 ? 1 : (count + ROW - 1) / ROW;
	random_fill(tokens + count, (rows * ROW - count) * sizeof *tokens);
	shuffle(tokens, rows * ROW);
	for (size_t row = 0; row < rows; row++)
		add_string(a, row_key[row],
			(struct bytes){tokens[row * ROW].b, ROW * sizeof *tokens});
}

/* Each of the keys stands an equal chance of a place: reservoir sampling. */
void announce_make(const struct secret *keys, size_t count, uint16_t port, uint64_t now_s,
	struct announcement *out)
{
	uint8_t label[ANNOUNCE_LABEL];
	struct token tokens[ANNOUNCE_TOKENS_MAX];
	begin(out, label, port, now_s);

	for (size_t i = 0; i < count; i++) {
		size_t place =
			i < ANNOUNCE_TOKENS_MAX ? i : random_below((uint32_t)i + 1);
		if (place < ANNOUNCE_TOKENS_MAX)
			token_of(&keys[i], epoch_of(now_s), label, port, &tokens[place]);
	}
	add_tokens(
		out, tokens, count < ANNOUNCE_TOKENS_MAX ? count : ANNOUNCE_TOKENS_MAX);
}

void announce_pairing(
	uint8_t nameplate, uint16_t port, uint64_t now_s, struct announcement *out)
{
	uint8_t label[ANNOUNCE_LABEL];
	struct token tokens[ANNOUNCE_TOKENS_MAX];
	const uint8_t digits[PLATE] = {
		(uint8_t)('0' + nameplate / 10 % 10), (uint8_t)('0' + nameplate % 10)};
	begin(out, label, port, now_s);
	add_tokens(out, tokens, 0);
	add_string(out, "n=", BYTES_OF(digits));
}

/* ---- Reading one */

/* What stands after `key`, if that is what the string begins with. */
static bool value_of(struct bytes string, const char *key, struct bytes *value)
{
	struct bytes front;
	if (!bytes_take(&string, KEY, &front) || !bytes_equal(front, bytes_text(key)))
		return false;
	*value = string;
	return true;
}

/* The value of the one string with this key; false when there is none or a second. */
static bool find_value(
	const struct bytes *txt, size_t txt_count, const char *key, struct bytes *value)
{
	size_t found = 0;
	for (size_t i = 0; i < txt_count; i++)
		found += value_of(txt[i], key, value);
	return found == 1;
}

static bool has_key(const struct bytes *txt, size_t txt_count, const char *key)
{
	struct bytes value;
	for (size_t i = 0; i < txt_count; i++)
		if (value_of(txt[i], key, &value))
			return true;
	return false;
}

static bool is_too_big(const struct bytes *txt, size_t txt_count)
{
	size_t total = 0;
	for (size_t i = 0; i < txt_count; i++) {
		if (txt[i].len >= ANNOUNCE_TXT_MAX)
			return true;
		total += 1 + txt[i].len;
		if (total > ANNOUNCE_TXT_MAX)
			return true;
	}
	return false;
}

/* Rows come without a gap: there is no third where there is no second. */
static bool read_tokens(
	const struct bytes *txt, size_t txt_count, struct announce_heard *out)
{
	bool ended = false;
	for (size_t row = 0; row < ROWS; row++) {
		struct bytes value;
		if (!has_key(txt, txt_count, row_key[row])) {
			ended = true;
			continue;
		}
		if (ended || !find_value(txt, txt_count, row_key[row], &value) ||
			value.len != ROW * sizeof(struct token) ||
			!bytes_take_into(&value, out->tokens[out->token_count],
				ROW * sizeof(struct token)))
			return false;
		out->token_count += ROW;
	}
	return out->token_count > 0;
}

static bool read_nameplate(
	const struct bytes *txt, size_t txt_count, struct announce_heard *out)
{
	struct bytes value;
	uint8_t tens, ones;
	if (!has_key(txt, txt_count, "n="))
		return true;
	if (!find_value(txt, txt_count, "n=", &value) || value.len != PLATE ||
		!bytes_take_u8(&value, &tens) || !bytes_take_u8(&value, &ones) ||
		tens < '0' || tens > '9' || ones < '0' || ones > '9')
		return false;
	out->is_pairing = true;
	out->nameplate = (uint8_t)((tens - '0') * 10 + (ones - '0'));
	return true;
}

static enum err read_heard(const char *instance, uint16_t port, const struct bytes *txt,
	size_t txt_count, struct announce_heard *out)
{
	size_t len = strnlen(instance, sizeof((struct announcement *)0)->instance);
	struct bytes version;
	if (is_too_big(txt, txt_count))
		return ERR_TOO_BIG;
	if (port == 0 || !base32_read(instance, len, out->label, sizeof out->label) ||
		!find_value(txt, txt_count, "v=", &version))
		return ERR_CORRUPT;
	if (!bytes_equal(version, bytes_text("1")))
		return ERR_VERSION;
	out->port = port;
	if (!read_tokens(txt, txt_count, out) || !read_nameplate(txt, txt_count, out))
		return ERR_CORRUPT;
	return OK;
}

enum err announce_read(const char *instance, uint16_t port, const struct bytes *txt,
	size_t txt_count, struct announce_heard *out)
{
	*out = (struct announce_heard){0};
	enum err e = read_heard(instance, port, txt, txt_count, out);
	if (e != OK)
		*out = (struct announce_heard){0};
	return e;
}

/* ---- Recognising a partner */

/* A clock of a partner's; never before 1970, however wrong the offset is. */
static uint64_t their_time(uint64_t now_s, int64_t offset_s)
{
	if (offset_s >= 0)
		return now_s + (uint64_t)offset_s;
	uint64_t back = -(uint64_t)offset_s;
	return back < now_s ? now_s - back : 0;
}

static bool holds(const struct announce_heard *heard, const struct token *wanted)
{
	bool found = false;
	for (size_t i = 0; i < heard->token_count; i++)
		found |= secret_equal(heard->tokens[i], wanted->b, sizeof wanted->b);
	return found;
}

static int64_t offset_of(
	const struct announce_key *key, uint64_t now_s, uint64_t middle, uint64_t epoch)
{
	if (epoch + ANNOUNCE_REACH >= middle && epoch <= middle + ANNOUNCE_REACH)
		return key->clock_offset_s;
	return ((int64_t)epoch - (int64_t)epoch_of(now_s)) * ANNOUNCE_EPOCH_S;
}

static bool knows_key(const struct announce_heard *heard, const struct announce_key *key,
	uint64_t now_s, uint32_t reach, int64_t *clock_offset_s)
{
	uint64_t middle = epoch_of(their_time(now_s, key->clock_offset_s));
	uint64_t first = middle > reach ? middle - reach : 0;
	for (uint64_t epoch = first; epoch <= middle + reach; epoch++) {
		struct token wanted;
		token_of(&key->in, epoch, heard->label, heard->port, &wanted);
		if (holds(heard, &wanted)) {
			*clock_offset_s = offset_of(key, now_s, middle, epoch);
			return true;
		}
	}
	return false;
}

bool announce_knows(const struct announce_heard *heard, const struct announce_key *keys,
	size_t count, uint64_t now_s, uint32_t reach, size_t *tag,
	int64_t *clock_offset_s)
{
	for (size_t i = 0; i < count; i++)
		if (knows_key(heard, &keys[i], now_s, reach, clock_offset_s)) {
			*tag = keys[i].tag;
			return true;
		}
	return false;
}

/* ---- The gate */

void announce_gate_init(struct announce_gate *gate)
{
	*gate = (struct announce_gate){0};
	random_secret(&gate->key);
}

/* Never 0: that is an empty place. */
static uint64_t hash_instance(const struct announce_gate *gate, const char *instance,
	uint16_t port, const struct bytes *txt, size_t txt_count)
{
	CLEAN_BUF struct buf said = {0};
	buf_add_text(&said, instance);
	buf_add_u8(&said, 0);
	buf_add_u16(&said, port);
	for (size_t i = 0; i < txt_count; i++) {
		buf_add_varint(&said, txt[i].len);
		buf_add(&said, txt[i]);
	}
	uint8_t mac[16];
	const struct bytes part = buf_bytes(&said);
	keyed_hash(BYTES_OF(gate->key.b), "gate", &part, 1, mac, sizeof mac);

	uint64_t hash;
	memcpy(&hash, mac, sizeof hash);
	return hash == 0 ? 1 : hash;
}

static bool was_seen(const struct announce_gate *gate, uint64_t hash)
{
	for (size_t i = 0; i < ANNOUNCE_SEEN; i++)
		if (gate->seen[i] == hash)
			return true;
	return false;
}

/* What is turned away for being one too many is not remembered: it may come again. */
bool announce_gate_pass(struct announce_gate *gate, const char *instance, uint16_t port,
	const struct bytes *txt, size_t txt_count, uint64_t now_ms)
{
	if (is_too_big(txt, txt_count))
		return false;
	uint64_t hash = hash_instance(gate, instance, port, txt, txt_count);
	if (was_seen(gate, hash))
		return false;
	if (now_ms >= gate->since_ms + ANNOUNCE_NEW_MS) {
		gate->since_ms = now_ms;
		gate->passed = 0;
	}
	if (gate->passed == ANNOUNCE_NEW_MAX)
		return false;
	gate->passed++;
	gate->seen[gate->next] = hash;
	gate->next = (gate->next + 1) % ANNOUNCE_SEEN;
	return true;
}

void announce_gate_forget(struct announce_gate *gate)
{
	memset(gate->seen, 0, sizeof gate->seen);
	gate->next = 0;
	gate->passed = 0;
}

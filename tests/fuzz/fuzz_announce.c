/*
 * Bytes as an announced instance: the name, the port, and strings cut at their length
 * bytes, as DNS carries them. What is read is as announce.h says, and recognises nobody.
 */
#include <assert.h>
#include <string.h>

#include "net/protocol/announce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STRINGS 8

static void take_name(struct bytes *rest, char name[64])
{
	struct bytes at;
	uint8_t len = 0;
	memset(name, 0, 64);
	if (bytes_take_u8(rest, &len) && bytes_take(rest, len % 64, &at))
		memcpy(name, at.at, at.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct announce_gate gate;
	struct bytes rest = {data, size}, txt[STRINGS];
	char name[64];
	uint16_t port = 0;
	uint8_t len;
	size_t count = 0;
	if (secret_equal(gate.key.b, &(struct secret){0}, sizeof gate.key.b)) {
		assert(crypto_start() == OK);
		announce_gate_init(&gate);
	}
	take_name(&rest, name);
	(void)bytes_take_u16(&rest, &port);
	while (count < STRINGS && bytes_take_u8(&rest, &len) &&
		bytes_take(&rest, len, &txt[count]))
		count++;

	announce_gate_forget(&gate);
	bool first = announce_gate_pass(&gate, name, port, txt, count, 0);
	assert(!announce_gate_pass(&gate, name, port, txt, count, 0));

	struct announce_heard heard;
	enum err e = announce_read(name, port, txt, count, &heard);
	if (e != OK) {
		static const struct announce_heard none;
		assert(e == ERR_CORRUPT || e == ERR_TOO_BIG || e == ERR_VERSION);
		assert(first == (e != ERR_TOO_BIG));
		assert(memcmp(&heard, &none, sizeof heard) == 0);
		return 0;
	}
	assert(first && heard.port == port && port != 0);
	assert(heard.token_count % 16 == 0 && heard.token_count > 0 &&
		heard.token_count <= ANNOUNCE_TOKENS_MAX);
	assert(heard.nameplate < 100 && (heard.is_pairing || heard.nameplate == 0));
	const struct announce_key key = {.in = {{1}}};
	size_t tag;
	int64_t off;
	assert(!announce_knows(&heard, &key, 1, 1790000000, ANNOUNCE_REACH, &tag, &off));
	return 0;
}

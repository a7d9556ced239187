/*
 * Bytes as a pairing code that someone typed, and as a recovery key. What is read says in
 * its own words the same thing again.
 */
#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crypto/words.h"
#include "core/store/recovery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_code(const char *text)
{
	static const struct words_code none;
	struct words_code code, again;
	struct why why = {0};
	char own[WORDS_TEXT_MAX];
	if (words_code_read(text, &code, &why) != OK) {
		assert(why.text[0] != '\0');
		assert(memcmp(&code, &none, sizeof code) == 0);
		return;
	}
	assert(code.nameplate < WORDS_NAMEPLATES);
	words_code_text(&code, own);
	assert(words_code_read(own, &again, NULL) == OK);
	assert(memcmp(&code, &again, sizeof code) == 0);
}

static void try_recovery(struct bytes text)
{
	struct recovery key, again;
	CLEAN_BUF struct buf own = {0};
	if (!recovery_read(text, &key))
		return;
	recovery_text(&key, &own);
	assert(recovery_read(buf_bytes(&own), &again));
	assert(memcmp(&key, &again, sizeof key) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_new(size + 1);
	if (size > 0)
		memcpy(text, data, size);
	try_code(text);
	try_recovery((struct bytes){data, size});
	mem_free(text);
	return 0;
}

#include "core/store/recovery.h"

#include <string.h>

#include "core/base/id.h"
#include "core/crypto/keys.h"

#define DIGITS     32 /* 160 bits, five each */
#define GROUP      4
#define TYPED_MAX  128
#define CHECK_BASE 37

static const char check_digits[] = "0123456789abcdefghjkmnpqrstvwxyz*~$=u";

static char check_of(const struct recovery *key)
{
	unsigned rest = 0;
	for (size_t i = 0; i < sizeof key->b; i++)
		rest = (rest * 256 + key->b[i]) % CHECK_BASE;
	return check_digits[rest];
}

static char folded(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	if (c == 'o')
		return '0';
	return c == 'i' || c == 'l' ? '1' : c;
}

void recovery_wipe(struct recovery *key)
{
	wipe(key->b, sizeof key->b);
}

void recovery_new(struct recovery *out)
{
	random_fill(out->b, sizeof out->b);
}

void recovery_text(const struct recovery *key, struct buf *out)
{
	char digits[DIGITS + 1];
	base32_text(BYTES_OF(key->b), digits);
	for (size_t i = 0; i < DIGITS; i += GROUP) {
		buf_add_raw(out, digits + i, GROUP);
		buf_add_u8(out, '-');
	}
	buf_add_u8(out, (uint8_t)check_of(key));
	wipe(digits, sizeof digits);
}

bool recovery_read(struct bytes text, struct recovery *out)
{
	char digits[DIGITS + 1] = {0};
	size_t count = 0;
	bool good = text.len <= TYPED_MAX;
	for (size_t i = 0; good && i < text.len; i++) {
		char c = (char)text.at[i];
		if (c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r')
			continue;
		good = count < sizeof digits;
		if (good)
			digits[count++] = folded(c);
	}
	good = good && count == sizeof digits &&
	       base32_read(digits, DIGITS, out->b, sizeof out->b) &&
	       check_of(out) == digits[DIGITS];
	if (!good)
		recovery_wipe(out);
	wipe(digits, sizeof digits);
	return good;
}

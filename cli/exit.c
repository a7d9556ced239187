#include "cli/exit.h"

#include <ctype.h>
#include <string.h>

#include "cli/json.h"
#include "core/base/utf8.h"

enum exit_code exit_of(enum err e)
{
	switch (e) {
	case OK:
		return EXIT_DONE;
	case ERR_USAGE:
		return EXIT_USAGE;
	case ERR_NOT_FOUND:
	case ERR_AMBIGUOUS:
		return EXIT_NO_SUCH;
	case ERR_LOCKED:
	case ERR_PASSPHRASE:
		return EXIT_LOCKED;
	case ERR_NOT_REACHED:
	case ERR_TIMEOUT:
	case ERR_CLOSED:
		return EXIT_NOT_REACHED;
	case ERR_DAMAGED:
	case ERR_FOREIGN:
	case ERR_READ_ONLY:
	case ERR_FULL:
		return EXIT_STORE;
	case ERR_AUTH:
	case ERR_VERSION:
	case ERR_MISMATCH:
		return EXIT_MISMATCH;
	case ERR_INVALID:
	case ERR_EXISTS:
	case ERR_BUSY:
	case ERR_IO:
	case ERR_CORRUPT:
	case ERR_TOO_BIG:
	case ERR_REFUSED:
	case ERR_VOID:
	case ERR_UNREAD:
	case ERR_GAP:
	case ERR_FORK:
		return EXIT_FAILED;
	}
	return EXIT_FAILED;
}

static const char *name_of(enum err e)
{
	switch (e) {
	case OK:
		return "ERR_NONE";
#define ERR_NAME(name, sentence)                                                         \
	case name:                                                                       \
		return #name;
		ERRORS(ERR_NAME)
#undef ERR_NAME
	}
	return "ERR_UNKNOWN";
}

const char *exit_word(enum err e, char out[32])
{
	const char *name = name_of(e) + strlen("ERR_");
	size_t len = 0;
	for (; len < 31 && name[len] != '\0'; len++)
		out[len] = (char)tolower((unsigned char)name[len]);
	out[len] = '\0';
	return out;
}

void exit_json(struct buf *out, enum err e, const struct why *why)
{
	char word[32];
	struct json json = {.out = out};
	CLEAN_BUF struct buf text = {0};
	utf8_add_clean(&text, bytes_text(why_text(why, e)), false);
	json_object(&json, NULL);
	json_object(&json, "error");
	json_cstr(&json, "code", exit_word(e, word));
	json_text(&json, "text", buf_bytes(&text));
	json_close(&json);
	json_close(&json);
}

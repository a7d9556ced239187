/* What a person handed in: texts from the line, stdin or a file, and the names of fields.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/suggest.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"

/* More than any text may hold (131,072 characters of four bytes) is not even read. */
#define TEXT_BYTES_MAX ((size_t)1024 * 1024)

static enum err check_text(struct cli *cli, struct bytes text, const char *name,
	struct bytes *out, struct why *why)
{
	if (text.len > 0 && text.at[text.len - 1] == '\n')
		text.len--;
	if (text.len > 0 && !utf8_valid(text))
		return because(why, ERR_INVALID, "%.200s is not valid UTF-8 text", name);
	*out = arena_bytes(&cli->arena, text);
	return OK;
}

static enum err read_all(int fd, const char *name, struct buf *out, struct why *why)
{
	for (;;) {
		uint8_t block[16384];
		ssize_t got = read(fd, block, sizeof block);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return because(why, ERR_IO, "cannot read %.200s: %s", name,
				strerror(errno));
		if (got == 0)
			return OK;
		if (out->len + (size_t)got > TEXT_BYTES_MAX)
			return because(why, ERR_TOO_BIG,
				"%.200s is longer than a text may be: 131,072 characters",
				name);
		buf_add_raw(out, block, (size_t)got);
	}
}

enum err cli_text(struct cli *cli, const char *word, struct bytes *out, struct why *why)
{
	if (strcmp(word, "-") != 0) {
		*out = bytes_text(word);
		return OK;
	}
	CLEAN_BUF struct buf all = {0};
	enum err e = read_all(STDIN_FILENO, tr("standard input"), &all, why);
	return e == OK ? check_text(cli, buf_bytes(&all), tr("standard input"), out, why)
		       : e;
}

static enum err read_file(const char *file, struct buf *out, struct why *why)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return because(
			why, ERR_IO, "cannot read %.200s: %s", file, strerror(errno));
	enum err e = read_all(fd, file, out, why);
	close(fd);
	return e;
}

enum err cli_text_file(
	struct cli *cli, const char *file, struct bytes *out, struct why *why)
{
	CLEAN_BUF struct buf all = {0};
	enum err e = read_file(file, &all, why);
	return e == OK ? check_text(cli, buf_bytes(&all), file, out, why) : e;
}

enum err cli_bytes_file(
	struct cli *cli, const char *file, struct bytes *out, struct why *why)
{
	CLEAN_BUF struct buf all = {0};
	enum err e = read_file(file, &all, why);
	if (e == OK)
		*out = arena_bytes(&cli->arena, buf_bytes(&all));
	return e;
}

static enum err wrong_field(
	const struct kind_schema *kind, const char *word, struct why *why)
{
	const char *names[64];
	size_t count = 0;
	struct buf all = {0};
	for (; count < kind->field_count && count < 64; count++) {
		names[count] = kind->fields[count].name;
		buf_add_format(&all, "%s%s", count > 0 ? ", " : "", names[count]);
	}
	const char *nearest = suggest(word, names, count);
	if (nearest != NULL)
		why_say(why, "a %s has no field \"%.40s\"; did you mean \"%s\"?",
			tr_in("kind", kind->name), word, nearest);
	else
		why_say(why, "a %s has no field \"%.40s\"; its fields: %s",
			tr_in("kind", kind->name), word, buf_text(&all));
	buf_release(&all);
	return ERR_USAGE;
}

enum err cli_field(const struct kind_schema *kind, const char *word,
	const struct field_schema **field, struct bytes *key, struct why *why)
{
	const char *open = strchr(word, '[');
	size_t len = open != NULL ? (size_t)(open - word) : strlen(word);
	*key = (struct bytes){0};
	*field = kind_field(kind, (struct bytes){(const uint8_t *)word, len});
	if (*field == NULL)
		return wrong_field(kind, word, why);
	if (open == NULL && (*field)->family)
		return because(why, ERR_USAGE, "%s has one value a key: write %s[KEY]",
			word, word);
	if (open == NULL)
		return OK;
	size_t rest = strlen(open);
	if (!(*field)->family || rest < 3 || open[rest - 1] != ']')
		return because(why, ERR_USAGE, "there is no field \"%.60s\"", word);
	*key = (struct bytes){(const uint8_t *)open + 1, rest - 2};
	return OK;
}

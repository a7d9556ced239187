#include "cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/fold.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/crypto/keys.h"
#include "core/notebook/care.h"

void passphrase_release(struct passphrase *passphrase)
{
	wipe(passphrase, sizeof *passphrase);
}

struct bytes passphrase_bytes(const struct passphrase *passphrase)
{
	return (struct bytes){(const uint8_t *)passphrase->text, passphrase->len};
}

bool prompt_is_possible(void)
{
	return isatty(STDIN_FILENO) == 1;
}

/* One line, byte by byte: a pipe's next line belongs to the next question, and what stdio
 * buffers of a passphrase would stay in memory. What is longer than the room is read to
 * its end and cut. */
static bool read_line(int fd, char *out, size_t room, size_t *len, bool *is_cut)
{
	*len = 0;
	*is_cut = false;
	bool any = false;
	for (;;) {
		char c;
		ssize_t got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return any;
		any = true;
		if (c == '\n')
			break;
		if (*len + 1 < room)
			out[(*len)++] = c;
		else
			*is_cut = true;
	}
	if (*len > 0 && out[*len - 1] == '\r')
		(*len)--;
	return true;
}

/* Keyboards differ in how they write an accented letter; the key must not. */
static enum err compose(struct passphrase *p, struct why *why)
{
	int32_t scratch[PASSPHRASE_MAX + 1];
	struct bytes composed;
	bool fits = fold_compose(passphrase_bytes(p), scratch, PASSPHRASE_MAX + 1,
			    &composed) &&
		    composed.len <= PASSPHRASE_MAX;
	if (fits) {
		memcpy(p->text, composed.at, composed.len);
		p->len = composed.len;
		p->text[p->len] = '\0';
	}
	wipe(scratch, sizeof scratch);
	return fits ? OK
		    : because(why, ERR_INVALID, "the passphrase is longer than %d bytes",
			      PASSPHRASE_MAX);
}

static enum err check_passphrase(struct passphrase *p, struct why *why)
{
	p->text[p->len] = '\0';
	if (p->len == 0)
		return because(why, ERR_INVALID, "the passphrase is empty");
	if (!utf8_valid(passphrase_bytes(p)))
		return because(why, ERR_INVALID, "the passphrase is not valid UTF-8");
	return compose(p, why);
}

static enum err from_file(struct passphrase *out, const char *file, struct why *why)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return because(why, ERR_IO, "cannot read the passphrase file %s: %s",
			file, strerror(errno));
	bool is_cut = false;
	bool read = read_line(fd, out->text, sizeof out->text, &out->len, &is_cut);
	close(fd);
	if (!read || is_cut)
		return because(why, ERR_INVALID,
			"the first line of %s is no passphrase: it is empty or longer "
			"than %d bytes",
			file, PASSPHRASE_MAX);
	return check_passphrase(out, why);
}

enum err prompt_recovery(struct passphrase *out, const char *file, struct why *why)
{
	WIPED(buf) text = {0};
	WIPED(buf) key = {0};
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return because(why, ERR_IO, "cannot read the recovery file %s: %s", file,
			strerror(errno));
	/* A sheet is a few lines. */
	ssize_t got = read(fd, buf_extend(&text, LINE_MAX_LEN), LINE_MAX_LEN);
	close(fd);
	text.len = got > 0 ? (size_t)got : 0;
	if (!notebook_recovery_key(buf_bytes(&text), &key) || key.len > PASSPHRASE_MAX)
		return because(why, ERR_INVALID,
			"no recovery key is in %s: it has eight groups of four letters "
			"and digits and one more at the end",
			file);
	memcpy(out->text, key.at, key.len);
	out->len = key.len;
	return check_passphrase(out, why);
}

/* The terminal as it was, for the handler that gives it back when the person breaks off.
 */
static struct termios terminal_before;
static const int breaking[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define BREAKING_COUNT (sizeof breaking / sizeof breaking[0])

static void give_back_terminal(int number)
{
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
	signal(number, SIG_DFL);
	raise(number);
}

/* A prompt goes to stderr: stdout is for what was asked of kith. */
static bool ask_hidden(const char *question, struct passphrase *out)
{
	struct sigaction handler = {.sa_handler = give_back_terminal},
			 before[BREAKING_COUNT];
	if (tcgetattr(STDIN_FILENO, &terminal_before) != 0)
		return false;
	for (size_t i = 0; i < BREAKING_COUNT; i++)
		sigaction(breaking[i], &handler, &before[i]);
	struct termios quiet = terminal_before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ICANON;
	/* Quiet before it is asked: who types at once must not see it. */
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	fprintf(stderr, "%s: ", tr(question));
	bool is_cut = false;
	bool read =
		read_line(STDIN_FILENO, out->text, sizeof out->text, &out->len, &is_cut);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
	fputc('\n', stderr);
	for (size_t i = 0; i < BREAKING_COUNT; i++)
		sigaction(breaking[i], &before[i], NULL);
	return read && !is_cut;
}

static enum err from_terminal(struct passphrase *out, bool twice, struct why *why)
{
	if (!ask_hidden(
		    twice ? "New passphrase (four words or more)" : "Passphrase", out))
		return because(why, ERR_INVALID, "no passphrase was given");
	enum err e = check_passphrase(out, why);
	if (e != OK || !twice)
		return e;
	CLEAN_PASSPHRASE struct passphrase again = {0};
	if (!ask_hidden("The same again", &again) ||
		!bytes_equal(passphrase_bytes(out), passphrase_bytes(&again)))
		return because(
			why, ERR_INVALID, "the two passphrases differ; start again");
	return OK;
}

enum err prompt_passphrase(
	struct passphrase *out, const char *file, bool twice, struct why *why)
{
	if (file != NULL)
		return from_file(out, file, why);
	if (!prompt_is_possible())
		return because(why, ERR_LOCKED,
			"no passphrase: give --passphrase-file FILE or set "
			"KITH_PASSPHRASE_FILE");
	return from_terminal(out, twice, why);
}

bool prompt_line(struct buf *out, bool *is_cut)
{
	char line[LINE_MAX_LEN];
	size_t len;
	bool cut = false;
	buf_clear(out);
	if (!read_line(STDIN_FILENO, line, sizeof line, &len, &cut))
		return false;
	if (is_cut != NULL)
		*is_cut = cut;
	buf_add_raw(out, line, len);
	return true;
}

/* Whether the word begins with one of these letters, of any bytes each. */
static bool begins_with_one(const char *word, const char *letters)
{
	while (*letters != '\0') {
		size_t len = 1;
		while ((letters[len] & 0xc0) == 0x80)
			len++;
		if (strncmp(word, letters, len) == 0)
			return true;
		letters += len;
	}
	return false;
}

/* The reader's own letters; the English ones stay good, unless they are the other. */
bool is_yes(const char *word)
{
	return begins_with_one(word, tr_in("letters that say yes", "yY")) ||
	       (begins_with_one(word, "yY") &&
		       !begins_with_one(word, tr_in("letters that say no", "nN")));
}

bool is_no(const char *word)
{
	return begins_with_one(word, tr_in("letters that say no", "nN")) ||
	       (begins_with_one(word, "nN") &&
		       !begins_with_one(word, tr_in("letters that say yes", "yY")));
}

bool prompt_yes(const char *question, bool fallback)
{
	CLEAN_BUF struct buf line = {0};
	for (;;) {
		fprintf(stderr, "%s %s ", tr(question),
			fallback ? tr("[Y/n]") : tr("[y/N]"));
		if (!prompt_line(&line, NULL))
			return false;
		const char *word = buf_text(&line);
		if (word[0] == '\0')
			return fallback;
		if (is_yes(word))
			return true;
		if (is_no(word))
			return false;
		fprintf(stderr, "%s\n", tr("Please answer y or n."));
	}
}

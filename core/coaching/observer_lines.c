/* An observer's typed lines: for a reader aloud, and where there is no terminal. */
#include <string.h>

#include "core/base/tr.h"
#include "core/coaching/observer_body.h"

static struct bytes trim(struct bytes text)
{
	while (text.len > 0 && (text.at[0] == ' ' || text.at[0] == '\t')) {
		text.at++;
		text.len--;
	}
	while (text.len > 0 &&
		(text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\r'))
		text.len--;
	return text;
}

static size_t slash(
	struct observer *o, struct bytes word, uint64_t t_ms, struct observation out[])
{
	static const struct {
		const char *word;
		char key;
	} words[] = {{"undo", 'u'}, {"star", ' '}, {"next", '\t'}, {"keys", '?'}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (bytes_equal(word, bytes_text(words[i].word)))
			return observe_command(o, words[i].key, t_ms, out);
	if (bytes_equal(word, bytes_text("stop")))
		return seen_only(out, OBSERVED_END, t_ms);
	bool pause = bytes_equal(word, bytes_text("pause"));
	if (!pause && !bytes_equal(word, bytes_text("on")))
		return seen_say(
			out, tr("There is no such word; there are /undo /star /pause "
				"/on /next "
				"/keys /stop."));
	if (pause == o->paused)
		return seen_say(
			out, pause ? tr("Paused already.") : tr("It is not paused."));
	return observe_command(o, 'p', t_ms, out);
}

/* The code a line begins with, by key or by word (in English or in the reader's
 * language), in any instrument at hand; `rest` is
 * what follows. */
static bool code_in_line(struct observer *o, struct bytes line, size_t *instrument,
	size_t *code, struct bytes *rest)
{
	size_t best = 0;
	for (size_t k = 0; k < o->count; k++) {
		size_t i = (o->hand + k) % o->count;
		const struct instrument *in = o->instruments[i];
		for (size_t c = 0; c < in->code_count; c++) {
			struct bytes names[] = {in->codes[c].key, in->codes[c].word,
				tr_bytes(in->codes[c].word)};
			for (size_t n = 0; n < 3; n++) {
				struct bytes name = names[n];
				if (name.len <= best || name.len > line.len ||
					memcmp(line.at, name.at, name.len) != 0 ||
					(name.len < line.len && line.at[name.len] != ' '))
					continue;
				best = name.len;
				*instrument = i;
				*code = c;
				*rest = trim((struct bytes){
					line.at + name.len, line.len - name.len});
			}
		}
	}
	return best > 0;
}

/* What may follow a code: a seat, a mark. */
static bool read_tail(struct observer *o, struct bytes tail, const char **mod)
{
	while (tail.len > 0) {
		struct bytes word = {tail.at, 0};
		while (word.len < tail.len && tail.at[word.len] != ' ')
			word.len++;
		struct event probe = {.subj = word};
		unsigned seat = event_seat(&probe);
		if (seat > 0 && seat <= o->seats)
			o->seat = seat;
		else if ((*mod = observe_mark_of(o, word)) == NULL)
			return false;
		tail = trim((struct bytes){tail.at + word.len, tail.len - word.len});
	}
	return true;
}

/* "29", "S29": meant as a seat, whether there is one or not. */
static bool is_seat_number(struct bytes word)
{
	if (word.len > 1 && (word.at[0] == 'S' || word.at[0] == 's')) {
		word.at++;
		word.len--;
	}
	for (size_t i = 0; i < word.len; i++)
		if (word.at[i] < '0' || word.at[i] > '9')
			return false;
	return word.len > 0;
}

/* "a" begins many a sentence: what does not fit a code is a line. Where only the seat
 * does not, that is said, and the words are kept all the same. */
static size_t keep_as_line(struct observer *o, struct bytes line, struct bytes tail,
	uint64_t t_ms, struct observation out[])
{
	size_t count = observe_script(o, line, t_ms, out);
	if (is_seat_number(tail))
		count += seen_say(out + count,
			tr("There is no such seat in this class; it is kept as words "
			   "(/undo takes it back)."));
	return count;
}

size_t observer_line(struct observer *o, struct bytes line, uint64_t t_ms,
	struct observation out[OBSERVATIONS])
{
	size_t instrument = 0, code = 0, hand = o->hand;
	struct bytes tail;
	const char *mod = NULL;
	line = trim(line);
	if (line.len == 0)
		return 0;
	if (line.at[0] == '/')
		return slash(o, (struct bytes){line.at + 1, line.len - 1}, t_ms, out);
	if (line.at[0] == '~')
		return observe_own(
			o, trim((struct bytes){line.at + 1, line.len - 1}), t_ms, out);
	if (line.at[0] == '"') {
		line.at++;
		line.len -= line.len > 1 && line.at[line.len - 2] == '"' ? 2 : 1;
		return observe_script(o, line, t_ms, out);
	}
	if (!code_in_line(o, line, &instrument, &code, &tail))
		return observe_script(o, line, t_ms, out);
	o->hand = instrument;
	if (!read_tail(o, tail, &mod)) {
		o->hand = hand;
		o->seat = 0;
		return keep_as_line(o, line, tail, t_ms, out);
	}
	if (o->paused)
		return seen_say(out, tr("Paused; /on goes on."));
	size_t count = observe_code(o, code, t_ms, out);
	if (mod != NULL)
		out[0].event.mod = o->event.mod = bytes_text(mod);
	return count;
}

#include "core/coaching/instruments/instrument.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/coaching/form.h"

static const char *const family_words[] = {"tally", "timer", "exclusive", "interval",
	"sweep", "flow", "move", "script", "beats", "checklist"};

/* Keys the observer needs whatever the instrument is (DOMAIN §2.4). */
static const char reserved_keys[] = "u~p? ";

struct reading_file {
	struct instrument *instrument;
	struct form form;
	bool has_family;
};

static enum err bad(struct reading_file *r, const char *what, struct bytes word)
{
	return form_bad(&r->form, what, word);
}

static enum err read_number(
	struct reading_file *r, struct bytes word, unsigned max, unsigned *out)
{
	return form_number(&r->form, word, max, out) ? OK : ERR_INVALID;
}

static enum err read_family(struct reading_file *r, struct bytes word)
{
	for (size_t i = 0; i < sizeof family_words / sizeof family_words[0]; i++)
		if (bytes_equal(word, bytes_text(family_words[i]))) {
			r->instrument->family = (enum family)i;
			r->has_family = true;
			return OK;
		}
	return bad(r,
		"no such family; there are tally, timer, exclusive, interval, sweep, "
		"flow, move, script, beats, checklist",
		word);
}

static bool is_key(struct bytes key)
{
	if (bytes_equal(key, bytes_text("10")))
		return true;
	return key.len > 0 && utf8_count(key) == 1 && key.at[0] > ' ' &&
	       (key.len > 1 || strchr(reserved_keys, key.at[0]) == NULL);
}

static enum err read_code(struct reading_file *r, struct bytes text)
{
	struct instrument *in = r->instrument;
	struct instrument_code code = {.key = form_part(&text)};
	code.word = form_part(&text);
	code.meaning = form_part(&text);
	code.group = form_part(&text);
	if (!is_key(code.key))
		return bad(r,
			"a code's key is one character, and not u, p, ~, ? or blank",
			code.key);
	if (code.word.len == 0)
		return bad(r, "a code needs a word: key | word", code.key);
	if (text.len > 0)
		return bad(r,
			"a code has four parts at most: key | word | meaning | group",
			text);
	for (size_t i = 0; i < in->code_count; i++) {
		if (bytes_equal(in->codes[i].key, code.key))
			return bad(r, "two codes on one key", code.key);
		if (bytes_equal(in->codes[i].word, code.word))
			return bad(r, "two codes with one word", code.word);
	}
	if (in->code_count == INSTRUMENT_CODES)
		return bad(r, "more than 32 codes", code.word);
	in->codes[in->code_count++] = code;
	return OK;
}

static enum err read_line(struct reading_file *r, struct bytes word, struct bytes value)
{
	struct instrument *in = r->instrument;
	if (bytes_equal(word, bytes_text("code")))
		return read_code(r, value);
	if (value.len == 0)
		return bad(r, "nothing stands behind", word);
	if (bytes_equal(word, bytes_text("family")))
		return read_family(r, value);
	if (bytes_equal(word, bytes_text("version")))
		return read_number(r, value, 1000000, &in->version);
	if (bytes_equal(word, bytes_text("interval")))
		return read_number(r, value, 3600, &in->interval_s);
	struct {
		const char *word;
		struct bytes *at;
	} texts[] = {{"id", &in->id}, {"name", &in->name}, {"source", &in->source},
		{"note", &in->note}, {"formulae", &in->formulae}};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (bytes_equal(word, bytes_text(texts[i].word))) {
			*texts[i].at = value;
			return OK;
		}
	return bad(r,
		"no such word; there are name, version, family, formulae, interval, "
		"source, note, code",
		word);
}

static bool needs_codes(enum family family)
{
	return family != FAMILY_SCRIPT && family != FAMILY_MOVE && family != FAMILY_FLOW;
}

static enum err check(const struct reading_file *r)
{
	const struct instrument *in = r->instrument;
	if (in->name.len == 0)
		return because(
			r->form.why, ERR_INVALID, "the instrument has no \"name: …\"");
	if (!r->has_family)
		return because(
			r->form.why, ERR_INVALID, "the instrument has no \"family: …\"");
	if (in->code_count == 0 && needs_codes(in->family))
		return because(r->form.why, ERR_INVALID,
			"the instrument has no \"code: key | word\": there is nothing to "
			"press");
	if ((in->family == FAMILY_INTERVAL || in->family == FAMILY_SWEEP) &&
		in->interval_s == 0)
		return because(r->form.why, ERR_INVALID,
			"this family needs \"interval: SECONDS\"");
	return OK;
}

enum err instrument_read(struct bytes text, struct instrument *out, struct why *why)
{
	struct reading_file r = {.instrument = out, .form = {.rest = text, .why = why}};
	struct bytes word, value;
	bool bare;
	*out = (struct instrument){.version = 1};
	if (text.len > INSTRUMENT_FILE)
		return because(
			why, ERR_TOO_BIG, "an instrument's file is at most 64 KiB");
	if (!utf8_valid(text))
		return because(why, ERR_INVALID, "the file is not UTF-8 text");
	enum err e = OK;
	while (e == OK && form_next(&r.form, &word, &value, &bare))
		e = bare ? bad(&r, "no \"word: value\"", word)
			 : read_line(&r, word, value);
	if (e == OK)
		e = check(&r);
	if (e == OK && out->id.len == 0)
		out->id = out->name;
	return e;
}

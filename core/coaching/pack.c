#include "core/coaching/pack.h"

#include <assert.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/coaching/embedded.h"
#include "core/coaching/form.h"

#define SHIPPED_MAX 32u

static const struct {
	const char *word;
	enum pack_use use;
} uses[] = {
	{"plan", PACK_PLAN},
	{"debrief", PACK_DEBRIEF},
	{"reflection", PACK_REFLECTION},
	{"feedback", PACK_FEEDBACK},
};

static enum err read_use(struct form *form, struct bytes value, struct pack *out)
{
	for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++)
		if (bytes_equal(value, bytes_text(uses[i].word))) {
			out->uses |= uses[i].use;
			return OK;
		}
	return form_bad(form,
		"a pack is for plan, debrief, reflection or feedback, not for", value);
}

static enum err read_prompt(struct form *form, struct bytes value, struct pack *out)
{
	struct prompt prompt = {.key = form_part(&value)};
	prompt.question = form_part(&value);
	struct bytes minutes = form_part(&value);
	if (prompt.key.len == 0 || prompt.key.len > 64 || prompt.question.len == 0)
		return form_bad(form, "a prompt is a key and a question: key | question",
			prompt.key);
	if (minutes.len > 0 && !form_number(form, minutes, 240, &prompt.minutes))
		return ERR_INVALID;
	if (pack_prompt(out, prompt.key) != NULL)
		return form_bad(form, "two prompts of one key", prompt.key);
	if (out->prompt_count == PACK_PROMPTS)
		return form_bad(form, "more than 16 prompts", prompt.key);
	out->prompts[out->prompt_count++] = prompt;
	return OK;
}

static enum err read_line(
	struct form *form, struct bytes word, struct bytes value, struct pack *out)
{
	if (bytes_equal(word, bytes_text("prompt")))
		return read_prompt(form, value, out);
	if (bytes_equal(word, bytes_text("for")))
		return read_use(form, value, out);
	if (bytes_equal(word, bytes_text("id")))
		out->id = value;
	else if (bytes_equal(word, bytes_text("name")))
		out->name = value;
	else if (bytes_equal(word, bytes_text("source")))
		out->source = value;
	else
		return form_bad(form,
			"no such word; there are id, name, source, for, prompt", word);
	return OK;
}

enum err pack_parse(struct bytes text, struct pack *out, struct why *why)
{
	struct form form = {.rest = text, .why = why};
	struct bytes word, value;
	bool bare;
	*out = (struct pack){0};
	if (!utf8_valid(text))
		return because(why, ERR_INVALID, "the file is not UTF-8 text");
	while (form_next(&form, &word, &value, &bare)) {
		if (bare)
			return form_bad(&form, "no \"word: value\"", word);
		enum err e = read_line(&form, word, value, out);
		if (e != OK)
			return e;
	}
	if (out->id.len == 0 || out->name.len == 0 || out->prompt_count == 0)
		return because(why, ERR_INVALID,
			"a pack needs an id, a name and at least one prompt");
	return OK;
}

const struct pack *packs_shipped(size_t *count)
{
	static struct pack shipped[SHIPPED_MAX];
	static size_t known;
	while (known < embedded_packs_count) {
		enum err e = pack_parse(
			bytes_text(embedded_packs[known].text), &shipped[known], NULL);
		assert(e == OK);
		known++;
	}
	*count = known;
	return shipped;
}

static bool begins(struct bytes text, struct bytes word)
{
	return word.len <= text.len && memcmp(text.at, word.at, word.len) == 0;
}

const struct pack *pack_find(struct bytes word)
{
	size_t count;
	const struct pack *all = packs_shipped(&count), *found = NULL;
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(all[i].id, word))
			return &all[i];
	for (size_t i = 0; i < count && word.len > 0; i++) {
		if (!begins(all[i].id, word) && !begins(all[i].name, word))
			continue;
		if (found != NULL)
			return NULL;
		found = &all[i];
	}
	return found;
}

const struct prompt *pack_prompt(const struct pack *pack, struct bytes key)
{
	for (size_t i = 0; i < pack->prompt_count; i++)
		if (bytes_equal(pack->prompts[i].key, key))
			return &pack->prompts[i];
	return NULL;
}

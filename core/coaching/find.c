/* coach_find(): the document a person means, by its handle or by its title. */
#include <string.h>

#include "core/base/fold.h"
#include "core/base/utf8.h"
#include "core/coaching/commands.h"
#include "core/coaching/views.h"

#define CANDIDATES_SHOWN 5
#define CANDIDATE_TITLE  48 /* bytes */

/* What a person types is found however it was written. */
static struct bytes folded(struct arena *arena, struct bytes text)
{
	CLEAN_BUF struct buf out = {0};
	fold_add(&out, text);
	return arena_bytes(arena, buf_bytes(&out));
}

/* The documents whose title has the words in it; those whose title is the words beat the
 * rest. */
struct search {
	struct notebook_txn *txn;
	struct bytes words; /* folded */
	struct id found;    /* the first */
	size_t count;
	bool is_whole;
	struct buf candidates; /* as the sentence names them */
};

static void add_candidate(struct search *search, const struct view_line *line)
{
	if (search->count == 0)
		search->found = line->id;
	if (search->count++ >= CANDIDATES_SHOWN)
		return;
	struct bytes cut = utf8_cut(bytes_text(line->title), CANDIDATE_TITLE);
	buf_add_format(&search->candidates, "%s%s \"%.*s\"",
		search->count > 1 ? ", " : "", line->handle, (int)cut.len,
		(const char *)cut.at);
}

static void look_at(struct search *search, const struct view_line *line)
{
	struct bytes text = folded(txn_arena(search->txn), bytes_text(line->title));
	bool is_whole = bytes_equal(text, search->words);
	if (!is_whole && (search->is_whole || memmem(text.at, text.len, search->words.at,
						      search->words.len) == NULL))
		return;
	if (is_whole && !search->is_whole) {
		search->is_whole = true;
		search->count = 0;
		buf_clear(&search->candidates);
	}
	add_candidate(search, line);
}

static enum err answer(
	struct search *search, const char *words, struct id *out, struct why *why)
{
	if (search->count == 0)
		return because(why, ERR_NOT_FOUND,
			"nothing here has the handle or title \"%.100s\"; all there is: "
			"kith list",
			words);
	if (search->count > 1)
		return because(why, ERR_AMBIGUOUS, "\"%.60s\" names %zu documents: %s%s",
			words, search->count, buf_text(&search->candidates),
			search->count > CANDIDATES_SHOWN ? ", …" : "");
	*out = search->found;
	return OK;
}

/* Whether the list (NULL: of all) has the kind. */
static bool has_kind(const char *const *kinds, const struct kind_schema *kind)
{
	for (size_t i = 0; kinds != NULL && kinds[i] != NULL; i++)
		if (strcmp(kinds[i], kind->name) == 0)
			return true;
	return kinds == NULL;
}

static enum err find_title(struct notebook_txn *txn, const char *words,
	const char *const *kinds, struct id *out, struct why *why)
{
	struct view_line *lines;
	size_t count = 0;
	struct search search = {
		.txn = txn,
		.words = folded(txn_arena(txn), bytes_text(words)),
	};
	enum err e =
		search.words.len > 0 ? view_lines(txn, NULL, &lines, &count, why) : OK;
	for (size_t i = 0; i < count; i++)
		if (has_kind(kinds, lines[i].kind))
			look_at(&search, &lines[i]);
	bool is_other = kinds != NULL && search.count == 0;
	for (size_t i = 0; i < count && is_other; i++)
		look_at(&search, &lines[i]);
	if (e == OK)
		e = answer(&search, words, out, why);
	buf_release(&search.candidates);
	return e;
}

enum err coach_find_as(struct notebook_txn *txn, const char *words,
	const char *const *kinds, struct id *out, struct why *why)
{
	char letter, digits[ID_TEXT + 1];
	struct id id;
	if (handle_read(words, &letter, digits) || id_read(words, &id)) {
		enum err e = leaf_find(txn, words, out, why);
		if (e != ERR_NOT_FOUND)
			return e;
	}
	return find_title(txn, words, kinds, out, why);
}

enum err coach_find(
	struct notebook_txn *txn, const char *words, struct id *out, struct why *why)
{
	return coach_find_as(txn, words, NULL, out, why);
}

/*
 * SCHEMA's page once more, as short as it goes, and the little model of who may write:
 * what test_rights.c holds the program's table and its one door against. Nothing here
 * looks at that table.
 */
#ifndef KITH_TESTS_COACHING_RIGHTS_H
#define KITH_TESTS_COACHING_RIGHTS_H

#include <stdbool.h>
#include <string.h>

#include "core/crdt/schema.h"

/* How it is shared, each with its roles: "" for what never leaves. Fields with the letter
 * of who writes them: o, c, e; x: in the section that creates it and never after. */
struct page_row {
	const char *kind, *ways, *owner, *fields;
};

static const struct page_row schema_page[] = {
	{"goal", "shown:comment shown:read", "author",
		"wish:o why:o outcome:o measured_by:o about_kind:o strategy:o by:o "
		"state:o comments:c"},
	{"measure", "shown:read", "author",
		"goal:o name:o unit:o direction:o baseline:o target:o readings:o"},
	{"note", "shown:comment shown:read moved:edit", "author",
		"body:e about:o comments:c"},
	{"page", "together:edit", "both",
		"title:e topic:e visit:e pack:e body:e section:e agreed:c"},
	{"agreement", "together:edit", "both",
		"purpose:e looking_at:e manners:e naming:e hearers:e safeguarding:e "
		"keep_months:e review:e signed:c"},
	{"class", "", "author", "label:o subject:o size:o room:o archived:o"},
	{"room", "copy:read", "author", "label:o rows:o cols:o cells:o"},
	{"names", "", "author", "names:o"},
	{"visit", "moved:comment", "author",
		"goal:o class_label:o when:o minutes:o place:o aim:o focus:o "
		"instruments:o wanted:o not_wanted:o sit:o room:o alone:o answers:c "
		"done:c"},
	{"instrument", "copy:read", "author",
		"name:o version:o family:o interval_s:o source:o codes:o formulae:o"},
	{"session", "moved:read", "taught",
		"visit:x started:x tz:x length_ms:x instruments:x gaps:x events:x "
		"moments:x notes:o coded:o"},
	{"feedback", "moved:comment", "author",
		"visit:o kind:o frame:o body:o part:o at:o answers:c"},
	{"step", "shown:comment shown:read", "author",
		"what:o by:o first_action:o know_by:o visit:o state:o comments:c"},
	{"reflection", "copy:read", "author", "visit:o pack:o answer:o mood:o"},
	{"door", "shown:comment", "author",
		"when:o minutes:o place:o topic:o wanted:o state:o answers:c"},
	{"kudos", "moved:read", "author", "line:o"},
	{"quote", "moved:comment", "author",
		"words:o source:o answers:c"}, /* beyond it */
	{"profile", "together:read", "author", "name:o short:o languages:o"},
};
#define PAGE_ROWS (sizeof schema_page / sizeof schema_page[0])

static const char *const way_words[] = {"private", "together", "moved", "shown", "copy"};
static const char *const role_words[] = {"read", "comment", "edit"};

/* One without fields where the page has no such kind. */
static inline const struct page_row *page_row(const char *kind)
{
	static const struct page_row none = {"", "", "", ""};
	for (size_t i = 0; i < PAGE_ROWS; i++)
		if (strcmp(schema_page[i].kind, kind) == 0)
			return &schema_page[i];
	return &none;
}

/* The word "a:b" among words; what follows the colon of "a:…" in `after`. */
static inline bool page_has(const char *words, const char *a, const char *b, char *after)
{
	size_t len = strlen(a);
	for (const char *at = words; *at != '\0'; at += *at == ' ') {
		size_t word = strcspn(at, " ");
		if (word > len && strncmp(at, a, len) == 0 && at[len] == ':' &&
			(b == NULL ||
				(strlen(b) == word - len - 1 &&
					strncmp(at + len + 1, b, strlen(b)) == 0))) {
			if (after != NULL)
				*after = at[len + 1];
			return true;
		}
		at += word;
	}
	return false;
}

/* The letter of a field; '-' where the page has none of that name. */
static inline char page_letter(const struct page_row *row, const char *field)
{
	char letter = '-';
	(void)page_has(row->fields, field, NULL, &letter);
	return letter;
}

static inline bool page_shares(const struct page_row *row, enum way way, enum role role)
{
	return page_has(row->ways, way_words[way], role_words[role], NULL);
}

/* Who owns what Amina creates: "author" Amina, "taught" the other, "both" either. */
static inline bool page_owned(const struct page_row *row, bool by_creator)
{
	return strcmp(row->owner, "both") == 0 ||
	       (strcmp(row->owner, "author") == 0) == by_creator;
}

/* Once it is created. */
static inline bool page_may(const struct page_row *row, const char *field, bool owns,
	enum way way, enum role role)
{
	bool owner = owns || strcmp(row->owner, "both") == 0;
	switch (page_letter(row, field)) {
	case 'o':
		return owner && way != WAY_COPY;
	case 'c':
		return owner || role == ROLE_COMMENT || role == ROLE_EDIT;
	case 'e':
		return owner || role == ROLE_EDIT;
	default:
		return false;
	}
}

#endif

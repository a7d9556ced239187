/*
 * Who may write what, of every kind and every field, in every role and each way of
 * sharing: a modified partner tries it all, and what SCHEMA.md does not allow is void on
 * both sides (DESIGN §4.3, DOMAIN §5.3).
 */
#include "tests/test.h"

#include "core/base/pack.h"
#include "core/coaching/schema.h"
#include "core/crdt/change.h"
#include "core/crdt/value.h"
#include "core/notebook/internal.h"
#include "tests/unit/coaching/rights.h"
#include "tests/unit/notebook/forging.h"
#include "tests/unit/notebook/meeting.h"

#define EACH_KIND(kind)                                                                  \
	for (const struct kind_schema *kind = coaching_schema.kinds;                     \
		kind < coaching_schema.kinds + coaching_schema.count; kind++)
#define EACH_FIELD(kind, field)                                                          \
	for (const struct field_schema *field = (kind)->fields;                          \
		field < (kind)->fields + (kind)->field_count; field++)
#define EACH_WAY(way, role)                                                              \
	for (int way = WAY_PRIVATE; way <= WAY_COPY; way++)                              \
		for (int role = ROLE_READ; role <= ROLE_EDIT; role++)

/* ---- The stage: two stores, and an entry forged by either. */

/* Two directions over the same open stores. */
static struct forging by_amina, by_ben;
static unsigned serial; /* so that no two values are equal */

static void begin(void)
{
	forging_begin(&by_amina, amina, ben);
	by_ben = (struct forging){.from = ben,
		.to = amina,
		.theirs = by_amina.ours,
		.ours = by_amina.theirs};
}

static struct forging *by(const struct teacher *t)
{
	return t == amina ? &by_amina : &by_ben;
}

static const struct person_id *person(const struct teacher *t)
{
	return &notebook_me(t->notebook)->person;
}

/* Each has written something that the other holds, so that both logs are known. */
static int stage(void **state)
{
	if (teachers_again(state) != 0)
		return 1;
	(void)make_page(amina, ben, "a page");
	(void)make_page(ben, amina, "another");
	assert_true(meet(amina, ben));
	return 0;
}

/*
 * One section by `who`: taken on both sides or void on both, and what is void changes
 * nothing. Both replicas stay the same in any case.
 */
static void try_section(struct teacher *who, struct forged *forged, bool allowed,
	const char *what, const char *field)
{
	uint8_t before[32], after[32], there[32];
	size_t voids[2];
	forging_sums(by(who), before, there);
	assert_memory_equal(before, there, sizeof before);
	assert_int_equal(forge(by(who), forged, 1, voids), OK);
	forging_sums(by(who), after, there);
	assert_memory_equal(after, there, sizeof after);
	assert_int_equal(voids[0], voids[1]);
	if ((voids[0] == 0) != allowed)
		fail_msg("%s %s %s by %s", allowed ? "left out:" : "taken:", what, field,
			who->name);
	if (!allowed)
		assert_memory_equal(before, after, sizeof before);
}

/* ---- What is written. */

static void pack_plain(
	struct buf *out, enum value_type type, const char *const *choices, int64_t low)
{
	static const uint8_t bytes[32] = {7};
	char text[16];
	switch (type) {
	case VALUE_TEXT:
	case VALUE_LINE:
	case VALUE_RECORD:
		(void)snprintf(text, sizeof text, "w%u", serial++);
		pack_cstr(out, text);
		break;
	case VALUE_DATE:
		pack_cstr(out, "2027-01-26");
		break;
	case VALUE_CHOICE:
		pack_cstr(out, choices[0]);
		break;
	case VALUE_INT:
	case VALUE_ANY:
		pack_int(out, low);
		break;
	case VALUE_NUMBER:
		pack_int(out, serial++);
		break;
	case VALUE_BOOL:
		pack_bool(out, true);
		break;
	case VALUE_REF:
		pack_bin(out, (struct bytes){bytes, 16});
		break;
	case VALUE_HASH:
		pack_bin(out, (struct bytes){bytes, 32});
		break;
	}
}

/* Something of the field's that nobody wrote before, as far as there are so many. */
static void pack_good(struct buf *out, const struct field_schema *field)
{
	if (field->value != VALUE_RECORD) {
		pack_plain(out, field->value, field->choices, field->min);
		return;
	}
	size_t parts = 0;
	for (const struct record_field *part = field->record; part->name != NULL; part++)
		parts += !part->optional;
	pack_map(out, parts);
	for (const struct record_field *part = field->record; part->name != NULL;
		part++) {
		if (part->optional)
			continue;
		pack_cstr(out, part->name);
		pack_plain(out, part->type, part->choices, 1);
	}
}

static void pack_change(struct buf *out, uint32_t pos)
{
	struct text_op op = {.is_insert = true, .pos = pos, .len = 1};
	struct text_change change = {.ops = &op, .count = 1, .text = bytes_text("t")};
	text_change_encode(&change, out);
}

/* One operation on one field of one document, in memory of its own. */
struct writing {
	struct buf value;
	struct op op;
	struct field_ops ops;
	struct forged forged;
};

static enum op_act act_of(const struct field_schema *field, enum way way)
{
	switch (field->type) {
	case FIELD_REGISTER:
		return OP_WRITE;
	case FIELD_TEXT:
		return field_is_whole(field, way) ? OP_WRITE : OP_TEXT;
	case FIELD_SET:
		return OP_ADD;
	case FIELD_LOG:
		break;
	}
	return OP_APPEND;
}

static const struct kind_schema *kind_with(const struct field_schema *field)
{
	EACH_KIND(kind)
	for (size_t i = 0; i < kind->field_count; i++)
		if (&kind->fields[i] == field)
			return kind;
	return NULL;
}

static struct writing *write_op(
	const struct field_schema *field, enum op_act act, struct id document)
{
	struct writing *w = mem_new(sizeof *w);
	w->op.act = act;
	memcpy(w->op.rid, &serial, sizeof serial);
	serial++;
	w->ops = (struct field_ops){.field = field,
		.key = field->family ? bytes_text("k") : (struct bytes){0},
		.ops = &w->op,
		.count = 1};
	w->forged = (struct forged){.document = document,
		.section = {.head = {.type = SECTION_EDIT, .schema = 1},
			.kind = kind_with(field),
			.fields = &w->ops,
			.field_count = 1}};
	return w;
}

static void set_value(struct writing *w)
{
	*(w->op.act == OP_TEXT ? &w->op.change : &w->op.value) = buf_bytes(&w->value);
}

static void writing_free(struct writing *w)
{
	buf_release(&w->value);
	mem_free(w);
}

static struct writing *write_good(
	const struct field_schema *field, enum way way, struct id document)
{
	struct writing *w = write_op(field, act_of(field, way), document);
	if (w->op.act == OP_TEXT)
		pack_change(&w->value, 0);
	else
		pack_good(&w->value, field);
	set_value(w);
	return w;
}

/* ---- What is created. */

static struct forged creation(const struct kind_schema *kind, enum way way,
	enum role role, const struct person_id *owner)
{
	struct forged forged = {.section = {.head = {.type = SECTION_CREATE, .schema = 1},
					.kind = kind,
					.owner = *owner,
					.role = role,
					.way = way}};
	random_fill(forged.section.nonce, sizeof forged.section.nonce);
	return forged;
}

static const char *named(const struct kind_schema *kind, int way, int role)
{
	static char text[64];
	(void)snprintf(text, sizeof text, "%s %s:%s", kind->name, way_words[way],
		role_words[role]);
	return text;
}

/* A document that `who` may create, and who owns it then. */
static struct id created(struct teacher *who, const struct kind_schema *kind, int way,
	int role, struct teacher **owner)
{
	struct teacher *other = who == amina ? ben : amina;
	*owner = page_owned(page_row(kind->name), true) ? who : other;
	struct forged forged =
		creation(kind, (enum way)way, (enum role)role, person(*owner));
	try_section(who, &forged, true, named(kind, way, role), "");
	return forged.document;
}

/* ---- The page. */

static void the_table_is_the_page(void **state)
{
	(void)state;
	assert_int_equal(coaching_schema.count, PAGE_ROWS);
	EACH_KIND(kind)
	{
		const struct page_row *row = page_row(kind->name);
		assert_string_equal(row->kind, kind->name);
		size_t named_there = 1, fields = kind->field_count;
		for (const char *at = row->fields; *at != '\0'; at++)
			named_there += *at == ' ';
		assert_int_equal(named_there, fields);
		EACH_FIELD(kind, field)
		{
			static const char letters[] = {'o', 'c', 'e', 'x'};
			assert_int_equal(
				page_letter(row, field->name), letters[field->who]);
		}
	}
}

static void only_what_the_page_shares_is_created(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		const struct page_row *row = page_row(kind->name);
		begin();
		EACH_WAY(way, role)
		{
			bool shares = page_shares(row, (enum way)way, (enum role)role);
			struct forged mine = creation(
				kind, (enum way)way, (enum role)role, person(amina));
			struct forged yours = creation(
				kind, (enum way)way, (enum role)role, person(ben));
			struct forged hers = creation(
				kind, (enum way)way, (enum role)role, person(carla));
			const char *what = named(kind, way, role);
			try_section(amina, &mine, shares && page_owned(row, true), what,
				"own");
			try_section(amina, &yours, shares && page_owned(row, false), what,
				"owned by the other");
			try_section(amina, &hers, false, what, "of a third person");
		}
		forging_end(&by_amina);
	}
	assert_true(noticed(ben, amina, "left out"));
	assert_true(meet(amina, ben));
}

static void each_field(
	struct teacher *creator, const struct kind_schema *kind, int way, int role)
{
	struct teacher *owner, *const both[] = {amina, ben};
	struct id id = created(creator, kind, way, role, &owner);
	EACH_FIELD(kind, field)
	for (size_t i = 0; i < 2; i++) {
		struct writing *w = write_good(field, (enum way)way, id);
		bool may = page_may(page_row(kind->name), field->name, both[i] == owner,
			(enum way)way, (enum role)role);
		try_section(
			both[i], &w->forged, may, named(kind, way, role), field->name);
		writing_free(w);
	}
}

static void each_field_is_written_by_whom_the_page_says(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		begin();
		EACH_WAY(way, role)
		if (page_shares(page_row(kind->name), (enum way)way, (enum role)role)) {
			each_field(amina, kind, way, role);
			each_field(ben, kind, way, role);
		}
		forging_end(&by_amina);
	}
	assert_true(noticed(ben, amina, "left out"));
	assert_true(noticed(amina, ben, "left out"));
	assert_true(meet(amina, ben));
}

/* ---- Values. Each is tried by someone who may write the field. */

enum bad {
	BAD_TYPE,
	BAD_LONG,
	BAD_LINES,
	BAD_WORD,
	BAD_MORE,
	BAD_ACT,
	BAD_KEY,
	BAD_COUNT
};

static void pack_letters(struct buf *out, size_t count)
{
	char *text = mem_new(count + 1);
	memset(text, 'x', count);
	pack_cstr(out, text);
	mem_free(text);
}

/* Whether there is such a wrong of that field; if so it stands in `w`. */
static bool spoil(struct writing *w, const struct field_schema *field, int bad)
{
	bool text = field->value == VALUE_TEXT || field->value == VALUE_LINE;
	bool whole = field->type == FIELD_TEXT;
	switch ((enum bad)bad) {
	case BAD_TYPE: /* a map of nothing is no value but VALUE_ANY */
		pack_map(&w->value, 0);
		return field->value != VALUE_ANY;
	case BAD_LONG: /* a register over 4 KiB, a shown text over its room */
		pack_letters(&w->value, whole ? VALUE_WHOLE_MAX + 1 : VALUE_TEXT_MAX + 1);
		return text || field->value == VALUE_ANY;
	case BAD_LINES:
		pack_cstr(&w->value, "two\nlines");
		return field->value == VALUE_LINE;
	case BAD_WORD:
		pack_cstr(&w->value, "2027-02-30");
		return field->value == VALUE_CHOICE || field->value == VALUE_DATE;
	case BAD_MORE:
		pack_int(&w->value, field->max + 1);
		return field->value == VALUE_INT && field->max > field->min;
	case BAD_ACT: /* an operation of another type of field */
		w->op.act = field->type == FIELD_SET ? OP_WRITE : OP_ADD;
		pack_good(&w->value, field);
		return true;
	case BAD_KEY:
		pack_good(&w->value, field);
		w->ops.key = bytes_text("a\tb");
		return field->family;
	case BAD_COUNT:
		break;
	}
	return false;
}

static void each_wrong(struct teacher *owner, const struct kind_schema *kind,
	const struct field_schema *field, int way, struct id id)
{
	static const char *const words[] = {"of a wrong type", "too long", "of two lines",
		"no choice", "out of range", "a wrong act", "a wrong key"};
	for (int bad = 0; bad < BAD_COUNT; bad++) {
		enum op_act act = act_of(field, (enum way)way);
		/* A text that is merged takes changes, which have no values. */
		if (act == OP_TEXT && bad != BAD_ACT)
			continue;
		struct writing *w = write_op(field, act, id);
		if (spoil(w, field, bad)) {
			set_value(w);
			try_section(owner, &w->forged, false, words[bad], field->name);
		}
		writing_free(w);
	}
	(void)kind;
}

static void what_is_no_value_of_a_field_is_void(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		begin();
		EACH_WAY(way, role)
		if (page_shares(page_row(kind->name), (enum way)way, (enum role)role)) {
			struct teacher *owner;
			struct id id = created(amina, kind, way, role, &owner);
			EACH_FIELD(kind, field)
			each_wrong(owner, kind, field, way, id);
		}
		forging_end(&by_amina);
	}
	assert_true(meet(amina, ben));
}

/* The same in the section that creates a document: none of it is there then. */
static void a_wrong_value_makes_the_whole_creation_void(void **state)
{
	(void)state;
	const struct kind_schema *kind = coaching_kind("visit");
	struct forged forged = creation(kind, WAY_MOVED, ROLE_COMMENT, person(amina));
	struct writing *w = write_op(
		kind_field(kind, bytes_text("minutes")), OP_WRITE, (struct id){{0}});
	pack_int(&w->value, 180);
	set_value(w);
	forged.section.fields = &w->ops;
	forged.section.field_count = 1;
	begin();
	try_section(amina, &forged, false, "a visit of three hours", "");
	/* And so is whatever is written into it afterwards. */
	struct writing *later = write_good(
		kind_field(kind, bytes_text("focus")), WAY_MOVED, forged.document);
	try_section(amina, &later->forged, false, "what was never created", "");
	forging_end(&by_amina);
	writing_free(later);
	writing_free(w);
	assert_false(has(ben, forged.document));
	assert_true(meet(amina, ben));
}

/* ---- Records, places, ends. */

static void last_own(struct teacher *t, struct place *place)
{
	struct notebook_txn *txn = by(t)->theirs;
	struct teacher *other = t == amina ? ben : amina;
	struct space *space = NULL;
	assert_int_equal(space_open(txn, partner_of(txn, t, other)->space, &space), OK);
	*place = (struct place){
		.log = space->own, .entry = space_find_log(space, space->own)->seq};
}

static void void_record(struct teacher *who, const struct writing *record,
	const struct place *place, bool allowed)
{
	struct writing *w = write_op(record->ops.field, OP_VOID, record->forged.document);
	memcpy(w->op.rid, record->op.rid, sizeof w->op.rid);
	w->op.replaced = place;
	w->op.replaced_count = 1;
	try_section(
		who, &w->forged, allowed, "a record withdrawn", record->ops.field->name);
	writing_free(w);
}

static void each_withdraws_only_their_own_records(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		begin();
		EACH_WAY(way, role)
		if (page_shares(page_row(kind->name), (enum way)way, (enum role)role)) {
			struct teacher *owner;
			struct id id = created(amina, kind, way, role, &owner);
			struct teacher *other = owner == amina ? ben : amina;
			EACH_FIELD(kind, field)
			{
				const struct page_row *row = page_row(kind->name);
				struct place place;
				if (field->type != FIELD_LOG ||
					!page_may(row, field->name, true, (enum way)way,
						(enum role)role))
					continue;
				struct writing *w = write_good(field, (enum way)way, id);
				try_section(
					owner, &w->forged, true, kind->name, "record");
				last_own(owner, &place);
				void_record(other, w, &place, false);
				void_record(owner, w, &place, true);
				writing_free(w);
			}
		}
		forging_end(&by_amina);
	}
	assert_true(meet(amina, ben));
}

static void places_and_texts_nobody_had_seen_are_void(void **state)
{
	(void)state;
	const struct kind_schema *kind = coaching_kind("page");
	struct teacher *owner;
	struct place place;
	begin();
	struct id id = created(amina, kind, WAY_TOGETHER, ROLE_EDIT, &owner);
	struct writing *w = write_op(kind_field(kind, bytes_text("title")), OP_WRITE, id);
	last_own(amina, &place);
	place.entry += 7; /* to come */
	pack_cstr(&w->value, "replaces what is not there yet");
	set_value(w);
	w->op.replaced = &place;
	w->op.replaced_count = 1;
	try_section(ben, &w->forged, false, "a place to come", "title");
	writing_free(w);

	w = write_op(kind_field(kind, bytes_text("body")), OP_TEXT, id);
	pack_change(&w->value, 40);
	set_value(w);
	try_section(ben, &w->forged, false, "a place beyond the text", "body");
	writing_free(w);
	forging_end(&by_amina);
	assert_true(meet(amina, ben));
}

static void end_of(struct teacher *who, struct id id, enum section_type type,
	bool allowed, const char *kind)
{
	struct forged forged = {
		.document = id, .section = {.head = {.type = type, .schema = 1}}};
	try_section(who, &forged, allowed, kind,
		type == SECTION_TAKEBACK ? "taken back" : "dropped");
}

static void only_its_owner_takes_back_and_only_the_other_drops(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		begin();
		bool both = strcmp(page_row(kind->name)->owner, "both") == 0;
		EACH_WAY(way, role)
		for (int right = 0; right < 2; right++) {
			struct teacher *owner;
			if (!page_shares(
				    page_row(kind->name), (enum way)way, (enum role)role))
				continue;
			struct id id = created(amina, kind, way, role, &owner);
			struct teacher *other = owner == amina ? ben : amina;
			if (!both) {
				end_of(other, id, SECTION_TAKEBACK, false, kind->name);
				end_of(owner, id, SECTION_DROP, false, kind->name);
			}
			if (right == 0)
				end_of(owner, id, SECTION_TAKEBACK, true, kind->name);
			else
				end_of(other, id, SECTION_DROP, true, kind->name);
		}
		forging_end(&by_amina);
	}
	assert_true(meet(amina, ben));
}

/* Ben knows the id of what Amina and Carla have together: a third person told him. It is
 * none of his. */
static void a_document_of_another_space_is_out_of_reach(void **state)
{
	(void)state;
	const struct kind_schema *kind = coaching_kind("page");
	teachers_pair(amina, carla);
	struct id theirs = make_page(amina, carla, "with Carla");
	struct id alone = make(amina, "note", "body", "nobody's but mine");
	assert_true(meet(amina, carla));
	assert_true(meet(amina, ben));
	struct id targets[] = {theirs, alone};
	for (size_t i = 0; i < 2; i++) {
		const struct kind_schema *of = i == 0 ? kind : coaching_kind("note");
		struct writing *w = write_good(
			kind_field(of, bytes_text("body")), WAY_TOGETHER, targets[i]);
		struct forged again = creation(of, WAY_TOGETHER, ROLE_EDIT, person(ben));
		again.document = targets[i];
		begin();
		try_section(ben, &w->forged, false, "another's page", "body");
		try_section(ben, &again, false, "another's id", "");
		size_t voids[2] = {0};
		struct forged ends[] = {
			{.document = targets[i],
				.section = {.head = {.type = SECTION_DROP, .schema = 1}}},
			{.document = targets[i],
				.section = {.head = {.type = SECTION_TAKEBACK,
						    .schema = 1}}}};
		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(forge(&by_ben, &ends[k], 1, voids), OK);
			assert_int_equal(voids[0], 1);
		}
		forging_end(&by_amina);
		writing_free(w);
	}
	assert_string_equal(see(amina, theirs, "title"), "with Carla");
	assert_string_equal(see(amina, alone, "body"), "nobody's but mine");
	assert_true(has(carla, theirs));
	assert_true(meet(amina, carla));
	assert_true(meet(amina, ben));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_the_page),
		cmocka_unit_test_setup(only_what_the_page_shares_is_created, stage),
		cmocka_unit_test_setup(
			each_field_is_written_by_whom_the_page_says, stage),
		cmocka_unit_test_setup(what_is_no_value_of_a_field_is_void, stage),
		cmocka_unit_test_setup(
			a_wrong_value_makes_the_whole_creation_void, stage),
		cmocka_unit_test_setup(each_withdraws_only_their_own_records, stage),
		cmocka_unit_test_setup(places_and_texts_nobody_had_seen_are_void, stage),
		cmocka_unit_test_setup(
			only_its_owner_takes_back_and_only_the_other_drops, stage),
		cmocka_unit_test_setup(
			a_document_of_another_space_is_out_of_reach, stage),
	};
	teachers_schema = &coaching_schema;
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}

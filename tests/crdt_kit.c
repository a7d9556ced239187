#include "tests/crdt_kit.h"

#include <assert.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/crdt/change.h"

/* Its value, then what else it has. */
#define KIT_FIELD(n, t, w, ...)                                                          \
	{                                                                                \
		.name = (n), .type = (t), .who = (w), .since_schema = 1,                 \
		.value = __VA_ARGS__                                                     \
	}

static const char *const kit_moods[] = {"calm", "brisk", NULL};

static const struct record_field kit_said[] = {
	{.name = "text", .type = VALUE_TEXT},
	{.name = "mood", .type = VALUE_CHOICE, .optional = true, .choices = kit_moods},
	{0},
};

/* What both may write at once. */
const struct field_schema kit_page_fields[KIT_FIELDS] = {
	KIT_FIELD("title", FIELD_REGISTER, WHO_EDIT, VALUE_LINE),
	KIT_FIELD("mood", FIELD_REGISTER, WHO_EDIT, VALUE_CHOICE, .choices = kit_moods),
	KIT_FIELD("body", FIELD_TEXT, WHO_EDIT, VALUE_TEXT),
	KIT_FIELD("section", FIELD_TEXT, WHO_EDIT, VALUE_TEXT, .family = true),
	KIT_FIELD("words", FIELD_SET, WHO_EDIT, VALUE_LINE),
	KIT_FIELD("said", FIELD_LOG, WHO_COMMENT, VALUE_RECORD, .record = kit_said),
};

/* One's own, that another may look at. */
const struct field_schema kit_note_fields[KIT_FIELDS] = {
	KIT_FIELD("about", FIELD_REGISTER, WHO_OWNER, VALUE_LINE),
	KIT_FIELD("body", FIELD_TEXT, WHO_EDIT, VALUE_TEXT),
	KIT_FIELD("wanted", FIELD_SET, WHO_OWNER, VALUE_LINE),
	KIT_FIELD("comments", FIELD_LOG, WHO_COMMENT, VALUE_RECORD, .record = kit_said),
	KIT_FIELD("events", FIELD_LOG, WHO_CREATOR, VALUE_RECORD, .record = kit_said),
	KIT_FIELD("later", FIELD_REGISTER, WHO_OWNER, VALUE_LINE),
};

#define FIELDS_OF(list) .fields = (list), .field_count = KIT_FIELDS

static const char *const kit_title[] = {"title", NULL};

const struct kind_schema kit_kinds[3] = {
	{
		.name = "page",
		.letter = 'p',
		.ways = 1u << WAY_TOGETHER,
		.roles = 1u << ROLE_EDIT,
		.default_role = ROLE_EDIT,
		.owner = OWNER_BOTH,
		FIELDS_OF(kit_page_fields),
		.title = kit_title,
	},
	{
		.name = "note",
		.letter = 'n',
		.ways = 1u << WAY_PRIVATE | 1u << WAY_SHOWN | 1u << WAY_MOVED |
			1u << WAY_COPY,
		.roles = 1u << ROLE_READ | 1u << ROLE_COMMENT | 1u << ROLE_EDIT,
		.default_role = ROLE_COMMENT,
		.owner = OWNER_AUTHOR,
		FIELDS_OF(kit_note_fields),
		.title = kit_title,
	},
	{
		.name = "lesson",
		.letter = 's',
		.ways = 1u << WAY_PRIVATE | 1u << WAY_MOVED,
		.roles = 1u << ROLE_READ,
		.default_role = ROLE_READ,
		.owner = OWNER_TAUGHT,
		FIELDS_OF(kit_note_fields),
		.title = kit_title,
	},
};

const struct schema kit_schema = {.number = 3, .kinds = kit_kinds, .count = 3};

struct person_id kit_person(char letter)
{
	struct person_id person = {0};
	person.b[0] = (uint8_t)letter;
	return person;
}

struct kit_hand kit_hand(const char *name)
{
	struct kit_hand hand = {.person = kit_person(name[0])};
	memcpy(hand.log.b, name, strlen(name));
	return hand;
}

void kit_hand_release(struct kit_hand *hand)
{
	vector_release(&hand->seen);
}

struct author kit_next(struct kit_hand *hand)
{
	hand->entry++;
	hand->lamport++;
	return (struct author){.log = hand->log,
		.entry = hand->entry,
		.lamport = hand->lamport,
		.person = hand->person,
		.seen = &hand->seen};
}

void kit_meet(struct kit_hand *hand, const struct kit_hand *other)
{
	vector_join(&hand->seen, &other->seen);
	if (other->entry > 0)
		vector_set(&hand->seen, other->log, other->entry);
	if (other->lamport > hand->lamport)
		hand->lamport = other->lamport;
}

void kit_release(struct kit_section *s)
{
	section_head_release(&s->section.head);
	arena_release(&s->arena);
}

struct kit_section kit_edit(void)
{
	return (struct kit_section){.section.head = {.type = SECTION_EDIT, .schema = 1}};
}

struct kit_section kit_create(const struct kind_schema *kind, struct person_id owner,
	enum role role, enum way way)
{
	return (struct kit_section){
		.section = {.head = {.type = SECTION_CREATE, .schema = 1},
			.kind = kind,
			.owner = owner,
			.role = role,
			.way = way}};
}

static struct bytes kit_key(const char *key)
{
	return key == NULL ? (struct bytes){0} : bytes_text(key);
}

/* The kind that has the field; a page where it is of none. */
static const struct kind_schema *kit_kind(const struct field_schema *field)
{
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < KIT_FIELDS; k++)
			if (&kit_kinds[i].fields[k] == field)
				return &kit_kinds[i];
	return &kit_kinds[0];
}

struct op *kit_op(struct kit_section *s, const struct field_schema *field,
	const char *key, enum op_act act)
{
	struct section *section = &s->section;
	if (section->kind == NULL)
		section->kind = kit_kind(field);
	struct field_ops *last = section->field_count > 0
					 ? &section->fields[section->field_count - 1]
					 : NULL;
	if (last == NULL || last->field != field ||
		!bytes_equal(last->key, kit_key(key))) {
		struct field_ops *fields =
			arena_array(&s->arena, section->field_count + 1, sizeof *fields);
		if (section->field_count > 0)
			memcpy(fields, section->fields,
				section->field_count * sizeof *fields);
		section->fields = fields;
		last = &fields[section->field_count++];
		*last = (struct field_ops){.field = field, .key = kit_key(key)};
	}
	struct op *ops = arena_array(&s->arena, last->count + 1, sizeof *ops);
	if (last->count > 0)
		memcpy(ops, last->ops, last->count * sizeof *ops);
	last->ops = ops;
	ops[last->count].act = act;
	return &ops[last->count++];
}

struct bytes kit_str(struct kit_section *s, const char *text)
{
	CLEAN_BUF struct buf out = {0};
	pack_cstr(&out, text);
	return arena_bytes(&s->arena, buf_bytes(&out));
}

struct bytes kit_record(struct kit_section *s, const char *text)
{
	CLEAN_BUF struct buf out = {0};
	pack_map(&out, 1);
	pack_cstr(&out, "text");
	pack_cstr(&out, text);
	return arena_bytes(&s->arena, buf_bytes(&out));
}

void kit_replaces(
	struct kit_section *s, struct op *op, const struct place *places, size_t count)
{
	struct place *own = arena_array(&s->arena, count, sizeof *own);
	if (count > 0)
		memcpy(own, places, count * sizeof *own);
	op->replaced = own;
	op->replaced_count = count;
}

struct op *kit_write(struct kit_section *s, const struct field_schema *field,
	const char *key, const char *text)
{
	struct op *op = kit_op(s, field, key, OP_WRITE);
	op->value = kit_str(s, text);
	return op;
}

struct op *kit_add(
	struct kit_section *s, const struct field_schema *field, const char *text)
{
	struct op *op = kit_op(s, field, NULL, OP_ADD);
	op->value = kit_str(s, text);
	return op;
}

struct op *kit_append(struct kit_section *s, const struct field_schema *field,
	const char *rid, const char *text)
{
	struct op *op = kit_op(s, field, NULL, OP_APPEND);
	memcpy(op->rid, rid, strlen(rid));
	op->value = kit_record(s, text);
	return op;
}

struct op *kit_text(struct kit_section *s, const struct field_schema *field,
	const char *key, size_t pos, size_t del, const char *text)
{
	struct text_op at = {.is_insert = del == 0,
		.pos = (uint32_t)pos,
		.len = (uint32_t)(del == 0 ? strlen(text) : del)};
	struct text_change change = {.ops = &at, .count = 1, .text = bytes_text(text)};
	CLEAN_BUF struct buf out = {0};
	text_change_encode(&change, &out);
	struct op *op = kit_op(s, field, key, OP_TEXT);
	op->change = arena_bytes(&s->arena, buf_bytes(&out));
	return op;
}

struct place kit_place(const struct kit_hand *hand, uint64_t entry, uint32_t position)
{
	return (struct place){.log = hand->log, .entry = entry, .position = position};
}

size_t kit_scalars(struct bytes text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.len; i++)
		count += (text.at[i] & 0xc0) != 0x80;
	return count;
}

enum err kit_send(struct kit_section *s, const struct author *author,
	struct document *document, struct log_id own, struct draft *draft)
{
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	section_encode(&s->section, &bytes);
	enum err e = section_decode(buf_bytes(&bytes), &kit_schema,
		document_head(document)->kind, &arena, &section);
	if (e == OK)
		e = document_apply(document, &section, author, own, draft);
	section_head_release(&section.head);
	return e;
}

enum err kit_apply(
	struct kit_section *s, const struct author *author, struct document *document)
{
	return kit_send(s, author, document, author->log, NULL);
}

enum err kit_begin(
	struct kit_section *s, const struct author *author, struct document **out)
{
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	*out = NULL;
	section_encode(&s->section, &bytes);
	enum err e =
		section_decode(buf_bytes(&bytes), &kit_schema, NULL, &arena, &section);
	if (e == OK)
		e = document_create(&section, author, out);
	section_head_release(&section.head);
	return e;
}

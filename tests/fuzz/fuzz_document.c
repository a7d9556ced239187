/*
 * Sections and saved documents from bytes. By the first byte:
 *
 *   0  the rest is a section, applied to a page
 *   1  the rest is a saved document
 *   2  the rest is a program: three devices build sections of every kind, valid or not,
 * and hear each other's in the order it says. All must come to the same verdict on every
 *      section, and to the same state.
 */
#include <stdlib.h>
#include <string.h>

#include "core/crdt/draft.h"
#include "core/crdt/marks.h"
#include "tests/crdt_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEVICES     3u
#define ENTRIES_MAX 24u

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* What a document is good for, whatever it came from. */
static void use(const struct document *document)
{
	CLEAN_BUF struct buf out = {0};
	CLEAN_BUF struct buf saved = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct mark *marks = NULL;
	struct document *again = NULL;
	size_t count = 0;
	struct person_id anna = kit_person('a');
	document_canonical(document, &out);
	document_words(document, NULL, &anna, &out);
	document_marks(document, &arena, &marks, &count);
	buf_clear(&out);
	document_save(document, &out);
	must(document_load(&kit_schema, buf_bytes(&out), &again) == OK);
	document_save(again, &saved);
	must(bytes_equal(buf_bytes(&out), buf_bytes(&saved)));
	document_free(again);
}

/* ---- Sections as they come. */

static struct document *page(struct kit_hand *anna)
{
	struct document *document = NULL;
	CLEAN_SECTION struct kit_section s =
		kit_create(&kit_kinds[0], anna->person, ROLE_EDIT, WAY_TOGETHER);
	kit_text(&s, &kit_page_fields[2], NULL, 0, 0, "what went well");
	kit_write(&s, &kit_page_fields[0], NULL, "first");
	kit_append(&s, &kit_page_fields[5], "1", "said");
	/* In the schema's order. */
	struct field_ops title = s.section.fields[1];
	s.section.fields[1] = s.section.fields[0];
	s.section.fields[0] = title;
	struct author author = kit_next(anna);
	must(kit_begin(&s, &author, &document) == OK);
	return document;
}

/* What was read is written in one form: of squeezed bytes not always the one that came. */
static void write_again(const struct section *section)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf once = {0};
	CLEAN_BUF struct buf twice = {0};
	struct section again;
	section_encode(section, &once);
	must(section_decode(buf_bytes(&once), &kit_schema, &kit_kinds[0], &arena,
		     &again) == OK);
	section_encode(&again, &twice);
	must(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
	section_head_release(&again.head);
}

static void take_section(struct bytes bytes)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_HAND struct kit_hand anna = kit_hand("a1");
	CLEAN_HAND struct kit_hand ben = kit_hand("b1");
	struct section section;
	struct section_head head;
	struct document *document = page(&anna), *made = NULL;
	kit_meet(&ben, &anna);
	struct author author = kit_next(&ben);
	enum err peeked = section_peek(bytes, &head);
	section_head_release(&head);
	enum err e = section_decode(bytes, &kit_schema, &kit_kinds[0], &arena, &section);
	must(peeked == OK || e == ERR_CORRUPT);
	if (e == OK)
		write_again(&section);
	if (e == OK && section.head.type == SECTION_EDIT &&
		document_apply(document, &section, &author, ben.log, NULL) == OK)
		use(document);
	if (e == OK && section.head.type == SECTION_CREATE &&
		document_create(&section, &author, &made) == OK)
		use(made);
	section_head_release(&section.head);
	document_free(document);
	document_free(made);
}

static void take_saved(struct bytes bytes)
{
	struct document *document = NULL;
	if (document_load(&kit_schema, bytes, &document) != OK)
		return;
	use(document);
	document_free(document);
}

/* ---- A program. */

struct entry {
	struct kit_hand by; /* as it was: its `seen` without this entry */
	struct buf bytes;
	enum err verdict;
};

struct device {
	struct kit_hand hand;
	struct document *document;
};

struct program {
	struct bytes rest;
	struct device devices[DEVICES];
	struct entry entries[ENTRIES_MAX];
	size_t count;
};

static unsigned next(struct program *p, unsigned n)
{
	uint8_t byte = 0;
	(void)bytes_take_u8(&p->rest, &byte);
	return byte % n;
}

static void add_places(struct program *p, struct kit_section *s, struct op *op)
{
	struct place places[3];
	size_t count = next(p, 4);
	for (size_t i = 0; i < count; i++)
		places[i] = kit_place(
			&p->devices[next(p, DEVICES)].hand, 1 + next(p, 6), next(p, 3));
	/* Ascending, each once: else they could not be read. */
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0; k--) {
			struct place *a = &places[k - 1], *b = &places[k];
			int order = memcmp(a->log.b, b->log.b, sizeof a->log.b);
			bool is_after =
				order > 0 ||
				(order == 0 &&
					(a->entry > b->entry ||
						(a->entry == b->entry &&
							a->position > b->position)));
			if (is_after) {
				struct place swap = *a;
				*a = *b;
				*b = swap;
			}
		}
	kit_replaces(s, op, places, count);
}

static void add_op(
	struct program *p, struct kit_section *s, const struct field_schema *field)
{
	static const char *const values[] = {"calm", "brisk", "x", "grand"};
	static const char *const rids[] = {"1", "2"};
	const char *key = field->family ? "aim" : NULL;
	const char *value = values[next(p, 4)];
	struct op *op = NULL;
	switch (field->type) {
	case FIELD_REGISTER:
		add_places(p, s, kit_write(s, field, key, value));
		break;
	case FIELD_TEXT:
		(void)kit_text(s, field, key, next(p, 40), next(p, 4), value);
		break;
	case FIELD_SET:
		if (next(p, 2) == 0) {
			(void)kit_add(s, field, value);
			break;
		}
		op = kit_op(s, field, key, OP_REMOVE);
		op->value = kit_str(s, value);
		add_places(p, s, op);
		break;
	case FIELD_LOG:
		if (next(p, 2) == 0) {
			(void)kit_append(s, field, rids[next(p, 2)], value);
			break;
		}
		op = kit_op(s, field, key, OP_VOID);
		memcpy(op->rid, rids[next(p, 2)], 1);
		add_places(p, s, op);
		break;
	}
}

/* The verdict on an entry where it is heard. */
static enum err hear(struct device *device, const struct entry *entry)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	struct author author = {.log = entry->by.log,
		.entry = entry->by.entry,
		.lamport = entry->by.lamport,
		.person = entry->by.person,
		.seen = &entry->by.seen};
	enum err e = section_decode(
		buf_bytes(&entry->bytes), &kit_schema, &kit_kinds[0], &arena, &section);
	if (e == OK)
		e = document_apply(
			device->document, &section, &author, device->hand.log, NULL);
	section_head_release(&section.head);
	vector_set(&device->hand.seen, entry->by.log, entry->by.entry);
	if (entry->by.lamport > device->hand.lamport)
		device->hand.lamport = entry->by.lamport;
	return e;
}

static void write(struct program *p, struct device *device)
{
	if (p->count == ENTRIES_MAX)
		return;
	CLEAN_SECTION struct kit_section s = kit_edit();
	struct entry *entry = &p->entries[p->count];
	for (size_t i = 0; i < kit_kinds[0].field_count; i++)
		for (size_t n = next(p, 4); n > 1; n--)
			add_op(p, &s, &kit_page_fields[i]);
	entry->by = device->hand;
	entry->by.seen = (struct vector){0};
	vector_copy(&entry->by.seen, &device->hand.seen);
	device->hand.entry = ++entry->by.entry;
	entry->by.lamport++;
	section_encode(&s.section, &entry->bytes);
	entry->verdict = hear(device, entry);
	p->count++;
}

static bool hear_next(struct program *p, struct device *device, size_t from)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct entry *entry = &p->entries[(from + i) % p->count];
		if (entry->by.entry !=
				vector_get(&device->hand.seen, entry->by.log) + 1 ||
			!vector_covers(&device->hand.seen, &entry->by.seen))
			continue;
		must(hear(device, entry) == entry->verdict);
		return true;
	}
	return false;
}

static void compare(struct program *p)
{
	CLEAN_BUF struct buf first = {0};
	document_canonical(p->devices[0].document, &first);
	for (size_t i = 1; i < DEVICES; i++) {
		CLEAN_BUF struct buf other = {0};
		document_canonical(p->devices[i].document, &other);
		must(bytes_equal(buf_bytes(&first), buf_bytes(&other)));
	}
	use(p->devices[0].document);
}

static void begin_program(struct program *p)
{
	static const char *const names[DEVICES] = {"a1", "b1", "a2"};
	for (size_t i = 0; i < DEVICES; i++) {
		p->devices[i].hand = kit_hand(names[i]);
		CLEAN_HAND struct kit_hand anna = kit_hand("a1");
		p->devices[i].document = page(&anna);
		vector_set(&p->devices[i].hand.seen, anna.log, 1);
		p->devices[i].hand.lamport = 1;
	}
	p->devices[0].hand.entry = 1;
}

static void end_program(struct program *p)
{
	for (size_t i = 0; i < DEVICES; i++) {
		document_free(p->devices[i].document);
		kit_hand_release(&p->devices[i].hand);
	}
	for (size_t i = 0; i < p->count; i++) {
		kit_hand_release(&p->entries[i].by);
		buf_release(&p->entries[i].bytes);
	}
}

static void run_program(struct bytes bytes)
{
	struct program p = {.rest = bytes};
	begin_program(&p);
	while (p.rest.len > 0) {
		struct device *device = &p.devices[next(&p, DEVICES)];
		if (next(&p, 2) == 0)
			write(&p, device);
		else
			(void)hear_next(&p, device, next(&p, ENTRIES_MAX));
	}
	for (size_t i = 0; i < DEVICES; i++)
		while (hear_next(&p, &p.devices[i], i * 7))
			continue;
	compare(&p);
	end_program(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = {data, size};
	uint8_t mode = 0;
	if (!bytes_take_u8(&rest, &mode))
		return 0;
	switch (mode % 3) {
	case 0:
		take_section(rest);
		break;
	case 1:
		take_saved(rest);
		break;
	default:
		run_program(rest);
	}
	return 0;
}

#include "core/coaching/seek_label.h"

#include <string.h>

#include "core/coaching/names.h"
#include "core/coaching/writing.h"

#define SEATS_MAX 60u
/* A note about a session of a visit: no reference leads further. */
#define REFERENCES_MAX 4u

static struct bytes folded(struct notebook_txn *txn, struct bytes text)
{
	CLEAN_BUF struct buf out = {0};
	fold_add(&out, text);
	return arena_bytes(txn_arena(txn), buf_bytes(&out));
}

static void add_mark(
	struct seek_label *label, struct notebook_txn *txn, struct bytes text)
{
	struct bytes mark = folded(txn, text);
	if (mark.len > 0 && label->mark_count < SEEK_MARKS_MAX)
		label->marks[label->mark_count++] = mark;
}

/* ---- Which class a document belongs to. */

static struct bytes class_of(
	struct notebook_txn *txn, const struct leaf *leaf, unsigned depth)
{
	static const char *const own[] = {"class_label", "label"};
	static const char *const through[] = {"visit", "about"};
	struct leaf *other;
	for (size_t i = 0; i < 2; i++) {
		struct bytes text = have_text(txn, leaf, own[i]);
		if (text.len > 0)
			return text;
	}
	for (size_t i = 0; depth < REFERENCES_MAX && i < 2; i++) {
		struct id id = have_ref(txn, leaf, through[i]);
		if (!id_is_zero(id) && leaf_open(txn, id, &other, NULL) == OK)
			return class_of(txn, other, depth + 1);
	}
	return (struct bytes){0};
}

static bool is_this_class(const struct seek_label *label, struct notebook_txn *txn,
	const struct leaf *leaf, struct bytes *class)
{
	*class = class_of(txn, leaf, 0);
	return class->len > 0 && bytes_equal(folded(txn, *class), label->class);
}

bool seek_label_admits(const struct seek_label *label, struct notebook_txn *txn,
	const struct leaf *leaf, bool *is_of_class)
{
	struct bytes class = {0};
	*is_of_class = label->class.len > 0 && is_this_class(label, txn, leaf, &class);
	return label->class.len == 0 || *is_of_class || class.len == 0;
}

/* ---- What names it. */

bool seek_label_names(
	const struct seek_label *label, struct bytes text, struct fold_span *out)
{
	struct fold_span found;
	for (size_t i = 0; i < label->mark_count; i++) {
		if (!fold_find_word(text, label->marks[i], &found))
			continue;
		if (out->len == 0)
			*out = found;
		return true;
	}
	return false;
}

bool seek_label_seat(const struct seek_label *label, struct bytes subject)
{
	return label->seat.len > 0 && bytes_equal(label->seat, subject);
}

bool seek_label_record(const struct seek_label *label, struct notebook_txn *txn,
	const struct leaf *leaf, struct bytes record)
{
	struct leaf *class;
	struct bytes name;
	return label->number > 0 && strcmp(leaf->head->kind->name, "names") == 0 &&
	       (unsigned)part_number(record, "seat", 0) == label->number &&
	       leaf_open(txn, part_ref(record, "class"), &class, NULL) == OK &&
	       is_this_class(label, txn, class, &name);
}

/* The names kept for the seat. */
static enum err add_names(
	struct seek_label *label, struct notebook_txn *txn, struct why *why)
{
	struct name_entry *entries;
	size_t count;
	enum err e = names_all(txn, &entries, &count, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf *class;
		struct bytes name;
		if (entries[i].seat != label->number ||
			leaf_open(txn, entries[i].class, &class, NULL) != OK ||
			!is_this_class(label, txn, class, &name))
			continue;
		for (size_t k = 0; k < entries[i].mark_count; k++)
			if (label->mark_count < SEEK_MARKS_MAX)
				label->marks[label->mark_count++] = entries[i].marks[k];
	}
	return e;
}

enum err seek_label_read(struct seek_label *out, struct notebook_txn *txn,
	const char *class, unsigned seat, struct why *why)
{
	*out = (struct seek_label){.number = seat};
	if (class == NULL && seat == 0)
		return OK;
	if (class == NULL)
		return because(why, ERR_USAGE,
			"a seat of which class? Say --class 9B --seat S%u", seat);
	if (seat > SEATS_MAX)
		return because(why, ERR_INVALID,
			"a class has seats from 1 to 60; there is no S%u", seat);
	out->class = folded(txn, bytes_text(class));
	if (out->class.len == 0)
		return because(why, ERR_INVALID, "which class? --class 9B");
	if (seat == 0) {
		add_mark(out, txn, bytes_text(class));
		return OK;
	}
	out->seat = bytes_text(arena_format(txn_arena(txn), "S%u", seat));
	add_mark(out, txn, out->seat);
	add_mark(out, txn, bytes_text(arena_format(txn_arena(txn), "seat %u", seat)));
	return add_names(out, txn, why);
}

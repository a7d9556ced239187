#include <assert.h>

#include "core/crdt/values.h"

/* ---- Who may do what: fixed when the document is created, so it never depends on the
 * order in which entries arrive. */

static bool is_owner(const struct document_head *head, const struct person_id *person)
{
	return head->kind->owner == OWNER_BOTH || person_equal(head->owner, *person);
}

static bool role_may(enum role role, enum who who)
{
	switch (role) {
	case ROLE_READ:
		return false;
	case ROLE_COMMENT:
		return who == WHO_COMMENT;
	case ROLE_EDIT:
		return who == WHO_COMMENT || who == WHO_EDIT;
	}
	return false;
}

bool document_may(const struct document_head *head, const struct person_id *person,
	const struct field_schema *field, bool creating)
{
	if (creating || head->way == WAY_PRIVATE)
		return true;
	if (field->who == WHO_CREATOR)
		return false;
	/* A copy stays as it is; what is said beside it does not change it. */
	if (head->way == WAY_COPY && field->who != WHO_COMMENT)
		return false;
	return is_owner(head, person) || role_may(head->role, field->who);
}

bool document_may_end(const struct document_head *head, const struct person_id *person,
	enum section_type type)
{
	bool both = head->kind->owner == OWNER_BOTH;
	bool owner = person_equal(head->owner, *person);
	switch (type) {
	case SECTION_TAKEBACK:
		return both || owner;
	case SECTION_DROP:
		return both || !owner;
	case SECTION_CREATE:
	case SECTION_EDIT:
	case SECTION_CLOSE:
		break;
	}
	return false;
}

static bool may_own(const struct document_head *head)
{
	bool creator = person_equal(head->owner, head->creator);
	switch (head->kind->owner) {
	case OWNER_AUTHOR:
		return creator;
	case OWNER_TAUGHT:
		return !creator;
	case OWNER_BOTH:
		return true;
	}
	return false;
}

static bool may_create(const struct document_head *head)
{
	if (head->way == WAY_PRIVATE)
		return (head->kind->ways & (1u << WAY_PRIVATE)) != 0 &&
		       person_equal(head->owner, head->creator);
	return kind_shares(head->kind, head->way, head->role) && may_own(head);
}

/* ---- Its life. */

static void field_release(struct field_state *field)
{
	bytes_drop(&field->key);
	switch (field->held) {
	case HELD_VALUES:
		values_release(&field->as.values);
		break;
	case HELD_TEXT:
		text_free(field->as.text);
		break;
	case HELD_RECORDS:
		records_release(&field->as.records);
		break;
	}
}

static void writer_release(struct writer *writer)
{
	for (size_t i = 0; i < writer->began_count; i++)
		vector_release(&writer->began[i].since);
	mem_free(writer->began);
	mem_free(writer->touches);
}

void document_free(struct document *document)
{
	if (document == NULL)
		return;
	for (size_t i = 0; i < document->field_count; i++)
		field_release(&document->fields[i]);
	for (size_t i = 0; i < document->writer_count; i++)
		writer_release(&document->writers[i]);
	mem_free(document->fields);
	mem_free(document->writers);
	mem_free(document);
}

enum err document_create(
	const struct section *section, const struct author *author, struct document **out)
{
	assert(section->head.type == SECTION_CREATE);
	*out = NULL;
	struct document_head head = {.kind = section->kind,
		.owner = section->owner,
		.role = section->role,
		.way = section->way,
		.creator = author->person};
	if (!may_create(&head))
		return ERR_VOID;
	struct document *document = mem_new(sizeof *document);
	document->head = head;
	enum err e = document_take(document, section, author, NULL, author->log);
	if (e != OK)
		document_free(document);
	else
		*out = document;
	return e;
}

enum err document_apply(struct document *document, const struct section *section,
	const struct author *author, struct log_id own, struct draft *draft)
{
	assert(section->head.type == SECTION_EDIT);
	return document_take(document, section, author, draft, own);
}

const struct document_head *document_head(const struct document *document)
{
	return &document->head;
}

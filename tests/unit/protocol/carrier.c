#include "tests/unit/protocol/carrier.h"

#include "tests/test.h"

#include "net/protocol/pairkeys.h"

static struct person_id person_of(struct node *node)
{
	return notebook_me(node->book)->person;
}

struct bundle_written carrier_write(struct node *from, struct node *to, struct buf *file)
{
	return carrier_write_some(from, to, SIZE_MAX, file);
}

struct bundle_written carrier_write_some(
	struct node *from, struct node *to, size_t content, struct buf *file)
{
	struct person_id person = person_of(to);
	struct bundle_out *out = NULL;
	bool more = true;
	buf_clear(file);
	assert_int_equal(bundle_out_new(from->book, &person, file, &out, NULL), OK);
	bundle_out_limit(out, content);
	while (more)
		assert_int_equal(bundle_out_next(out, file, &more, NULL), OK);
	struct bundle_written written = *bundle_out_report(out);
	bundle_out_free(out);
	return written;
}

enum err carrier_pass(struct node *node, enum bundle_pass pass, struct bytes file,
	size_t step, struct bundle_taken *out, struct why *why)
{
	struct bundle_in *in = NULL;
	enum err e = bundle_in_new(node->book, pass, &in, why);
	while (e == OK && file.len > 0) {
		struct bytes part;
		(void)bytes_take(&file, file.len < step ? file.len : step, &part);
		e = bundle_in_recv(in, part, why);
	}
	if (e == OK)
		e = bundle_in_end(in, why);
	*out = *bundle_in_report(in);
	out->documents = NULL;
	bundle_in_free(in);
	return e;
}

enum err carrier_read(
	struct node *node, struct bytes file, struct bundle_taken *out, struct why *why)
{
	enum err e = carrier_pass(node, BUNDLE_CHECK, file, 65536, out, why);
	if (e != OK)
		return e;
	e = carrier_pass(node, BUNDLE_TAKE, file, 65536, out, why);
	if (e == ERR_GAP)
		e = carrier_pass(node, BUNDLE_HEAR, file, 65536, out, why);
	else if (e == ERR_FORK)
		e = carrier_pass(node, BUNDLE_HEAR_FORK, file, 65536, out, why);
	return e;
}

struct bundle_taken carrier_carry(struct node *from, struct node *to)
{
	CLEAN_BUF struct buf file = {0};
	struct bundle_taken taken = {0};
	struct why why = {0};
	(void)carrier_write(from, to, &file);
	enum err e = carrier_read(to, buf_bytes(&file), &taken, &why);
	if (e != OK)
		print_error("%s\n", why.text);
	assert_int_equal(e, OK);
	return taken;
}

/* The key of the pair's bundles, as `node` has it. */
static struct secret key_of(struct node *node, struct node *other)
{
	struct notebook_txn *txn = NULL;
	struct secret psk;
	assert_int_equal(notebook_look(node->book, &txn, NULL), OK);
	pair_bundle_key(&node_partner(node, txn, other)->root, &psk);
	notebook_abort(txn);
	return psk;
}

void carrier_open(
	struct node *from, struct node *to, struct bytes file, struct buf *records)
{
	struct bundle_writer_key key = {
		notebook_me(from->book)->device_public, key_of(to, from), 0};
	struct bundle_reader *r =
		bundle_reader_new(&notebook_me(to->book)->device_secret, &key, 1);
	struct bundle_record record;
	bool got = true;
	bundle_reader_recv(r, file);
	bundle_reader_end(r);
	while (got) {
		assert_int_equal(bundle_reader_next(r, &record, &got, NULL), OK);
		if (got)
			carrier_add(records, record.kind, record.bytes);
	}
	bundle_reader_free(r);
}

void carrier_forge(
	struct node *from, struct node *to, struct bytes records, struct buf *file)
{
	struct bundle_reader_key key = {
		notebook_me(to->book)->device_public, key_of(from, to)};
	struct bundle_id id;
	struct bytes record;
	uint8_t kind;
	buf_clear(file);
	struct bundle_writer *w = bundle_writer_new(
		&notebook_me(from->book)->device_secret, &key, 1, file, &id);
	while (carrier_take(&records, &kind, &record))
		bundle_writer_add(w, kind, record, file);
	bundle_writer_end(w, file);
	bundle_writer_free(w);
}

bool carrier_take(struct bytes *records, uint8_t *kind, struct bytes *record)
{
	uint32_t len;
	return bytes_take_u8(records, kind) && bytes_take_u32(records, &len) &&
	       bytes_take(records, len, record);
}

void carrier_add(struct buf *records, uint8_t kind, struct bytes record)
{
	buf_add_u8(records, kind);
	buf_add_u32(records, (uint32_t)record.len);
	buf_add(records, record);
}

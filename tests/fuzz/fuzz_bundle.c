/*
 * Bytes to the reader of a bundle over a real notebook. First byte: 0, they are the file;
 * 1, an honest file, cut to u16 bytes unless 0, then changed by n × (u16 place, u8
 *value); else what a partner seals who says what he likes:
 *
 *	even u8 | kind | u16 length | bytes             a record of anything
 *	odd u8  | which | u16 cut | n | n × (u16, u8)   an honest record, changed likewise
 *
 * The process lives; a file that was refused changed nothing.
 */
#include "tests/test.h"

#include <assert.h>

#include "tests/sim/random.h"
#include "tests/unit/protocol/carrier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORDS_MAX 64

static struct node anna, ben;
static char *base;
static struct buf honest; /* of Ben's, for Anna */
static struct buf records;
static struct bytes part[8];
static uint8_t kinds[8];
static size_t parts;

static void clean_up(void)
{
	nodes_two_remove(base, &anna, &ben);
	buf_release(&honest);
	buf_release(&records);
}

static void start(void)
{
	random_start();
	base = nodes_two(&anna, &ben);
	atexit(clean_up);
	(void)node_page(&anna, &ben, "a page of Anna's");
	(void)carrier_carry(&anna, &ben);
	(void)carrier_carry(&ben, &anna);
	(void)node_page(&ben, &anna, "a page of Ben's");
	node_keep(&anna);
	(void)carrier_write(&ben, &anna, &honest);
	carrier_open(&ben, &anna, buf_bytes(&honest), &records);
	struct bytes rest = buf_bytes(&records);
	while (carrier_take(&rest, &kinds[parts], &part[parts]))
		parts++;
	assert(parts == 3);
}

/* `from` as it is, cut and changed as the input says. */
static void change(struct bytes from, struct bytes *rest, struct buf *out)
{
	uint16_t cut = 0, at;
	uint8_t count = 0, value;
	buf_add(out, from);
	(void)bytes_take_u16(rest, &cut);
	(void)bytes_take_u8(rest, &count);
	if (cut > 0 && cut < out->len)
		out->len = cut;
	for (; count > 0 && bytes_take_u16(rest, &at) && bytes_take_u8(rest, &value);
		count--)
		out->at[at % out->len] = value;
}

static void forge(struct bytes rest, struct buf *file)
{
	CLEAN_BUF struct buf said = {0};
	uint8_t op, which;
	uint16_t len;
	struct bytes bytes;
	for (size_t n = 0; n < RECORDS_MAX && bytes_take_u8(&rest, &op) &&
			   bytes_take_u8(&rest, &which);
		n++) {
		CLEAN_BUF struct buf record = {0};
		if (op % 2 == 1) {
			change(part[which % parts], &rest, &record);
			which = kinds[which % parts];
		} else if (bytes_take_u16(&rest, &len) &&
			   bytes_take(&rest, len < rest.len ? len : rest.len, &bytes)) {
			buf_add(&record, bytes);
		}
		carrier_add(&said, which, buf_bytes(&record));
	}
	carrier_forge(&ben, &anna, buf_bytes(&said), file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = {data, size};
	struct bundle_taken taken = {0};
	CLEAN_BUF struct buf file = {0};
	uint8_t sort;
	if (base == NULL)
		start();
	if (!bytes_take_u8(&rest, &sort) || rest.len > 65536)
		return 0;
	if (sort == 0)
		buf_add(&file, rest);
	else if (sort == 1)
		change(buf_bytes(&honest), &rest, &file);
	else
		forge(rest, &file);
	uint64_t version = notebook_version(anna.book);
	if (carrier_read(&anna, buf_bytes(&file), &taken, NULL) != OK)
		assert(notebook_version(anna.book) == version);
	else if (notebook_version(anna.book) != version)
		node_again(&anna);
	return 0;
}

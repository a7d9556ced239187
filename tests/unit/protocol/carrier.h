/* Bundles without files, between the notebooks of nodes.h; and such as no honest side
 * writes. */
#ifndef KITH_TESTS_CARRIER_H
#define KITH_TESTS_CARRIER_H

#include "net/protocol/bundle.h"
#include "tests/unit/protocol/nodes.h"

struct bundle_written carrier_write(struct node *from, struct node *to, struct buf *file);

/* The same, filled only so far. */
struct bundle_written carrier_write_some(
	struct node *from, struct node *to, size_t content, struct buf *file);

/* One pass, `step` bytes at a time. The report's list of documents is not kept. */
enum err carrier_pass(struct node *node, enum bundle_pass pass, struct bytes file,
	size_t step, struct bundle_taken *out, struct why *why);

/* All passes, as a host does it. */
enum err carrier_read(
	struct node *node, struct bytes file, struct bundle_taken *out, struct why *why);

/* Written and read; neither fails. */
struct bundle_taken carrier_carry(struct node *from, struct node *to);

/* What `to` finds in a file of `from`: u8 kind ‖ u32 length ‖ bytes, one after another.
 */
void carrier_open(
	struct node *from, struct node *to, struct bytes file, struct buf *records);

/* And the reverse: such records, sealed as `from` would. */
void carrier_forge(
	struct node *from, struct node *to, struct bytes records, struct buf *file);

/* The next of such records; false at the end, or where the rest is none. */
bool carrier_take(struct bytes *records, uint8_t *kind, struct bytes *record);
void carrier_add(struct buf *records, uint8_t kind, struct bytes record);

#endif

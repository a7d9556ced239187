#include "tests/test.h"

#include "core/base/pack.h"
#include "core/crdt/value.h"
#include "tests/laws/world.h"

#define TITLE (&kit_page_fields[0])
#define MOOD  (&kit_page_fields[1])
#define BODY  (&kit_page_fields[2])
#define PART  (&kit_page_fields[3])
#define WORDS (&kit_page_fields[4])
#define SAID  (&kit_page_fields[5])

static const struct bytes no_key;

uint64_t world_seed(uint64_t number)
{
	const char *text = getenv("KITH_LAWS_SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 11;
	return (seed * 1000003 + number) * UINT64_C(0x9e3779b97f4a7c15) | 1;
}

uint64_t world_cases(uint64_t usual)
{
	const char *text = getenv("KITH_LAWS_CASES");
	return text != NULL ? usual * strtoull(text, NULL, 10) : usual;
}

size_t world_below(struct world *world, size_t n)
{
	world->seed ^= world->seed << 13;
	world->seed ^= world->seed >> 7;
	world->seed ^= world->seed << 17;
	return (size_t)(world->seed >> 11) % n;
}

/* ---- Its beginning and end. */

void world_begin(struct world *world, uint64_t number)
{
	*world = (struct world){.seed = world_seed(number)};
	world->count = 2 + world_below(world, DEVICES_MAX - 1);
	for (size_t i = 0; i < world->count; i++) {
		world->devices[i].hand = kit_hand(i % 2 == 0 ? "a" : "b");
		/* In an order of logs that says nothing of persons. */
		world->devices[i].hand.log.b[0] = (uint8_t)world_below(world, 256);
		world->devices[i].hand.log.b[1] = (uint8_t)i;
	}
	struct device *first = &world->devices[0];
	struct document_head head = {.kind = &kit_kinds[0],
		.owner = first->hand.person,
		.role = ROLE_EDIT,
		.way = WAY_TOGETHER,
		.creator = first->hand.person};
	static const uint8_t nonce[16] = {1};
	static const struct vector nothing;
	first->draft = draft_new((struct id){.b = {9}}, &nothing, &head, nonce);
	for (size_t n = world_below(world, 6); n > 0; n--)
		world_edit(world, first);
	world_seal(world, first);
}

void world_end(struct world *world)
{
	for (size_t i = 0; i < world->count; i++) {
		struct device *device = &world->devices[i];
		document_free(device->document);
		draft_free(device->draft);
		kit_hand_release(&device->hand);
		mem_free(device->typed);
		mem_free(device->gone);
	}
	for (size_t i = 0; i < world->said_count; i++) {
		kit_hand_release(&world->said[i].by);
		buf_release(&world->said[i].bytes);
	}
	mem_free(world->said);
}

/* ---- Hearing. */

bool world_may_hear(const struct device *device, const struct said *said)
{
	return said->by.entry == vector_get(&device->hand.seen, said->by.log) + 1 &&
	       vector_covers(&device->hand.seen, &said->by.seen);
}

static struct author author_of(const struct said *said)
{
	return (struct author){.log = said->by.log,
		.entry = said->by.entry,
		.lamport = said->by.lamport,
		.person = said->by.person,
		.seen = &said->by.seen};
}

void world_hear(struct world *world, struct device *device, const struct said *said)
{
	(void)world;
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	struct author author = author_of(said);
	bool is_birth = device->document == NULL;
	assert_int_equal(section_decode(buf_bytes(&said->bytes), &kit_schema,
				 is_birth ? NULL : document_head(device->document)->kind,
				 &arena, &section),
		OK);
	if (is_birth)
		assert_int_equal(
			document_create(&section, &author, &device->document), OK);
	else
		assert_int_equal(document_apply(device->document, &section, &author,
					 device->hand.log, device->draft),
			OK);
	section_head_release(&section.head);
	vector_set(&device->hand.seen, said->by.log, said->by.entry);
	if (said->by.lamport > device->hand.lamport)
		device->hand.lamport = said->by.lamport;
}

static unsigned group_of(const struct world *world, struct log_id log)
{
	for (size_t i = 0; i < world->count; i++)
		if (log_id_equal(world->devices[i].hand.log, log))
			return world->devices[i].group;
	return 0;
}

bool world_hear_any(struct world *world, struct device *device, bool all_groups)
{
	size_t start = world_below(world, world->said_count);
	for (size_t n = 0; n < world->said_count; n++) {
		const struct said *said = &world->said[(start + n) % world->said_count];
		if (!world_may_hear(device, said) ||
			(!all_groups && group_of(world, said->by.log) != device->group))
			continue;
		world_hear(world, device, said);
		return true;
	}
	return false;
}

/* ---- Writing. */

static struct draft *open_draft(struct world *world, struct device *device)
{
	if (device->draft == NULL) {
		struct id id = {.b = {1}};
		id.b[1] = (uint8_t)world_below(world, 256);
		device->draft = draft_new(id, &device->hand.seen, NULL, NULL);
	}
	return device->draft;
}

static const struct field_schema *random_text(struct world *world, struct bytes *key)
{
	static const char *const keys[] = {"aim", "next"};
	*key = no_key;
	if (world_below(world, 3) > 0)
		return BODY;
	*key = bytes_text(keys[world_below(world, 2)]);
	return PART;
}

static void type_token(struct world *world, struct device *device, size_t len)
{
	char token[TOKEN + 1];
	snprintf(token, sizeof token, "Q%05u", world->tokens % 100000);
	size_t pos = world_below(world, len + 1);
	assert_int_equal(draft_splice(device->draft, device->document, BODY, no_key, pos,
				 0, bytes_text(token), NULL),
		OK);
	device->typed = mem_grow(device->typed, device->typed_count, &device->typed_cap,
		sizeof *device->typed);
	device->typed[device->typed_count++] = world->tokens++;
}

/* Take a token of this draft out again, where it stands whole still. */
static void take_token(struct world *world, struct device *device, struct bytes text)
{
	if (device->typed_count == 0)
		return;
	size_t i = world_below(world, device->typed_count);
	char token[TOKEN + 1];
	snprintf(token, sizeof token, "Q%05u", device->typed[i] % 100000);
	const uint8_t *at = text.len > 0 ? memmem(text.at, text.len, token, TOKEN) : NULL;
	if (at == NULL)
		return;
	struct bytes before = {text.at, (size_t)(at - text.at)};
	assert_int_equal(draft_splice(device->draft, device->document, BODY, no_key,
				 kit_scalars(before), TOKEN, no_key, NULL),
		OK);
	device->gone = mem_grow(device->gone, device->gone_count, &device->gone_cap,
		sizeof *device->gone);
	device->gone[device->gone_count++] = device->typed[i];
	device->typed[i] = device->typed[--device->typed_count];
}

static void edit_text(struct world *world, struct device *device)
{
	static const char *const words[] = {
		"a", "be", "cé", "\xf0\x9f\x8c\xb1", "done", ""};
	CLEAN_ARENA struct arena arena = {0};
	struct bytes key, text;
	const struct field_schema *field = random_text(world, &key);
	(void)read_text(device->document, device->draft, field, key, &arena, &text);
	size_t len = kit_scalars(text), pos = world_below(world, len + 1);
	size_t del = world_below(world, 3) == 0 ? world_below(world, 6) : 0;
	if (field == BODY && world_below(world, 4) == 0) {
		type_token(world, device, len);
	} else if (field == BODY && world_below(world, 4) == 0) {
		take_token(world, device, text);
	} else {
		if (del > len - pos)
			del = len - pos;
		assert_int_equal(
			draft_splice(device->draft, device->document, field, key, pos,
				del, bytes_text(words[world_below(world, 6)]), NULL),
			OK);
	}
}

static void edit_register(struct world *world, struct device *device)
{
	static const char *const values[] = {"calm", "brisk"};
	CLEAN_BUF struct buf value = {0};
	if (world_below(world, 6) == 0)
		pack_nil(&value);
	else
		pack_cstr(&value, values[world_below(world, 2)]);
	assert_int_equal(draft_set(device->draft, device->document,
				 world_below(world, 2) == 0 ? TITLE : MOOD, no_key,
				 buf_bytes(&value), NULL),
		OK);
}

static void edit_set(struct world *world, struct device *device)
{
	static const char *const values[] = {"one", "two", "three", "four"};
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, values[world_below(world, 4)]);
	if (world_below(world, 3) > 0)
		assert_int_equal(draft_add(device->draft, device->document, WORDS, no_key,
					 buf_bytes(&value), NULL),
			OK);
	else
		(void)!draft_remove(device->draft, device->document, WORDS, no_key,
			buf_bytes(&value), NULL);
}

static void edit_log(struct world *world, struct device *device)
{
	CLEAN_ARENA struct arena arena = {0};
	struct reading reading;
	read_log(device->document, device->draft, SAID, &arena, &reading);
	if (reading.count > 0 && world_below(world, 3) == 0) {
		/* Refused where it is another's; then nothing happened. */
		(void)!draft_void(device->draft, device->document, SAID,
			reading.items[world_below(world, reading.count)].rid,
			&device->hand.person, NULL);
		return;
	}
	CLEAN_BUF struct buf record = {0};
	uint8_t rid[8] = {0};
	pack_map(&record, 1);
	pack_cstr(&record, "text");
	pack_cstr(&record, "said");
	for (size_t i = 0; i < sizeof rid; i++)
		rid[i] = (uint8_t)world_below(world, 256);
	assert_int_equal(draft_append(device->draft, device->document, SAID, rid,
				 buf_bytes(&record), NULL),
		OK);
}

void world_edit(struct world *world, struct device *device)
{
	(void)open_draft(world, device);
	switch (world_below(world, 6)) {
	case 0:
		edit_register(world, device);
		break;
	case 1:
		edit_set(world, device);
		break;
	case 2:
		edit_log(world, device);
		break;
	default:
		edit_text(world, device);
	}
}

/* ---- Sealing: the draft becomes an entry, and what it took out is in no byte of it. */

static void assert_gone(const struct device *device, struct bytes bytes)
{
	for (size_t i = 0; i < device->gone_count; i++) {
		char token[TOKEN + 1];
		snprintf(token, sizeof token, "Q%05u", device->gone[i] % 100000);
		assert_null(memmem(bytes.at, bytes.len, token, TOKEN));
	}
}

void world_seal(struct world *world, struct device *device)
{
	if (device->draft == NULL ||
		(draft_head(device->draft) == NULL && draft_is_empty(device->draft)))
		return;
	CLEAN_ARENA struct arena arena = {0};
	struct section section = {0};
	struct said said = {.by = device->hand};
	draft_seal(device->draft, device->document, &kit_schema, &device->hand.seen,
		&arena, &section);
	section_encode(&section, &said.bytes);
	section_head_release(&section.head);
	assert_gone(device, buf_bytes(&said.bytes));
	said.by.seen = (struct vector){0};
	vector_copy(&said.by.seen, &device->hand.seen);
	said.by.entry++;
	said.by.lamport++;
	draft_free(device->draft);
	device->draft = NULL;
	device->typed_count = device->gone_count = 0;
	device->hand.entry = said.by.entry;
	world->said = mem_grow(
		world->said, world->said_count, &world->said_cap, sizeof *world->said);
	world->said[world->said_count++] = said;
	world_hear(world, device, &said);
}

/* ---- Time. */

void world_step(struct world *world)
{
	struct device *device = &world->devices[world_below(world, world->count)];
	switch (world_below(world, 8)) {
	case 0:
		world_seal(world, device);
		break;
	case 1:
		device->group = (unsigned)world_below(world, 2);
		break;
	case 2:
	case 3:
	case 4:
		(void)world_hear_any(world, device, false);
		break;
	default:
		if (device->document != NULL)
			world_edit(world, device);
	}
}

void world_settle(struct world *world)
{
	for (size_t i = 0; i < world->count; i++)
		world_seal(world, &world->devices[i]);
	for (size_t i = 0; i < world->count; i++)
		while (world_hear_any(world, &world->devices[i], true))
			continue;
}

#include "tests/test.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/notebook/people.h"
#include "net/protocol/pairkeys.h"
#include "tests/unit/protocol/nodes.h"

#define TURNS_MAX 5000 /* a test that talks longer is broken */
#define PIECE     65536

/* ---- Two kinds, enough for every way of sharing. */

#define BODY                                                                             \
	{                                                                                \
		.name = "body", .type = FIELD_TEXT, .who = WHO_EDIT, .since_schema = 1   \
	}
#define LINE(n, since)                                                                   \
	{                                                                                \
		.name = (n), .type = FIELD_REGISTER, .who = WHO_EDIT,                    \
		.value = VALUE_LINE, .since_schema = (since)                             \
	}

static const struct field_schema page_fields[] = {
	LINE("title", 1), BODY, LINE("mood", 2)};
static const struct field_schema note_fields[] = {BODY};
static const char *const title_of_page[] = {"title", NULL};
static const char *const title_of_note[] = {"body", NULL};

#define PAGE(n_fields)                                                                   \
	{                                                                                \
		.name = "page", .letter = 'p', .ways = 1u << WAY_TOGETHER,               \
		.roles = 1u << ROLE_EDIT, .default_role = ROLE_EDIT,                     \
		.owner = OWNER_BOTH, .fields = page_fields, .field_count = (n_fields),   \
		.title = title_of_page                                                   \
	}
#define NOTE                                                                             \
	{                                                                                \
		.name = "note", .letter = 'n',                                           \
		.ways = 1u << WAY_PRIVATE | 1u << WAY_SHOWN | 1u << WAY_MOVED,           \
		.roles = 1u << ROLE_READ | 1u << ROLE_COMMENT | 1u << ROLE_EDIT,         \
		.default_role = ROLE_COMMENT, .owner = OWNER_AUTHOR,                     \
		.fields = note_fields, .field_count = 1, .title = title_of_note          \
	}

static const struct kind_schema kinds[] = {PAGE(2), NOTE};
static const struct kind_schema later[] = {PAGE(3), NOTE};

const struct schema nodes_schema = {.number = 1, .kinds = kinds, .count = 2};
const struct schema nodes_schema_later = {.number = 2, .kinds = later, .count = 2};

/* ---- Folders */

#define assert_ok(call)                                                                  \
	do {                                                                             \
		struct why why_ = {0};                                                   \
		struct why *why = &why_;                                                 \
		enum err e_ = (call);                                                    \
		if (e_ != OK)                                                            \
			fail_msg("%s: %s", #call, why_text(why, e_));                    \
	} while (0)

char *nodes_folder(void)
{
	CLEAN_BUF struct buf path = {0};
	buf_add_format(&path, "%s/kith-nodes-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	char *folder = mem_text(buf_text(&path));
	assert_non_null(mkdtemp(folder));
	return folder;
}

void nodes_remove(char *folder)
{
	CLEAN_BUF struct buf line = {0};
	buf_add_format(&line, "rm -rf '%s'", folder);
	assert_int_equal(system(buf_text(&line)), 0);
	mem_free(folder);
}

char *nodes_two(struct node *anna, struct node *ben)
{
	assert_int_equal(crypto_start(), OK);
	char *folder = nodes_folder();
	node_make(anna, folder, "anna");
	node_make(ben, folder, "ben");
	nodes_pair(anna, ben);
	return folder;
}

void nodes_two_remove(char *folder, struct node *anna, struct node *ben)
{
	node_close(anna);
	node_close(ben);
	nodes_remove(folder);
}

void node_make(struct node *node, const char *base, const char *name)
{
	*node = (struct node){
		.name = name, .schema = &nodes_schema, .wall_s = 1800000000};
	snprintf(node->dir, sizeof node->dir, "%s/%s", base, name);
	struct notebook_birth birth = {.name = name,
		.passphrase = bytes_text("a passphrase"),
		.kdf = BIRTH_INTERACTIVE};
	assert_ok(notebook_create(node->dir, &birth, node->schema, NULL, why));
	assert_ok(notebook_unlock(node->dir, birth.passphrase, &node->master, why));
	node_open(node);
}

void node_open(struct node *node)
{
	assert_ok(
		notebook_open(node->dir, &node->master, node->schema, &node->book, why));
	notebook_clock(node->book, node->wall_s);
}

void node_close(struct node *node)
{
	notebook_close(node->book);
	node->book = NULL;
}

static void copy_file(const char *from, const char *to)
{
	static uint8_t piece[65536];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t got = 0;
	if (in == NULL || out == NULL)
		fail_msg("cannot copy %s to %s", from, to);
	while (in != NULL && out != NULL && (got = fread(piece, 1, sizeof piece, in)) > 0)
		assert_int_equal(fwrite(piece, 1, got, out), got);
	if (in != NULL)
		fclose(in);
	if (out != NULL)
		fclose(out);
}

/* Every regular file of one folder into another that is there. */
static void copy_folder(const char *from, const char *to)
{
	DIR *folder = opendir(from);
	assert_non_null(folder);
	for (struct dirent *file = readdir(folder); file != NULL;
		file = readdir(folder)) {
		char a[600], b[600];
		struct stat about;
		snprintf(a, sizeof a, "%s/%s", from, file->d_name);
		snprintf(b, sizeof b, "%s/%s", to, file->d_name);
		if (stat(a, &about) == 0 && S_ISREG(about.st_mode))
			copy_file(a, b);
	}
	closedir(folder);
}

void node_save(struct node *node, const char *place)
{
	(void)mkdir(place, 0700);
	node_close(node);
	copy_folder(node->dir, place);
	node_open(node);
}

void node_put_back(struct node *node, const char *place)
{
	node_close(node);
	copy_folder(place, node->dir);
	node_open(node);
}

void node_keep(struct node *node)
{
	snprintf(node->kept, sizeof node->kept, "%.140s-kept", node->dir);
	node_save(node, node->kept);
}

void node_again(struct node *node)
{
	node_put_back(node, node->kept);
}

void node_move(struct node *node, const char *place)
{
	(void)mkdir(place, 0700);
	node_close(node);
	copy_folder(node->dir, place);
	snprintf(node->dir, sizeof node->dir, "%s", place);
	node_open(node);
}

/* ---- Transactions */

static struct notebook_txn *edit(struct node *node)
{
	struct notebook_txn *txn = NULL;
	notebook_clock(node->book, node->wall_s);
	assert_ok(notebook_edit(node->book, &txn, why));
	return txn;
}

static struct notebook_txn *look(struct node *node)
{
	struct notebook_txn *txn = NULL;
	assert_ok(notebook_look(node->book, &txn, why));
	return txn;
}

/* ---- Pairing */

/* The space that this side holds open, if there is one. */
static void keep_space(
	struct node *node, struct node *other, struct pairing_result *result)
{
	struct notebook_txn *txn = look(node);
	struct secret key;
	struct id space;
	if (people_open_space(txn, &notebook_me(other->book)->person, &space, &key)) {
		result->kept = true;
		result->space = space;
		result->space_key = key;
	}
	notebook_abort(txn);
}

static void keep_partner(
	struct node *node, struct node *other, const struct secret *root, bool i_typed)
{
	const struct me *them = notebook_me(other->book);
	struct pairing_result result = {.name = other->name,
		.called = "",
		.root = *root,
		.i_typed = i_typed,
		.provisional = !i_typed,
		.list_bytes = buf_bytes(&them->list)};
	assert_int_equal(device_list_read(result.list_bytes, &result.list), OK);
	pair_space(root, &result.space, &result.space_key);
	keep_space(node, other, &result);
	struct notebook_txn *txn = edit(node);
	assert_ok(people_pair(txn, &result, why));
	assert_ok(notebook_commit(txn, why));
}

void nodes_pair(struct node *a, struct node *b)
{
	WIPED(secret) root;
	random_secret(&root);
	keep_partner(a, b, &root, true);
	keep_partner(b, a, &root, false);
}

struct partner *node_partner(
	struct node *node, struct notebook_txn *txn, struct node *other)
{
	(void)node;
	struct partner *partner = people_partner(txn, &notebook_me(other->book)->person);
	assert_non_null(partner);
	return partner;
}

/* ---- Documents */

static void write_body(struct notebook_txn *txn, struct leaf *leaf, const char *text)
{
	const struct field_schema *field = NULL;
	struct draft *draft = NULL;
	struct bytes before = {0};
	assert_ok(leaf_field(txn, leaf, bytes_text("body"), &field, why));
	assert_ok(leaf_draft(txn, leaf, &draft, why));
	(void)read_text(leaf->sealed, leaf->draft, field, (struct bytes){0},
		txn_arena(txn), &before);
	assert_ok(draft_text(draft, leaf->sealed, field, (struct bytes){0}, before,
		bytes_text(text), why));
}

struct id node_page(struct node *node, struct node *with, const char *text)
{
	struct notebook_txn *txn = edit(node);
	struct leaf *leaf = NULL;
	struct partner *partner = node_partner(node, txn, with);
	assert_ok(leaf_new_together(
		txn, &node->schema->kinds[0], &partner->person, &leaf, why));
	struct id id = leaf->id;
	write_body(txn, leaf, text);
	assert_ok(notebook_commit(txn, why));
	return id;
}

struct id node_note(struct node *node, const char *text)
{
	struct notebook_txn *txn = edit(node);
	struct leaf *leaf = NULL;
	assert_ok(leaf_new(txn, &node->schema->kinds[1], &leaf, why));
	struct id id = leaf->id;
	write_body(txn, leaf, text);
	assert_ok(notebook_commit(txn, why));
	return id;
}

struct id node_share(struct node *node, struct id note, struct node *with, enum role role)
{
	struct notebook_txn *txn = edit(node);
	struct id there = {0};
	assert_ok(share_document(
		txn, note, node_partner(node, txn, with), role, &there, why));
	assert_ok(notebook_commit(txn, why));
	return there;
}

void node_write(struct node *node, struct id document, const char *text)
{
	struct notebook_txn *txn = edit(node);
	struct leaf *leaf = NULL;
	assert_ok(leaf_open(txn, document, &leaf, why));
	write_body(txn, leaf, text);
	assert_ok(notebook_commit(txn, why));
}

void node_splice(
	struct node *node, struct id document, size_t at, size_t gone, const char *text)
{
	struct notebook_txn *txn = edit(node);
	struct leaf *leaf = NULL;
	const struct field_schema *field = NULL;
	struct draft *draft = NULL;
	assert_ok(leaf_open(txn, document, &leaf, why));
	assert_ok(leaf_field(txn, leaf, bytes_text("body"), &field, why));
	assert_ok(leaf_draft(txn, leaf, &draft, why));
	assert_ok(draft_splice(draft, leaf->sealed, field, (struct bytes){0}, at, gone,
		bytes_text(text), why));
	assert_ok(notebook_commit(txn, why));
}

void node_set(struct node *node, struct id page, const char *name, const char *text)
{
	struct notebook_txn *txn = edit(node);
	struct leaf *leaf = NULL;
	const struct field_schema *field = NULL;
	struct draft *draft = NULL;
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, text);
	assert_ok(leaf_open(txn, page, &leaf, why));
	assert_ok(leaf_field(txn, leaf, bytes_text(name), &field, why));
	assert_ok(leaf_draft(txn, leaf, &draft, why));
	assert_ok(draft_set(
		draft, leaf->sealed, field, (struct bytes){0}, buf_bytes(&value), why));
	assert_ok(notebook_commit(txn, why));
}

struct id node_take_back(struct node *node, struct id document)
{
	struct notebook_txn *txn = edit(node);
	enum reach was;
	struct id back;
	assert_ok(share_takeback(txn, document, &was, &back, why));
	assert_ok(notebook_commit(txn, why));
	return back;
}

void node_drop(struct node *node, struct id document)
{
	struct notebook_txn *txn = edit(node);
	assert_ok(share_drop(txn, document, why));
	assert_ok(notebook_commit(txn, why));
}

static int by_text(const void *a, const void *b)
{
	const struct reading_item *x = a, *y = b;
	return bytes_compare(x->value, y->value);
}

void node_titles(struct node *node, struct id page, struct buf *out)
{
	struct notebook_txn *txn = look(node);
	struct leaf *leaf = NULL;
	struct reading reading = {0};
	if (leaf_open(txn, page, &leaf, NULL) == OK)
		read_values(leaf->sealed, leaf->draft,
			kind_field(leaf->head->kind, bytes_text("title")),
			(struct bytes){0}, txn_arena(txn), &reading);
	if (reading.count > 1)
		qsort(reading.items, reading.count, sizeof *reading.items, by_text);
	for (size_t i = 0; i < reading.count; i++) {
		struct pack_reader r = pack_read(reading.items[i].value);
		buf_add(out, pack_read_text(&r, 1024));
		buf_add_u8(out, '\n');
	}
	notebook_abort(txn);
}

void node_unpair(struct node *node, struct node *other)
{
	struct notebook_txn *txn = edit(node);
	assert_ok(share_unpair(txn, node_partner(node, txn, other), NULL, why));
	assert_ok(notebook_commit(txn, why));
}

struct id node_now(struct node *node, struct id document)
{
	struct notebook_txn *txn = look(node);
	struct leaf *leaf = NULL;
	struct id now = document;
	if (leaf_open(txn, document, &leaf, NULL) == OK)
		now = leaf->id;
	notebook_abort(txn);
	return now;
}

const char *node_body(struct node *node, struct id document)
{
	static char body[4096];
	struct notebook_txn *txn = look(node);
	struct leaf *leaf = NULL;
	const struct field_schema *field = NULL;
	struct bytes text = {0};
	snprintf(body, sizeof body, "(none)");
	if (leaf_open(txn, document, &leaf, NULL) == OK) {
		field = kind_field(leaf->head->kind, bytes_text("body"));
		(void)read_text(leaf->sealed, leaf->draft, field, (struct bytes){0},
			txn_arena(txn), &text);
		snprintf(body, sizeof body, "%.*s", (int)text.len, (const char *)text.at);
	}
	notebook_abort(txn);
	return body;
}

size_t node_count(struct node *node)
{
	struct notebook_txn *txn = look(node);
	const struct id *ids = NULL;
	size_t count = 0;
	assert_ok(leaf_all(txn, &ids, &count, why));
	notebook_abort(txn);
	return count;
}

/* ---- Talks */

static void side_begin(struct talk *talk, int i, struct node *node, struct node *other)
{
	struct talk_side *side = &talk->side[i];
	struct notebook_txn *txn = look(node);
	struct partner *partner = node_partner(node, txn, other);
	side->node = node;
	side->own = notebook_me(node->book)->device_secret;
	side->renewed = true;
	pair_session_key(&partner->root, partner->i_typed, 0, &side->key);
	notebook_abort(txn);
	notebook_clock(node->book, node->wall_s);
	struct session_config config = {.dialer = i == 0,
		.own = &side->own,
		.keys = &side->key,
		.key_count = 1,
		.versions = wire_versions_own()};
	side->session = session_new(&config, talk->now_ms);
}

void talk_begin(struct talk *talk, struct node *a, struct node *b)
{
	talk->turns = 0;
	if (talk->room == 0)
		talk->room = 1024 * 1024;
	for (int i = 0; i < 2; i++)
		talk->side[i] = (struct talk_side){.once = talk->side[i].once};
	side_begin(talk, 0, a, b);
	side_begin(talk, 1, b, a);
}

static const char *kind_name(uint8_t kind)
{
#define NAME(name, number, least, most)                                                  \
	if (kind == (number))                                                            \
		return &#name[strlen("SYNC_")];
	SYNC_KINDS(NAME)
#undef NAME
	return "?";
}

static void note(struct talk *talk, int i, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void note(struct talk *talk, int i, const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	buf_add_format(&talk->log, "%s%s\n", talk->side[i].node->name, text);
}

void talk_break(struct talk *talk)
{
	for (int i = 0; i < 2; i++) {
		struct talk_side *side = &talk->side[i];
		buf_clear(&side->inbox);
		if (side->session != NULL)
			session_eof(side->session, talk->now_ms);
		side->hung_up = true;
	}
}

static void came_up(struct talk *talk, int i, const struct session_event *event)
{
	struct talk_side *side = &talk->side[i];
	struct node *other = talk->side[1 - i].node;
	struct sync_config config = {.notebook = side->node->book,
		.partner = notebook_me(other->book)->person,
		.remote = event->remote,
		.renewed = side->renewed,
		.once = side->once};
	side->sync = sync_new(&config, talk->now_ms);
	side->version = notebook_version(side->node->book);
}

static bool session_events(struct talk *talk, int i)
{
	struct talk_side *side = &talk->side[i];
	struct session_event event;
	bool any = false;
	for (; session_next(side->session, &event); any = true) {
		switch (event.type) {
		case SESSION_UP:
			came_up(talk, i, &event);
			break;
		case SESSION_MESSAGE:
			sync_recv(side->sync, event.kind, event.message, talk->now_ms);
			break;
		case SESSION_CLOSED:
			side->closed = true;
			if (side->err == OK && side->why[0] == '\0') {
				bool in_order = event.err == ERR_CLOSED && !event.cut &&
						event.reason == WIRE_CLOSE_DONE;
				side->err = in_order ? OK : event.err;
				snprintf(side->why, sizeof side->why, "%s", event.why);
			}
			break;
		}
	}
	return any;
}

static void say(struct talk *talk, int i, uint8_t kind, struct bytes message)
{
	struct talk_side *side = &talk->side[i];
	side->messages++;
	if (i == talk->cut_side && side->messages == talk->cut_at) {
		note(talk, i, " is cut off");
		talk_break(talk);
		return;
	}
	CLEAN_BUF struct buf mangled = {0};
	if (talk->mangle != NULL && i == talk->mangle_side) {
		buf_add(&mangled, message);
		talk->mangle(&kind, &mangled);
		message = buf_bytes(&mangled);
	}
	note(talk, i, " → %s", kind_name(kind));
	if (talk->plain != NULL)
		buf_add(talk->plain, message);
	assert_int_equal(session_send(side->session, kind, message, talk->now_ms), OK);
}

static void write_event(struct talk *talk, int i, const struct sync_event *event)
{
	struct talk_side *side = &talk->side[i];
	switch (event->type) {
	case SYNC_SAY:
		say(talk, i, event->kind, event->message);
		break;
	case SYNC_MET:
		note(talk, i, " met");
		break;
	case SYNC_CAME:
		note(talk, i, " got %zu%s", event->document_count,
			event->both_count > 0 ? ", both wrote" : "");
		break;
	case SYNC_VERIFIED:
		note(talk, i, " verified");
		break;
	case SYNC_DIFFERS:
		note(talk, i, " differs");
		break;
	case SYNC_REST:
		note(talk, i, " rests");
		break;
	case SYNC_END:
		note(talk, i, " ends: %s", event->why);
		side->err = event->err;
		snprintf(side->why, sizeof side->why, "%s", event->why);
		session_close(side->session, event->reason);
		(void)session_events(talk, i);
		break;
	}
}

static size_t room_of(const struct talk *talk, const struct talk_side *side)
{
	size_t len = session_output(side->session)->len;
	return side->closed || side->hung_up || len >= talk->room ? 0 : talk->room - len;
}

static bool sync_events(struct talk *talk, int i)
{
	struct talk_side *side = &talk->side[i];
	struct sync_event event;
	bool any = false;
	uint64_t version = notebook_version(side->node->book);
	if (version != side->version)
		sync_store_moved(side->sync);
	side->version = version;
	/* After the end of the connection what it brought is still told. */
	while (sync_next(side->sync, room_of(talk, side), talk->now_ms, &event)) {
		write_event(talk, i, &event);
		any = true;
	}
	side->report = *sync_report(side->sync);
	return any;
}

/* Take in what came, and say what there is to say. */
static bool act(struct talk *talk, int i)
{
	struct talk_side *side = &talk->side[i];
	struct bytes rest = buf_bytes(&side->inbox);
	bool any = rest.len > 0;
	struct bytes piece;
	while (rest.len > 0) {
		if (bytes_take(&rest, rest.len < PIECE ? rest.len : PIECE, &piece))
			session_recv(side->session, piece, talk->now_ms);
		any |= session_events(talk, i);
	}
	buf_clear(&side->inbox);
	any |= session_events(talk, i);
	if (side->sync != NULL)
		any |= sync_events(talk, i);
	return any;
}

static bool hand_over(struct talk *talk, int i)
{
	struct talk_side *side = &talk->side[i], *other = &talk->side[1 - i];
	struct buf *out = session_output(side->session);
	bool any = out->len > 0;
	if (talk->cipher != NULL)
		buf_add(talk->cipher, buf_bytes(out));
	if (!side->hung_up && !other->closed)
		buf_add(&other->inbox, buf_bytes(out));
	buf_clear(out);
	return any;
}

bool talk_turn(struct talk *talk)
{
	bool up = talk->side[0].sync != NULL && talk->side[1].sync != NULL;
	bool any = act(talk, 0);
	any |= act(talk, 1);
	any |= hand_over(talk, 0);
	any |= hand_over(talk, 1);
	for (int i = 0; i < 2; i++) {
		struct talk_side *side = &talk->side[i];
		if (!side->closed || side->hung_up || talk->side[1 - i].inbox.len > 0)
			continue;
		side->hung_up = true;
		session_eof(talk->side[1 - i].session, talk->now_ms);
		any |= session_events(talk, 1 - i);
	}
	talk->turns += up && any;
	return any;
}

void talk_run(struct talk *talk)
{
	for (size_t turns = 0; talk_turn(talk); turns++)
		if (turns == TURNS_MAX)
			fail_msg("the two talk for ever:\n%.2000s", buf_text(&talk->log));
}

void talk_end(struct talk *talk)
{
	for (int i = 0; i < 2; i++) {
		struct talk_side *side = &talk->side[i];
		sync_free(side->sync);
		session_free(side->session);
		buf_release(&side->inbox);
		side->sync = NULL;
		side->session = NULL;
	}
}

void talk_whole(struct talk *talk, struct node *a, struct node *b)
{
	talk_begin(talk, a, b);
	talk_run(talk);
	talk_end(talk);
}

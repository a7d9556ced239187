#include "tests/test.h"

#include "tests/unit/protocol/pairing_stage.h"

static const char *const who[] = {"shower", "typer"};

void stage_sign(struct stage_side *side)
{
	buf_clear(&side->list);
	assert_int_equal(
		device_list_sign(&side->devices, &side->identity, &side->list), OK);
}

void stage_init(struct stage *stage)
{
	memset(stage, 0, sizeof *stage);
	stage->now_ms = 1000;
	for (int i = 0; i < 2; i++) {
		struct stage_side *side = &stage->side[i];
		identity_pair(&side->identity, &side->person);
		side->name = i == SHOWER ? "Amina" : "Ben";
		side->versions = wire_versions_own();
		side->devices = (struct device_list){
			.person = side->person, .number = 1, .count = 1};
		side->devices.devices[0].id = random_id();
		dh_pair(&side->own, &side->devices.devices[0].key);
		stage_sign(side);
	}
}

static void side_close(struct stage_side *side)
{
	pairing_free(side->machine);
	side->machine = NULL;
	buf_release(&side->outcome_list);
}

void stage_release(struct stage *stage)
{
	for (int i = 0; i < 2; i++) {
		side_close(&stage->side[i]);
		buf_release(&stage->side[i].list);
		buf_release(&stage->heard[i]);
	}
	buf_release(&stage->log);
}

static void note(struct stage *stage, int i, const char *text)
{
	buf_add_format(&stage->log, "%s: %s\n", who[i], text);
}

static void copy(char *out, size_t room, const char *text)
{
	(void)snprintf(out, room, "%s", text ? text : "");
}

static void hand_over(struct stage *stage, int to, struct bytes bytes)
{
	stage->side[1 - to].said += bytes.len;
	buf_add(&stage->heard[to], bytes);
	if (stage->connected)
		pairing_recv(stage->side[to].machine, bytes, stage->now_ms);
}

/* Whether the byte to be harmed is among these that side `i` says next; how many stand
 * before it. */
static bool harm_is_here(const struct stage *stage, int i, size_t len, size_t *before)
{
	size_t from = stage->side[i].said;
	*before = stage->harm_at - from;
	return (stage->flip || stage->cut) && i == stage->harm_side &&
	       stage->harm_at >= from && *before < len;
}

static void carry(struct stage *stage, int i)
{
	CLEAN_BUF struct buf moving = {0};
	struct buf *out = pairing_output(stage->side[i].machine);
	if (stage->harmed && i != stage->harm_side && out->len > stage->owed) {
		stage->answered += out->len - stage->owed;
		stage->owed = 0;
	}
	buf_add(&moving, buf_bytes(out));
	buf_clear(out);

	size_t before;
	struct bytes rest = buf_bytes(&moving), good;
	if (harm_is_here(stage, i, moving.len, &before)) {
		moving.at[before] ^= stage->flip;
		if (!bytes_take(&rest, before, &good))
			fail();
		hand_over(stage, 1 - i, good);
		stage->harmed = true;
		stage->owed = pairing_output(stage->side[1 - i].machine)->len;
		if (stage->cut && stage->connected) {
			stage_hang_up(stage);
			return;
		}
	}
	hand_over(stage, 1 - i, rest);
}

static void on_done(struct stage *stage, int i, const struct pairing_event *event)
{
	struct stage_side *side = &stage->side[i];
	note(stage, i, "done");
	side->done = true;
	side->outcome = *event->outcome;
	buf_clear(&side->outcome_list);
	buf_add(&side->outcome_list, event->outcome->list_bytes);
	copy(side->outcome_name, sizeof side->outcome_name, event->outcome->name);
	if (stage->careless)
		pairing_cancel(side->machine);
	else
		pairing_kept(side->machine, stage->now_ms);
}

static void on_hang_up(struct stage *stage, int i)
{
	if (!stage->connected)
		return;
	carry(stage, i);
	if (!stage->connected)
		return;
	stage->connected = false;
	stage->side[0].said = stage->side[1].said = 0;
	pairing_eof(stage->side[1 - i].machine, stage->now_ms);
}

static void on_event(struct stage *stage, int i, const struct pairing_event *event)
{
	struct stage_side *side = &stage->side[i];
	switch (event->type) {
	case PAIRING_SHOW_CODE:
		note(stage, i, event->again ? "shows another code" : "shows a code");
		copy(side->code, sizeof side->code, event->code);
		assert_int_equal(atoi(side->code), event->nameplate);
		break;
	case PAIRING_ASK_CODE:
		note(stage, i, event->again ? "asks again" : "asks");
		break;
	case PAIRING_DIAL:
		note(stage, i, "dials");
		side->wants_dial = true;
		break;
	case PAIRING_HANG_UP:
		note(stage, i, "hangs up");
		side->compares = false;
		on_hang_up(stage, i);
		break;
	case PAIRING_COMPARE:
		note(stage, i, "compares");
		side->compares = true;
		side->knew = event->is_known;
		copy(side->words, sizeof side->words, event->words);
		copy(side->they, sizeof side->they, event->name);
		break;
	case PAIRING_DONE:
		on_done(stage, i, event);
		break;
	case PAIRING_FAILED:
		buf_add_format(&stage->log, "%s: failed: %s\n", who[i], event->why);
		side->failed = true;
		side->err = event->err;
		break;
	}
	if (event->why)
		copy(side->why, sizeof side->why, event->why);
}

static bool events(struct stage *stage, int i)
{
	struct pairing_event event;
	bool any = false;
	while (pairing_next(stage->side[i].machine, &event)) {
		on_event(stage, i, &event);
		any = true;
	}
	return any;
}

void stage_run(struct stage *stage)
{
	for (size_t turn = 0; turn < 1000; turn++) {
		bool any = false;
		for (int i = 0; i < 2; i++) {
			any |= events(stage, i);
			if (pairing_output(stage->side[i].machine)->len > 0) {
				carry(stage, i);
				any = true;
			}
		}
		if (!any)
			return;
	}
	fail_msg("they never come to rest");
}

void stage_open(struct stage *stage)
{
	for (int i = 0; i < 2; i++) {
		struct stage_side *side = &stage->side[i];
		struct pairing_config config = {.typer = i == TYPER,
			.own = &side->own,
			.person = side->person,
			.list = buf_bytes(&side->list),
			.name = side->name,
			.known = side->known,
			.known_count = side->known_count,
			.versions = side->versions};
		side_close(side);
		side->done = side->failed = side->compares = side->wants_dial = false;
		side->said = 0;
		side->machine = pairing_new(&config, stage->now_ms);
	}
	stage->connected = stage->harmed = false;
	stage->answered = stage->owed = 0;
	buf_clear(&stage->log);
	stage_run(stage);
}

void stage_type(struct stage *stage, const char *text)
{
	assert_int_equal(
		pairing_typed(stage->side[TYPER].machine, text, stage->now_ms, NULL), OK);
	stage_run(stage);
}

void stage_type_shown(struct stage *stage)
{
	stage_type(stage, stage->side[SHOWER].code);
}

void stage_connect(struct stage *stage)
{
	assert_true(stage->side[TYPER].wants_dial);
	stage->side[TYPER].wants_dial = false;
	stage->side[0].said = stage->side[1].said = 0;
	buf_clear(&stage->heard[0]);
	buf_clear(&stage->heard[1]);
	assert_true(pairing_connected(stage->side[SHOWER].machine, stage->now_ms));
	assert_true(pairing_connected(stage->side[TYPER].machine, stage->now_ms));
	stage->connected = true;
	stage_run(stage);
}

void stage_hang_up(struct stage *stage)
{
	stage->connected = false;
	stage->side[0].said = stage->side[1].said = 0;
	pairing_eof(stage->side[SHOWER].machine, stage->now_ms);
	pairing_eof(stage->side[TYPER].machine, stage->now_ms);
}

void stage_answer(struct stage *stage, int side, bool same)
{
	pairing_answer(stage->side[side].machine, same, stage->now_ms);
	stage_run(stage);
}

void stage_wait(struct stage *stage, uint64_t ms)
{
	uint64_t until = stage->now_ms + ms;
	for (size_t turn = 0; turn < 1000; turn++) {
		uint64_t next = UINT64_MAX;
		for (int i = 0; i < 2; i++) {
			uint64_t at = pairing_deadline_ms(stage->side[i].machine);
			next = at < next ? at : next;
		}
		if (next > until)
			break;
		stage->now_ms = next;
		for (int i = 0; i < 2; i++)
			pairing_tick(stage->side[i].machine, stage->now_ms);
		stage_run(stage);
	}
	stage->now_ms = until;
}

void stage_to_words(struct stage *stage)
{
	stage_open(stage);
	stage_type_shown(stage);
	stage_connect(stage);
	assert_true(stage->side[SHOWER].compares && stage->side[TYPER].compares);
	assert_string_equal(stage->side[SHOWER].words, stage->side[TYPER].words);
}

void stage_assert_said(struct stage *stage, const char *lines)
{
	assert_string_equal(buf_text(&stage->log), lines);
	buf_clear(&stage->log);
}

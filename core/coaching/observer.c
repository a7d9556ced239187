#include "core/coaching/observer_body.h"

#include <math.h>
#include <string.h>

#include "core/base/tr.h"
#include "core/base/utf8.h"

struct observer *observer_new(
	const struct instrument *const *instruments, size_t count, unsigned seats)
{
	struct observer *o = mem_new(sizeof *o);
	o->count = count < OBSERVER_INSTRUMENTS ? count : OBSERVER_INSTRUMENTS;
	for (size_t i = 0; i < o->count; i++)
		o->instruments[i] = instruments[i];
	o->seats = seats > 0 ? seats : SEATS_UNKNOWN;
	o->round = o->at = 1;
	return o;
}

void observer_free(struct observer *o)
{
	if (o == NULL)
		return;
	buf_release(&o->line);
	buf_release(&o->last);
	buf_release(&o->keys);
	buf_release(&o->subj);
	buf_release(&o->own_text);
	mem_free(o);
}

void observer_freep(struct observer **observer)
{
	observer_free(*observer);
	*observer = NULL;
}

/* ---- What comes out. */

size_t seen_say(struct observation out[], const char *text)
{
	out[0] = (struct observation){.what = OBSERVED_SAY, .text = text};
	return 1;
}

size_t seen_only(struct observation out[], enum observed what, uint64_t t_ms)
{
	out[0] = (struct observation){.what = what, .event = {.t_ms = t_ms}, .text = ""};
	return 1;
}

static void remember(struct observer *o, size_t code, bool is_state)
{
	if (o->done_count == UNDO_MAX) {
		memmove(o->done, o->done + 1, (UNDO_MAX - 1) * sizeof *o->done);
		o->done_count--;
	}
	o->done[o->done_count++] = (struct done){o->hand, code, is_state};
}

static void set_subject(struct observer *o, unsigned seat)
{
	buf_clear(&o->subj);
	if (seat > 0)
		buf_add_format(&o->subj, "S%u", seat);
	o->event.subj = buf_bytes(&o->subj);
}

static size_t give_event(struct observer *o, struct observation out[])
{
	out[0] = (struct observation){
		.what = OBSERVED_EVENT, .event = o->event, .text = ""};
	return 1;
}

/* ---- Codes. */

static enum event_kind kind_of(const struct observer *o, size_t code)
{
	switch (o->instruments[o->hand]->family) {
	case FAMILY_TIMER:
		return o->running[o->hand][code] ? EVENT_STOP : EVENT_START;
	case FAMILY_EXCLUSIVE:
		return EVENT_EXCLUSIVE;
	case FAMILY_INTERVAL:
		return EVENT_INTERVAL;
	case FAMILY_SWEEP:
		return EVENT_SWEEP;
	case FAMILY_MOVE:
		return EVENT_MOVE;
	case FAMILY_TALLY:
	case FAMILY_FLOW:
	case FAMILY_SCRIPT:
	case FAMILY_BEATS:
	case FAMILY_CHECKLIST:
		return EVENT_POINT;
	}
	return EVENT_POINT;
}

static void say_last(struct observer *o, const struct instrument_code *code)
{
	buf_clear(&o->last);
	buf_add(&o->last, tr_bytes(code->word));
	if (o->event.kind == EVENT_STOP)
		buf_add_format(&o->last, ", %s", tr("over"));
	if (o->event.subj.len > 0) {
		buf_add_text(&o->last, "  ");
		buf_add(&o->last, o->event.subj);
	}
}

static void next_seat(struct observer *o)
{
	if (++o->at > o->seats) {
		o->at = 1;
		o->round++;
	}
}

size_t observe_code(
	struct observer *o, size_t code, uint64_t t_ms, struct observation out[])
{
	const struct instrument *in = o->instruments[o->hand];
	o->event = (struct event){.t_ms = t_ms,
		.kind = kind_of(o, code),
		.instrument = in->id,
		.code = in->codes[code].word,
		.x = NAN,
		.y = NAN};
	if (in->family == FAMILY_SWEEP) {
		if (o->seat > 0)
			o->at = o->seat;
		set_subject(o, o->at);
		o->event.x = o->round;
		next_seat(o);
	} else if (in->family == FAMILY_FLOW && o->seat == 0) {
		buf_clear(&o->subj);
		buf_add_text(&o->subj, "class");
		o->event.subj = buf_bytes(&o->subj);
	} else {
		set_subject(o, o->seat);
	}
	o->seat = 0;
	bool is_state = in->family == FAMILY_TIMER;
	if (is_state)
		o->running[o->hand][code] = !o->running[o->hand][code];
	o->counts[o->hand][code]++;
	o->may_mark = true;
	remember(o, code, is_state);
	say_last(o, &in->codes[code]);
	return give_event(o, out);
}

static size_t undo(struct observer *o, uint64_t t_ms, struct observation out[])
{
	if (o->done_count == 0)
		return seen_say(out, tr("There is nothing left to undo."));
	struct done done = o->done[--o->done_count];
	if (done.code != SIZE_MAX) {
		o->counts[done.instrument][done.code]--;
		if (done.is_state)
			o->running[done.instrument][done.code] =
				!o->running[done.instrument][done.code];
		if (o->instruments[done.instrument]->family == FAMILY_SWEEP) {
			o->round -= o->at == 1 && o->round > 1;
			o->at = o->at == 1 ? o->seats : o->at - 1;
		}
	}
	o->may_mark = false;
	buf_clear(&o->last);
	buf_add_text(&o->last, tr("undone"));
	return seen_only(out, OBSERVED_UNDO, t_ms);
}

/* ---- Marks: a key after a code that says more of it. */

static const struct {
	const char *formulae, *key, *mod;
} marks[] = {
	{"questions", "f", "follow_up"},
	{"questions", "s", "S"},
	{"responses", "y", "correct"},
	{"responses", "x", "wrong"},
	{"checklist", "n", "not"},
	{"checklist", "a", "na"},
};

const char *observe_mark_of(const struct observer *o, struct bytes key)
{
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (bytes_equal(o->instruments[o->hand]->formulae,
			    bytes_text(marks[i].formulae)) &&
			bytes_equal(key, bytes_text(marks[i].key)))
			return marks[i].mod;
	return NULL;
}

/* The event again, marked, in place of the one before. */
static size_t mark(struct observer *o, const char *mod, struct observation out[])
{
	o->event.mod = bytes_text(mod);
	o->may_mark = false;
	buf_add_format(&o->last, ", %s", mod);
	(void)seen_only(out, OBSERVED_UNDO, o->event.t_ms);
	return 1 + give_event(o, out + 1);
}

/* ---- Lines. */

static struct bytes speaker_of(struct bytes *text)
{
	struct bytes all = *text;
	size_t at = 0;
	while (at < all.len && at < 5 && all.at[at] != ':')
		at++;
	if (at == 0 || at >= all.len || all.at[at] != ':')
		return (struct bytes){0};
	for (size_t i = 0; i < at; i++)
		if (!(all.at[i] == 'T' || all.at[i] == 'S' ||
			    (all.at[i] >= '0' && all.at[i] <= '9')))
			return (struct bytes){0};
	at++;
	while (at < all.len && all.at[at] == ' ')
		at++;
	struct bytes who = {all.at, 0};
	while (who.at[who.len] != ':')
		who.len++;
	*text = (struct bytes){all.at + at, all.len - at};
	return who;
}

size_t observe_script(
	struct observer *o, struct bytes text, uint64_t t_ms, struct observation out[])
{
	buf_clear(&o->own_text);
	buf_add(&o->own_text, text);
	struct bytes rest = buf_bytes(&o->own_text), who = speaker_of(&rest);
	if (rest.len == 0)
		return 0;
	o->event = (struct event){.t_ms = t_ms,
		.kind = EVENT_SCRIPT,
		.mod = who,
		.text = rest,
		.x = NAN,
		.y = NAN};
	o->may_mark = false;
	remember(o, SIZE_MAX, false);
	buf_clear(&o->last);
	buf_add(&o->last, rest);
	return give_event(o, out);
}

size_t observe_own(
	struct observer *o, struct bytes text, uint64_t t_ms, struct observation out[])
{
	if (text.len == 0)
		return 0;
	buf_clear(&o->own_text);
	buf_add(&o->own_text, text);
	buf_clear(&o->last);
	buf_add_text(&o->last, tr("for your own eyes"));
	out[0] = (struct observation){.what = OBSERVED_OWN,
		.event = {.t_ms = t_ms},
		.text = buf_text(&o->own_text)};
	return 1;
}

static size_t finish_line(struct observer *o, struct observation out[])
{
	enum typing typing = o->typing;
	CLEAN_BUF struct buf line = o->line;
	o->line = (struct buf){0};
	o->typing = TYPING_NOTHING;
	if (typing == TYPING_OWN)
		return observe_own(o, buf_bytes(&line), o->typing_ms, out);
	return observe_script(o, buf_bytes(&line), o->typing_ms, out);
}

static void drop_last_scalar(struct buf *line)
{
	while (line->len > 0 && (line->at[line->len - 1] & 0xc0) == 0x80)
		line->len--;
	if (line->len > 0)
		line->len--;
}

static size_t type_key(
	struct observer *o, struct bytes key, uint64_t t_ms, struct observation out[])
{
	if (bytes_equal(key, bytes_text("\r")))
		return finish_line(o, out);
	if (bytes_equal(key, bytes_text("\033"))) {
		buf_clear(&o->line);
		o->typing = TYPING_NOTHING;
		return 0;
	}
	if (bytes_equal(key, bytes_text("\177"))) {
		drop_last_scalar(&o->line);
		return 0;
	}
	if (key.at[0] < ' ' || o->line.len + key.len > LINE_MAX_LEN)
		return 0;
	/* The time of a line is that of its first letter. */
	if (o->line.len == 0)
		o->typing_ms = t_ms;
	buf_add(&o->line, key);
	return 0;
}

/* ---- Keys. */

static bool takes_seats(const struct observer *o)
{
	enum family family = o->instruments[o->hand]->family;
	return family == FAMILY_FLOW || family == FAMILY_SWEEP;
}

static size_t choose_seat(struct observer *o, struct observation out[])
{
	unsigned seat = o->digits;
	o->digits = 0;
	if (seat > o->seats)
		return seen_say(out, tr("There is no such seat in this class."));
	o->seat = seat;
	return 0;
}

static size_t code_of(const struct observer *o, struct bytes key)
{
	const struct instrument *in = o->instruments[o->hand];
	for (size_t i = 0; i < in->code_count; i++)
		if (bytes_equal(in->codes[i].key, key) ||
			(bytes_equal(in->codes[i].key, bytes_text("10")) &&
				bytes_equal(key, bytes_text("0"))))
			return i;
	return SIZE_MAX;
}

size_t observe_command(
	struct observer *o, char key, uint64_t t_ms, struct observation out[])
{
	switch (key) {
	case 'u':
		return undo(o, t_ms, out);
	case ' ':
		return seen_only(out, OBSERVED_MOMENT, t_ms);
	case '\t':
		o->hand = (o->hand + 1) % (o->count > 0 ? o->count : 1);
		o->seat = o->digits = 0;
		o->may_mark = false;
		return 0;
	case '\r':
		o->typing = TYPING_LINE;
		o->typing_ms = t_ms;
		return 0;
	case '~':
		o->typing = TYPING_OWN;
		o->typing_ms = t_ms;
		return 0;
	case 'p':
		o->paused = !o->paused;
		return seen_only(out, o->paused ? OBSERVED_PAUSE : OBSERVED_ON, t_ms);
	case '?':
		return seen_only(out, OBSERVED_KEYS, t_ms);
	default:
		return seen_say(
			out, tr("That key means nothing here; ? shows the keys."));
	}
}

static size_t free_key(
	struct observer *o, struct bytes key, uint64_t t_ms, struct observation out[])
{
	bool is_digit = key.len == 1 && key.at[0] >= '0' && key.at[0] <= '9';
	if (o->count > 0 && is_digit && takes_seats(o)) {
		o->digits = o->digits > 99 ? 999
					   : o->digits * 10 + (unsigned)(key.at[0] - '0');
		return 0;
	}
	if (o->digits > 0) {
		size_t said = choose_seat(o, out);
		if (said > 0 || bytes_equal(key, bytes_text("\r")))
			return said;
	}
	const char *mod = o->count > 0 && o->may_mark ? observe_mark_of(o, key) : NULL;
	if (mod != NULL)
		return mark(o, mod, out);
	size_t code = o->count > 0 ? code_of(o, key) : SIZE_MAX;
	if (code != SIZE_MAX) {
		if (o->paused)
			return seen_say(out, tr("Paused; p goes on."));
		return observe_code(o, code, t_ms, out);
	}
	return observe_command(o, key.len == 1 ? (char)key.at[0] : '\0', t_ms, out);
}

size_t observer_key(struct observer *o, struct bytes key, uint64_t t_ms,
	struct observation out[OBSERVATIONS])
{
	if (key.len == 0)
		return 0;
	if (o->typing != TYPING_NOTHING)
		return type_key(o, key, t_ms, out);
	if (bytes_equal(key, bytes_text("\033"))) {
		if (o->escaped)
			return seen_only(out, OBSERVED_END, t_ms);
		o->escaped = true;
		return seen_say(out, tr("Escape once more ends the observation."));
	}
	o->escaped = false;
	if (bytes_equal(key, bytes_text("\177"))) {
		o->digits /= 10;
		return 0;
	}
	return free_key(o, key, t_ms, out);
}

size_t observer_close(
	struct observer *o, uint64_t t_ms, struct observation out[OBSERVATIONS])
{
	(void)t_ms;
	return o->typing != TYPING_NOTHING ? finish_line(o, out) : 0;
}

/* ---- What to show. */

const struct instrument *observer_instrument(const struct observer *o)
{
	return o->count > 0 ? o->instruments[o->hand] : NULL;
}

size_t observer_count(const struct observer *o, size_t index)
{
	return o->counts[o->hand][index];
}

const char *observer_typing(struct observer *o)
{
	if (o->typing == TYPING_NOTHING)
		return NULL;
	return buf_text(&o->line);
}

unsigned observer_seat(const struct observer *o)
{
	if (o->digits > 0)
		return o->digits;
	if (o->seat > 0)
		return o->seat;
	return o->count > 0 && o->instruments[o->hand]->family == FAMILY_SWEEP ? o->at
									       : 0;
}

unsigned observer_round(const struct observer *o)
{
	return o->round;
}

bool observer_is_paused(const struct observer *o)
{
	return o->paused;
}

const char *observer_last(struct observer *o)
{
	return buf_text(&o->last);
}

const char *observer_keys(struct observer *o)
{
	const struct instrument *in = observer_instrument(o);
	buf_clear(&o->keys);
	for (size_t i = 0; in != NULL && i < in->code_count; i++) {
		struct bytes key = in->codes[i].key;
		buf_add_u8(&o->keys, '[');
		buf_add(&o->keys, key);
		buf_add_text(&o->keys, "] ");
		buf_add(&o->keys, tr_bytes(in->codes[i].word));
		buf_add_text(&o->keys, "  ");
	}
	buf_add_text(&o->keys, tr("[u] undo  [space] star  [enter] line  [~] own eyes  "
				  "[tab] next instrument  [p] pause  [esc esc] end"));
	return buf_text(&o->keys);
}

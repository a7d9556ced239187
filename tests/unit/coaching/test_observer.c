/* core/coaching/observer.h: keys and lines in, what they mean out, as transcripts. */
#include "tests/test.h"

#include <math.h>

#include "core/coaching/observer.h"

static struct observer *observe(const char *a, const char *b, unsigned seats)
{
	const struct instrument *both[] = {
		instrument_find(a), b != NULL ? instrument_find(b) : NULL};
	assert_non_null(both[0]);
	return observer_new(both, b != NULL ? 2 : 1, seats);
}

static void add_part(struct buf *out, const char *name, struct bytes text)
{
	if (text.len == 0)
		return;
	buf_add_format(out, " %s=", name);
	buf_add(out, text);
}

static void transcribe(struct buf *out, const struct observation *seen, size_t count)
{
	static const char *const words[] = {
		"event", "undo", "own", "moment", "pause", "on", "say", "keys", "end"};
	static const char *const kinds[] = {"point", "start", "stop", "exclusive",
		"interval", "sweep", "script", "moment", "move"};
	for (size_t i = 0; i < count; i++) {
		const struct observation *o = &seen[i];
		buf_add_text(out, words[o->what]);
		if (o->what == OBSERVED_EVENT) {
			buf_add_format(out, " %u %s", (unsigned)o->event.t_ms,
				kinds[o->event.kind]);
			add_part(out, "code", o->event.code);
			add_part(out, "mod", o->event.mod);
			add_part(out, "subj", o->event.subj);
			add_part(out, "text", o->event.text);
			if (!isnan(o->event.x))
				buf_add_format(out, " x=%.0f", o->event.x);
		} else if (o->what == OBSERVED_SAY || o->what == OBSERVED_OWN) {
			buf_add_format(out, " %s", o->text);
		}
		buf_add_u8(out, '\n');
	}
}

/* Each character a key, one every 100 ms; \r, \t, ESC (as ^), backspace (as <). */
static void assert_keys(struct observer *o, const char *keys, const char *expected)
{
	CLEAN_BUF struct buf out = {0};
	uint64_t t = 0;
	for (const char *k = keys; *k != '\0'; k++, t += 100) {
		char key[2] = {*k == '^' ? '\033' : *k == '<' ? '\177' : *k, '\0'};
		struct observation seen[OBSERVATIONS];
		transcribe(&out, seen, observer_key(o, bytes_text(key), t, seen));
	}
	assert_string_equal(buf_text(&out), expected);
}

static void assert_lines(
	struct observer *o, const char *const *lines, const char *expected)
{
	CLEAN_BUF struct buf out = {0};
	uint64_t t = 0;
	for (; *lines != NULL; lines++, t += 1000) {
		struct observation seen[OBSERVATIONS];
		transcribe(&out, seen, observer_line(o, bytes_text(*lines), t, seen));
	}
	assert_string_equal(buf_text(&out), expected);
}

static void one_key_is_one_event_and_u_takes_it_back(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("praise", NULL, 0);
	assert_keys(o, "sgu",
		"event 0 point code=specific praise\n"
		"event 100 point code=general praise\nundo\n");
	assert_int_equal(observer_count(o, 0), 1);
	assert_int_equal(observer_count(o, 1), 0);
	assert_keys(o, "uu", "undo\nsay There is nothing left to undo.\n");
}

static void a_mark_says_more_of_the_key_before(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("questions", NULL, 0);
	assert_keys(o, "hf",
		"event 0 point code=higher\nundo\n"
		"event 0 point code=higher mod=follow_up\n");
	/* Once is enough: the next f means nothing. */
	assert_keys(o, "f", "say That key means nothing here; ? shows the keys.\n");
	assert_int_equal(observer_count(o, 1), 1);
}

static void digits_choose_the_seat_of_the_next_code(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("flow", NULL, 28);
	assert_keys(o, "14\rq", "event 300 point code=question subj=S14\n");
	assert_keys(o, "7a", "event 100 point code=answer subj=S7\n");
	assert_keys(o, "q", "event 0 point code=question subj=class\n");
	assert_keys(o, "29\r", "say There is no such seat in this class.\n");
	assert_keys(o, "12<q", "event 300 point code=question subj=S1\n");
}

static void a_sweep_walks_the_seats_round_by_round(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("sweep", NULL, 2);
	assert_int_equal(observer_seat(o), 1);
	assert_keys(o, "jkj",
		"event 0 sweep code=on task subj=S1 x=1\n"
		"event 100 sweep code=off task subj=S2 x=1\n"
		"event 200 sweep code=on task subj=S1 x=2\n");
	assert_int_equal(observer_round(o), 2);
	assert_keys(o, "uu", "undo\nundo\n");
	assert_int_equal(observer_seat(o), 2);
	assert_int_equal(observer_round(o), 1);
}

static void a_timer_key_starts_and_stops(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("transitions", NULL, 0);
	assert_keys(o, "tt",
		"event 0 start code=transition\nevent 100 stop code=transition\n");
	assert_keys(o, "tut",
		"event 0 start code=transition\nundo\n"
		"event 200 start code=transition\n");
}

static void a_line_has_the_time_of_its_first_letter_and_its_speaker(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("talk", NULL, 0);
	assert_keys(o, "\rT: hi<o\r", "event 100 script mod=T text=ho\n");
	assert_keys(o, "\rS9:yes\r", "event 100 script mod=S9 text=yes\n");
	assert_keys(o, "\rTalk: no\r", "event 100 script text=Talk: no\n");
	assert_keys(o, "\rnothing^", "");
	assert_keys(o, "\r\r", "");
	assert_null(observer_typing(o));
}

static void lines_for_own_eyes_are_no_events(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("talk", NULL, 0);
	assert_keys(o, "~cold\r", "own cold\n");
}

static void tab_changes_the_instrument_and_space_stars(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("talk", "praise", 0);
	assert_keys(o, "T\ts \tT",
		"event 0 exclusive code=teacher\n"
		"event 200 point code=specific praise\nmoment\n"
		"event 500 exclusive code=teacher\n");
}

static void a_pause_keeps_codes_out_until_it_is_over(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("praise", NULL, 0);
	assert_keys(o, "pspg",
		"pause\nsay Paused; p goes on.\non\n"
		"event 300 point code=general praise\n");
}

static void escape_ends_only_the_second_time(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("praise", NULL, 0);
	assert_keys(o, "^s^^",
		"say Escape once more ends the observation.\n"
		"event 100 point code=specific praise\n"
		"say Escape once more ends the observation.\nend\n");
}

static void an_open_line_is_kept_when_it_ends(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("praise", NULL, 0);
	assert_keys(o, "\rWell", "");
	CLEAN_BUF struct buf out = {0};
	struct observation seen[OBSERVATIONS];
	transcribe(&out, seen, observer_close(o, 9000, seen));
	assert_string_equal(buf_text(&out), "event 100 script text=Well\n");
}

static void typed_lines_are_codes_with_seats_or_words(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("flow", "wait", 28);
	static const char *const lines[] = {"q 14", "question S3", "q 99",
		"why do you think so", "\"q\"", "~ too fast", "question ends", "/star",
		"/undo", "/pause", "q 1", "/on", "/pasue", "T: well", "", "/stop", NULL};
	assert_lines(o, lines,
		"event 0 point code=question subj=S14\n"
		"event 1000 point code=question subj=S3\n"
		"event 2000 script text=q 99\n"
		"say There is no such seat in this class; it is kept as words (/undo "
		"takes it back).\n"
		"event 3000 script text=why do you think so\n"
		"event 4000 script text=q\n"
		"own too fast\n"
		"event 6000 point code=question ends\n"
		"moment\nundo\npause\nsay Paused; /on goes on.\non\n"
		"say There is no such word; there are /undo /star /pause /on /next /keys "
		"/stop.\n"
		"event 13000 script mod=T text=well\n"
		"end\n");
}

static void typed_marks_stand_behind_the_code(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("responses", NULL, 28);
	static const char *const lines[] = {"i 4 y", "g x", NULL};
	assert_lines(o, lines,
		"event 0 point code=one pupil mod=correct subj=S4\n"
		"event 1000 point code=all together mod=wrong\n");
}

static void without_an_instrument_lines_are_still_taken(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observer_new(NULL, 0, 0);
	assert_keys(o, "x", "say That key means nothing here; ? shows the keys.\n");
	assert_keys(o, "\rhi\r", "event 100 script text=hi\n");
	assert_non_null(strstr(observer_keys(o), "undo"));
}

static void the_keys_are_listed(void **state)
{
	(void)state;
	CLEANUP(observer_freep) struct observer *o = observe("praise", NULL, 0);
	assert_non_null(
		strstr(observer_keys(o), "[s] specific praise  [g] general praise"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_key_is_one_event_and_u_takes_it_back),
		cmocka_unit_test(a_mark_says_more_of_the_key_before),
		cmocka_unit_test(digits_choose_the_seat_of_the_next_code),
		cmocka_unit_test(a_sweep_walks_the_seats_round_by_round),
		cmocka_unit_test(a_timer_key_starts_and_stops),
		cmocka_unit_test(a_line_has_the_time_of_its_first_letter_and_its_speaker),
		cmocka_unit_test(lines_for_own_eyes_are_no_events),
		cmocka_unit_test(tab_changes_the_instrument_and_space_stars),
		cmocka_unit_test(a_pause_keeps_codes_out_until_it_is_over),
		cmocka_unit_test(escape_ends_only_the_second_time),
		cmocka_unit_test(an_open_line_is_kept_when_it_ends),
		cmocka_unit_test(typed_lines_are_codes_with_seats_or_words),
		cmocka_unit_test(typed_marks_stand_behind_the_code),
		cmocka_unit_test(without_an_instrument_lines_are_still_taken),
		cmocka_unit_test(the_keys_are_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "net/protocol/pairing.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/tr.h"
#include "net/protocol/pairing_run.h"
#include "net/protocol/pairkeys.h"

#define AGAIN_MS UINT64_C(1000) /* before the typer dials again */

#define MISMATCH  N_("the codes did not match: try a new one")
#define DIFFERENT N_("the words were not the same, so nothing was kept: try a new code")
#define UNSAID    N_("the other side did not confirm, so nothing was kept: try a new code")
#define TOO_OFTEN                                                                        \
	N_("three codes did not match: wait a minute, then begin again, and read "       \
	   "the code to each other slowly")

enum state {
	SHOWING,   /* shower: a code is on the screen, nobody is connected */
	ASKING,    /* typer: the person is to type the code */
	SEEKING,   /* typer: the other side is looked for */
	PAUSING,   /* typer: a moment before dialling again */
	RUNNING,   /* `run` stands; no words yet */
	COMPARING, /* `run` stands; two people and two confirmations are awaited */
	WRITING,   /* DONE was given, pairing_kept() is awaited; `run` stands */
	ENDED,
};

struct pairing {
	enum state state;
	bool typer;
	struct dh_secret own;
	struct wire_versions versions;
	struct pairing_self self;

	struct words_code code;
	uint64_t code_until_ms; /* nobody types, or nobody is found: the end */
	size_t early;           /* runs under this code that ended before the guess */
	size_t burned;          /* codes */

	struct run *run; /* RUNNING, COMPARING, WRITING */
	bool same;       /* COMPARING: the person said so */
	uint64_t deadline_ms;

	struct buf out;
	struct pairing_outcome outcome;

	struct pairing_event *events; /* a queue: what is before `first` was given */
	size_t first, count, cap;
	char code_text[WORDS_TEXT_MAX], words_text[WORDS_TEXT_MAX];
	char name_text[PAIRING_NAME_MAX + 1];
	struct why why;
};

/* ---- Events */

static struct pairing_event *push(struct pairing *p, enum pairing_event_type type)
{
	p->events = mem_grow(p->events, p->count, &p->cap, sizeof *p->events);
	struct pairing_event *event = &p->events[p->count++];
	*event = (struct pairing_event){.type = type};
	return event;
}

bool pairing_next(struct pairing *p, struct pairing_event *out)
{
	if (p->first == p->count) {
		p->first = p->count = 0;
		return false;
	}
	*out = p->events[p->first++];
	return true;
}

/* What was not given yet and holds no more: words of a run that ended. */
static void withdraw(struct pairing *p)
{
	size_t kept = p->first;
	for (size_t i = p->first; i < p->count; i++)
		if (p->events[i].type != PAIRING_COMPARE &&
			p->events[i].type != PAIRING_DONE)
			p->events[kept++] = p->events[i];
	p->count = kept;
}

/* ---- Codes */

/* A new code: drawn and shown, or to be typed. `why` it is another one, or NULL. */
static void begin_code(struct pairing *p, const char *why, uint64_t now_ms)
{
	p->early = 0;
	p->code_until_ms = now_ms + PAIRING_WAIT_MS;
	struct pairing_event *event;
	if (p->typer) {
		p->state = ASKING;
		event = push(p, PAIRING_ASK_CODE);
	} else {
		p->state = SHOWING;
		p->code.nameplate = (uint8_t)random_below(WORDS_NAMEPLATES);
		random_fill(p->code.r, sizeof p->code.r);
		words_code_text(&p->code, p->code_text);
		event = push(p, PAIRING_SHOW_CODE);
		event->code = p->code_text;
		event->nameplate = p->code.nameplate;
	}
	event->again = why != NULL;
	event->why = why;
}

static void forget_code(struct pairing *p)
{
	words_code_wipe(&p->code);
	wipe(p->code_text, sizeof p->code_text);
}

/* ---- Ends: of all, of a code, of a run */

static void hang_up(struct pairing *p)
{
	run_free(p->run);
	p->run = NULL;
	p->same = false;
	withdraw(p);
	push(p, PAIRING_HANG_UP);
}

static void end(struct pairing *p, enum err e, const char *why)
{
	forget_code(p);
	dh_secret_wipe(&p->own);
	struct pairing_event *event = push(p, PAIRING_FAILED);
	event->err = e;
	event->why = why;
	p->state = ENDED;
}

static void burn(struct pairing *p, const char *why, uint64_t now_ms)
{
	forget_code(p);
	if (++p->burned == PAIRING_CODES)
		end(p, ERR_MISMATCH, TOO_OFTEN);
	else
		begin_code(p, why, now_ms);
}

/* Neither has learnt anything, so the code holds for a few more. The shower waits on; the
 * typer calls again. */
static void try_again(struct pairing *p, bool counts, uint64_t now_ms)
{
	p->early += counts;
	if (p->early > PAIRING_RUNS) {
		burn(p, MISMATCH, now_ms);
		return;
	}
	p->state = p->typer ? PAUSING : SHOWING;
	p->deadline_ms = now_ms + AGAIN_MS;
}

/*
 * What becomes of the code when a run ends (SECURITY §2.4). The other side sees the same
 * whatever it was: the end of the connection.
 */
static void end_run(struct pairing *p, enum err e, const char *why, uint64_t now_ms)
{
	bool begun = p->run->begun, guessed = p->run->guessed;
	bool malformed = e != ERR_CLOSED && e != ERR_TIMEOUT && e != ERR_NOT_FOUND;
	bool final = e == ERR_VERSION || e == ERR_REFUSED;
	/* What was to be said before we knew is said: they should learn it as we did. */
	if (!final)
		buf_clear(&p->out);
	hang_up(p);
	if (final)
		end(p, e, why);
	else if (guessed || malformed)
		burn(p, why, now_ms);
	else
		try_again(p, begun, now_ms);
}

/* ---- Birth */

struct pairing *pairing_new(const struct pairing_config *config, uint64_t now_ms)
{
	struct pairing *p = locked_new(sizeof *p);
	p->typer = config->typer;
	p->own = *config->own;
	p->versions = config->versions;
	pairing_self_init(&p->self, config);
	begin_code(p, NULL, now_ms);
	return p;
}

void pairing_free(struct pairing *p)
{
	if (!p)
		return;
	run_free(p->run);
	pairing_self_release(&p->self);
	buf_release(&p->out);
	mem_free(p->events);
	locked_free(p);
}

/* ---- People */

static void dial(struct pairing *p)
{
	p->state = SEEKING;
	push(p, PAIRING_DIAL)->nameplate = p->code.nameplate;
}

enum err pairing_typed(
	struct pairing *p, const char *text, uint64_t now_ms, struct why *why)
{
	if (p->state != ASKING)
		return because(why, ERR_REFUSED, "no code was asked for");
	enum err e = words_code_read(text, &p->code, why);
	if (e != OK)
		return e;
	p->code_until_ms = now_ms + PAIRING_WAIT_MS;
	dial(p);
	return OK;
}

/* Both have confirmed. `outcome` borrows from the run, which stands until the end. */
static void agree(struct pairing *p)
{
	const struct run *run = p->run;
	struct pairing_outcome *o = &p->outcome;
	struct pairing_shared ours = pairing_shared_of(run->who.known);
	const struct pairing_shared *kept = pairing_kept_space(&ours, &run->theirs);

	*o = (struct pairing_outcome){.list = run->who.list,
		.list_bytes = buf_bytes(&run->who.list_bytes),
		.name = run->who.name,
		.i_typed = p->typer,
		.kept = kept != NULL,
		.mine = kept == &ours,
		.provisional = !p->typer};
	run_root(run, &o->root);
	if (kept) {
		o->space = kept->space;
		o->space_key = kept->space_key;
	} else {
		pair_space(&o->root, &o->space, &o->space_key);
	}
	wipe(&ours, sizeof ours);
	p->state = WRITING;
	push(p, PAIRING_DONE)->outcome = o;
}

/* The typer speaks first; the shower only when it has both and has written. */
void pairing_answer(struct pairing *p, bool same, uint64_t now_ms)
{
	if (p->state != COMPARING || p->same)
		return;
	if (!same) {
		end_run(p, ERR_MISMATCH, DIFFERENT, now_ms);
		return;
	}
	p->same = true;
	p->deadline_ms += PAIRING_STEP_MS;
	run_confirm(p->run);
	if (p->typer && run_say_confirm(p->run, &p->out) != OK)
		end_run(p, ERR_MISMATCH, MISMATCH, now_ms);
	else if (!p->typer && p->run->state == RUN_CONFIRMED)
		agree(p);
}

void pairing_kept(struct pairing *p, uint64_t now_ms)
{
	(void)now_ms;
	if (p->state != WRITING)
		return;
	/* Should it not go out, the other side writes nothing, and we keep someone
	 * provisional. */
	if (!p->typer && run_say_confirm(p->run, &p->out) != OK)
		buf_clear(&p->out);
	forget_code(p);
	dh_secret_wipe(&p->own);
	push(p, PAIRING_HANG_UP);
	p->state = ENDED;
}

void pairing_cancel(struct pairing *p)
{
	if (p->state == ENDED)
		return;
	buf_clear(&p->out);
	if (p->run)
		hang_up(p);
	end(p, ERR_CLOSED, "given up: nothing was kept");
}

/* ---- The connection */

bool pairing_connected(struct pairing *p, uint64_t now_ms)
{
	if (p->state != SHOWING && p->state != SEEKING)
		return false;
	struct run_config config = {.typer = p->typer,
		.code = &p->code,
		.own = &p->own,
		.versions = p->versions,
		.self = &p->self};
	p->run = run_new(&config, &p->out);
	p->state = RUNNING;
	p->deadline_ms = now_ms + PAIRING_RUN_MS;
	return true;
}

static void compare(struct pairing *p, uint64_t now_ms)
{
	words_three_text(p->run->words, p->words_text);
	memcpy(p->name_text, p->run->who.name, sizeof p->name_text);
	struct pairing_event *event = push(p, PAIRING_COMPARE);
	event->words = p->words_text;
	event->name = p->name_text;
	event->is_known = p->run->who.known != NULL;
	p->state = COMPARING;
	p->deadline_ms = now_ms + PAIRING_COMPARE_MS;
}

/* What the run came to. */
static void look(struct pairing *p, bool had_guessed, uint64_t now_ms)
{
	if (p->run->guessed && !had_guessed)
		p->deadline_ms = now_ms + PAIRING_STEP_MS;
	if (p->state == RUNNING && p->run->state >= RUN_CONFIRM)
		compare(p, now_ms);
	if (p->state == COMPARING && p->same && p->run->state == RUN_CONFIRMED)
		agree(p);
}

void pairing_recv(struct pairing *p, struct bytes bytes, uint64_t now_ms)
{
	if (p->state != RUNNING && p->state != COMPARING)
		return;
	bool had_guessed = p->run->guessed;
	p->why.text[0] = '\0';
	enum err e = run_recv(p->run, bytes, &p->out, &p->why);
	if (e == ERR_VERSION || e == ERR_REFUSED)
		end_run(p, e, why_text(&p->why, e), now_ms);
	else if (e != OK)
		end_run(p, e, MISMATCH, now_ms);
	else
		look(p, had_guessed, now_ms);
}

/* Once our own words stand, the silence of the other side is its person's answer. */
void pairing_eof(struct pairing *p, uint64_t now_ms)
{
	if (p->state == RUNNING)
		end_run(p, ERR_CLOSED, MISMATCH, now_ms);
	else if (p->state == COMPARING)
		end_run(p, ERR_CLOSED, UNSAID, now_ms);
}

/* ---- Time */

uint64_t pairing_deadline_ms(const struct pairing *p)
{
	switch (p->state) {
	case SHOWING:
	case ASKING:
	case SEEKING:
		return p->code_until_ms;
	case PAUSING:
	case RUNNING:
	case COMPARING:
		return p->deadline_ms;
	case WRITING:
	case ENDED:
		break;
	}
	return UINT64_MAX;
}

void pairing_tick(struct pairing *p, uint64_t now_ms)
{
	if (now_ms < pairing_deadline_ms(p))
		return;
	switch (p->state) {
	case SHOWING:
		end(p, ERR_TIMEOUT, "nobody typed the code within two minutes");
		break;
	case ASKING:
		end(p, ERR_TIMEOUT, "no code was typed within two minutes");
		break;
	case SEEKING:
		end(p, ERR_NOT_REACHED,
			"nobody here shows a code with that number: are you on the same "
			"network, and is the code still on their screen?");
		break;
	case PAUSING:
		dial(p);
		break;
	case RUNNING:
		end_run(p, ERR_TIMEOUT, MISMATCH, now_ms);
		break;
	case COMPARING:
		end_run(p, ERR_TIMEOUT, UNSAID, now_ms);
		break;
	case WRITING:
	case ENDED:
		break;
	}
}

struct buf *pairing_output(struct pairing *p)
{
	return &p->out;
}

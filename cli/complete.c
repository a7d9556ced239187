#include "cli/complete.h"

#include <string.h>

#include "cli/commands.h"
#include "core/base/tr.h"
#include "core/coaching/instruments/instrument.h"
#include "core/coaching/schema.h"
#include "core/coaching/views.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"
#include "net/host/node.h"

#define HANDLES_MAX 500
#define WORDS_MAX   32

/* A line as far as it is typed. */
struct line {
	struct cli *cli;
	const struct command *command;
	const char *words[WORDS_MAX]; /* those of the command */
	size_t count;
	const struct option *pending; /* an option whose value is being typed */
	const char *current;          /* what is typed of the next word */
	bool is_lost;                 /* no such command */
	const char *before; /* stands before each candidate: "--keep=", "noticed," */
};

static bool begins_with(const char *word, const char *beginning)
{
	return strncmp(word, beginning, strlen(beginning)) == 0;
}

static void offer(struct line *line, const char *word, const char *about)
{
	if (!begins_with(word, line->current))
		return;
	struct arena *arena = &line->cli->arena;
	print_line(&line->cli->print, "%s%s\t%s", line->before,
		print_clean(arena, bytes_text(word)),
		print_clean(arena, bytes_text(about)));
}

static void offer_commands(struct line *line)
{
	for (size_t i = 0; i < command_count; i++)
		offer(line, commands[i]->name, tr(commands[i]->summary));
}

static void offer_options(struct line *line, const struct option *options, size_t count)
{
	for (size_t i = 0; i < count; i++)
		offer(line, arena_format(&line->cli->arena, "--%s", options[i].name),
			tr(options[i].help));
}

static void offer_choices(struct line *line, const char *const *choices)
{
	for (size_t i = 0; choices != NULL && choices[i] != NULL; i++)
		offer(line, choices[i], "");
}

/* ---- What the store knows */

static enum err look(struct cli *cli, struct notebook_txn **txn)
{
	WIPED(secret) master;
	const char *home;
	enum err e = cli_home(cli, &home, NULL);
	if (e == OK && cli->notebook == NULL && (e = node_key(home, &master, NULL)) == OK)
		e = notebook_open(home, &master, &coaching_schema, &cli->notebook, NULL);
	return e == OK ? notebook_look(cli->notebook, txn, NULL) : e;
}

static void offer_handles(struct line *line, const char *kind)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct view_line *lines;
	size_t count;
	if (look(line->cli, &txn) != OK ||
		view_lines(txn, kind != NULL ? coaching_kind(kind) : NULL, &lines, &count,
			NULL) != OK)
		return;
	for (size_t i = 0; i < count && i < HANDLES_MAX; i++)
		offer(line, lines[i].handle, lines[i].title);
}

static void offer_partners(struct line *line)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partners;
	size_t count;
	if (look(line->cli, &txn) != OK || people_partners(txn, &partners, &count) != OK)
		return;
	for (size_t i = 0; i < count; i++)
		offer(line, view_partner(&partners[i]), "");
}

/* ---- What the tables know */

static void offer_kinds(struct line *line)
{
	for (size_t i = 0; i < coaching_schema.count; i++)
		offer(line, coaching_schema.kinds[i].name, "");
}

static void offer_feedback_kinds(struct line *line)
{
	const struct kind_schema *visit = coaching_kind("visit");
	const struct field_schema *wanted = kind_field(visit, bytes_text("wanted"));
	offer_choices(line, wanted->choices);
}

static void offer_instruments(struct line *line)
{
	size_t count;
	const struct instrument *all = instruments_shipped(&count);
	for (size_t i = 0; i < count; i++)
		offer(line, arena_string(&line->cli->arena, all[i].id),
			tr(arena_string(&line->cli->arena, all[i].name)));
}

/* The fields of the kind whose letter the document's handle has. */
static void offer_fields(struct line *line)
{
	const char *handle = line->count > 0 ? line->words[line->count - 1] : "";
	for (size_t i = 0; i < coaching_schema.count; i++) {
		const struct kind_schema *kind = &coaching_schema.kinds[i];
		if (handle[0] != kind->letter || handle[1] != '-')
			continue;
		for (size_t k = 0; k < kind->field_count; k++)
			offer(line, kind->fields[k].name, kind->name);
	}
}

/* Values joined by commas: what stands before the last comma stays. */
static void split_list(struct line *line)
{
	const char *comma = strrchr(line->current, ',');
	if (comma == NULL)
		return;
	size_t len = (size_t)(comma + 1 - line->current);
	line->before = arena_format(
		&line->cli->arena, "%s%.*s", line->before, (int)len, line->current);
	line->current = comma + 1;
}

/* What a word in capitals stands for. */
static void offer_meant(struct line *line, const char *word)
{
	static const struct {
		const char *word, *kind;
	} handles[] = {
		{"H", NULL},
		{"VISIT", "visit"},
		{"GOAL", "goal"},
		{"MEASURE", "measure"},
		{"DOOR", "door"},
		{"F", "feedback"},
	};
	for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++)
		if (strcmp(word, handles[i].word) == 0)
			offer_handles(line, handles[i].kind);
	if (strcmp(word, "FILE") == 0)
		print_line(&line->cli->print, "%s", ":file");
	else if (strcmp(word, "DIR") == 0)
		print_line(&line->cli->print, "%s", ":dir");
	else if (strcmp(word, "FIELD") == 0)
		offer_fields(line);
	else if (strcmp(word, "COMMAND") == 0)
		offer_commands(line);
	else if (strcmp(word, "KIND") == 0 && line->command->group == GROUP_VISITS)
		offer_feedback_kinds(line);
	else if (strcmp(word, "KIND") == 0)
		offer_kinds(line);
	else if (strcmp(word, "KINDS") == 0 || strcmp(word, "INSTRUMENTS") == 0) {
		split_list(line);
		if (word[0] == 'K')
			offer_feedback_kinds(line);
		else
			offer_instruments(line);
	} else if (strcmp(word, "NAME") == 0 && line->command == &cmd_instrument)
		offer_instruments(line);
	else if (strcmp(word, "NAME") == 0 && line->command == &cmd_unpair)
		offer_partners(line);
}

static bool is_meant(const char *word)
{
	for (; *word != '\0'; word++)
		if (*word >= 'A' && *word <= 'Z')
			return true;
	return false;
}

/* "[VISIT|GOAL]", "ran|talked", "H...": its alternatives without what is around them. */
static size_t alternatives(struct arena *arena, const char *token, char *out[16])
{
	size_t count = 0;
	char *rest = arena_text(arena, token + strspn(token, "["));
	rest[strcspn(rest, "].")] = '\0';
	for (char *part; (part = strsep(&rest, "|")) != NULL && count < 16;)
		out[count++] = part;
	return count;
}

static void offer_token(struct line *line, const char *token)
{
	char *parts[16];
	size_t count = alternatives(&line->cli->arena, token, parts);
	for (size_t i = 0; i < count; i++) {
		if (is_meant(parts[i]))
			offer_meant(line, parts[i]);
		else
			offer(line, parts[i], "");
	}
}

static void offer_value(struct line *line, const struct option *option)
{
	static const char *const of_partners[] = {"with", "from", "for"};
	for (size_t i = 0; i < 3; i++)
		if (strcmp(option->name, of_partners[i]) == 0) {
			offer_partners(line);
			return;
		}
	if (line->command != NULL || strcmp(option->value, "FILE") == 0 ||
		strcmp(option->value, "DIR") == 0)
		offer_token(line, option->value);
}

/* ---- Forms: the words of a command as its help shows them */

/* Whether a word that was typed can stand where the form has this token. */
static bool fits(struct arena *arena, const char *token, const char *word)
{
	char *parts[16];
	size_t count = alternatives(arena, token, parts);
	for (size_t i = 0; i < count; i++)
		if (is_meant(parts[i]) || strcmp(parts[i], word) == 0)
			return true;
	return false;
}

/* What the form has at the place that is being typed. `form` is changed. */
static void offer_form(struct line *line, char *form)
{
	const char *token = NULL, *many = NULL;
	size_t at = 0;
	while ((token = strsep(&form, " ")) != NULL) {
		if (token[0] == '-' || token[0] == '\0')
			return;
		many = strstr(token, "...") != NULL ? token : NULL;
		if (at == line->count) {
			offer_token(line, token);
			return;
		}
		if (!fits(&line->cli->arena, token, line->words[at++]))
			return;
	}
	if (many != NULL)
		offer_token(line, many);
}

struct forms {
	char *at[WORDS_MAX];
	size_t count;
};

/* The entries of the further lines, where there are any, say it more exactly. */
static struct forms forms_of(struct arena *arena, const struct command *command)
{
	struct forms forms = {0};
	char *rest = arena_text(arena, command->detail != NULL ? command->detail : "");
	const char *start = arena_format(arena, "%s ", command->name);
	for (char *row; (row = strsep(&rest, "\n")) != NULL && forms.count < WORDS_MAX;) {
		char *end = strstr(row, "  ");
		if (end == NULL || end == row || !begins_with(row, start))
			continue;
		*end = '\0';
		if (strlen(row) > strlen(start))
			forms.at[forms.count++] = row + strlen(start);
	}
	if (forms.count == 0)
		forms.at[forms.count++] = arena_text(arena, command->words);
	return forms;
}

/* Whether the form begins with a word as it is, and that was typed. */
static bool is_act(struct line *line, const char *form)
{
	const char *first =
		arena_format(&line->cli->arena, "%.*s", (int)strcspn(form, " "), form);
	return line->count > 0 && !is_meant(first) &&
	       fits(&line->cli->arena, first, line->words[0]);
}

static void offer_words(struct line *line)
{
	struct forms forms = forms_of(&line->cli->arena, line->command);
	bool has_act = false;
	for (size_t i = 0; i < forms.count; i++)
		has_act = has_act || is_act(line, forms.at[i]);
	for (size_t i = 0; i < forms.count; i++)
		if (!has_act || is_act(line, forms.at[i]))
			offer_form(line, forms.at[i]);
}

/* ---- Reading the line */

/* One word before the one that is typed. */
static void read_word(struct line *line, const char *word)
{
	if (line->pending != NULL) {
		line->pending = NULL;
	} else if (begins_with(word, "--") && strchr(word, '=') == NULL) {
		line->pending = args_option(line->command, word + 2, strlen(word + 2));
		if (line->pending != NULL && line->pending->value == NULL)
			line->pending = NULL;
	} else if (word[0] == '-') {
		return;
	} else if (line->command == NULL) {
		line->command = command_find(word);
		line->is_lost = line->command == NULL;
	} else if (line->count < WORDS_MAX) {
		line->words[line->count++] = word;
	}
}

/* "--keep=mi" as one word. */
static void split_option(struct line *line)
{
	const char *equals = strchr(line->current, '=');
	if (!begins_with(line->current, "--") || equals == NULL)
		return;
	size_t len = (size_t)(equals - line->current);
	line->pending = args_option(line->command, line->current + 2, len - 2);
	line->before =
		arena_format(&line->cli->arena, "%.*s", (int)len + 1, line->current);
	line->current = equals + 1;
}

void complete(struct cli *cli, const char *const *words, size_t count)
{
	struct line line = {.cli = cli, .current = "", .before = ""};
	for (size_t i = 0; i < count; i++) {
		/* bash gives "--keep", "=", "mi" for --keep=mi */
		bool is_equals = strcmp(words[i], "=") == 0;
		if (i + 1 < count && !is_equals)
			read_word(&line, words[i]);
		else if (i + 1 == count && !is_equals)
			line.current = words[i];
	}
	if (line.pending == NULL)
		split_option(&line);
	if (line.pending != NULL && line.pending->value != NULL)
		offer_value(&line, line.pending);
	else if (line.current[0] == '-') {
		if (line.command != NULL)
			offer_options(
				&line, line.command->options, line.command->option_count);
		offer_options(&line, global_options, global_option_count);
	} else if (line.is_lost)
		return;
	else if (line.command == NULL)
		offer_commands(&line);
	else
		offer_words(&line);
}

#include "cli/help.h"

#include <string.h>

#include "core/base/columns.h"
#include "core/base/tr.h"

/* A page of a book, also where the screen is wider: long lines tire. */
#define WIDTH_MAX 80
#define WIDTH_MIN 40
/* Left sides wider than this stand on a line of their own. */
#define LEFT_MAX 26

/* What stands for a person's own words: "TITLE". Small letters in it are typed as they
 * are. */
static const char *placeholders(const char *words)
{
	return words[0] != '\0' ? tr_in("placeholders", words) : words;
}

static size_t width_of(const struct print *print)
{
	if (print->screen == 0 || print->screen > WIDTH_MAX)
		return WIDTH_MAX;
	return print->screen < WIDTH_MIN ? WIDTH_MIN : print->screen;
}

static void add_running(struct print *print, struct bytes text)
{
	text_add_wrapped(&print->out, text, 0, 0, width_of(print));
}

/* ---- Entries */

struct entry {
	const char *left, *right;
};

/* One below the other, what they mean in one column. */
static void add_entries(struct print *print, const struct entry *entries, size_t count)
{
	size_t column = 0;
	for (size_t i = 0; i < count; i++) {
		size_t width = text_columns(bytes_text(entries[i].left));
		if (width <= LEFT_MAX && width > column)
			column = width;
	}
	for (size_t i = 0; i < count; i++)
		text_add_entry(&print->out, bytes_text(entries[i].left),
			bytes_text(entries[i].right), column + 4, width_of(print));
}

static void add_options(struct print *print, const struct option *options, size_t count)
{
	CLEAN_ARENA struct arena arena = {0};
	struct entry *entries = arena_array(&arena, count, sizeof *entries);
	for (size_t i = 0; i < count; i++)
		entries[i] = (struct entry){
			arena_format(&arena, "--%s%s%s", options[i].name,
				options[i].value != NULL ? " " : "",
				options[i].value != NULL ? placeholders(options[i].value)
							 : ""),
			tr(options[i].help)};
	add_entries(print, entries, count);
}

static void add_commands(struct print *print, enum command_group group, bool words)
{
	CLEAN_ARENA struct arena arena = {0};
	struct entry *entries = arena_array(&arena, command_count, sizeof *entries);
	size_t count = 0;
	for (size_t i = 0; i < command_count; i++) {
		const struct command *command = commands[i];
		bool has_words = words && command->words[0] != '\0';
		if (command->group != group)
			continue;
		entries[count++] = (struct entry){
			arena_format(&arena, "%s%s%s", command->name,
				has_words ? " " : "",
				has_words ? placeholders(command->words) : ""),
			tr(command->summary)};
	}
	add_entries(print, entries, count);
}

/* ---- The further lines of a command: struct command */

/* Where its second half begins; NULL for a line of running text. */
static const char *right_of(struct bytes line)
{
	for (size_t i = 0; i + 2 < line.len; i++)
		if (memcmp(line.at + i, "  ", 2) == 0)
			return i > 0 ? (const char *)line.at + i + 2 : NULL;
	return NULL;
}

static bool is_verbatim(struct bytes line)
{
	return line.len > 2 && line.at[0] == ' ' && line.at[1] == ' ';
}

/* Up to the next line break, which is left out. */
static struct bytes next_line(struct bytes *text)
{
	size_t len = 0;
	while (len < text->len && text->at[len] != '\n')
		len++;
	struct bytes line = {text->at, len};
	len += len < text->len ? 1 : 0;
	*text = (struct bytes){text->at + len, text->len - len};
	return line;
}

#define ENTRIES_MAX 16

/* Lines of one sort, collected until another follows. */
struct block {
	struct arena arena;
	struct buf running;
	struct entry entries[ENTRIES_MAX];
	size_t count;
};

static void flush(struct print *print, struct block *block)
{
	add_entries(print, block->entries, block->count);
	block->count = 0;
	if (block->running.len > 0)
		add_running(print, buf_bytes(&block->running));
	buf_clear(&block->running);
}

static void add_detail_line(struct print *print, struct block *block, struct bytes line)
{
	const char *right = is_verbatim(line) ? NULL : right_of(line);
	bool goes_on = right != NULL ? block->running.len == 0 : block->count == 0;
	if (!goes_on || line.len == 0 || is_verbatim(line) || block->count == ENTRIES_MAX)
		flush(print, block);
	if (line.len == 0 || is_verbatim(line)) {
		buf_add(&print->out, line);
		buf_add_u8(&print->out, '\n');
	} else if (right != NULL) {
		size_t len = (size_t)((const uint8_t *)right - line.at);
		block->entries[block->count++] = (struct entry){
			arena_string(&block->arena, (struct bytes){line.at, len - 2}),
			arena_string(&block->arena,
				(struct bytes){line.at + len, line.len - len})};
	} else {
		buf_add(&block->running, line);
		buf_add_u8(&block->running, '\n');
	}
}

static void add_detail(struct print *print, const char *detail)
{
	struct block block = {0};
	struct bytes text = bytes_text(detail);
	while (text.len > 0)
		add_detail_line(print, &block, next_line(&text));
	flush(print, &block);
	buf_release(&block.running);
	arena_release(&block.arena);
}

/* ---- Pages */

void help_command(struct print *print, const struct command *command)
{
	print_heading(print, "kith %s%s%s%s", command->name,
		command->words[0] != '\0' ? " " : "", placeholders(command->words),
		command->option_count > 0 ? tr(" [options]") : "");
	CLEAN_BUF struct buf summary = {0};
	buf_add_format(&summary, "%s.", tr(command->summary));
	print_line(print, "%s", "");
	add_running(print, buf_bytes(&summary));
	if (command->detail != NULL) {
		print_line(print, "%s", "");
		add_detail(print, tr(command->detail));
	}
	if (command->option_count == 0)
		return;
	print_line(print, "\nOptions:");
	add_options(print, command->options, command->option_count);
}

void help_group(struct print *print, enum command_group group)
{
	print_heading(print, "%s", tr(groups[group].title));
	add_commands(print, group, true);
	if (group == GROUP_KITH)
		print_line(print, "\nMore of one: kith help COMMAND, or man kith");
	else
		print_line(print, "\nMore of one: kith help COMMAND, or man kith-%s",
			groups[group].name);
}

void help_all(struct print *print)
{
	print_line(
		print, "kith: peer coaching between teachers, with nobody in between.\n");
	print_line(print, "First:   kith init --name YOU, then kith goal \"what I want "
			  "to get better at\"");
	print_line(print, "Then:    kith pair, beside a colleague who does the same");
	for (size_t i = GROUP_WRITING; i < group_count; i++) {
		print_line(print, "%s", "");
		print_heading(print, "%s", tr(groups[i].title));
		add_commands(print, (enum command_group)i, false);
	}
	print_line(print, "%s", "");
	print_heading(print, "With every command");
	add_options(print, global_options, global_option_count);
	print_line(print, "\nMore of one: kith help COMMAND. All of it: man kith");
}

/* ---- The table as it is */

static void options_json(struct json *json, const struct option *options, size_t count)
{
	json_array(json, "options");
	for (size_t i = 0; i < count; i++) {
		json_object(json, NULL);
		json_cstr(json, "name", options[i].name);
		json_cstr(json, "value", options[i].value);
		json_cstr(json, "help", options[i].help);
		json_close(json);
	}
	json_close(json);
}

static void command_json(struct json *json, const struct command *command)
{
	json_object(json, NULL);
	json_cstr(json, "name", command->name);
	json_cstr(json, "group", groups[command->group].name);
	json_cstr(json, "words", command->words);
	json_cstr(json, "summary", command->summary);
	json_cstr(json, "detail", command->detail);
	options_json(json, command->options, command->option_count);
	json_close(json);
}

void help_json(struct json *json)
{
	json_object(json, NULL);
	json_array(json, "groups");
	for (size_t i = GROUP_WRITING; i < group_count; i++) {
		json_object(json, NULL);
		json_cstr(json, "name", groups[i].name);
		json_cstr(json, "title", groups[i].title);
		json_close(json);
	}
	json_close(json);
	json_array(json, "commands");
	for (size_t i = 0; i < command_count; i++)
		command_json(json, commands[i]);
	json_close(json);
	options_json(json, global_options, global_option_count);
	json_close(json);
}

/*
 * A catalogue of a test's own, made byte by byte, so that no msgfmt is needed. With it
 * the program's language is that of the test.
 */
#ifndef KITH_TESTS_UNIT_BASE_CATALOGUE_H
#define KITH_TESTS_UNIT_BASE_CATALOGUE_H

#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/tr.h"
#include "tests/test.h"

/* The messages stand in the order of their keys, which gettext searches by halves. The
 * first has the key "": it is the catalogue's head. A plural has a zero byte between its
 * forms. */
struct message {
	const char *key, *text;
	size_t key_len, text_len;
};
#define MESSAGE(key, text)                                                               \
	{                                                                                \
		key, text, sizeof(key) - 1, sizeof(text) - 1                             \
	}

static void put_word(FILE *file, size_t number)
{
	uint32_t word = (uint32_t)number;
	assert_int_equal(fwrite(&word, 4, 1, file), 1);
}

/* What gettext reads: a head, two tables of (length, place), the texts. */
static void write_catalogue(const char *path, const struct message *all, size_t count)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	size_t at = 28 + count * 16;
	const size_t words[] = {0x950412de, 0, count, 28, 28 + count * 8, 0, 0};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		put_word(file, words[i]);
	for (size_t i = 0; i < count; i++) {
		put_word(file, all[i].key_len);
		put_word(file, at);
		at += all[i].key_len + 1;
	}
	for (size_t i = 0; i < count; i++) {
		put_word(file, all[i].text_len);
		put_word(file, at);
		at += all[i].text_len + 1;
	}
	for (size_t i = 0; i < count; i++)
		fwrite(all[i].key, all[i].key_len + 1, 1, file);
	for (size_t i = 0; i < count; i++)
		fwrite(all[i].text, all[i].text_len + 1, 1, file);
	assert_int_equal(fclose(file), 0);
}

static char catalogue_folder[] = "/tmp/kith-tr-XXXXXX";
static const char *const catalogue_parts[] = {
	"/pl", "/pl/LC_MESSAGES", "/pl/LC_MESSAGES/kith.mo"};

/* From here on the language is that of these messages. */
static void catalogue_begin(const struct message *all, size_t count)
{
	char path[256];
	assert_non_null(mkdtemp(catalogue_folder));
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s%s", catalogue_folder, catalogue_parts[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	snprintf(path, sizeof path, "%s%s", catalogue_folder, catalogue_parts[2]);
	write_catalogue(path, all, count);
	setenv("KITH_LOCALEDIR", catalogue_folder, 1);
	setenv("LANGUAGE", "pl", 1);
	tr_start();
}

static int catalogue_end(void **state)
{
	(void)state;
	char path[256];
	for (size_t i = 3; i > 0; i--) {
		snprintf(path, sizeof path, "%s%s", catalogue_folder,
			catalogue_parts[i - 1]);
		remove(path);
	}
	rmdir(catalogue_folder);
	return 0;
}

#endif

/*
 * Stands in for libFuzzer where the compiler has none: runs the target on every file of
 * the folders and files named, and on every beginning of each, so that what was found
 * once is looked at in every build.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t runs;

static void run_file(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	size_t len = fread(bytes, 1, sizeof bytes, file);
	(void)fclose(file);
	for (size_t n = len;; n--) {
		/* In memory of its own, so that reading on is noticed. */
		uint8_t *copy = mem_copy(bytes, n);
		(void)LLVMFuzzerTestOneInput(copy, n);
		mem_free(copy);
		runs++;
		if (n == 0 || len - n > 200)
			return;
	}
}

static void run_path(const char *path)
{
	struct stat is;
	if (stat(path, &is) != 0 || !S_ISDIR(is.st_mode)) {
		run_file(path);
		return;
	}
	DIR *folder = opendir(path);
	for (struct dirent *at; folder != NULL && (at = readdir(folder)) != NULL;) {
		char inner[4096];
		if (at->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof inner, "%s/%s", path, at->d_name);
		run_path(inner);
	}
	if (folder != NULL)
		(void)closedir(folder);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_path(argv[i]);
	printf("%zu runs\n", runs);
	return runs > 0 ? 0 : 1;
}

#include "cli/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/utf8.h"

#define EDITED_MAX (1024L * 1024)

/* A folder in memory first: what an editor leaves on a disk is not ours to erase. */
static const char *scratch_folder(void)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	if (runtime != NULL && access(runtime, W_OK) == 0)
		return runtime;
	if (access("/dev/shm", W_OK) == 0)
		return "/dev/shm";
	const char *temporary = getenv("TMPDIR");
	return temporary != NULL ? temporary : "/tmp";
}

static enum err write_text(int fd, struct bytes text, struct why *why)
{
	if (write(fd, text.at, text.len) != (ssize_t)text.len || write(fd, "\n", 1) != 1)
		return because(why, ERR_IO, "cannot write a file for the editor: %s",
			strerror(errno));
	return OK;
}

static const char *editor_command(void)
{
	const char *editor = getenv("VISUAL");
	if (editor == NULL || editor[0] == '\0')
		editor = getenv("EDITOR");
	return editor != NULL && editor[0] != '\0' ? editor : "vi";
}

/* Through the shell, since $EDITOR may hold options; the file is an argument, never shell
 * text. */
static enum err run_editor(const char *path, struct why *why)
{
	const char *editor = editor_command();
	pid_t pid = fork();
	if (pid == 0) {
		setenv("KITH_EDITOR", editor, 1);
		execl("/bin/sh", "sh", "-c", "eval \"$KITH_EDITOR\" '\"$1\"'", "kith",
			path, (char *)NULL);
		_exit(127);
	}
	int status = -1;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || status != 0)
		return because(why, ERR_REFUSED,
			"the editor %.100s ended with an error; nothing was changed",
			editor);
	return OK;
}

/* By its name again: many editors write a new file and rename it. */
static enum err read_text(
	const char *path, struct arena *arena, struct bytes *out, struct why *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	if (fd < 0 || fstat(fd, &info) != 0 || info.st_size > EDITED_MAX) {
		if (fd >= 0)
			close(fd);
		return because(why, fd < 0 ? ERR_IO : ERR_TOO_BIG,
			"what the editor left cannot be read, or is longer than 131,072 "
			"characters");
	}
	size_t size = (size_t)info.st_size;
	uint8_t *text = arena_new(arena, size + 1);
	ssize_t got = read(fd, text, size);
	close(fd);
	if (got != (ssize_t)size)
		return because(why, ERR_IO, "cannot read what the editor left");
	*out = (struct bytes){text, size};
	if (size > 0 && text[size - 1] == '\n')
		out->len--;
	if (out->len > 0 && !utf8_valid(*out))
		return because(
			why, ERR_INVALID, "what the editor left is not valid UTF-8 text");
	return OK;
}

static void destroy(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct stat info;
	if (fd >= 0 && fstat(fd, &info) == 0) {
		static const uint8_t zeros[4096];
		for (off_t at = 0; at < info.st_size; at += (off_t)sizeof zeros)
			if (write(fd, zeros, sizeof zeros) < 0)
				break;
	}
	if (fd >= 0)
		close(fd);
	unlink(path);
}

enum err editor_edit(
	struct arena *arena, struct bytes before, struct bytes *after, struct why *why)
{
	char *path = arena_format(arena, "%s/kith-XXXXXX", scratch_folder());
	int fd = mkstemp(path); /* 0600 */
	if (fd < 0)
		return because(why, ERR_IO, "cannot make a file for the editor: %s",
			strerror(errno));
	enum err e = write_text(fd, before, why);
	close(fd);
	if (e == OK)
		e = run_editor(path, why);
	if (e == OK)
		e = read_text(path, arena, after, why);
	destroy(path);
	return e;
}

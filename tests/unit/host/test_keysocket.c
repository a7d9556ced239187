#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "net/host/keysocket.h"
#include "net/host/loop.h"

/* A node of nothing but a key socket, in a folder of its own; commands are children. */
struct node {
	char dir[256];
	struct loop *loop;
	struct keysocket *keysocket;
	uint64_t asked; /* the client whose request was kept for later; 0: none */
	bool keep;
	struct buf request;
};

static void on_request(void *arg, uint64_t client, struct bytes request)
{
	struct node *node = arg;
	buf_clear(&node->request);
	buf_add(&node->request, request);
	node->asked = client;
	if (node->keep)
		return;
	struct why why = {0};
	if (bytes_equal(request, bytes_text("refuse")))
		keysocket_reply(node->keysocket, client,
			because(&why, ERR_NOT_FOUND, "nobody is called Zoë"), &why,
			bytes_text("not sent"));
	else
		keysocket_reply(node->keysocket, client, OK, NULL, request);
}

static int start(void **state)
{
	struct node *node = mem_new(sizeof *node);
	snprintf(node->dir, sizeof node->dir, "/tmp/kith-keysocket-XXXXXX");
	if (mkdtemp(node->dir) == NULL)
		return -1;
	node->loop = loop_new();
	*state = node;
	return keysocket_listen(node->loop, node->dir, on_request, node, &node->keysocket,
		       NULL) == OK
		       ? 0
		       : -1;
}

static int stop(void **state)
{
	struct node *node = *state;
	keysocket_close(node->keysocket);
	loop_free(node->loop);
	buf_release(&node->request);
	int left = rmdir(node->dir); /* fails if the socket file was left behind */
	mem_free(node);
	return left;
}

/* Run `command` in a child beside the node until it ends; its exit status. */
static int serve(struct node *node, int (*command)(struct node *node))
{
	pid_t child = fork();
	if (child == 0)
		_exit(command(node));
	int status = -1;
	uint64_t limit = loop_now_ms(node->loop) + 10000;
	while (waitpid(child, &status, WNOHANG) == 0) {
		assert_int_equal(loop_run_once(node->loop, 10), OK);
		if (loop_now_ms(node->loop) > limit)
			kill(child, SIGKILL);
	}
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int take_key(struct node *node)
{
	WIPED(secret) key;
	enum err e = keysocket_key(node->dir, &key, NULL);
	if (e != OK)
		return (int)e;
	for (size_t i = 0; i < sizeof key.b; i++)
		if (key.b[i] != i + 1)
			return 100;
	return 0;
}

static void key_is_handed_to_another_process(void **state)
{
	struct node *node = *state;
	WIPED(secret) key;
	for (size_t i = 0; i < sizeof key.b; i++)
		key.b[i] = (uint8_t)(i + 1);
	keysocket_offer(node->keysocket, &key);
	assert_int_equal(serve(node, take_key), OK);
	assert_int_equal(serve(node, take_key), OK); /* as often as one likes */
	keysocket_offer(node->keysocket, NULL);
	assert_int_equal(serve(node, take_key), ERR_LOCKED);
}

static void locked_node_says_so(void **state)
{
	assert_int_equal(serve(*state, take_key), ERR_LOCKED);
}

static void folder_without_a_node_says_so(void **state)
{
	struct node *node = *state;
	struct secret key;
	struct why why = {0};
	memset(&key, 7, sizeof key);
	assert_int_equal(keysocket_key("/tmp", &key, &why), ERR_NOT_REACHED);
	assert_non_null(strstr(why.text, "no node runs in /tmp"));
	for (size_t i = 0; i < sizeof key.b; i++)
		assert_int_equal(key.b[i], 0);
	assert_int_equal(keysocket_key("/nonexistent", &key, NULL), ERR_NOT_REACHED);
	(void)node;
}

static int ask_hello(struct node *node)
{
	CLEAN_BUF struct buf reply = {0};
	enum err e = keysocket_ask(node->dir, bytes_text("hello"), &reply, 5000, NULL);
	return e != OK ? (int)e : strcmp(buf_text(&reply), "hello") == 0 ? 0 : 100;
}

static int ask_refused(struct node *node)
{
	CLEAN_BUF struct buf reply = {0};
	struct why why = {0};
	enum err e = keysocket_ask(node->dir, bytes_text("refuse"), &reply, 5000, &why);
	if (strcmp(why.text, "nobody is called Zoë") != 0 || reply.len != 0)
		return 100;
	return (int)e;
}

static void request_is_answered_with_its_sentence(void **state)
{
	assert_int_equal(serve(*state, ask_hello), OK);
	assert_int_equal(serve(*state, ask_refused), ERR_NOT_FOUND);
}

static int ask_longest(struct node *node)
{
	CLEAN_BUF struct buf request = {0}, reply = {0};
	memset(buf_extend(&request, KEYSOCKET_BODY), 'k', KEYSOCKET_BODY);
	enum err e = keysocket_ask(node->dir, buf_bytes(&request), &reply, 5000, NULL);
	if (e != OK)
		return (int)e;
	if (!bytes_equal(buf_bytes(&request), buf_bytes(&reply)))
		return 100;
	buf_add_u8(&request, 'k');
	e = keysocket_ask(node->dir, buf_bytes(&request), &reply, 5000, NULL);
	return e == ERR_TOO_BIG ? 0 : 101;
}

static void longest_request_passes_and_one_byte_more_does_not(void **state)
{
	assert_int_equal(serve(*state, ask_longest), 0);
}

static int ask_briefly(struct node *node)
{
	return (int)keysocket_ask(node->dir, bytes_text("later"), NULL, 100, NULL);
}

static void answer_may_come_late_and_find_nobody(void **state)
{
	struct node *node = *state;
	node->keep = true;
	assert_int_equal(serve(node, ask_briefly), ERR_TIMEOUT);
	assert_true(node->asked != 0);
	for (int i = 0; i < 50 && keysocket_waits(node->keysocket, node->asked); i++)
		assert_int_equal(loop_run_once(node->loop, 10), OK);
	assert_false(keysocket_waits(node->keysocket, node->asked));
	keysocket_reply(node->keysocket, node->asked, OK, NULL, bytes_text("late"));
	node->keep = false;
	assert_int_equal(serve(node, ask_hello), OK);
}

/* ---- What does not keep to the form */

static int connect_raw(struct node *node)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	snprintf(at.sun_path, sizeof at.sun_path, "%.80s/" KEYSOCKET_NAME, node->dir);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return connect(fd, (struct sockaddr *)&at, sizeof at) == 0 ? fd : -1;
}

/* Send, then read to the end: how many bytes came back. */
static int say_raw(struct node *node, const void *at, size_t len)
{
	uint8_t reply[4096];
	int fd = connect_raw(node), sum = 0;
	if (fd < 0 || send(fd, at, len, MSG_NOSIGNAL) != (ssize_t)len)
		return 200;
	shutdown(fd, SHUT_WR);
	ssize_t got;
	while ((got = read(fd, reply, sizeof reply)) > 0)
		sum += (int)got;
	return sum > 199 ? 199 : sum;
}

static int say_huge_length(struct node *node)
{
	return say_raw(node, "\xff\xff\xff\xff", 4);
}

static int say_rubbish(struct node *node)
{
	return say_raw(node, "\0\0\0\3abc", 7);
}

static int say_half(struct node *node)
{
	return say_raw(node, "\0\0\0\x40half", 8);
}

static void bad_frames_are_answered_with_an_error_or_the_end(void **state)
{
	struct node *node = *state;
	WIPED(secret) key = {{42}};
	keysocket_offer(node->keysocket, &key);
	int huge = serve(node, say_huge_length), rubbish = serve(node, say_rubbish);
	assert_in_range(huge, 8, 150); /* an error and its sentence, no key */
	assert_in_range(rubbish, 8, 150);
	assert_int_equal(serve(node, say_half), 0);
	assert_int_equal(serve(node, ask_hello), OK); /* and it goes on serving */
}

static int crowd(struct node *node)
{
	int fds[KEYSOCKET_CLIENTS];
	for (size_t i = 0; i < KEYSOCKET_CLIENTS; i++)
		if ((fds[i] = connect_raw(node)) < 0)
			return 100;
	WIPED(secret) key;
	enum err e = keysocket_key(node->dir, &key, NULL);
	for (size_t i = 0; i < KEYSOCKET_CLIENTS; i++)
		close(fds[i]);
	return (int)e;
}

static void one_command_too_many_is_told_so(void **state)
{
	assert_int_equal(serve(*state, crowd), ERR_BUSY);
	/* Of those who left the node hears in its own time. */
	int e = ERR_BUSY;
	for (int i = 0; i < 100 && e == ERR_BUSY; i++)
		e = serve(*state, ask_hello);
	assert_int_equal(e, OK);
}

/* ---- The socket file */

static void socket_is_for_this_user_alone(void **state)
{
	struct node *node = *state;
	struct stat file;
	char path[300];
	snprintf(path, sizeof path, "%s/" KEYSOCKET_NAME, node->dir);
	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
}

static void second_node_in_a_folder_is_refused(void **state)
{
	struct node *node = *state;
	struct keysocket *second = NULL;
	struct why why = {0};
	assert_int_equal(
		keysocket_listen(node->loop, node->dir, on_request, node, &second, &why),
		ERR_BUSY);
	assert_null(second);
	assert_int_equal(serve(node, ask_hello), OK);
}

static int die_as_node(struct node *node)
{
	char dir[300];
	struct keysocket *keysocket;
	snprintf(dir, sizeof dir, "%s/dead", node->dir);
	if (mkdir(dir, 0700) != 0 || keysocket_listen(node->loop, dir, on_request, node,
					     &keysocket, NULL) != OK)
		return 1;
	_exit(0); /* without closing: the file stays */
}

static void socket_of_a_dead_node_is_replaced(void **state)
{
	struct node *node = *state;
	char dir[300];
	struct keysocket *next = NULL;
	snprintf(dir, sizeof dir, "%s/dead", node->dir);
	assert_int_equal(serve(node, die_as_node), 0);
	WIPED(secret) key;
	assert_int_equal(keysocket_key(dir, &key, NULL), ERR_NOT_REACHED);
	assert_int_equal(
		keysocket_listen(node->loop, dir, on_request, node, &next, NULL), OK);
	keysocket_close(next);
	assert_int_equal(rmdir(dir), 0);
}

static void folder_may_lie_deeper_than_a_socket_name(void **state)
{
	struct node *node = *state;
	char top[600], dir[1200];
	struct keysocket *deep = NULL;
	snprintf(top, sizeof top, "%s/%0120d", node->dir, 0);
	snprintf(dir, sizeof dir, "%s/%0120d", top, 0);
	assert_int_equal(mkdir(top, 0700), 0);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(
		keysocket_listen(node->loop, dir, on_request, node, &deep, NULL), OK);
	keysocket_close(deep);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(rmdir(top), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(key_is_handed_to_another_process),
		CASE(locked_node_says_so),
		CASE(folder_without_a_node_says_so),
		CASE(request_is_answered_with_its_sentence),
		CASE(longest_request_passes_and_one_byte_more_does_not),
		CASE(answer_may_come_late_and_find_nobody),
		CASE(bad_frames_are_answered_with_an_error_or_the_end),
		CASE(one_command_too_many_is_told_so),
		CASE(socket_is_for_this_user_alone),
		CASE(second_node_in_a_folder_is_refused),
		CASE(socket_of_a_dead_node_is_replaced),
		CASE(folder_may_lie_deeper_than_a_socket_name),
	};
	if (crypto_start() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

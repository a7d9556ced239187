#include "tests/test.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/host/tcp.h"

/* ---- Addresses */

static void addresses_are_read_as_people_type_them(void **state)
{
	(void)state;
	static const struct {
		const char *typed, *read; /* NULL: refused */
		const char *reason;
	} cases[] = {
		{"192.168.1.20:4711", "192.168.1.20:4711", "as the help shows it"},
		{"192.168.1.20", "192.168.1.20:25484", "the one port of all"},
		{"127.0.0.1:0", "127.0.0.1:0", "a free port"},
		{"[::1]:4711", "[::1]:4711", "IPv6 in brackets"},
		{"[::1]", "[::1]:25484", "IPv6 in brackets, no port"},
		{"2001:db8::1", "[2001:db8::1]:25484", "IPv6 bare"},
		{"[fe80::1%lo]:9", "[fe80::1%lo]:9", "on an interface"},
		{"::ffff:10.0.0.1", "10.0.0.1:25484", "IPv4 in IPv6's clothes"},
		{"[fe80::1]:9", NULL, "which link?"},
		{"[fe80::1%nosuch0]:9", NULL, "no such interface"},
		{"", NULL, "nothing"},
		{":25484", NULL, "no machine"},
		{"192.168.1.20:", NULL, "no port after the colon"},
		{"192.168.1.20:65536", NULL, "over the last port"},
		{"192.168.1.20:4711x", NULL, "not a number"},
		{"192.168.1.20:-1", NULL, "not a number either"},
		{"192.168.1.256:1", NULL, "no such number"},
		{"[::1", NULL, "a bracket left open"},
		{"[::1]4711", NULL, "no colon"},
		{"[::g]:1", NULL, "no hexadecimal"},
		{"laptop", NULL, "a name, and nobody may be asked"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct address address = {0};
		struct why why = {0};
		char text[ADDRESS_TEXT] = "refused";
		enum err e = address_read(cases[i].typed, false, &address, &why);
		if (e == OK)
			address_text(&address, text);
		else
			assert_true(strlen(why.text) > 10); /* a sentence */
		if (strcmp(text, cases[i].read != NULL ? cases[i].read : "refused") != 0)
			fail_msg("%s: \"%s\" is read as %s", cases[i].reason,
				cases[i].typed, text);
	}
}

static void refused_address_leaves_the_old_one(void **state)
{
	(void)state;
	struct address address, before;
	assert_int_equal(address_read("10.1.2.3:4", false, &address, NULL), OK);
	before = address;
	assert_int_equal(
		address_read("10.1.2.3:99999", false, &address, NULL), ERR_INVALID);
	assert_true(address_equal(&address, &before));
}

static void longest_address_has_room(void **state)
{
	(void)state;
	struct address address = {
		.at.v6 = {.sin6_family = AF_INET6, .sin6_scope_id = UINT32_MAX}};
	memset(&address.at.v6.sin6_addr, 0xfe, 16);
	address.at.v6.sin6_port = 0xffff;
	char text[ADDRESS_TEXT];
	address_text(&address, text);
	assert_string_equal(
		text, "[fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe%4294967295]:65535");
}

static void a_very_long_word_is_refused(void **state)
{
	(void)state;
	char *word = malloc(100001);
	memset(word, '1', 100000);
	word[100000] = '\0';
	struct address address;
	assert_int_equal(address_read(word, false, &address, NULL), ERR_INVALID);
	word[0] = '[';
	word[99999] = ']';
	assert_int_equal(address_read(word, false, &address, NULL), ERR_INVALID);
	free(word);
}

static void equal_addresses_are_equal_in_every_part(void **state)
{
	(void)state;
	static const char *const texts[] = {"10.0.0.1:1", "10.0.0.1:2", "10.0.0.2:1",
		"[::1]:1", "[::2]:1", "[fe80::1%lo]:1"};
	for (size_t i = 0; i < 6; i++) {
		for (size_t j = 0; j < 6; j++) {
			struct address a, b;
			assert_int_equal(address_read(texts[i], false, &a, NULL), OK);
			assert_int_equal(address_read(texts[j], false, &b, NULL), OK);
			assert_int_equal(address_equal(&a, &b), i == j);
		}
	}
}

/* ---- Connections */

static struct address local(const char *host, uint16_t port)
{
	char text[ADDRESS_TEXT];
	struct address address;
	snprintf(text, sizeof text, "%s:%u", host, port);
	assert_int_equal(address_read(text, false, &address, NULL), OK);
	return address;
}

static void wait_for(int fd, short events)
{
	struct pollfd one = {.fd = fd, .events = events};
	assert_int_equal(poll(&one, 1, 5000), 1);
}

/* A listener, and a connection to it. */
struct line {
	int listener, dialler, taken;
};

static struct line connect_over(const char *host)
{
	struct line line;
	uint16_t port;
	struct address at = local(host, 0);
	assert_int_equal(tcp_listen(&at, &line.listener, &port, NULL), OK);
	assert_true(port != 0);
	struct address to = local(host, port);
	assert_int_equal(tcp_dial(&to, &line.dialler, NULL), OK);
	wait_for(line.dialler, POLLOUT);
	assert_int_equal(tcp_dial_done(line.dialler, NULL), OK);
	wait_for(line.listener, POLLIN);
	assert_int_equal(tcp_accept(line.listener, &line.taken), OK);
	return line;
}

static void hang_up(struct line *line)
{
	close(line->listener);
	close(line->dialler);
	close(line->taken);
}

static void two_sockets_meet_and_know_each_other(void **state)
{
	(void)state;
	static const char *const hosts[] = {"127.0.0.1", "[::1]"};
	for (size_t i = 0; i < 2; i++) {
		struct line line = connect_over(hosts[i]);
		struct address a, b;
		assert_true(tcp_own(line.dialler, &a));
		assert_true(tcp_peer(line.taken, &b));
		assert_true(address_equal(&a, &b));
		assert_true(address_is_loopback(&b));
		assert_true(tcp_peer(line.dialler, &a));
		assert_true(tcp_own(line.taken, &b));
		assert_true(address_equal(&a, &b));
		hang_up(&line);
	}
}

static void bytes_arrive_and_the_end_is_told_after_them(void **state)
{
	(void)state;
	struct line line = connect_over("127.0.0.1");
	CLEAN_BUF struct buf out = {0}, in = {0};
	size_t got;
	assert_int_equal(tcp_read(line.taken, &in, 100, &got), OK);
	assert_int_equal(got, 0); /* nothing yet, and no waiting */
	buf_add_text(&out, "kith and kin");
	assert_int_equal(tcp_write(line.dialler, &out), OK);
	assert_int_equal(out.len, 0);
	wait_for(line.taken, POLLIN);
	assert_int_equal(tcp_read(line.taken, &in, 4, &got), OK);
	assert_int_equal(got, 4); /* no more than was asked for */
	shutdown(line.dialler, SHUT_WR);
	wait_for(line.taken, POLLIN);
	enum err e = OK;
	while (e == OK)
		e = tcp_read(line.taken, &in, 100, &got);
	assert_int_equal(e, ERR_CLOSED);
	assert_string_equal(buf_text(&in), "kith and kin");
	hang_up(&line);
}

static void full_socket_takes_what_it_can_and_keeps_the_rest(void **state)
{
	(void)state;
	struct line line = connect_over("127.0.0.1");
	size_t sum = (size_t)16 << 20, had = 0, got;
	CLEAN_BUF struct buf out = {0}, in = {0};
	memset(buf_extend(&out, sum), 'x', sum);
	assert_int_equal(tcp_write(line.dialler, &out), OK);
	assert_true(out.len > 0 && out.len < sum);
	while (had < sum) {
		wait_for(line.taken, POLLIN);
		assert_int_equal(tcp_read(line.taken, &in, 65536, &got), OK);
		had += got;
		buf_clear(&in);
		assert_int_equal(tcp_write(line.dialler, &out), OK);
	}
	assert_int_equal(out.len, 0);
	hang_up(&line);
}

static void writing_to_one_who_left_is_no_signal(void **state)
{
	(void)state;
	struct line line = connect_over("127.0.0.1");
	struct linger abort = {.l_onoff = 1};
	setsockopt(line.taken, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
	close(line.taken);
	wait_for(line.dialler, POLLIN);
	CLEAN_BUF struct buf out = {0}, in = {0};
	size_t got;
	assert_int_equal(tcp_read(line.dialler, &in, 10, &got), ERR_CLOSED);
	buf_add_text(&out, "hello?");
	assert_int_equal(tcp_write(line.dialler, &out), ERR_CLOSED);
	close(line.dialler);
	close(line.listener);
}

static void nobody_listening_is_said_in_a_sentence(void **state)
{
	(void)state;
	int fd;
	uint16_t port;
	struct why why = {0};
	struct address at = local("127.0.0.1", 0);
	assert_int_equal(tcp_listen(&at, &fd, &port, NULL), OK);
	close(fd); /* a port where surely nobody listens now */
	at = local("127.0.0.1", port);
	enum err e = tcp_dial(&at, &fd, &why);
	if (e == OK) {
		wait_for(fd, POLLOUT);
		e = tcp_dial_done(fd, &why);
		close(fd);
	}
	assert_int_equal(e, ERR_NOT_REACHED);
	assert_non_null(strstr(why.text, "no kith listens"));
}

static void taken_port_is_refused_when_asked_for(void **state)
{
	(void)state;
	int one, two;
	uint16_t port;
	struct why why = {0};
	struct address at = local("127.0.0.1", 0);
	assert_int_equal(tcp_listen(&at, &one, &port, NULL), OK);
	at = local("127.0.0.1", port);
	assert_int_equal(tcp_listen(&at, &two, &port, &why), ERR_BUSY);
	assert_non_null(strstr(why.text, "another program listens on 127.0.0.1:"));
	close(one);
	at = local("192.0.2.1", 0); /* TEST-NET: nobody's */
	assert_int_equal(tcp_listen(&at, &two, &port, NULL), ERR_INVALID);
}

static void nobody_waiting_is_not_an_error_of_the_listener(void **state)
{
	(void)state;
	int listener, fd;
	uint16_t port;
	struct address at = local("127.0.0.1", 0);
	assert_int_equal(tcp_listen(&at, &listener, &port, NULL), OK);
	assert_int_equal(tcp_accept(listener, &fd), ERR_NOT_FOUND);
	assert_int_equal(fd, -1);
	close(listener);
	assert_int_equal(tcp_accept(listener, &fd), ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_as_people_type_them),
		cmocka_unit_test(refused_address_leaves_the_old_one),
		cmocka_unit_test(longest_address_has_room),
		cmocka_unit_test(a_very_long_word_is_refused),
		cmocka_unit_test(equal_addresses_are_equal_in_every_part),
		cmocka_unit_test(two_sockets_meet_and_know_each_other),
		cmocka_unit_test(bytes_arrive_and_the_end_is_told_after_them),
		cmocka_unit_test(full_socket_takes_what_it_can_and_keeps_the_rest),
		cmocka_unit_test(writing_to_one_who_left_is_no_signal),
		cmocka_unit_test(nobody_listening_is_said_in_a_sentence),
		cmocka_unit_test(taken_port_is_refused_when_asked_for),
		cmocka_unit_test(nobody_waiting_is_not_an_error_of_the_listener),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

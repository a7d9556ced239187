#include "tests/test.h"

#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/crypto/keys.h"
#include "net/host/interfaces.h"
#include "tests/unit/host/namespace.h"

static void loopback_is_listed_as_what_it_is(void **state)
{
	(void)state;
	CLEAN_MEM struct interface_address *all = NULL;
	size_t count, found = 0;
	assert_int_equal(interfaces_list(&all, &count), OK);
	for (size_t i = 0; i < count; i++) {
		if (all[i].is_v6 || memcmp(all[i].ip, "\177\0\0\1", 4) != 0)
			continue;
		found++;
		assert_string_equal(all[i].name, "lo");
		assert_true(all[i].is_loopback);
		assert_int_equal(all[i].prefix_len, 8);
		assert_int_equal(all[i].interface, if_nametoindex("lo"));
		assert_false(all[i].is_link_local || all[i].is_eui64);
	}
	assert_int_equal(found, 1);
}

static void list_is_in_order_and_without_twins(void **state)
{
	(void)state;
	CLEAN_MEM struct interface_address *all = NULL;
	size_t count;
	assert_int_equal(interfaces_list(&all, &count), OK);
	for (size_t i = 1; i < count; i++) {
		const struct interface_address *a = &all[i - 1], *b = &all[i];
		assert_true(a->interface < b->interface ||
			    (a->interface == b->interface &&
				    (a->is_v6 < b->is_v6 ||
					    (a->is_v6 == b->is_v6 &&
						    memcmp(a->ip, b->ip, 16) < 0))));
	}
}

static void own_addresses_are_known_from_others(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_ours;
	} cases[] = {{"127.0.0.1:80", true}, {"192.0.2.1:80", false}, /* TEST-NET */
		{"[2001:db8::1]:80", false}};
	CLEAN_MEM struct interface_address *all = NULL;
	size_t count;
	assert_int_equal(interfaces_list(&all, &count), OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct address address;
		assert_int_equal(address_read(cases[i].text, false, &address, NULL), OK);
		assert_int_equal(interfaces_have(all, count, &address), cases[i].is_ours);
	}
}

static void loopback_is_no_network(void **state)
{
	(void)state;
	struct network network;
	assert_false(network_of(if_nametoindex("lo"), &network));
	assert_false(network_of(0, &network));
	assert_false(network_of(UINT_MAX, &network));
}

/* ---- Changes, in a network namespace of our own */

static bool readable(int fd, int wait_ms)
{
	struct pollfd one = {.fd = fd, .events = POLLIN};
	return poll(&one, 1, wait_ms) == 1;
}

/* In the child; the exit status tells the step that failed. */
static int see_changes(void)
{
	struct interface_address *all = NULL;
	size_t count = 1;
	int fd;
	if (!enter_namespace())
		return SKIPPED;
	if (interfaces_watch(&fd) != OK)
		return 1;
	if (interfaces_list(&all, &count) != OK || count != 0)
		return 2; /* a link that is down has no addresses for us */
	if (interfaces_changed(fd) || readable(fd, 20))
		return 3;
	if (!set_interface("lo", true) || !readable(fd, 2000) || !interfaces_changed(fd))
		return 4;
	if (interfaces_changed(fd))
		return 5; /* all was read off */
	if (interfaces_list(&all, &count) != OK || count == 0 || !all[0].is_loopback)
		return 6;
	mem_free(all);
	struct network networks[4];
	if (networks_now(networks, 4, NULL) != 0)
		return 7;
	if (!set_interface("lo", false) || !readable(fd, 2000) || !interfaces_changed(fd))
		return 8;
	close(fd);
	return 0;
}

static void changes_are_told_and_seen(void **state)
{
	(void)state;
	pid_t child = fork();
	if (child == 0)
		_exit(see_changes());
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED) {
		print_message("no network namespace may be made here: not tested\n");
		return;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loopback_is_listed_as_what_it_is),
		cmocka_unit_test(list_is_in_order_and_without_twins),
		cmocka_unit_test(own_addresses_are_known_from_others),
		cmocka_unit_test(loopback_is_no_network),
		cmocka_unit_test(changes_are_told_and_seen),
	};
	if (crypto_start() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/test.h"

#include <string.h>

#include "net/host/doctor.h"

#define NOW_S UINT64_C(1795564800) /* 2026-11-25 */

/* A computer in a network where all is well, another kith near it. */
static struct doctor_facts well(void)
{
	return (struct doctor_facts){
		.interfaces =
			{
				{.name = "lo", .is_up = true, .is_loopback = true},
				{.name = "wlan0",
					.is_up = true,
					.has_multicast = true,
					.has_address = true,
					.text = "10.0.0.5:25484",
					.echo = ECHO_HEARD},
			},
		.interface_count = 2,
		.others_heard = 1,
		.found = {{.text = "10.0.0.6:25484", .dial = DIAL_ANSWERED}},
		.found_count = 1,
		.own = DIAL_ANSWERED,
		.now_s = NOW_S,
		.has_store = true,
		.node = DOCTOR_NODE_OPEN,
	};
}

/* The ids of what is found, in their order. */
static const char *ids(const struct doctor_facts *facts)
{
	static char text[512];
	struct doctor_finding findings[DOCTOR_FINDINGS];
	CLEAN_ARENA struct arena arena = {0};
	size_t count = doctor_judge(facts, &arena, findings);
	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		assert_true(strlen(text) + strlen(findings[i].id) + 2 < sizeof text);
		assert_true(findings[i].text[0] != '\0' && findings[i].remedy[0] != '\0');
		strcat(text, i > 0 ? " " : "");
		strcat(text, findings[i].id);
	}
	return text;
}

#define FOUND(expected, ...)                                                             \
	do {                                                                             \
		struct doctor_facts facts = well();                                      \
		struct doctor_interface *wlan = &facts.interfaces[1];                    \
		(void)wlan;                                                              \
		__VA_ARGS__;                                                             \
		assert_string_equal(ids(&facts), expected);                              \
	} while (0)

static void where_all_is_well_nothing_is_found(void **state)
{
	(void)state;
	FOUND("", facts.others_heard = 2);
}

static void each_way_to_be_without_a_network_has_its_finding(void **state)
{
	(void)state;
	FOUND("no_interface", facts.interface_count = 1);
	FOUND("interface_down", wlan->is_up = false);
	FOUND("no_address", wlan->has_address = false);
	FOUND("no_multicast", wlan->has_multicast = false);
	FOUND("address_of_its_own", wlan->has_address = false;
		wlan->has_link_local_v4 = true);
	/* One that is down beside one that is up is of no matter. */
	FOUND("", facts.interfaces[2].name[0] = 'e'; facts.interface_count = 3);
}

static void multicast_that_does_not_come_back_is_blocked_here(void **state)
{
	(void)state;
	FOUND("multicast_blocked", wlan->echo = ECHO_LOST);
	FOUND("multicast_refused", wlan->echo = ECHO_UNSENT);
	FOUND("multicast_taken", wlan->echo = ECHO_TAKEN);
}

static void silence_is_told_from_a_network_without_kith(void **state)
{
	(void)state;
	FOUND("nobody_heard", facts.found_count = facts.others_heard = 0);
	FOUND("no_kith_heard", facts.found_count = 0);
	/* Who is blocked hears nobody: the cause is said, not what follows from it. */
	FOUND("multicast_blocked", wlan->echo = ECHO_LOST;
		facts.found_count = facts.others_heard = 0);
}

static void each_answer_to_dialling_has_its_finding(void **state)
{
	(void)state;
	static const struct {
		enum doctor_dial dial;
		const char *id;
	} cases[] = {
		{DIAL_UNTRIED, ""},
		{DIAL_ANSWERED, ""},
		{DIAL_STRANGER, "address_is_not_kith"},
		{DIAL_REFUSED, "address_refuses"},
		{DIAL_SILENT, "address_is_silent"},
		{DIAL_NO_WAY, "address_is_elsewhere"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		FOUND(cases[i].id, facts.asked.dial = cases[i].dial);
		FOUND(cases[i].id, facts.found[0].dial = cases[i].dial);
	}
}

static void firewall_that_stops_the_port_is_more_than_one_that_is_at_work(void **state)
{
	(void)state;
	FOUND("port_blocked", facts.own = DIAL_SILENT);
	FOUND("port_blocked", facts.own = DIAL_SILENT; facts.has_ufw = true);
	FOUND("firewall_ufw", facts.has_ufw = true);
	FOUND("firewall_firewalld", facts.has_firewalld = true);
	FOUND("port_taken", facts.port_is_taken = true; facts.own = DIAL_UNTRIED);
}

static void clocks_that_keep_partners_apart_are_named(void **state)
{
	(void)state;
	struct doctor_partner ben = {.name = "Ben", .met_s = NOW_S - 3600};
	FOUND("clock_wrong", facts.now_s = 0);
	FOUND("clock_loose", facts.clock_is_loose = true);
	FOUND("", facts.partners = &ben; facts.partner_count = 1);
	ben.clock_offset_s = -7200;
	FOUND("clocks_differ", facts.partners = &ben; facts.partner_count = 1);
	ben.clock_offset_s = 30;
	ben.met_s = NOW_S + 86400;
	FOUND("clock_set_back", facts.partners = &ben; facts.partner_count = 1);
}

static void store_and_node_have_their_notes(void **state)
{
	(void)state;
	FOUND("no_store", facts.has_store = false; facts.node = DOCTOR_NODE_NONE);
	FOUND("node_not_running", facts.node = DOCTOR_NODE_NONE);
	FOUND("node_locked", facts.node = DOCTOR_NODE_LOCKED);
	FOUND("store_on_network_drive", facts.store_is_remote = true);
	FOUND("name_announced", facts.announces_name = true);
}

static void gravest_finding_comes_first(void **state)
{
	(void)state;
	FOUND("port_blocked nobody_heard node_locked clock_loose",
		facts.clock_is_loose = true;
		facts.found_count = facts.others_heard = 0; facts.own = DIAL_SILENT;
		facts.node = DOCTOR_NODE_LOCKED);
}

static void more_findings_than_fit_are_cut_not_overrun(void **state)
{
	(void)state;
	struct doctor_partner many[100];
	for (size_t i = 0; i < 100; i++)
		many[i] = (struct doctor_partner){.name = "x", .clock_offset_s = 9999};
	struct doctor_facts facts = well();
	struct doctor_finding findings[DOCTOR_FINDINGS];
	CLEAN_ARENA struct arena arena = {0};
	facts.partners = many;
	facts.partner_count = 100;
	assert_int_equal(doctor_judge(&facts, &arena, findings), DOCTOR_FINDINGS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_all_is_well_nothing_is_found),
		cmocka_unit_test(each_way_to_be_without_a_network_has_its_finding),
		cmocka_unit_test(multicast_that_does_not_come_back_is_blocked_here),
		cmocka_unit_test(silence_is_told_from_a_network_without_kith),
		cmocka_unit_test(each_answer_to_dialling_has_its_finding),
		cmocka_unit_test(
			firewall_that_stops_the_port_is_more_than_one_that_is_at_work),
		cmocka_unit_test(clocks_that_keep_partners_apart_are_named),
		cmocka_unit_test(store_and_node_have_their_notes),
		cmocka_unit_test(gravest_finding_comes_first),
		cmocka_unit_test(more_findings_than_fit_are_cut_not_overrun),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

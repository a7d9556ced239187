#include "net/host/doctor.h"

#include <stdlib.h>

#include "core/base/tr.h"

/* 2026-11-01: kith did not exist before. */
#define BEGINNING_S UINT64_C(1793491200)
/* Half an epoch of announcements and more: net/protocol/announce.h. */
#define CLOCK_OFF_S 600

struct judge {
	const struct doctor_facts *facts;
	struct arena *arena;
	struct doctor_finding *out;
	size_t count;
};

/* Takes translated sentences. */
static void find(struct judge *judge, const char *id, enum doctor_severity severity,
	const char *text, const char *remedy)
{
	if (judge->count < DOCTOR_FINDINGS)
		judge->out[judge->count++] =
			(struct doctor_finding){id, severity, text, remedy};
}

/* ---- The network */

static bool is_fit(const struct doctor_interface *interface)
{
	return interface->is_up && !interface->is_loopback && interface->has_multicast &&
	       (interface->has_address || interface->has_link_local_v4);
}

static void judge_interfaces(struct judge *judge)
{
	const struct doctor_facts *facts = judge->facts;
	size_t real = 0, up = 0, addressed = 0, fit = 0;
	for (size_t i = 0; i < facts->interface_count; i++) {
		const struct doctor_interface *interface = &facts->interfaces[i];
		if (interface->is_loopback)
			continue;
		real++;
		up += interface->is_up;
		addressed += interface->is_up &&
			     (interface->has_address || interface->has_link_local_v4);
		fit += is_fit(interface);
	}
	if (real == 0)
		find(judge, "no_interface", SEVERITY_PROBLEM,
			tr("This computer has no network at all, only itself."),
			tr("Turn on the Wi-Fi, or plug in a cable."));
	else if (up == 0)
		find(judge, "interface_down", SEVERITY_PROBLEM,
			tr("This computer is in no network: the Wi-Fi is off or not "
			   "joined."),
			tr("Turn on the Wi-Fi (look for flight mode), or plug in a "
			   "cable."));
	else if (addressed == 0)
		find(judge, "no_address", SEVERITY_PROBLEM,
			tr("No network has given this computer an address."),
			tr("Join the Wi-Fi your colleague is in, or make a hotspot with "
			   "a telephone and join it with both."));
	else if (fit == 0)
		find(judge, "no_multicast", SEVERITY_PROBLEM,
			tr("This network carries no multicast, by which partners are "
			   "found."),
			tr("Leave the VPN, or say where your partner is: kith sync "
			   "--address HOST:PORT."));
}

static void judge_link_local(struct judge *judge)
{
	const struct doctor_facts *facts = judge->facts;
	for (size_t i = 0; i < facts->interface_count; i++) {
		const struct doctor_interface *interface = &facts->interfaces[i];
		if (interface->is_up && interface->has_link_local_v4 &&
			!interface->has_address)
			find(judge, "address_of_its_own", SEVERITY_WARNING,
				arena_format(judge->arena,
					tr("%s gave itself an address (169.254…), "
					   "because the network gave none."),
					interface->name),
				tr("With a cable between two computers that is right. In "
				   "a Wi-Fi, join it again."));
	}
}

/* ---- Multicast */

static void judge_echo(struct judge *judge, const struct doctor_interface *interface)
{
	switch (interface->echo) {
	case ECHO_UNTRIED:
	case ECHO_HEARD:
		return;
	case ECHO_LOST:
		find(judge, "multicast_blocked", SEVERITY_PROBLEM,
			arena_format(judge->arena,
				tr("Multicast on %s does not come through: not even this "
				   "computer hears its own. A firewall here stops it."),
				interface->name),
			tr("Let UDP port 5353 in. With ufw: sudo ufw allow 5353/udp. "
			   "With firewalld: sudo firewall-cmd --permanent "
			   "--add-service=mdns."));
		return;
	case ECHO_UNSENT:
		find(judge, "multicast_refused", SEVERITY_PROBLEM,
			arena_format(judge->arena,
				tr("This computer does not let multicast out on %s."),
				interface->name),
			tr("Let UDP port 5353 out in its firewall, or leave the VPN."));
		return;
	case ECHO_TAKEN:
		find(judge, "multicast_taken", SEVERITY_PROBLEM,
			tr("Another program keeps UDP port 5353 to itself, so partners "
			   "cannot be found."),
			tr("End that program (sudo ss -ulpn \"sport = 5353\" names it), "
			   "or say where your partner is: kith sync --address "
			   "HOST:PORT."));
		return;
	}
}

static void judge_multicast(struct judge *judge)
{
	const struct doctor_facts *facts = judge->facts;
	bool was_heard = false;
	for (size_t i = 0; i < facts->interface_count; i++) {
		judge_echo(judge, &facts->interfaces[i]);
		was_heard = was_heard || facts->interfaces[i].echo == ECHO_HEARD;
	}
	if (!was_heard || facts->found_count > 0)
		return;
	if (facts->others_heard == 0)
		find(judge, "nobody_heard", SEVERITY_WARNING,
			tr("No other computer was heard. Either none is here that "
			   "speaks, or this network keeps its computers apart, as guest "
			   "networks do."),
			tr("See that your partner's kith runs and is in the same Wi-Fi. "
			   "If it is: use another Wi-Fi or a telephone's hotspot, or "
			   "kith bundle with a USB stick."));
	else
		find(judge, "no_kith_heard", SEVERITY_WARNING,
			tr("Other computers are heard here, but no other kith."),
			tr("See that your partner's kith runs (kith run) and is "
			   "unlocked, and run kith doctor there too."));
}

/* ---- Partners */

static void judge_dial(struct judge *judge, const struct doctor_address *address)
{
	switch (address->dial) {
	case DIAL_UNTRIED:
	case DIAL_ANSWERED:
		return;
	case DIAL_STRANGER:
		find(judge, "address_is_not_kith", SEVERITY_PROBLEM,
			arena_format(judge->arena, tr("What answers at %s is not kith."),
				address->text),
			tr("Ask for the address again: kith doctor on that computer "
			   "shows it."));
		return;
	case DIAL_REFUSED:
		find(judge, "address_refuses", SEVERITY_PROBLEM,
			arena_format(judge->arena,
				tr("The computer at %s is there, but lets nobody in."),
				address->text),
			tr("See that kith runs there and is unlocked, and that its "
			   "firewall lets TCP port 25484 in."));
		return;
	case DIAL_SILENT:
		find(judge, "address_is_silent", SEVERITY_PROBLEM,
			arena_format(judge->arena,
				tr("Nothing comes back from %s: a firewall there drops "
				   "it, or this network keeps its computers apart, as "
				   "guest networks do."),
				address->text),
			tr("Let TCP port 25484 in there. If it is let in: use another "
			   "Wi-Fi or a telephone's hotspot, or kith bundle with a USB "
			   "stick."));
		return;
	case DIAL_NO_WAY:
		find(judge, "address_is_elsewhere", SEVERITY_PROBLEM,
			arena_format(judge->arena,
				tr("There is no way from this computer to %s: it is in "
				   "no network that is joined here."),
				address->text),
			tr("Join the same Wi-Fi with both computers."));
		return;
	}
}

static void judge_partners(struct judge *judge)
{
	const struct doctor_facts *facts = judge->facts;
	judge_dial(judge, &facts->asked);
	for (size_t i = 0; i < facts->found_count; i++)
		judge_dial(judge, &facts->found[i]);
}

/* ---- Being reached */

static void judge_firewall(struct judge *judge)
{
	const struct doctor_facts *facts = judge->facts;
	if (facts->own == DIAL_SILENT || facts->own == DIAL_REFUSED)
		find(judge, "port_blocked", SEVERITY_PROBLEM,
			tr("A firewall on this computer stops TCP port 25484: partners "
			   "cannot reach it."),
			tr("Let it in. With ufw: sudo ufw allow 25484/tcp. With "
			   "firewalld: sudo firewall-cmd --permanent "
			   "--add-port=25484/tcp."));
	else if (facts->has_ufw)
		find(judge, "firewall_ufw", SEVERITY_NOTE,
			tr("The firewall ufw is at work here."),
			tr("If partners do not reach you: sudo ufw allow 25484/tcp and "
			   "sudo ufw allow 5353/udp."));
	else if (facts->has_firewalld)
		find(judge, "firewall_firewalld", SEVERITY_NOTE,
			tr("The firewall firewalld is at work here."),
			tr("If partners do not reach you: sudo firewall-cmd --permanent "
			   "--add-port=25484/tcp --add-service=mdns, then sudo "
			   "firewall-cmd --reload."));
	if (facts->port_is_taken)
		find(judge, "port_taken", SEVERITY_WARNING,
			tr("Another program has TCP port 25484, so kith takes a "
			   "different one each time."),
			tr("Partners find it all the same; a firewall's rule or an "
			   "address that was typed does not fit it. End the other "
			   "program, or use kith run --listen."));
}

/* ---- The clock */

static void judge_clock(struct judge *judge)
{
	const struct doctor_facts *facts = judge->facts;
	if (facts->now_s < BEGINNING_S)
		find(judge, "clock_wrong", SEVERITY_PROBLEM,
			tr("The clock of this computer is wrong: it shows a day before "
			   "kith was made."),
			tr("Set date and time, best by the network."));
	else if (facts->clock_is_loose)
		find(judge, "clock_loose", SEVERITY_NOTE,
			tr("Nothing keeps the clock of this computer right."),
			tr("Partners are found while the clocks differ by less than a "
			   "quarter of an hour. Let the network set it."));
	for (size_t i = 0; i < facts->partner_count; i++) {
		const struct doctor_partner *partner = &facts->partners[i];
		if (partner->met_s > facts->now_s + CLOCK_OFF_S)
			find(judge, "clock_set_back", SEVERITY_PROBLEM,
				arena_format(judge->arena,
					tr("By this clock you will meet %s in the "
					   "future: "
					   "it was set back since."),
					partner->name),
				tr("Set date and time, best by the network."));
		else if (partner->clock_offset_s > CLOCK_OFF_S ||
			 partner->clock_offset_s < -CLOCK_OFF_S)
			find(judge, "clocks_differ", SEVERITY_WARNING,
				arena_format(judge->arena,
					tr("When you last met, the clock of %s and yours "
					   "differed by about %lld minutes."),
					partner->name,
					llabs(partner->clock_offset_s) / 60),
				tr("Set both by the network. After one of them was set, "
				   "meet once with kith sync --address HOST:PORT."));
	}
}

/* ---- The store, the node, the name */

static void judge_house(struct judge *judge)
{
	const struct doctor_facts *facts = judge->facts;
	if (facts->store_is_remote)
		find(judge, "store_on_network_drive", SEVERITY_WARNING,
			tr("The store lies on a network drive, where it can be damaged "
			   "when two computers open it."),
			tr("Move it to a disk of this computer, and say where: kith "
			   "--home DIR."));
	if (!facts->has_store)
		find(judge, "no_store", SEVERITY_NOTE,
			tr("There is no store on this computer yet."),
			tr("Make one: kith init --name YOU."));
	else if (facts->node == DOCTOR_NODE_LOCKED)
		find(judge, "node_locked", SEVERITY_WARNING,
			tr("kith runs here, but it is locked: it announces nothing and "
			   "meets nobody."),
			tr("kith unlock"));
	else if (facts->node == DOCTOR_NODE_NONE)
		find(judge, "node_not_running", SEVERITY_NOTE,
			tr("kith does not run in the background here: partners meet you "
			   "only while kith sync looks for them."),
			tr("kith run, or systemctl --user enable --now kith."));
	if (facts->announces_name)
		find(judge, "name_announced", SEVERITY_NOTE,
			tr("This computer tells its name to everyone in the network. It "
			   "is not kith that does: it is avahi-daemon."),
			tr("If the name says who you are, change it, or: sudo systemctl "
			   "disable --now avahi-daemon.socket avahi-daemon."));
}

/* Stable: what was found first stays first of its severity. */
static void order(struct doctor_finding *findings, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct doctor_finding one = findings[i];
		size_t k = i;
		for (; k > 0 && findings[k - 1].severity > one.severity; k--)
			findings[k] = findings[k - 1];
		findings[k] = one;
	}
}

size_t doctor_judge(const struct doctor_facts *facts, struct arena *arena,
	struct doctor_finding out[DOCTOR_FINDINGS])
{
	struct judge judge = {.facts = facts, .arena = arena, .out = out};
	judge_interfaces(&judge);
	judge_link_local(&judge);
	judge_multicast(&judge);
	judge_partners(&judge);
	judge_firewall(&judge);
	judge_clock(&judge);
	judge_house(&judge);
	order(out, judge.count);
	return judge.count;
}

const char *doctor_severity_word(enum doctor_severity severity)
{
	switch (severity) {
	case SEVERITY_PROBLEM:
		return "problem";
	case SEVERITY_WARNING:
		return "warning";
	case SEVERITY_NOTE:
		return "note";
	}
	return "";
}

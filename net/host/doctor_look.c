#include "net/host/doctor_look.h"

#include <errno.h>
#include <linux/magic.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "net/host/clock.h"
#include "net/host/doctor_dial.h"
#include "net/host/doctor_echo.h"
#include "net/host/interfaces.h"
#include "net/host/loop.h"
#include "net/host/mdns.h"
#include "net/host/node.h"

#define DIAL_MS UINT64_C(3000)

/* ---- Interfaces */

static void add_interface(struct doctor_facts *facts, int fd, const char *name)
{
	struct ifreq request = {0};
	struct doctor_interface *interface = &facts->interfaces[facts->interface_count];
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	if (facts->interface_count == DOCTOR_INTERFACES ||
		ioctl(fd, SIOCGIFFLAGS, &request) != 0)
		return;
	int flags = request.ifr_flags;
	*interface = (struct doctor_interface){
		.is_up = (flags & IFF_UP) != 0 && (flags & IFF_RUNNING) != 0,
		.is_loopback = (flags & IFF_LOOPBACK) != 0,
		.has_multicast = (flags & IFF_MULTICAST) != 0};
	memcpy(interface->name, request.ifr_name, sizeof interface->name);
	facts->interface_count++;
}

static struct address address_of(const struct interface_address *from)
{
	struct address address = {0};
	if (from->is_v6) {
		address.at.v6.sin6_family = AF_INET6;
		address.at.v6.sin6_port = htons(TCP_PORT);
		memcpy(&address.at.v6.sin6_addr, from->ip, 16);
		address.at.v6.sin6_scope_id = from->is_link_local ? from->interface : 0;
	} else {
		address.at.v4.sin_family = AF_INET;
		address.at.v4.sin_port = htons(TCP_PORT);
		memcpy(&address.at.v4.sin_addr, from->ip, 4);
	}
	return address;
}

/* IPv4 is listed first, and is what people can read to each other. */
static void add_address(
	struct doctor_interface *interface, const struct interface_address *from)
{
	interface->has_address = interface->has_address || !from->is_link_local;
	if (from->is_link_local && !from->is_v6)
		interface->has_link_local_v4 = true;
	if (interface->text[0] != '\0' || (from->is_link_local && from->is_v6))
		return;
	struct address address = address_of(from);
	address_text(&address, interface->text);
}

static void look_at_interfaces(struct doctor_facts *facts,
	const struct interface_address *addresses, size_t count)
{
	struct if_nameindex *names = if_nameindex();
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (size_t i = 0; names != NULL && fd >= 0 && names[i].if_name != NULL; i++)
		add_interface(facts, fd, names[i].if_name);
	if (fd >= 0)
		close(fd);
	if_freenameindex(names);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < facts->interface_count; k++)
			if (strcmp(facts->interfaces[k].name, addresses[i].name) == 0)
				add_address(&facts->interfaces[k], &addresses[i]);
}

/* ---- Others */

struct ears {
	struct doctor_facts *facts;
	const struct interface_address *own;
	size_t own_count;
};

/* One address of each kith that is not ours: the first, IPv4 where it has one. */
static void on_found(void *arg, const struct mdns_event *event)
{
	struct ears *ears = arg;
	struct doctor_facts *facts = ears->facts;
	struct address address;
	if (event->kind != MDNS_FOUND || facts->found_count == DOCTOR_FOUND)
		return;
	for (size_t i = 0; i < event->address_count; i++)
		if (address_read(event->addresses[i].text, false, &address, NULL) != OK ||
			interfaces_have(ears->own, ears->own_count, &address))
			return;
	for (size_t i = 0; i < facts->found_count; i++)
		for (size_t k = 0; k < event->address_count; k++)
			if (strcmp(facts->found[i].text, event->addresses[k].text) == 0)
				return;
	memcpy(facts->found[facts->found_count++].text, event->addresses[0].text,
		ADDRESS_TEXT);
}

static void run_until(struct loop *loop, uint64_t end_ms)
{
	for (uint64_t now; (now = loop_now_ms(loop)) < end_ms;)
		if (loop_run_once(loop, (int64_t)(end_ms - now)) != OK)
			return;
}

static void listen_for_others(struct ears *ears, uint64_t listen_ms)
{
	struct loop *loop = loop_new();
	uint64_t start_ms = loop_now_ms(loop);
	struct echo *echo = echo_new(loop, ears->facts, ears->own, ears->own_count);
	struct mdns *mdns = mdns_new(loop, on_found, ears);
	run_until(loop, start_ms + listen_ms / 3);
	echo_again(echo);
	run_until(loop, start_ms + listen_ms);
	mdns_free(mdns);
	echo_free(echo);
	loop_free(loop);
}

/* ---- Dialling */

static const char *own_address(const struct doctor_facts *facts)
{
	for (size_t i = 0; i < facts->interface_count; i++)
		if (facts->interfaces[i].is_up && !facts->interfaces[i].is_loopback &&
			facts->interfaces[i].text[0] != '\0')
			return facts->interfaces[i].text;
	return NULL;
}

static void dial_everybody(struct doctor_facts *facts, const struct address *asked)
{
	struct doctor_address all[DOCTOR_FOUND + 2] = {0};
	const char *own = own_address(facts);
	uint16_t port;
	int fd = -1;
	/* An open node listens itself, and perhaps elsewhere; else we stand in for it. */
	if (facts->node != DOCTOR_NODE_OPEN && tcp_listen(NULL, &fd, &port, NULL) == OK)
		facts->port_is_taken = port != TCP_PORT;
	if (asked != NULL)
		address_text(asked, all[0].text);
	if (own != NULL && !facts->port_is_taken)
		memcpy(all[1].text, own, ADDRESS_TEXT);
	all[1].only_connect = true;
	memcpy(all + 2, facts->found, sizeof facts->found);
	doctor_dial(all, 2 + facts->found_count, DIAL_MS);
	facts->asked = all[0];
	facts->own = facts->node == DOCTOR_NODE_OPEN && all[1].dial == DIAL_REFUSED
			     ? DIAL_UNTRIED
			     : all[1].dial;
	memcpy(facts->found, all + 2, sizeof facts->found);
	if (fd >= 0)
		close(fd);
}

/* ---- The machine */

/* Whether the process is there whose number stands in a file. */
static bool runs(const char *pid_file)
{
	char line[32] = "";
	FILE *file = fopen(pid_file, "re");
	if (file == NULL)
		return false;
	bool has_line = fgets(line, sizeof line, file) != NULL;
	fclose(file);
	long pid = has_line ? strtol(line, NULL, 10) : 0;
	return pid > 0 && pid <= INT32_MAX &&
	       (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

static bool has_line(const char *path, const char *wanted)
{
	char line[256];
	bool found = false;
	FILE *file = fopen(path, "re");
	while (file != NULL && !found && fgets(line, sizeof line, file) != NULL)
		found = strncmp(line, wanted, strlen(wanted)) == 0;
	if (file != NULL)
		fclose(file);
	return found;
}

/* The network file systems of statfs(2); those the kernel's headers leave out by number.
 */
static bool is_remote(const char *path)
{
	struct statfs fs;
	if (statfs(path, &fs) != 0)
		return false;
	switch ((unsigned long)fs.f_type & 0xffffffffUL) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case 0xff534d42UL: /* CIFS */
	case 0xfe534d42UL: /* SMB2 */
	case 0x00c36400UL: /* Ceph */
	case AFS_SUPER_MAGIC:
	case CODA_SUPER_MAGIC:
		return true;
	default:
		return false;
	}
}

static bool clock_is_loose(void)
{
	struct timex state = {0};
	return adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0;
}

static void look_at_house(const char *home, struct doctor_facts *facts)
{
	facts->has_ufw = has_line("/etc/ufw/ufw.conf", "ENABLED=yes");
	facts->has_firewalld = runs("/run/firewalld.pid");
	facts->announces_name = runs("/run/avahi-daemon/pid");
	facts->now_s = clock_wall_ms() / 1000;
	facts->clock_is_loose = clock_is_loose();
	facts->has_store = access(home, F_OK) == 0;
	facts->store_is_remote = is_remote(home);
	switch (node_state(home)) {
	case NODE_NONE:
		facts->node = DOCTOR_NODE_NONE;
		return;
	case NODE_LOCKED:
		facts->node = DOCTOR_NODE_LOCKED;
		return;
	case NODE_OPEN:
		facts->node = DOCTOR_NODE_OPEN;
		return;
	}
}

void doctor_look(const struct doctor_look *look, struct doctor_facts *out)
{
	CLEAN_MEM struct interface_address *own = NULL;
	size_t count = 0;
	*out = (struct doctor_facts){0};
	if (interfaces_list(&own, &count) != OK)
		count = 0;
	look_at_house(look->home, out);
	look_at_interfaces(out, own, count);
	struct ears ears = {out, own, count};
	listen_for_others(&ears, look->listen_ms);
	dial_everybody(out, look->asked);
}

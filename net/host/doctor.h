/*
 * Why a partner is not found: facts about this computer and its network, and what they
 * mean to a person, with a remedy.
 *
 * The judgement is a pure function of the facts, so that each finding has its test;
 * gathering them (net/host/doctor_look.h) is all the rest.
 */
#ifndef KITH_HOST_DOCTOR_H
#define KITH_HOST_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/mem.h"
#include "net/host/tcp.h"

/* What came of a question of our own, asked by multicast and listened for here. */
enum doctor_echo {
	ECHO_UNTRIED,
	ECHO_HEARD,
	ECHO_LOST,   /* it was sent, and not even this machine heard it */
	ECHO_UNSENT, /* the system refused to send it */
	ECHO_TAKEN,  /* another program has the port of multicast DNS for itself */
};

struct doctor_interface {
	char name[16];
	bool is_up, is_loopback, has_multicast; /* up: and joined */
	bool has_address;                       /* one that is more than the link's own */
	bool has_link_local_v4;  /* 169.254…: nobody gave it a real one */
	char text[ADDRESS_TEXT]; /* an address to give a colleague, with the port; "" */
	enum doctor_echo echo;
};

/* What came of dialling an address. */
enum doctor_dial {
	DIAL_UNTRIED,
	DIAL_ANSWERED, /* somebody speaks kith there */
	DIAL_STRANGER, /* connected, but it does not speak as kith does */
	DIAL_REFUSED,
	DIAL_SILENT, /* no answer within the time */
	DIAL_NO_WAY, /* this machine knows no way there */
};

struct doctor_address {
	char text[ADDRESS_TEXT];
	bool only_connect; /* a connection is answer enough */
	enum doctor_dial dial;
};

/* What a partner's record says; only where the store is open. */
struct doctor_partner {
	const char *name; /* borrowed; clean */
	uint64_t met_s;   /* 0: never */
	int64_t clock_offset_s;
};

enum doctor_node {
	DOCTOR_NODE_NONE,
	DOCTOR_NODE_LOCKED,
	DOCTOR_NODE_OPEN,
};

#define DOCTOR_INTERFACES 16
#define DOCTOR_FOUND      8

struct doctor_facts {
	struct doctor_interface interfaces[DOCTOR_INTERFACES];
	size_t interface_count;
	size_t others_heard; /* computers whose multicast DNS was heard */
	struct doctor_address found[DOCTOR_FOUND]; /* other kiths, as announced */
	size_t found_count;
	struct doctor_address asked; /* the address a person typed; DIAL_UNTRIED: none */
	bool port_is_taken;          /* TCP_PORT belongs to another program */
	enum doctor_dial own;        /* dialling ourselves at an address of the network */
	bool has_ufw, has_firewalld; /* at work here */
	bool announces_name;         /* an mDNS daemon tells the machine's name */
	uint64_t now_s;              /* the wall clock */
	bool clock_is_loose;         /* nothing keeps it right */
	bool has_store, store_is_remote;
	enum doctor_node node;
	const struct doctor_partner *partners;
	size_t partner_count;
};

enum doctor_severity {
	SEVERITY_PROBLEM, /* so long as it is so, partners are not found */
	SEVERITY_WARNING, /* it may be why */
	SEVERITY_NOTE,    /* good to know */
};

struct doctor_finding {
	const char *id; /* a stable word for scripts */
	enum doctor_severity severity;
	const char *text, *remedy; /* whole sentences, in the reader's language */
};

#define DOCTOR_FINDINGS 48

/* The findings, the gravest first, and of one severity in the order of the causes: the
 * network, multicast, partners, firewall, clock, store. At most DOCTOR_FINDINGS; all in
 * `arena`. */
size_t doctor_judge(const struct doctor_facts *facts, struct arena *arena,
	struct doctor_finding out[DOCTOR_FINDINGS]);

/* "problem", "warning", "note". */
const char *doctor_severity_word(enum doctor_severity severity);

#endif

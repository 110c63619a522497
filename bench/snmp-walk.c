/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usage: snmp-walk PEER TABLE-ENTRY FIRST LAST REPETITIONS
 *
 * Walks columns of a table by GETBULK, each column a repeater, as an NMS does
 * that knows what it wants.  Prints: seconds, variables of these columns, requests.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS_MAX = 64, ENTRY_MAX = 60 };

struct column {
	oid name[MAX_OID_LEN];
	size_t length;
	bool over;
};

static oid entry[MAX_OID_LEN];
static size_t entry_length = ENTRY_MAX;
static struct column columns[COLUMNS_MAX];
static unsigned first, count;
static unsigned long variables, requests;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Is the variable in the column that was asked for? */
static bool take(struct column *column, oid number, const netsnmp_variable_list *variable)
{
	if (variable->type == SNMP_ENDOFMIBVIEW || variable->name_length <= entry_length ||
	    snmp_oid_compare(variable->name, entry_length, entry, entry_length) != 0 ||
	    variable->name[entry_length] != number)
		return false;
	memcpy(column->name, variable->name, variable->name_length * sizeof *column->name);
	column->length = variable->name_length;
	return true;
}

/* One request for the columns that are not over.  Returns how many are left, or -1. */
static int ask(netsnmp_session *session, long repetitions)
{
	netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_GETBULK), *reply = NULL;
	unsigned asked[COLUMNS_MAX], number = 0, place = 0;
	int left = 0;

	request->non_repeaters = 0;
	request->max_repetitions = repetitions;
	for (unsigned i = 0; i < count; i++) {
		if (columns[i].over)
			continue;
		snmp_add_null_var(request, columns[i].name, columns[i].length);
		asked[number++] = i;
	}
	if (snmp_synch_response(session, request, &reply) != STAT_SUCCESS || reply->errstat != SNMP_ERR_NOERROR)
		return -1;
	requests++;
	for (const netsnmp_variable_list *at = reply->variables; at != NULL; at = at->next_variable, place++) {
		unsigned i = asked[place % number];

		if (!columns[i].over && take(&columns[i], first + i, at))
			variables++;
		else
			columns[i].over = true;
	}
	snmp_free_pdu(reply);
	for (unsigned i = 0; i < count; i++)
		left += !columns[i].over;
	return left;
}

int main(int argc, char **argv)
{
	static u_char community[] = "public";
	netsnmp_session wanted, *session;
	double begun;
	int left;

	if (argc != 6)
		return 2;
	init_snmp("snmp-walk");
	snmp_sess_init(&wanted);
	wanted.peername = argv[1];
	wanted.version = SNMP_VERSION_2c;
	wanted.community = community;
	wanted.community_len = sizeof community - 1;
	wanted.timeout = 5 * 1000 * 1000;
	session = snmp_open(&wanted);
	first = (unsigned)strtoul(argv[3], NULL, 10);
	count = (unsigned)strtoul(argv[4], NULL, 10) - first + 1;
	if (session == NULL || !read_objid(argv[2], entry, &entry_length) || count < 1 || count > COLUMNS_MAX)
		return 2;
	for (unsigned i = 0; i < count; i++) {
		memcpy(columns[i].name, entry, entry_length * sizeof *entry);
		columns[i].name[entry_length] = first + i;
		columns[i].length = entry_length + 1;
	}
	begun = now();
	while ((left = ask(session, strtol(argv[5], NULL, 10))) > 0)
		continue;
	if (left < 0) {
		fprintf(stderr, "snmp-walk: no answer after %lu variables\n", variables);
		return 1;
	}
	printf("%.3f %lu %lu\n", now() - begun, variables, requests);
	return 0;
}

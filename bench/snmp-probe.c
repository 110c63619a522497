/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usage: snmp-probe SECONDS INTERVAL OID PEER...
 *
 * Asks each peer for the object every INTERVAL ms, and prints a line for each: answers, requests without one within two
 * seconds, and the milliseconds of the median, of 99 % and of the worst answer.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PEERS_MAX = 16, TIMEOUT = 2 * 1000 * 1000, MAX_ANSWERS = 1 << 20 };

struct peer {
	netsnmp_session *session;
	double *took; /* ms */
	size_t answers, lost;
};

static oid name[MAX_OID_LEN];
static size_t name_length = MAX_OID_LEN;

/* ms */
static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void wait_until(double when)
{
	double left = when - now();
	struct timespec time = {.tv_nsec = (long)(left * 1e6) % 1000000000L, .tv_sec = (time_t)(left / 1e3)};

	if (left > 0)
		nanosleep(&time, NULL);
}

static int peer_open(struct peer *peer, char *address)
{
	static u_char community[] = "public";
	netsnmp_session wanted;

	snmp_sess_init(&wanted);
	wanted.peername = address;
	wanted.version = SNMP_VERSION_2c;
	wanted.community = community;
	wanted.community_len = sizeof community - 1;
	wanted.timeout = TIMEOUT;
	wanted.retries = 0;
	peer->session = snmp_open(&wanted);
	peer->took = calloc(MAX_ANSWERS, sizeof *peer->took);
	return peer->session != NULL && peer->took != NULL ? 0 : -1;
}

static void ask(struct peer *peer)
{
	netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_GET), *reply = NULL;
	double begun = now();

	snmp_add_null_var(request, name, name_length);
	if (snmp_synch_response(peer->session, request, &reply) == STAT_SUCCESS && reply->errstat == SNMP_ERR_NOERROR &&
	    reply->variables != NULL && reply->variables->type == ASN_COUNTER && peer->answers < MAX_ANSWERS)
		peer->took[peer->answers++] = now() - begun;
	else
		peer->lost++;
	if (reply != NULL)
		snmp_free_pdu(reply);
}

static int order(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static double quantile(const struct peer *peer, double part)
{
	return peer->answers > 0 ? peer->took[(size_t)((double)(peer->answers - 1) * part)] : 0;
}

int main(int argc, char **argv)
{
	struct peer peers[PEERS_MAX] = {0};
	size_t count = argc > 4 ? (size_t)argc - 4 : 0;
	double end, interval;

	if (count < 1 || count > PEERS_MAX)
		return 2;
	init_snmp("snmp-probe");
	if (!read_objid(argv[3], name, &name_length))
		return 2;
	for (size_t i = 0; i < count; i++)
		if (peer_open(&peers[i], argv[4 + i]) < 0)
			return 2;
	interval = strtod(argv[2], NULL);
	end = now() + 1e3 * strtod(argv[1], NULL);
	for (double next = now(); next < end; next += interval) {
		for (size_t i = 0; i < count; i++)
			ask(&peers[i]);
		if (next + interval < now())
			next = now(); /* late: none is made up for */
		wait_until(next + interval);
	}
	for (size_t i = 0; i < count; i++) {
		qsort(peers[i].took, peers[i].answers, sizeof *peers[i].took, order);
		printf("%zu %zu %.2f %.2f %.2f\n", peers[i].answers, peers[i].lost, quantile(&peers[i], 0.5),
		       quantile(&peers[i], 0.99), quantile(&peers[i], 1));
	}
	return 0;
}

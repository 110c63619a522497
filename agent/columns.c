/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/columns.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "lib/classify.h"
#include "lib/session.h"

enum {
	TEXT_MAX = 255, /* SnmpAdminString (RFC 3411) */
	TRUTH_TRUE = 1, /* TruthValue (RFC 2579) */
	TRUTH_FALSE = 2,
	ADDRESS_UNKNOWN = 0, /* InetAddressType (RFC 4001) */
	ADDRESS_IPV4 = 1,
	ADDRESS_IPV6 = 2,
};

static void set_number(struct value *value, enum value_type type, uint64_t number)
{
	value->type = type;
	value->number = number;
}

static void set_gauge(struct value *value, uint64_t number)
{
	set_number(value, VALUE_GAUGE32, number < UINT32_MAX ? number : UINT32_MAX);
}

static void set_seconds(struct value *value, int64_t milliseconds)
{
	set_gauge(value, milliseconds > 0 ? (uint64_t)milliseconds / 1000 : 0);
}

static void set_truth(struct value *value, bool truth)
{
	set_number(value, VALUE_INTEGER, truth ? TRUTH_TRUE : TRUTH_FALSE);
}

static void set_octets(struct value *value, const void *octets, size_t length)
{
	value->type = VALUE_OCTETS;
	value->octets = octets;
	value->length = length;
}

/* Cut before the first octet of a character that does not fit: continuation octets are 10xxxxxx. */
static void set_text(struct value *value, const char *text)
{
	size_t length = strlen(text);

	if (length > TEXT_MAX) {
		length = TEXT_MAX;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	set_octets(value, text, length);
}

/* DateAndTime (RFC 2579): year, month, day, hour, minute, second, tenth; then '+', 0, 0 for UTC. */
static void set_moment(struct value *value, struct moment moment)
{
	static const unsigned char never[8] = {0, 0, 1, 1, 0, 0, 0, 0};
	time_t seconds = (time_t)(moment.at / 1000 - (moment.at % 1000 < 0));
	unsigned tenth = (unsigned)((moment.at % 1000 + 1000) % 1000 / 100);
	struct tm tm;
	int year;

	memset(value->own, 0, sizeof value->own);
	if (moment.is == MOMENT_NEVER)
		memcpy(value->own, never, sizeof never);
	set_octets(value, value->own, 8);
	if (moment.is != MOMENT_KNOWN || gmtime_r(&seconds, &tm) == NULL)
		return;
	year = tm.tm_year + 1900;
	if (year < 1 || year > 65535)
		return;
	value->own[0] = (unsigned char)(year >> 8);
	value->own[1] = (unsigned char)(year & 0xff);
	value->own[2] = (unsigned char)(tm.tm_mon + 1);
	value->own[3] = (unsigned char)tm.tm_mday;
	value->own[4] = (unsigned char)tm.tm_hour;
	value->own[5] = (unsigned char)tm.tm_min;
	value->own[6] = (unsigned char)tm.tm_sec;
	value->own[7] = (unsigned char)tenth;
	value->own[8] = '+';
	value->length = 11;
}

/* A scope ("fe80::1%eth0") is left out: the interface is one of the session host's. */
static unsigned address_parse(const char *text, unsigned char *octets)
{
	char plain[INET6_ADDRSTRLEN];
	size_t length = strcspn(text, "%");

	if (length == 0 || length >= sizeof plain)
		return ADDRESS_UNKNOWN;
	memcpy(plain, text, length);
	plain[length] = '\0';
	if (inet_pton(AF_INET, plain, octets) == 1)
		return ADDRESS_IPV4;
	if (inet_pton(AF_INET6, plain, octets) == 1)
		return ADDRESS_IPV6;
	return ADDRESS_UNKNOWN;
}

static void set_address(struct value *value, const char *text)
{
	switch (address_parse(text, value->own)) {
	case ADDRESS_IPV4:
		set_octets(value, value->own, 4);
		break;
	case ADDRESS_IPV6:
		set_octets(value, value->own, 16);
		break;
	default:
		set_text(value, text);
	}
}

void scalar_value(const struct table *table, const struct scalars *scalars, int64_t monotonic, unsigned column,
                  struct value *value)
{
	bool taken = table->serial != 0;

	switch ((enum scalar_column)column) {
	case SCALAR_SERIAL:
		set_number(value, VALUE_COUNTER32, table->serial);
		break;
	case SCALAR_TIME:
		set_moment(value, taken ? moment_at(table->taken_at) : (struct moment){MOMENT_UNKNOWN, 0});
		break;
	case SCALAR_AGE:
		if (taken)
			set_seconds(value, monotonic - table->taken_monotonic);
		else
			set_gauge(value, UINT32_MAX);
		break;
	case SCALAR_POLL_INTERVAL:
		set_seconds(value, scalars->poll_interval);
		break;
	case SCALAR_POLL_FAILURES:
		set_number(value, VALUE_COUNTER32, scalars->poll_failures);
		break;
	case SCALAR_IDLE_AFTER:
		set_seconds(value, scalars->idle_after);
		break;
	case SCALAR_HOSTS:
		set_gauge(value, table->host_count);
		break;
	case SCALAR_SESSIONS:
		set_gauge(value, table->session_count);
		break;
	}
}

void host_value(const struct host_row *row, unsigned column, struct value *value)
{
	const struct counts *counts = &row->counts;

	switch ((enum host_column)column) {
	case HOST_NAME:
		set_text(value, row->name);
		break;
	case HOST_TARGET:
		set_text(value, row->target);
		break;
	case HOST_PROVIDER:
		set_text(value, row->provider);
		break;
	case HOST_REACHABLE:
		set_truth(value, row->reachable);
		break;
	case HOST_COMPLETE:
		set_truth(value, row->complete);
		break;
	case HOST_ERROR:
		set_text(value, row->problem);
		break;
	case HOST_LAST_ANSWER:
		set_moment(value, row->last_answer);
		break;
	case HOST_TOTAL:
		set_gauge(value, counts->total);
		break;
	case HOST_ACTIVE:
		set_gauge(value, counts->active);
		break;
	case HOST_IDLE:
		set_gauge(value, counts->idle);
		break;
	case HOST_IDLE_UNKNOWN:
		set_gauge(value, counts->idle_unknown);
		break;
	case HOST_DISCONNECTED:
		set_gauge(value, counts->disconnected);
		break;
	case HOST_OLDEST_IDLE:
		set_seconds(value, counts->oldest_idle.length);
		break;
	case HOST_OLDEST_IDLE_KNOWN:
		set_truth(value, counts->oldest_idle.known && counts->idle_unknown == 0);
		break;
	case HOST_OLDEST_DISCONNECT:
		set_seconds(value, counts->oldest_disconnected.length);
		break;
	case HOST_OLDEST_DISCONNECT_KNOWN:
		set_truth(value, counts->oldest_disconnected.known && counts->disconnected_unknown == 0);
		break;
	case HOST_POLLS:
		set_number(value, VALUE_COUNTER64, row->polls);
		break;
	case HOST_POLL_FAILURES:
		set_number(value, VALUE_COUNTER64, row->failures);
		break;
	}
}

/* The enumerations of the MIB begin at 1 and ours at 0; both are in the same order. */
static void set_enumeration(struct value *value, unsigned number)
{
	set_number(value, VALUE_INTEGER, number + 1);
}

void session_value(const struct session_row *row, unsigned column, struct value *value)
{
	const struct session *session = row->session;
	const struct classification *class = &row->classification;

	switch ((enum session_column)column) {
	case SESSION_ID:
		set_text(value, session->id);
		break;
	case SESSION_USER:
		set_text(value, session->user);
		break;
	case SESSION_DOMAIN:
		set_text(value, session->domain);
		break;
	case SESSION_UPN:
		set_text(value, session->upn);
		break;
	case SESSION_STATE:
		set_enumeration(value, session->state);
		break;
	case SESSION_STATE_TEXT:
		set_text(value, session->state_text);
		break;
	case SESSION_CLASS:
		set_enumeration(value, session->class);
		break;
	case SESSION_KIND:
		set_enumeration(value, session->kind);
		break;
	case SESSION_COUNTED:
		set_truth(value, class->counted);
		break;
	case SESSION_USAGE:
		set_enumeration(value, class->usage);
		break;
	case SESSION_IDLE_SECONDS:
		set_seconds(value, class->idle.length);
		break;
	case SESSION_IDLE_KNOWN:
		set_truth(value, class->idle.known);
		break;
	case SESSION_DISCONNECTED_SECONDS:
		set_seconds(value, class->disconnected.length);
		break;
	case SESSION_DISCONNECTED_KNOWN:
		set_truth(value, class->disconnected.known);
		break;
	case SESSION_LOGON_TIME:
		set_moment(value, session->logon_time);
		break;
	case SESSION_CONNECT_TIME:
		set_moment(value, session->connect_time);
		break;
	case SESSION_DISCONNECT_TIME:
		set_moment(value, session->disconnect_time);
		break;
	case SESSION_LAST_INPUT:
		set_moment(value, session->last_input);
		break;
	case SESSION_LOCKED:
		set_enumeration(value, session->locked);
		break;
	case SESSION_STATION:
		set_text(value, session->station);
		break;
	case SESSION_CLIENT_NAME:
		set_text(value, session->client_name);
		break;
	case SESSION_CLIENT_ADDRESS_TYPE:
		set_number(value, VALUE_INTEGER, address_parse(session->client_address, value->own));
		break;
	case SESSION_CLIENT_ADDRESS:
		set_address(value, session->client_address);
		break;
	case SESSION_COLLECTION:
		set_text(value, session->collection);
		break;
	case SESSION_APPLICATION:
		set_text(value, session->application);
		break;
	case SESSION_BIRTH:
		set_text(value, session->birth);
		break;
	}
}

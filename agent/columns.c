/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/columns.h"

#include "autoconfig.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/clock.h"
#include "lib/judge/classify.h"
#include "lib/session/session.h"

enum {
	TEXT_MAX = 255, /* SnmpAdminString (RFC 3411) */
	TRUTH_TRUE = 1, /* TruthValue (RFC 2579) */
	TRUTH_FALSE = 2,
	ADDRESS_UNKNOWN = 0, /* InetAddressType (RFC 4001) */
	ADDRESS_IPV4 = 1,
	ADDRESS_IPV6 = 2,
};

static bool set_number(struct value *value, enum value_type type, uint64_t number)
{
	value->type = type;
	value->number = number;
	return true;
}

static bool set_gauge(struct value *value, uint64_t number)
{
	return set_number(value, VALUE_GAUGE32, number < UINT32_MAX ? number : UINT32_MAX);
}

static bool set_seconds(struct value *value, int64_t milliseconds)
{
	return set_gauge(value, milliseconds > 0 ? (uint64_t)milliseconds / 1000 : 0);
}

static bool set_truth(struct value *value, bool truth)
{
	return set_number(value, VALUE_INTEGER, truth ? TRUTH_TRUE : TRUTH_FALSE);
}

static bool set_octets(struct value *value, const void *octets, size_t length)
{
	value->type = VALUE_OCTETS;
	value->octets = octets;
	value->length = length;
	return true;
}

/* Cut before the first octet of a character that does not fit: continuation octets are 10xxxxxx. */
static bool set_text(struct value *value, const char *text)
{
	size_t length = strlen(text);

	if (length > TEXT_MAX) {
		length = TEXT_MAX;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	return set_octets(value, text, length);
}

/* DateAndTime (RFC 2579): year, month, day, hour, minute, second, tenth; then '+', 0, 0 for UTC. */
static bool set_moment(struct value *value, struct moment moment)
{
	struct calendar_time time;

	if (moment.is != MOMENT_KNOWN || time_split(&time, moment.at) < 0)
		return false;
	memset(value->own, 0, sizeof value->own);
	value->own[0] = (unsigned char)(time.year >> 8);
	value->own[1] = (unsigned char)(time.year & 0xff);
	value->own[2] = (unsigned char)time.month;
	value->own[3] = (unsigned char)time.day;
	value->own[4] = (unsigned char)time.hour;
	value->own[5] = (unsigned char)time.minute;
	value->own[6] = (unsigned char)time.second;
	value->own[7] = (unsigned char)(time.millisecond / 100);
	value->own[8] = '+';
	return set_octets(value, value->own, 11);
}

/* A length of time that is known, in seconds. */
static bool set_span(struct value *value, bool known, int64_t milliseconds)
{
	return known && set_seconds(value, milliseconds);
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

static bool set_address(struct value *value, const char *text)
{
	switch (address_parse(text, value->own)) {
	case ADDRESS_IPV4:
		return set_octets(value, value->own, 4);
	case ADDRESS_IPV6:
		return set_octets(value, value->own, 16);
	default:
		return set_text(value, text);
	}
}

/* What the counts of a host and of the farm have in common.  They are only known of hosts that answered. */
static bool count_value(const struct counts *counts, enum host_column column, struct value *value)
{
	switch (column) {
	case HOST_TOTAL:
		return set_gauge(value, counts->total);
	case HOST_ACTIVE:
		return set_gauge(value, counts->active);
	case HOST_IDLE:
		return set_gauge(value, counts->idle);
	case HOST_IDLE_UNKNOWN:
		return set_gauge(value, counts->idle_unknown);
	case HOST_DISCONNECTED:
		return set_gauge(value, counts->disconnected);
	case HOST_OLDEST_IDLE:
		return set_span(value, counts->oldest_idle.known && counts->idle_unknown + counts->state_unknown == 0,
		                counts->oldest_idle.length);
	case HOST_OLDEST_DISCONNECT:
		return set_span(value,
		                counts->oldest_disconnected.known &&
		                    counts->disconnected_unknown + counts->state_unknown == 0,
		                counts->oldest_disconnected.length);
	default:
		return false;
	}
}

bool scalar_value(const struct table *table, const struct scalars *scalars, int64_t monotonic, unsigned column,
                  struct value *value)
{
	bool taken = table->serial != 0, answered = table->host_count > table->unreachable;

	switch ((enum scalar_column)column) {
	case SCALAR_SERIAL:
		return set_number(value, VALUE_COUNTER32, table->serial);
	case SCALAR_TIME:
		return taken && set_moment(value, moment_at(table->taken_at));
	case SCALAR_AGE:
		return set_span(value, taken, monotonic - table->taken_monotonic);
	case SCALAR_POLL_INTERVAL:
		return set_seconds(value, scalars->poll_interval);
	case SCALAR_POLL_FAILURES:
		return set_number(value, VALUE_COUNTER32, scalars->poll_failures);
	case SCALAR_IDLE_AFTER:
		return set_seconds(value, scalars->idle_after);
	case SCALAR_HOSTS:
		return taken && set_gauge(value, table->host_count);
	case SCALAR_SESSIONS:
		return taken && set_gauge(value, table->session_count);
	case SCALAR_HOSTS_UNREACHABLE:
		return taken && set_gauge(value, table->unreachable);
	case SCALAR_TOTAL:
		return answered && count_value(&table->totals, HOST_TOTAL, value);
	case SCALAR_ACTIVE:
		return answered && count_value(&table->totals, HOST_ACTIVE, value);
	case SCALAR_IDLE:
		return answered && count_value(&table->totals, HOST_IDLE, value);
	case SCALAR_IDLE_UNKNOWN:
		return answered && count_value(&table->totals, HOST_IDLE_UNKNOWN, value);
	case SCALAR_DISCONNECTED:
		return answered && count_value(&table->totals, HOST_DISCONNECTED, value);
	case SCALAR_OLDEST_IDLE:
		return answered && count_value(&table->totals, HOST_OLDEST_IDLE, value);
	case SCALAR_OLDEST_DISCONNECT:
		return answered && count_value(&table->totals, HOST_OLDEST_DISCONNECT, value);
	case SCALAR_POLL_DURATION:
		return scalars->poll_duration >= 0 && set_gauge(value, (uint64_t)scalars->poll_duration);
	case SCALAR_AGENT_START:
		return set_moment(value, moment_at(scalars->agent_start));
	case SCALAR_AGENT_VERSION:
		return set_text(value, PACKAGE_VERSION);
	}
	return false;
}

bool host_value(const struct host_row *row, unsigned column, struct value *value)
{
	switch ((enum host_column)column) {
	case HOST_NAME:
		return set_text(value, row->name);
	case HOST_TARGET:
		return set_text(value, row->target);
	case HOST_PROVIDER:
		return set_text(value, row->provider);
	case HOST_REACHABLE:
		return set_truth(value, row->reachable);
	case HOST_COMPLETE:
		return set_truth(value, row->complete);
	case HOST_ERROR:
		return set_text(value, row->problem);
	case HOST_LAST_ANSWER:
		return set_moment(value, row->last_answer);
	case HOST_TOTAL:
	case HOST_ACTIVE:
	case HOST_IDLE:
	case HOST_IDLE_UNKNOWN:
	case HOST_DISCONNECTED:
	case HOST_OLDEST_IDLE:
	case HOST_OLDEST_DISCONNECT:
		return row->reachable && count_value(&row->counts, (enum host_column)column, value);
	case HOST_POLLS:
		return set_number(value, VALUE_COUNTER64, row->polls);
	case HOST_POLL_FAILURES:
		return set_number(value, VALUE_COUNTER64, row->failures);
	}
	return false;
}

/* The enumerations of the MIB begin at 1 and ours at 0; both are in the same order. */
static bool set_enumeration(struct value *value, unsigned number)
{
	return set_number(value, VALUE_INTEGER, number + 1);
}

static bool set_address_type(struct value *value, const char *text)
{
	return text[0] != '\0' && set_number(value, VALUE_INTEGER, address_parse(text, value->own));
}

static bool set_flag(struct value *value, enum flag flag)
{
	return flag != FLAG_UNKNOWN && set_truth(value, flag == FLAG_YES);
}

bool session_value(const struct session_row *row, unsigned column, struct value *value)
{
	const struct session *session = row->session;
	const struct classification *class = &row->classification;

	switch ((enum session_column)column) {
	case SESSION_ID:
		return set_text(value, session->id);
	case SESSION_USER:
		return set_text(value, session->user);
	case SESSION_DOMAIN:
		return set_text(value, session->domain);
	case SESSION_UPN:
		return set_text(value, session->upn);
	case SESSION_STATE:
		return set_enumeration(value, session->state);
	case SESSION_STATE_TEXT:
		return set_text(value, session->state_text);
	case SESSION_CLASS:
		return set_enumeration(value, session->class);
	case SESSION_KIND:
		return set_enumeration(value, session->kind);
	case SESSION_COUNTED:
		return set_truth(value, class->counted);
	case SESSION_USAGE:
		return set_enumeration(value, class->usage);
	case SESSION_IDLE_SECONDS:
		return set_span(value, class->idle.known, class->idle.length);
	case SESSION_DISCONNECTED_SECONDS:
		return set_span(value, class->disconnected.known, class->disconnected.length);
	case SESSION_LOGON_TIME:
		return set_moment(value, session->logon_time);
	case SESSION_CONNECT_TIME:
		return set_moment(value, session->connect_time);
	case SESSION_DISCONNECT_TIME:
		return set_moment(value, session->disconnect_time);
	case SESSION_LAST_INPUT:
		return set_moment(value, session->last_input);
	case SESSION_LOCKED:
		return set_flag(value, session->locked);
	case SESSION_STATION:
		return set_text(value, session->station);
	case SESSION_CLIENT_NAME:
		return set_text(value, session->client_name);
	case SESSION_CLIENT_ADDRESS_TYPE:
		return set_address_type(value, session->client_address);
	case SESSION_CLIENT_ADDRESS:
		return session->client_address[0] != '\0' && set_address(value, session->client_address);
	case SESSION_CLIENT_ADDRESS_TEXT:
		return session->client_address[0] != '\0' && set_text(value, session->client_address);
	case SESSION_COLLECTION:
		return set_text(value, session->collection);
	case SESSION_APPLICATION:
		return set_text(value, session->application);
	case SESSION_BIRTH:
		return set_text(value, session->birth);
	}
	return false;
}

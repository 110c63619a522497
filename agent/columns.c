/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/columns.h"

#include "autoconfig.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/order_key.h"
#include "agent/verdicts.h"
#include "lib/base/clock.h"
#include "lib/judge/classify.h"
#include "lib/session/fields.h"
#include "lib/session/session.h"

enum {
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

/* Times that the calendar has (lib/base/clock.h). */
static bool set_moment(struct value *value, struct moment moment)
{
	struct calendar_time time;

	return moment.is == MOMENT_KNOWN && time_split(&time, moment.at) == 0 &&
	       set_number(value, VALUE_MOMENT, (uint64_t)moment.at);
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
		return value_set_text(value, text);
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

bool scalar_value(const struct rows *rows, unsigned column, struct value *value)
{
	const struct circumstances *circumstances = &rows->circumstances;
	bool taken = rows->serial != 0, answered = rows->host_count > rows->unreachable;

	switch ((enum scalar_column)column) {
	case SCALAR_SERIAL:
		return set_number(value, VALUE_COUNTER32, rows->serial);
	case SCALAR_TIME:
		return taken && set_moment(value, moment_at(rows->taken_at));
	case SCALAR_AGE:
		return taken && set_number(value, VALUE_SINCE, (uint64_t)rows->taken_monotonic);
	case SCALAR_POLL_INTERVAL:
		return set_seconds(value, circumstances->poll_interval);
	case SCALAR_POLL_FAILURES:
		return set_number(value, VALUE_FAILURES, circumstances->poll_failures);
	case SCALAR_IDLE_AFTER:
		return set_seconds(value, circumstances->idle_after);
	case SCALAR_HOSTS:
		return taken && set_gauge(value, rows->host_count);
	case SCALAR_SESSIONS:
		return taken && set_gauge(value, rows->session_count);
	case SCALAR_HOSTS_UNREACHABLE:
		return taken && set_gauge(value, rows->unreachable);
	case SCALAR_TOTAL:
		return answered && count_value(&rows->totals, HOST_TOTAL, value);
	case SCALAR_ACTIVE:
		return answered && count_value(&rows->totals, HOST_ACTIVE, value);
	case SCALAR_IDLE:
		return answered && count_value(&rows->totals, HOST_IDLE, value);
	case SCALAR_IDLE_UNKNOWN:
		return answered && count_value(&rows->totals, HOST_IDLE_UNKNOWN, value);
	case SCALAR_DISCONNECTED:
		return answered && count_value(&rows->totals, HOST_DISCONNECTED, value);
	case SCALAR_OLDEST_IDLE:
		return answered && count_value(&rows->totals, HOST_OLDEST_IDLE, value);
	case SCALAR_OLDEST_DISCONNECT:
		return answered && count_value(&rows->totals, HOST_OLDEST_DISCONNECT, value);
	case SCALAR_POLL_DURATION:
		return circumstances->poll_duration >= 0 && set_gauge(value, (uint64_t)circumstances->poll_duration);
	case SCALAR_AGENT_START:
		return set_moment(value, moment_at(circumstances->agent_start));
	case SCALAR_AGENT_VERSION:
		return value_set_text(value, PACKAGE_VERSION);
	case SCALAR_DISCONTINUITY_TIME:
		return set_number(value, VALUE_STAMP, (uint64_t)circumstances->counted_since);
	}
	return false;
}

bool host_value(const struct host_row *row, unsigned column, struct value *value)
{
	switch ((enum host_column)column) {
	case HOST_NAME:
		return value_set_text(value, row->name);
	case HOST_TARGET:
		return value_set_text(value, row->target);
	case HOST_PROVIDER:
		return value_set_text(value, row->provider);
	case HOST_REACHABLE:
		return set_truth(value, row->reachable);
	case HOST_COMPLETE:
		return set_truth(value, row->complete);
	case HOST_ERROR:
		return value_set_text(value, row->problem);
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
	case HOST_POLL_DURATION:
		return row->duration.known && set_gauge(value, (uint64_t)row->duration.length);
	case HOST_LAST_SEEN:
		return set_moment(value, row->last_seen);
	case HOST_DISCONTINUITY_TIME:
		return set_number(value, VALUE_STAMP, (uint64_t)row->counted_since);
	}
	return false;
}

/* The enumerations of the MIB begin at 1 and ours at 0; both are in the same order. */
static bool set_enumeration(struct value *value, unsigned number)
{
	return set_number(value, VALUE_INTEGER, number + 1);
}

static bool set_flag(struct value *value, enum flag flag)
{
	return flag != FLAG_UNKNOWN && set_truth(value, flag == FLAG_YES);
}

/* Columns that show a member as it is: its place in the session's own table, plus one. */
#define SHOWS(field) ((field) + 1)
static const unsigned char shown[SESSION_LAST + 1] = {
    [SESSION_ID] = SHOWS(SESSION_FIELD_ID),
    [SESSION_USER] = SHOWS(SESSION_FIELD_USER),
    [SESSION_DOMAIN] = SHOWS(SESSION_FIELD_DOMAIN),
    [SESSION_UPN] = SHOWS(SESSION_FIELD_UPN),
    [SESSION_STATE] = SHOWS(SESSION_FIELD_STATE),
    [SESSION_STATE_TEXT] = SHOWS(SESSION_FIELD_STATE_TEXT),
    [SESSION_CLASS] = SHOWS(SESSION_FIELD_CLASS),
    [SESSION_KIND] = SHOWS(SESSION_FIELD_KIND),
    [SESSION_LOGON_TIME] = SHOWS(SESSION_FIELD_LOGON_TIME),
    [SESSION_CONNECT_TIME] = SHOWS(SESSION_FIELD_CONNECT_TIME),
    [SESSION_DISCONNECT_TIME] = SHOWS(SESSION_FIELD_DISCONNECT_TIME),
    [SESSION_LAST_INPUT] = SHOWS(SESSION_FIELD_LAST_INPUT),
    [SESSION_LOCKED] = SHOWS(SESSION_FIELD_LOCKED),
    [SESSION_STATION] = SHOWS(SESSION_FIELD_STATION),
    [SESSION_CLIENT_NAME] = SHOWS(SESSION_FIELD_CLIENT_NAME),
    [SESSION_COLLECTION] = SHOWS(SESSION_FIELD_COLLECTION),
    [SESSION_APPLICATION] = SHOWS(SESSION_FIELD_APPLICATION),
    [SESSION_BIRTH] = SHOWS(SESSION_FIELD_BIRTH),
};

static bool set_field(struct value *value, const struct session *session, enum session_field field)
{
	switch (session_fields[field].type) {
	case FIELD_TEXT:
		return value_set_text(value, field_text(session, field));
	case FIELD_STATE:
		return set_enumeration(value, session->state);
	case FIELD_CLASS:
		return set_enumeration(value, session->class);
	case FIELD_KIND:
		return set_enumeration(value, session->kind);
	case FIELD_FLAG:
		return set_flag(value, field_flag(session, field));
	case FIELD_MOMENT:
		return set_moment(value, field_moment(session, field));
	default:
		return false;
	}
}

static bool set_client_address(struct value *value, unsigned column, const char *text)
{
	if (text[0] == '\0')
		return false;
	if (column == SESSION_CLIENT_ADDRESS_TYPE)
		return set_number(value, VALUE_INTEGER, address_parse(text, value->own));
	return column == SESSION_CLIENT_ADDRESS ? set_address(value, text) : value_set_text(value, text);
}

static bool set_verdict(struct value *value, unsigned column, const struct verdict *verdict)
{
	switch (column) {
	case SESSION_POLICY:
		return value_set_text(value, verdict->policy);
	case SESSION_VERDICT:
		return set_number(value, VALUE_INTEGER, verdict->step);
	case SESSION_VERDICT_REASON:
		return value_set_text(value, verdict->reason);
	default:
		return set_span(value, verdict->end_at.is == MOMENT_KNOWN, verdict->due);
	}
}

bool session_value(const struct session_row *row, unsigned column, struct value *value)
{
	const struct classification *class = &row->classification;

	if (column < sizeof shown && shown[column] != 0)
		return set_field(value, row->session, (enum session_field)(shown[column] - 1));
	switch (column) {
	case SESSION_COUNTED:
		return set_truth(value, class->counted);
	case SESSION_USAGE:
		return set_enumeration(value, class->usage);
	case SESSION_IDLE_SECONDS:
		return set_span(value, class->idle.known, class->idle.length);
	case SESSION_DISCONNECTED_SECONDS:
		return set_span(value, class->disconnected.known, class->disconnected.length);
	case SESSION_CLIENT_ADDRESS_TYPE:
	case SESSION_CLIENT_ADDRESS:
	case SESSION_CLIENT_ADDRESS_TEXT:
		return set_client_address(value, column, row->session->client_address);
	case SESSION_POLICY:
	case SESSION_VERDICT:
	case SESSION_VERDICT_REASON:
	case SESSION_DUE:
		return row->verdict != NULL && set_verdict(value, column, row->verdict);
	case SESSION_KEY:
		order_key_write((char *)value->own, row->session);
		return value->own[0] != '\0' && value_set_text(value, (const char *)value->own);
	default:
		return false;
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The value of one variable, as SNMP shows it and as a block keeps it (agent/block.h). */
#ifndef CURFEW_VALUE_H
#define CURFEW_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/uptime.h"

/* The numbers are those of the block: add at the end. */
enum value_type {
	VALUE_INTEGER, /* 0 to 255: enumerations and truth */
	VALUE_GAUGE32,
	VALUE_COUNTER32,
	VALUE_COUNTER64,
	VALUE_TICKS,  /* TimeStamp (RFC 2579) */
	VALUE_OCTETS, /* at most VALUE_OCTETS_MAX */
	/* What a block keeps, and value_show() makes one of the types above. */
	VALUE_MOMENT,   /* ms since the epoch, signed: DateAndTime */
	VALUE_SINCE,    /* ms of the monotonic clock: a gauge of the seconds since then */
	VALUE_STAMP,    /* likewise: what sysUpTime was then */
	VALUE_FAILURES, /* polls that failed since the block was made, and before: a counter of 32 bits */
	VALUE_TYPES
};

enum { VALUE_OCTETS_MAX = 255 }; /* SnmpAdminString (RFC 3411) */

/* octets points into what the value was read from or, for short made-up ones, to the own buffer: do not copy a value.
 */
struct value {
	enum value_type type;
	uint64_t number;
	const void *octets;
	size_t length;
	unsigned char own[40]; /* an order's key is the longest */
};

/* SnmpAdminString: cut at a character.  The text is not copied. */
bool value_set_text(struct value *value, const char *text);
/* DateAndTime (RFC 2579) in UTC; false: a year that it cannot say. */
bool value_set_time(struct value *value, int64_t when);

/* What some values depend on at the moment when they are shown. */
struct showing {
	uint32_t failures; /* polls that failed */
	struct uptime uptime;
};

/* Makes one of the types up to VALUE_OCTETS of it.  false: it cannot be shown. */
bool value_show(struct value *value, const struct showing *showing);

#endif

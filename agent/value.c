/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agent/uptime.h"
#include "lib/base/clock.h"

enum { DATE_AND_TIME = 11 };

/* Cut before the first octet of a character that does not fit: continuation octets are 10xxxxxx. */
bool value_set_text(struct value *value, const char *text)
{
	size_t length = strlen(text);

	if (length > VALUE_OCTETS_MAX) {
		length = VALUE_OCTETS_MAX;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	value->type = VALUE_OCTETS;
	value->octets = text;
	value->length = length;
	return true;
}

/* Year, month, day, hour, minute, second, tenth; then '+', 0, 0. */
bool value_set_time(struct value *value, int64_t when)
{
	struct calendar_time time;

	if (time_split(&time, when) < 0)
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
	value->type = VALUE_OCTETS;
	value->octets = value->own;
	value->length = DATE_AND_TIME;
	return true;
}

/* A moment in the future is none that we have seen. */
static bool show_since(struct value *value)
{
	int64_t passed, now = clock_monotonic();

	if (__builtin_sub_overflow(now, (int64_t)value->number, &passed) || passed < 0)
		passed = 0;
	passed /= 1000;
	value->type = VALUE_GAUGE32;
	value->number = passed < UINT32_MAX ? (uint64_t)passed : UINT32_MAX;
	return true;
}

/* There is no stamp before the daemon has sent its sysUpTime. */
static bool show_stamp(struct value *value, const struct uptime *uptime)
{
	value->type = VALUE_TICKS;
	value->number = uptime_at(uptime, (int64_t)value->number);
	return uptime->known;
}

bool value_show(struct value *value, const struct showing *showing)
{
	switch (value->type) {
	case VALUE_INTEGER:
	case VALUE_GAUGE32:
	case VALUE_COUNTER32:
	case VALUE_COUNTER64:
	case VALUE_TICKS:
	case VALUE_OCTETS:
		return true;
	case VALUE_MOMENT:
		return value_set_time(value, (int64_t)value->number);
	case VALUE_SINCE:
		return show_since(value);
	case VALUE_STAMP:
		return show_stamp(value, &showing->uptime);
	case VALUE_FAILURES:
		value->type = VALUE_COUNTER32;
		value->number = showing->failures;
		return true;
	case VALUE_TYPES:
		break;
	}
	return false;
}

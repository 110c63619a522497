/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/value.h"

#include <stddef.h>
#include <string.h>

#include "agent/columns.h"
#include "lib/base/clock.h"

enum { TEXT_MAX = 255 };

/* Cut before the first octet of a character that does not fit: continuation octets are 10xxxxxx. */
bool value_set_text(struct value *value, const char *text)
{
	size_t length = strlen(text);

	if (length > TEXT_MAX) {
		length = TEXT_MAX;
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
	value->length = 11;
	return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/rds/instance.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "providers/wsman/soap.h"

enum { TEXT_MOST = 512 };

/* 1900-01-01: earlier times are unknown, as null times may come as 1601. */
static const int64_t EARLIEST = INT64_C(-2208988800000);
static const int64_t LONGEST = INT64_C(100) * 366 * 24 * 3600 * 1000;

bool instance_is(const struct xml_element *instance, const char *class)
{
	return instance != NULL && text_same(instance->name, class);
}

static const struct xml_element *find(const struct xml_element *instance, const char *property)
{
	const struct xml_element *child = instance != NULL ? instance->first : NULL;
	const char *nil;

	while (child != NULL && !text_same(child->name, property))
		child = child->next;
	nil = xml_attribute(child, NS_INSTANCE, "nil");
	return nil != NULL && (strcmp(nil, "true") == 0 || strcmp(nil, "1") == 0) ? NULL : child;
}

const char *instance_text(const struct xml_element *instance, const char *property)
{
	const struct xml_element *found = find(instance, property);

	return found != NULL && found->first == NULL ? found->text : NULL;
}

const char *instance_clean(const struct xml_element *instance, const char *property, struct arena *arena)
{
	const char *text = instance_text(instance, property);

	return text != NULL ? text_clean(arena, text, strlen(text), TEXT_MOST) : "";
}

int instance_number(const struct xml_element *instance, const char *property, uint32_t *number)
{
	const char *text = instance_text(instance, property);
	unsigned long long value;

	if (text == NULL || number_parse(text, UINT32_MAX, &value) < 0)
		return -1;
	*number = (uint32_t)value;
	return 0;
}

/* A typed value: the text of the inner element, or its own. */
static const char *typed(const struct xml_element *instance, const char *property, const char *type)
{
	const struct xml_element *found = find(instance, property);

	if (found == NULL)
		return NULL;
	return found->first == NULL ? found->text : xml_child_text(found, NS_CIM, type);
}

static bool all_digits(const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return true;
}

static int digits(const char *text, size_t count)
{
	int value = 0;

	for (size_t i = 0; i < count; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

/* "20261121030405.678000+060": 25 characters, the last three are minutes ahead of UTC. */
static int cim_time(const char *text, int64_t *when)
{
	char iso[TIME_TEXT_SIZE + 16];
	int zone;

	if (strlen(text) != 25 || !all_digits(text, 14) || text[14] != '.' || !all_digits(text + 15, 6) ||
	    (text[21] != '+' && text[21] != '-') || !all_digits(text + 22, 3))
		return -1;
	zone = digits(text + 22, 3);
	snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s%c%.2s:%.2s:%.2s.%.3s%c%02d:%02d", text, text + 4, text + 6, 'T',
	         text + 8, text + 10, text + 12, text + 15, text[21], zone / 60, zone % 60);
	return time_parse(iso, when);
}

struct moment instance_time(const struct xml_element *instance, const char *property)
{
	const char *text = typed(instance, property, "Datetime");
	struct moment unknown = {.is = MOMENT_UNKNOWN};
	int64_t when;

	if (text == NULL || (time_parse(text, &when) < 0 && cim_time(text, &when) < 0) || when < EARLIEST)
		return unknown;
	return moment_at(when);
}

/* "00000000013000.000000:000": 8 digits of days, then the time. */
static int cim_interval(const char *text, int64_t *milliseconds)
{
	if (strlen(text) != 25 || !all_digits(text, 14) || text[14] != '.' || !all_digits(text + 15, 6) ||
	    strcmp(text + 21, ":000") != 0)
		return -1;
	*milliseconds = (((int64_t)digits(text, 8) * 24 + digits(text + 8, 2)) * 60 + digits(text + 10, 2)) * 60000 +
	                digits(text + 12, 2) * 1000 + digits(text + 15, 3);
	return 0;
}

/* An xs:duration without years and months, which have no fixed length: "P1DT2H3M4.5S". */
static int xs_duration(const char *text, int64_t *milliseconds)
{
	static const char units[] = "DHMS";
	static const int64_t lengths[] = {86400000, 3600000, 60000, 1000};
	size_t next = 0;
	bool any = false, in_time = false;

	*milliseconds = 0;
	if (*text++ != 'P')
		return -1;
	while (*text != '\0') {
		size_t count = strspn(text, "0123456789"), fraction = 0, unit;
		const char *found;

		if (*text == 'T' && !in_time && text[1] != '\0') {
			in_time = true;
			next = 1;
			text++;
			continue;
		}
		if (count == 0 || count > 9)
			return -1;
		if (text[count] == '.')
			fraction = 1 + strspn(text + count + 1, "0123456789");
		found = text[count + fraction] != '\0' ? strchr(units, text[count + fraction]) : NULL;
		unit = found != NULL ? (size_t)(found - units) : 0;
		if (found == NULL || unit < next || (unit > 0) != in_time || fraction == 1 ||
		    (fraction > 0 && *found != 'S'))
			return -1;
		*milliseconds += digits(text, count) * lengths[unit];
		for (size_t i = 1, scale = 100; i < fraction && scale > 0; i++, scale /= 10)
			*milliseconds += (text[count + i] - '0') * (int64_t)scale;
		text += count + fraction + 1;
		next = unit + 1;
		any = true;
	}
	return any ? 0 : -1;
}

int instance_span(const struct xml_element *instance, const char *property, int64_t *milliseconds)
{
	const char *text = typed(instance, property, "Interval");
	unsigned long long number;

	if (text == NULL)
		return -1;
	if (number_parse(text, (unsigned long long)LONGEST, &number) == 0)
		*milliseconds = (int64_t)number;
	else if (cim_interval(text, milliseconds) < 0 && xs_duration(text, milliseconds) < 0)
		return -1;
	return *milliseconds <= LONGEST ? 0 : -1;
}

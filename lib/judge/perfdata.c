/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/judge/perfdata.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The guidelines want quotes only around blanks, quotes and '='.  Readers split at other characters, too, so a label
 * with anything but the characters of host and metric names is quoted. */
static bool plain(const char *label)
{
	for (const char *p = label; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("_.:-/", *p) == NULL)
			return false;
	return *label != '\0';
}

static void label_add(struct buffer *out, const char *label)
{
	bool quote = !plain(label);

	if (quote)
		buffer_puts(out, "'");
	for (const char *p = label; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '\'')
			buffer_puts(out, "''");
		else if (c == '=' || c == '|' || c < ' ' || c == 0x7f)
			buffer_puts(out, "_");
		else
			buffer_add(out, p, 1);
	}
	/* A label must not be empty: readers take '' for an escaped quote. */
	if (*label == '\0')
		buffer_puts(out, "_");
	if (quote)
		buffer_puts(out, "'");
}

/* As %.15g, which takes eight times as long for a count as this does. */
static void number_add(struct buffer *out, double number)
{
	if (number > -1e15 && number < 1e15 && number == (double)(int64_t)number)
		buffer_printf(out, "%" PRId64, (int64_t)number);
	else
		buffer_printf(out, "%.15g", number);
}

void perfdata_add(struct buffer *out, const struct perfvalue *value)
{
	if (out->length > 0)
		buffer_puts(out, " ");
	label_add(out, value->label);
	buffer_puts(out, "=");
	if (value->known) {
		number_add(out, value->value);
		buffer_puts(out, value->unit);
	} else {
		buffer_puts(out, "U");
	}
	buffer_printf(out, ";%s;%s;", value->warning, value->critical);
	if (value->has_min)
		number_add(out, value->min);
}

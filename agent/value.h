/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forms of CURFEW-MIB's texts and times. */
#ifndef CURFEW_VALUE_H
#define CURFEW_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/columns.h"

/* SnmpAdminString (RFC 3411): at most 255 octets, cut at a character.  The text is not copied. */
bool value_set_text(struct value *value, const char *text);
/* DateAndTime (RFC 2579) in UTC; false: a year that it cannot say. */
bool value_set_time(struct value *value, int64_t when);

#endif

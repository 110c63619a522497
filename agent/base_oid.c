/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <string.h>

#include "agent/agentx.h"
#include "lib/base/error.h"
#include "lib/base/text.h"

enum { OWN_LENGTH = 8 }; /* what goes behind the base */

static int reject(struct error *error, const char *text)
{
	error_set(error, ERROR_USAGE, STEP_NONE, "not an OID to serve CURFEW-MIB under: '%s'", text);
	return error_hint(error, "give numbers with dots, as 1.3.6.1.4.1.32473.1");
}

int base_oid_parse(struct base_oid *base, const char *text, struct error *error)
{
	const char *at = text[0] == '.' ? text + 1 : text;

	base->length = 0;
	for (;;) {
		size_t digits = strspn(at, "0123456789");
		char number[16];
		unsigned long long id;

		if (digits == 0 || digits >= sizeof number || base->length == OID_LENGTH_MAX - OWN_LENGTH)
			return reject(error, text);
		memcpy(number, at, digits);
		number[digits] = '\0';
		if (number_parse(number, UINT32_MAX, &id) < 0)
			return reject(error, text);
		base->ids[base->length++] = (unsigned long)id;
		at += digits;
		if (*at == '\0')
			break;
		if (*at++ != '.')
			return reject(error, text);
	}
	return base->length >= 3 && base->ids[0] == 1 ? 0 : reject(error, text);
}

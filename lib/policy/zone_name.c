/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/policy/zone_name.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* "UTC-2" and "CET-1" are no names but rules, in which a minus means ahead of UTC.  "GMT-0" and "Etc/GMT+2" are names.
 */
static bool is_rule(const char *name)
{
	const char *sign = strpbrk(name, "+-");

	return sign != NULL && strchr(name, '/') == NULL &&
	       isdigit((unsigned char)sign[1 + strspn(sign + 1, "0")]) != 0;
}

/* A name like those of the database's files: no dot, and no '/' or digit at the beginning. */
bool zone_name_plausible(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char others[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	size_t length = strlen(name);

	return length > 0 && length < 64 && strchr(letters, name[0]) != NULL && strspn(name, others) == length &&
	       !is_rule(name) && name[length - 1] != '/' && strstr(name, "//") == NULL;
}

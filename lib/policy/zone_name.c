/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/policy/zone_name.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A name like those of the database's files: no dot, and no '/' or digit at the beginning. */
bool zone_name_plausible(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char others[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	size_t length = strlen(name);

	return length > 0 && length < 64 && strchr(letters, name[0]) != NULL && strspn(name, others) == length &&
	       name[length - 1] != '/' && strstr(name, "//") == NULL;
}

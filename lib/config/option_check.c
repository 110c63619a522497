/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/option_check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/judge/threshold.h"

/* -w and -c have the same syntax.  They are parsed here to check them, and by the check again when all are known. */
int option_check_threshold(const char *value, struct error *error)
{
	struct thresholds thresholds = {0};
	struct arena arena = {0};
	int result = thresholds_add(&thresholds, VERDICT_WARNING, value, &arena, error);

	arena_free(&arena);
	return result;
}

/* At most a day, the limit of the worker protocol. */
int option_check_timeout(const char *value, struct error *error)
{
	int64_t length;

	if (duration_parse(value, &length) == 0 && length > (int64_t)24 * 60 * 60 * 1000)
		return error_set(error, ERROR_USAGE, STEP_NONE, "\"%s\" is more than a day", value);
	return 0;
}

/* fnmatch(3) takes such a '[' literally, and no name contains one. */
static bool bracket_is_open(const char *glob)
{
	for (const char *at = strchr(glob, '['); at != NULL; at = strchr(at, '[')) {
		at += at[1] == '!' || at[1] == '^' ? 2 : 1;
		if (*at == '\0' || (at = strchr(at + 1, ']')) == NULL)
			return true;
	}
	return false;
}

/* An account name may contain one, a UPN may not; a name has only one domain. */
static bool blank_between_names(const char *glob)
{
	const char *blank = strpbrk(glob, " \t"), *first = strchr(glob, '\\');

	return blank != NULL &&
	       (strchr(glob, '@') != NULL || (first != NULL && first < blank && strchr(blank, '\\') != NULL));
}

static bool invisible_inside(const char *glob)
{
	return !text_visible(glob) || strstr(glob, "\xc2\xa0") != NULL || strstr(glob, "\xc2\xad") != NULL;
}

static bool quote_inside(const char *glob)
{
	return strchr(glob, '"') != NULL || strstr(glob, "\xe2\x80\x9c") != NULL ||
	       strstr(glob, "\xe2\x80\x9d") != NULL;
}

/* Why no name can match: such an exclusion would protect nobody.  NULL: a name may match. */
static const char *user_fault(const char *glob)
{
	size_t length = strlen(glob);

	if (glob[0] == '=')
		return "no name begins with a '='";
	if (strchr(glob, ';') != NULL)
		return "no name has a ';'; a list has commas";
	if (invisible_inside(glob))
		return "an invisible character in it; type the name anew";
	if (strpbrk(glob, "|<>{}=`") != NULL)
		return "no name has one of |<>{}=`; a list has commas";
	if (strchr(glob, ':') != NULL && strncmp(glob, "uid:", 4) != 0)
		return "no name has a ':', and only uid:NUMBER is an id with one";
	if (strstr(glob, "\\\\\\") != NULL)
		return "three backslashes; write DOMAIN\\name";
	if (quote_inside(glob) || (length > 1 && glob[0] == '\'' && glob[length - 1] == '\''))
		return "no name has a quote around it";
	if (length > 0 && (glob[0] == '\\' || glob[length - 1] == '\\'))
		return "a backslash stands between domain and name";
	if (strchr(glob, '/') != NULL)
		return "a '/' in a name; write ? for it, or DOMAIN\\name";
	if (blank_between_names(glob))
		return "a blank inside; write a comma between two names";
	return bracket_is_open(glob) ? "a [ without its ]" : NULL;
}

int option_check_user(const char *value, struct error *error)
{
	const char *fault = user_fault(value);

	return fault == NULL ? 0 : error_set(error, ERROR_USAGE, STEP_NONE, "%.60s: %s", value, fault);
}

/* "10.1.0.0/16", "2001:db8::/32", "10.1.2.1-10.1.2.9" */
static bool many_addresses(const char *glob)
{
	size_t address = strspn(glob, "0123456789abcdefABCDEF.:*"), first = strspn(glob, "0123456789.");

	return (glob[address] == '/' && strspn(glob + address + 1, "0123456789.") == strlen(glob + address + 1)) ||
	       (glob[first] == '-' && memchr(glob, '.', first) != NULL);
}

static const char *client_fault(const char *glob)
{
	if (strchr(glob, ';') != NULL)
		return "no client has a ';'; a list has commas";
	if (invisible_inside(glob))
		return "an invisible character in it; type the name anew";
	if (quote_inside(glob))
		return "no client has a quote around it";
	if (strchr(glob, '\\') != NULL)
		return "no client has a backslash; write its name alone";
	if (many_addresses(glob))
		return "networks and ranges match no client; write a pattern such as 10.1.*";
	if (glob[0] == '[' && strchr(glob, ':') != NULL)
		return "write an address without brackets";
	return bracket_is_open(glob) ? "a [ without its ]" : NULL;
}

int option_check_client(const char *value, struct error *error)
{
	const char *fault = client_fault(value);

	return fault == NULL ? 0 : error_set(error, ERROR_USAGE, STEP_NONE, "%.60s: %s", value, fault);
}

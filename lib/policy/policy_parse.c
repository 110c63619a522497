/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the values of a policy that are more than a name, a number or a time. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"

enum { SESSIONS_MOST = 1000000, CPU_PERCENT_MOST = 100000 };

/* A whole number above 0, blanks around it allowed, and the unit. */
static int amount_parse(const char *text, const char *unit, unsigned long long most, int64_t *amount)
{
	const char *number = text + strspn(text, " ");
	size_t length = strspn(number, "0123456789");
	const char *behind = number + length + strspn(number + length, " ");
	unsigned long long value;
	char digits[12];

	if (length >= sizeof digits || strcmp(behind, unit) != 0)
		return -1;
	memcpy(digits, number, length);
	digits[length] = '\0';
	if (number_parse(digits, most, &value) < 0 || value == 0)
		return -1;
	*amount = (int64_t)value;
	return 0;
}

int policy_while_parse(struct policy *policy, const char *text)
{
	static const char sessions[] = "sessions >", memory[] = "memory-available <";
	struct span number = {.known = true};

	if (strncmp(text, sessions, strlen(sessions)) == 0) {
		if (amount_parse(text + strlen(sessions), "", SESSIONS_MOST, &number.length) < 0)
			return -1;
		policy->sessions_over = number;
		return 0;
	}
	if (strncmp(text, memory, strlen(memory)) != 0 ||
	    amount_parse(text + strlen(memory), "%", 100, &number.length) < 0)
		return -1;
	policy->memory_below = number;
	return 0;
}

int policy_protect_parse(struct policy *policy, const char *text)
{
	static const char busy[] = "busy ";

	if (strncmp(text, busy, strlen(busy)) != 0 ||
	    amount_parse(text + strlen(busy), "%", CPU_PERCENT_MOST, &policy->busy_over) < 0)
		return -1;
	policy->protect_busy = true;
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/questions.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/config/help.h"
#include "lib/config/options.h"
#include "lib/target/provider.h"

static void providers_print(const struct provider *const providers[], FILE *out)
{
	for (size_t i = 0; providers[i] != NULL; i++)
		fprintf(out, "%-12s %s%s\n", providers[i]->scheme, providers[i]->summary,
		        providers[i]->status == PROVIDER_EXPERIMENTAL ? " (experimental)" : "");
}

/* "--help all", "--help=all" and "-h all".  next: the argument behind the option, or NULL. */
static int help_answer(const struct program_info *program, const char *value, const char *next, struct error *error)
{
	if (value == NULL && next != NULL && strcmp(next, "all") == 0)
		value = next;
	if (value == NULL)
		help_brief(program, stdout);
	else if (strcmp(value, "all") == 0)
		help_full(program, stdout);
	else
		return error_set(error, ERROR_USAGE, STEP_NONE, "--help %.60s: not all", value);
	return 1;
}

int question_answer(const struct program_info *program, const struct provider *const providers[],
                    const struct option_spec *spec, const char *value, const char *next, struct error *error)
{
	if (strcmp(spec->name, "help") == 0)
		return help_answer(program, value, next, error);
	if (strcmp(spec->name, "version") == 0)
		version_print(program, stdout);
	else if (strcmp(spec->name, "list-providers") == 0)
		providers_print(providers, stdout);
	else
		return 0;
	return 1;
}

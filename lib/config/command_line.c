/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/command_line.h"

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/nearest.h"
#include "lib/config/help.h"
#include "lib/config/option_level.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"
#include "lib/config/questions.h"

/* The arguments of getopt_long(), made from the table. */
struct getopt_tables {
	char letters[3 * 64];
	struct option longs[128];
	const struct option_spec *specs[128]; /* of longs[i] */
};

static int argument_needed(const struct option_spec *spec)
{
	if ((spec->flags & OPTION_VALUE_OPTIONAL) != 0)
		return optional_argument;
	return spec->argument != NULL ? required_argument : no_argument;
}

static void tables_make(struct getopt_tables *tables, unsigned program)
{
	char *letter = tables->letters;
	size_t count = 0;

	/* '-': returns plain arguments in their order; ':': tells a missing value from an unknown option */
	*letter++ = '-';
	*letter++ = ':';
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++) {
		if ((spec->programs & program) == 0)
			continue;
		tables->specs[count] = spec;
		tables->longs[count++] = (struct option){.name = spec->name, .has_arg = argument_needed(spec)};
		if (spec->letter == 0)
			continue;
		*letter++ = spec->letter;
		if (argument_needed(spec) == required_argument)
			*letter++ = ':';
	}
}

static const struct option_spec *letter_find(int letter, unsigned program)
{
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++)
		if (spec->letter == letter && (spec->programs & program) != 0)
			return spec;
	return NULL;
}

static int plain_argument(const struct program_info *program, struct level *line, const char *argument,
                          struct error *error)
{
	const struct option_spec *id = option_find("id", program->program);

	if (id == NULL)
		return error_set(error, ERROR_USAGE, STEP_NONE, "unexpected argument: %.80s", argument);
	level_add(line, id, argument, "--id");
	return 0;
}

/* Suggests the option of this program that is most like the unknown one. */
static int option_unknown(const struct program_info *program, const char *argument, struct error *error)
{
	size_t length = strcspn(argument, "=");
	struct nearest nearest = nearest_to(argument + 2, length > 2 ? length - 2 : 0);

	if (strncmp(argument, "--", 2) != 0)
		return error_set(error, ERROR_USAGE, STEP_NONE, "unknown option: %.80s", argument);
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++) {
		if ((spec->programs & (unsigned)program->program) == 0)
			continue;
		if (argument[length] == '=' && strlen(spec->name) == length - 2 &&
		    strncmp(spec->name, argument + 2, length - 2) == 0)
			return error_set(error, ERROR_USAGE, STEP_NONE, "--%s takes no value: %.80s", spec->name,
			                 argument);
		nearest_offer(&nearest, spec->name);
	}
	error_set(error, ERROR_USAGE, STEP_NONE, "unknown option: %.80s", argument);
	return nearest.best != NULL ? error_hint(error, "did you mean --%s?", nearest.best) : -1;
}

/* getopt_long() accepts unique abbreviations, and a new option can change what one means: "--exe" would act. */
static bool name_whole(const char *argument, const char *name)
{
	size_t length = strlen(name);

	return strncmp(argument, "--", 2) == 0 && strncmp(argument + 2, name, length) == 0 &&
	       (argument[2 + length] == '\0' || argument[2 + length] == '=');
}

int command_line_read(const struct program_info *program, const struct provider *const providers[], int argc,
                      char **argv, struct level *line, struct error *error)
{
	struct getopt_tables tables = {0};
	int letter, at;

	tables_make(&tables, program->program);
	optind = 0; /* glibc: start anew */
	opterr = 0;
	for (;;) {
		int next = optind > 0 ? optind : 1;
		const struct option_spec *spec;
		int answered;

		letter = getopt_long(argc, argv, tables.letters, tables.longs, &at);
		if (letter == -1)
			break;
		if (letter == 1) {
			if (plain_argument(program, line, optarg, error) < 0)
				return -1;
			continue;
		}
		if (letter == '?' && optopt == '?') {
			help_brief(program, stdout);
			return 1;
		}
		if (letter == ':')
			return error_set(error, ERROR_USAGE, STEP_NONE, "%.80s needs a value", argv[next]);
		if (letter == '?' || (letter == 0 && !name_whole(argv[next], tables.specs[at]->name)))
			return option_unknown(program, argv[next], error);
		spec = letter == 0 ? tables.specs[at] : letter_find(letter, program->program);
		answered =
		    question_answer(program, providers, spec, optarg, optind < argc ? argv[optind] : NULL, error);
		if (answered != 0)
			return answered;
		level_add(line, spec, optarg, arena_printf(line->arena, "--%s", spec->name));
	}
	for (; optind < argc; optind++)
		if (plain_argument(program, line, argv[optind], error) < 0)
			return -1;
	return 0;
}

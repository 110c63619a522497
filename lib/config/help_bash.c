/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The completion script for bash, made from the table of options. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/config/help.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"
#include "lib/judge/threshold.h"

/* The functions that read the words while the user types.  A name from the configuration never goes to compgen -W,
 * which would expand it.  $1 of the function is the program. */
static const char HELPERS[] =
    "_curfew_offer() {\n"
    "\tlocal word\n"
    "\tCOMPREPLY=()\n"
    "\twhile IFS= read -r word; do\n"
    "\t\tif [[ $word == \"$current\"* ]]; then COMPREPLY+=(\"$(printf %q \"$word\")\"); fi\n"
    "\tdone\n"
    "}\n"
    "_curfew_config() {\n"
    "\tlocal i config=${CURFEW_CONFIG:-" CURFEW_SYSCONFDIR "/curfew/curfew.conf}\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tcase ${COMP_WORDS[i]} in\n"
    "\t\t--config) config=${COMP_WORDS[i + 1]}; if [[ $config == = ]]; then config=${COMP_WORDS[i + 2]}; fi ;;\n"
    "\t\t--config=*) config=${COMP_WORDS[i]#*=} ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tsed -nE \"s/^[[:space:]]*\\[($1)[[:space:]]+(.*)\\][[:space:]]*$/\\2/p\" \"$config\" 2>/dev/null\n"
    "}\n"
    "_curfew_schemes() {\n"
    "\t\"$1\" --list-providers 2>/dev/null | sed \"s/ .*/$2/\"\n"
    "}\n";

static bool is_named(const struct option_spec *spec, const char *name)
{
	return strcmp(spec->name, name) == 0;
}

static void metrics_print(FILE *out)
{
	fputs("compopt -o nospace 2>/dev/null; _curfew_offer < <(printf '%s=\\n'", out);
	for (int i = 0; i < METRIC_COUNT; i++)
		fprintf(out, " %s", metric_name((enum metric)i));
	fputc(')', out);
}

static void choices_print(const struct option_spec *spec, FILE *out)
{
	fputs("mapfile -t COMPREPLY < <(compgen -W '", out);
	for (size_t i = 0; spec->choices[i] != NULL; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "", spec->choices[i]);
	fputs("' -- \"$current\")", out);
}

/* Completes the value of an option. */
static void values_print(const struct option_spec *spec, FILE *out)
{
	if (is_named(spec, "target"))
		fputs("_curfew_offer < <(_curfew_schemes \"$1\" :; _curfew_config 'target|group')", out);
	else if (is_named(spec, "section"))
		fputs("_curfew_offer < <(_curfew_config section)", out);
	else if (is_named(spec, "provider"))
		fputs("_curfew_offer < <(_curfew_schemes \"$1\" '')", out);
	else if (is_named(spec, "warning") || is_named(spec, "critical"))
		metrics_print(out);
	else if ((spec->flags & OPTION_FILE) != 0)
		fputs("mapfile -t COMPREPLY < <(compgen -f -- \"$current\")", out);
	else if (spec->choices != NULL)
		choices_print(spec, out);
	else
		fputs("COMPREPLY=()", out);
}

static void cases_print(const struct program_info *program, FILE *out)
{
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++) {
		if ((spec->programs & (unsigned)program->program) == 0 || spec->argument == NULL)
			continue;
		fprintf(out, "\t--%s", spec->name);
		if (spec->letter != 0)
			fprintf(out, " | -%c", spec->letter);
		fputs(")\n\t\t", out);
		values_print(spec, out);
		fputs(" ;;\n", out);
	}
}

void help_bash(const struct program_info *program, FILE *out)
{
	char function[64] = "_";

	/* a function's name must not contain '-' */
	for (size_t i = 0; program->name[i] != '\0' && i + 2 < sizeof function; i++)
		function[i + 1] = program->name[i] == '-' ? '_' : program->name[i];
	fprintf(out, "# SPDX-License-Identifier: GPL-3.0-or-later\n# bash completion for %s; made by doc/mkdoc\n",
	        program->name);
	fputs(HELPERS, out);
	fprintf(out,
	        "%s() {\n\tlocal current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	        "\tif [[ $current == = ]]; then current=; fi\n"
	        "\tif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
	        "\tcase $before in\n",
	        function);
	cases_print(program, out);
	fputs("\t*)\n\t\tmapfile -t COMPREPLY < <(compgen -W '", out);
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++)
		if ((spec->programs & (unsigned)program->program) != 0)
			fprintf(out, "--%s ", spec->name);
	fprintf(out, "' -- \"$current\") ;;\n\tesac\n}\ncomplete -F %s %s\n", function, program->name);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The completion function for zsh, made from the table of options. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/config/help.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"
#include "lib/judge/threshold.h"

/* The functions that read the words while the user types.  compadd quotes its arguments and expands nothing. */
static const char HELPERS[] =
    "_curfew_config() {\n"
    "\tlocal i config=${CURFEW_CONFIG:-" CURFEW_SYSCONFDIR "/curfew/curfew.conf}\n"
    "\tlocal -a names\n"
    "\tfor ((i = 2; i < CURRENT; i++)); do\n"
    "\t\tcase $words[i] in\n"
    "\t\t--config) config=${(Q)words[i + 1]} ;;\n"
    "\t\t--config=*) config=${(Q)${words[i]#*=}} ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tnames=(${(f)\"$(sed -nE \"s/^[[:space:]]*\\[($1)[[:space:]]+(.*)\\][[:space:]]*$/\\2/p\" \"$config\" "
    "2>/dev/null)\"})\n"
    "\tcompadd -a names\n"
    "}\n"
    "_curfew_providers() {\n"
    "\tlocal -a names\n"
    "\tnames=(${(f)\"$(${(Q)words[1]} --list-providers 2>/dev/null | sed 's/ .*//')\"})\n"
    "\tcompadd \"$@\" -a names\n"
    "}\n"
    "_curfew_targets() {\n"
    "\t_curfew_providers -S :\n"
    "\t_curfew_config 'target|group'\n"
    "}\n";

static bool is_named(const struct option_spec *spec, const char *name)
{
	return strcmp(spec->name, name) == 0;
}

static bool is_repeatable(const struct option_spec *spec)
{
	return option_is_list(spec) || spec->kind == OPTION_COUNT;
}

/* In single quotes and brackets, up to the first full stop. */
static void description_print(const char *text, FILE *out)
{
	for (; *text != '\0' && !(text[0] == '.' && (text[1] == ' ' || text[1] == '\0')); text++) {
		if (*text == '\'')
			fputs("'\\'", out);
		if (strchr("[]\\", *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void choices_print(const struct option_spec *spec, FILE *out)
{
	for (size_t i = 0; spec->choices[i] != NULL; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "", spec->choices[i]);
}

static void metrics_print(FILE *out)
{
	fputs("{compadd -S= -q -", out);
	for (int i = 0; i < METRIC_COUNT; i++)
		fprintf(out, " %s", metric_name((enum metric)i));
	fputc('}', out);
}

/* Completes the value of an option, as an action of _arguments. */
static void values_print(const struct option_spec *spec, FILE *out)
{
	if (is_named(spec, "target")) {
		fputs("_curfew_targets", out);
	} else if (is_named(spec, "section")) {
		fputs("{_curfew_config section}", out);
	} else if (is_named(spec, "provider")) {
		fputs("_curfew_providers", out);
	} else if (is_named(spec, "warning") || is_named(spec, "critical")) {
		metrics_print(out);
	} else if ((spec->flags & OPTION_FILE) != 0) {
		fputs("_files", out);
	} else if (spec->choices != NULL && spec->kind == OPTION_WORDS) {
		fprintf(out, "{_values -s , %s ", spec->argument);
		choices_print(spec, out);
		fputc('}', out);
	} else if (spec->choices != NULL) {
		fputc('(', out);
		choices_print(spec, out);
		fputc(')', out);
	} else {
		fputc(' ', out);
	}
}

/* One argument of _arguments: '(-t --timeout)'{-t+,--timeout=}'[be done …]:TIME: '. */
static void option_print(const struct option_spec *spec, FILE *out)
{
	const char *letter_value = spec->argument != NULL && (spec->flags & OPTION_VALUE_OPTIONAL) == 0 ? "+" : "";
	const char *value = spec->argument != NULL ? "=" : "";

	fputs(" \\\n\t\t", out);
	if (is_repeatable(spec))
		fputs("'*'", out);
	else if (spec->letter != 0)
		fprintf(out, "'(-%c --%s)'", spec->letter, spec->name);
	if (spec->letter != 0)
		fprintf(out, "{-%c%s,--%s%s}'[", spec->letter, letter_value, spec->name, value);
	else
		fprintf(out, "'--%s%s[", spec->name, value);
	description_print(spec->brief != NULL ? spec->brief : spec->help, out);
	fputc(']', out);
	if (spec->argument != NULL) {
		fprintf(out, "%s%s:", (spec->flags & OPTION_VALUE_OPTIONAL) != 0 ? "::" : ":", spec->argument);
		values_print(spec, out);
	}
	fputc('\'', out);
}

void help_zsh(const struct program_info *program, FILE *out)
{
	fprintf(out,
	        "#compdef %s\n# SPDX-License-Identifier: GPL-3.0-or-later\n"
	        "# zsh completion for %s; made by doc/mkdoc\n",
	        program->name, program->name);
	fputs(HELPERS, out);
	fprintf(out, "_%s() {\n\t_arguments -s -S", program->name);
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++)
		if ((spec->programs & (unsigned)program->program) != 0)
			option_print(spec, out);
	if (option_find("id", (unsigned)program->program) != NULL)
		fputs(" \\\n\t\t'*:ID: '", out);
	fprintf(out, "\n}\n_%s \"$@\"\n", program->name);
}

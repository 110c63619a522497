/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --help as troff, for the manual. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/config/help.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"

/* Writes plain text as troff: escapes everything that would be a request or an escape. */
static void troff_print(FILE *out, const char *text)
{
	bool line_start = true;

	for (; *text != '\0'; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			fputs("\\&", out);
		line_start = *text == '\n';
		switch (*text) {
		case '\\':
			fputs("\\e", out);
			break;
		case '-':
			fputs("\\-", out);
			break;
		case '\'':
			fputs("\\(aq", out);
			break;
		case '^':
			fputs("\\(ha", out);
			break;
		case '~':
			fputs("\\(ti", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

static void man_option(const struct program_info *program, const struct option_spec *spec, FILE *out)
{
	char by_default[DEFAULT_TEXT_SIZE];

	fputs(".TP\n", out);
	if (spec->letter != 0)
		fprintf(out, "\\fB\\-%c\\fR, ", spec->letter);
	fputs("\\fB\\-\\-", out);
	troff_print(out, spec->name);
	fputs("\\fR", out);
	if (spec->argument != NULL) {
		bool optional = (spec->flags & OPTION_VALUE_OPTIONAL) != 0;

		fputs(optional ? "[=\\fI" : "=\\fI", out);
		troff_print(out, spec->argument);
		fputs(optional ? "\\fR]" : "\\fR", out);
	}
	fputc('\n', out);
	troff_print(out, spec->help);
	fputc('\n', out);
	for (size_t i = 0; spec->choices != NULL && spec->choices[i] != NULL; i++) {
		fputs(i == 0 ? "One of: " : ", ", out);
		troff_print(out, spec->choices[i]);
	}
	if (spec->choices != NULL)
		fputs(".\n", out);
	help_default(program, spec, by_default, sizeof by_default);
	if (by_default[0] != '\0')
		fprintf(out, "Default: %s.\n", by_default);
	if ((spec->flags & OPTION_LINE_ONLY) != 0)
		fputs("(On the command line only.)\n", out);
	else if ((spec->flags & OPTION_SECTION_ONLY) != 0)
		fputs("(In a configuration, only in a named section.)\n", out);
}

void help_man_options(const struct program_info *program, FILE *out)
{
	const char *group = "";

	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++) {
		if ((spec->programs & (unsigned)program->program) == 0)
			continue;
		if (strcmp(spec->group, group) != 0)
			fprintf(out, ".SS %s\n", spec->group);
		group = spec->group;
		man_option(program, spec, out);
	}
}

void help_man_about(const struct program_info *program, FILE *out)
{
	for (const char *text = program->about; *text != '\0';) {
		size_t length = strcspn(text, "\n");
		char paragraph[4096];

		snprintf(paragraph, sizeof paragraph, "%.*s", (int)length, text);
		if (text != program->about)
			fputs(".PP\n", out);
		troff_print(out, paragraph);
		fputc('\n', out);
		text += length + strspn(text + length, "\n");
	}
}

void help_man_examples(const struct program_info *program, FILE *out)
{
	for (const char *text = program->examples; *text != '\0';) {
		size_t length = strcspn(text, "\n");
		char line[1024];

		snprintf(line, sizeof line, "%.*s", (int)length, text);
		if (line[0] != '\t')
			fputs(".TP\n.B ", out);
		troff_print(out, line[0] == '\t' ? line + 1 : line);
		fputc('\n', out);
		text += length + (text[length] == '\n');
	}
}

void help_man_synopsis(const struct program_info *program, FILE *out)
{
	fprintf(out, ".B ");
	troff_print(out, program->name);
	fputc('\n', out);
	troff_print(out, program->synopsis);
	fputc('\n', out);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --help and the short usage, for people at a terminal, made from the table of options. */
#include "autoconfig.h"

#include "lib/config/help.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"

enum { WIDTH = 78 };

/* Prints the words of text from column on, with further lines indented.  Returns the column where it ends. */
static size_t words_print(FILE *out, const char *text, size_t column, size_t indent)
{
	for (bool first = true;; first = false) {
		size_t length;

		text += strspn(text, " ");
		length = strcspn(text, " \n");
		if (length == 0)
			return column;
		if (!first && column + 1 + length > WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, length, out);
		column += length;
		text += length;
	}
}

void help_default(const struct program_info *program, const struct option_spec *spec, char *text, size_t size)
{
	struct settings settings;
	const char *field = (const char *)&settings + spec->offset;

	text[0] = '\0';
	settings_init(&settings);
	settings.timeout = program->timeout;
	switch (spec->kind) {
	case OPTION_DURATION:
		if (*(const int64_t *)(const void *)field > 0)
			duration_write(text, size, *(const int64_t *)(const void *)field);
		break;
	case OPTION_NUMBER:
		if (*(const uint64_t *)(const void *)field > 0 || (spec->flags & OPTION_POSITIVE) == 0)
			snprintf(text, size, "%" PRIu64, *(const uint64_t *)(const void *)field);
		break;
	case OPTION_CHOICE:
		snprintf(text, size, "%s", spec->choices[*(const int *)(const void *)field]);
		break;
	case OPTION_FLAG:
	case OPTION_TEXT:
	case OPTION_LIST:
	case OPTION_WORDS:
	case OPTION_SPAN:
	case OPTION_COUNT:
		break;
	}
	settings_free(&settings);
}

/* Returns the number of columns printed. */
static size_t argument_print(const struct option_spec *spec, FILE *out)
{
	int printed = 0;

	if ((spec->flags & OPTION_VALUE_OPTIONAL) != 0)
		printed = fprintf(out, "[=%s]", spec->argument);
	else if (spec->argument != NULL)
		printed = fprintf(out, "=%s", spec->argument);
	return printed > 0 ? (size_t)printed : 0;
}

static void option_print(const struct program_info *program, const struct option_spec *spec, FILE *out)
{
	char by_default[DEFAULT_TEXT_SIZE];
	struct buffer text = {0};

	if (spec->letter != 0)
		fprintf(out, "  -%c, ", spec->letter);
	else
		fputs("      ", out);
	fprintf(out, "--%s", spec->name);
	argument_print(spec, out);
	fprintf(out, "\n%*s", 10, "");
	buffer_puts(&text, spec->help);
	for (size_t i = 0; spec->choices != NULL && spec->choices[i] != NULL; i++)
		buffer_printf(&text, "%s%s", i == 0 ? " One of: " : ", ", spec->choices[i]);
	if (spec->choices != NULL)
		buffer_puts(&text, ".");
	help_default(program, spec, by_default, sizeof by_default);
	if (by_default[0] != '\0')
		buffer_printf(&text, " Default: %s.", by_default);
	words_print(out, buffer_text(&text), 10, 10);
	fputc('\n', out);
	buffer_free(&text);
}

static void paragraphs_print(const char *text, FILE *out)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		words_print(out, text, 0, 0);
		fputc('\n', out);
		text += length;
		if (text[0] == '\n' && text[1] == '\n')
			fputc('\n', out);
		text += strspn(text, "\n");
	}
}

/* "command\n\texplanation\n" … */
static void examples_print(const char *examples, FILE *out)
{
	fputs("\nExamples:\n", out);
	for (const char *line = examples; *line != '\0';) {
		size_t length = strcspn(line, "\n");

		if (line[0] == '\t') {
			fputs("      ", out);
			words_print(out, line + 1, 6, 6);
		} else {
			fprintf(out, "  %.*s", (int)length, line);
		}
		fputc('\n', out);
		line += length + (line[length] == '\n');
	}
}

static void usage_line(const struct program_info *program, FILE *out)
{
	fprintf(out, "Usage: %s ", program->name);
	words_print(out, program->synopsis, strlen("Usage: ") + strlen(program->name) + 1, 4);
	fputc('\n', out);
}

void help_full(const struct program_info *program, FILE *out)
{
	const char *group = "";

	fprintf(out, "%s: %s\n\n", program->name, program->summary);
	usage_line(program, out);
	fputc('\n', out);
	paragraphs_print(program->about, out);
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++) {
		if ((spec->programs & (unsigned)program->program) == 0)
			continue;
		if (strcmp(spec->group, group) != 0)
			fprintf(out, "\n%s:\n", spec->group);
		group = spec->group;
		option_print(program, spec, out);
	}
	examples_print(program->examples, out);
	fprintf(out, "\nThe manual: man %s, man 5 curfew.conf\n", program->name);
}

/* "  -T, --target=TARGET         what to visit" in one line, or two if the option is long. */
static void brief_print(const struct option_spec *spec, FILE *out)
{
	enum { TEXT_COLUMN = 30 };
	size_t column = strlen("  -x, --") + strlen(spec->name);

	if (spec->letter != 0)
		fprintf(out, "  -%c, --%s", spec->letter, spec->name);
	else
		fprintf(out, "      --%s", spec->name);
	column += argument_print(spec, out);
	fprintf(out, "%*s", column < TEXT_COLUMN ? (int)(TEXT_COLUMN - column) : 1, "");
	words_print(out, spec->brief, TEXT_COLUMN, TEXT_COLUMN);
	fputc('\n', out);
}

void help_brief(const struct program_info *program, FILE *out)
{
	fprintf(out, "%s: %s\n\n", program->name, program->summary);
	usage_line(program, out);
	fputc('\n', out);
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++)
		if ((spec->programs & (unsigned)program->program) != 0 && spec->brief != NULL)
			brief_print(spec, out);
	if (program->hints != NULL)
		fprintf(out, "\n%s", program->hints);
	fprintf(out, "All options: %s --help all. The manual: man %s\n", program->name, program->name);
}

void usage_short(const struct program_info *program, const struct error *error, FILE *out)
{
	struct buffer text = {0};

	text_escape(&text, error->text);
	if (error->hint[0] != '\0') {
		buffer_puts(&text, " (");
		text_escape(&text, error->hint);
		buffer_puts(&text, ")");
	}
	if (program->service != NULL)
		fprintf(out, "%s UNKNOWN: %s\n", program->service, buffer_text(&text));
	else
		fprintf(out, "%s: %s\n", program->name, buffer_text(&text));
	buffer_free(&text);
	if (error->code == ERROR_USAGE)
		fprintf(out, "Try: %s --help\n", program->name);
}

void version_print(const struct program_info *program, FILE *out)
{
	fprintf(out,
	        "%s (Curfew) %s\nGPL-3.0-or-later; there is no warranty, to the extent permitted by law.\n"
	        "Report problems to %s.\n",
	        program->name, PACKAGE_VERSION, PACKAGE_BUGREPORT);
}

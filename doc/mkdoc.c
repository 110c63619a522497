/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes what is generated from the table of options, on standard output:
 *
 *   mkdoc man doc/check_sessions.1.in     the manual page
 *   mkdoc bash check_sessions             the completion script for bash
 *   mkdoc zsh check_sessions              the completion function for zsh
 *
 * In a page, a line "@OPTIONS@" (SYNOPSIS, ABOUT, EXAMPLES) stands for that
 * part, "@INCLUDE FILE@" for a file beside the page, and @SUMMARY@, @VERSION@,
 * @SYSCONFDIR@, @STATEDIR@ within a line for a text.  An unknown one is an error.
 */
#include "autoconfig.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config/help.h"
#include "lib/config/options.h"
#include "lib/config/programs.h"

static const struct program_info *program_of(const char *name, size_t length)
{
	for (size_t i = 0; programs[i] != NULL; i++)
		if (strlen(programs[i]->name) == length && strncmp(programs[i]->name, name, length) == 0)
			return programs[i];
	fprintf(stderr, "mkdoc: no program is named %.*s\n", (int)length, name);
	exit(1);
}

static bool part_print(const struct program_info *program, const char *line)
{
	static const struct {
		const char *name;
		void (*print)(const struct program_info *program, FILE *out);
	} parts[] = {
	    {"@SYNOPSIS@\n", help_man_synopsis},
	    {"@ABOUT@\n", help_man_about},
	    {"@OPTIONS@\n", help_man_options},
	    {"@EXAMPLES@\n", help_man_examples},
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (strcmp(line, parts[i].name) != 0)
			continue;
		parts[i].print(program, stdout);
		return true;
	}
	return false;
}

static void line_print(const struct program_info *program, const char *line)
{
	const struct {
		const char *name, *text;
	} words[] = {
	    {"@SUMMARY@", program->summary},
	    {"@VERSION@", PACKAGE_VERSION},
	    {"@SYSCONFDIR@", CURFEW_SYSCONFDIR},
	    {"@STATEDIR@", CURFEW_STATEDIR},
	};

	while (*line != '\0') {
		size_t plain = strcspn(line, "@"), i;

		fwrite(line, 1, plain, stdout);
		line += plain;
		if (*line == '\0')
			return;
		for (i = 0; i < sizeof words / sizeof *words; i++)
			if (strncmp(line, words[i].name, strlen(words[i].name)) == 0)
				break;
		if (i == sizeof words / sizeof *words) {
			fprintf(stderr, "mkdoc: what is this? %s", line);
			exit(1);
		}
		fputs(words[i].text, stdout);
		line += strlen(words[i].name);
	}
}

static void page_print(const struct program_info *program, const char *path)
{
	FILE *page = fopen(path, "r");
	char line[4096];

	if (page == NULL) {
		fprintf(stderr, "mkdoc: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	while (fgets(line, sizeof line, page) != NULL) {
		static const char include[] = "@INCLUDE ";
		const char *slash = strrchr(path, '/');
		char beside[4096];

		if (strncmp(line, include, strlen(include)) == 0) {
			snprintf(beside, sizeof beside, "%.*s%.*s", slash != NULL ? (int)(slash + 1 - path) : 0, path,
			         (int)strcspn(line + strlen(include), "@"), line + strlen(include));
			page_print(program, beside);
		} else if (!part_print(program, line)) {
			line_print(program, line);
		}
	}
	fclose(page);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "man") == 0) {
		const char *slash = strrchr(argv[2], '/'), *name = slash != NULL ? slash + 1 : argv[2];

		page_print(program_of(name, strcspn(name, ".")), argv[2]);
	} else if (argc == 3 && strcmp(argv[1], "bash") == 0) {
		help_bash(program_of(argv[2], strlen(argv[2])), stdout);
	} else if (argc == 3 && strcmp(argv[1], "zsh") == 0) {
		help_zsh(program_of(argv[2], strlen(argv[2])), stdout);
	} else {
		fputs("usage: mkdoc man PAGE.in | bash PROGRAM | zsh PROGRAM\n", stderr);
		return 1;
	}
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : 1;
}

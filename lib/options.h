/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one table of options.  It feeds getopt_long, the configuration's
 * [defaults] and [section] keys, --help, the short usage, the man pages and the
 * bash completion, so that they cannot disagree.  lib/settings.c has the table.
 */
#ifndef CURFEW_OPTIONS_H
#define CURFEW_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

#include "lib/arena.h"
#include "lib/error.h"

enum option_kind {
	OPTION_FLAG,     /* bool; in a configuration: yes or no */
	OPTION_TEXT,     /* const char * */
	OPTION_LIST,     /* struct string_list; repeatable */
	OPTION_IDS,      /* struct string_list; repeatable, and split at commas */
	OPTION_DURATION, /* int64_t ms; duration_parse() */
	OPTION_SPAN,     /* struct span; duration_parse() */
	OPTION_NUMBER,   /* uint64_t */
	OPTION_COUNT,    /* unsigned, one more each time: -v -v */
	OPTION_CHOICE,   /* int: index in choices */
};

/* The programs an option belongs to. */
enum program {
	PROGRAM_CHECK = 1 << 0,
	PROGRAM_DISCONNECT = 1 << 1,
	PROGRAM_LOGOFF = 1 << 2,
	PROGRAM_MESSAGE = 1 << 3,
	PROGRAM_AGENT = 1 << 4,
	PROGRAM_HANDLERS = PROGRAM_DISCONNECT | PROGRAM_LOGOFF | PROGRAM_MESSAGE,
	PROGRAM_SESSIONS = PROGRAM_CHECK | PROGRAM_HANDLERS,
	PROGRAM_ALL = PROGRAM_SESSIONS | PROGRAM_AGENT,
};

enum option_flag {
	OPTION_LINE_ONLY = 1 << 0,    /* not in a configuration (--help, --config, --section …) */
	OPTION_SECTION_ONLY = 1 << 1, /* in a named section, not in [defaults] (execute) */
	OPTION_POSITIVE = 1 << 2,     /* a number or duration that must not be 0 */
};

struct option_spec {
	const char *name; /* long name, also the configuration key */
	char letter;      /* 0: none */
	enum option_kind kind;
	const char *argument;       /* metavariable; NULL for flags */
	const char *group;          /* heading in --help and man page */
	const char *help;           /* full sentences; first one alone is the short form */
	unsigned programs;          /* enum program bits */
	unsigned flags;             /* enum option_flag bits */
	size_t offset;              /* in struct settings */
	const char *const *choices; /* OPTION_CHOICE: ends in NULL */
};

/* What a program is: identity for help, usage, man page. */
struct program_info {
	enum program program;
	const char *name;     /* "check_sessions" */
	const char *summary;  /* one line */
	const char *synopsis; /* "-T TARGET … [options]" */
	const char *about;    /* paragraphs for --help and the man page */
	const char *examples; /* lines "command\n\texplanation\n" */
};

struct settings;

/* Applies argv to settings: first [defaults], then the named section, then the command line
   (a list given on the line replaces the configured one).  Loads the configuration that
   --config or the default names; a missing default file is no error.
   -1 with *error: bad input. 1: --help or --version was printed, exit 3. 0: go on. */
int options_parse(const struct program_info *program, int argc, char **argv, struct settings *settings,
                  struct error *error);

/* One value from wherever; where is "--name" or "file:line: key" for the error text. */
int option_apply(const struct option_spec *spec, struct settings *settings, const char *value, const char *where,
                 struct error *error);
const struct option_spec *option_find(const char *name, unsigned programs);

/* One error line and at most 23 lines of usage, to out; the caller exits 3. */
void usage_short(const struct program_info *program, const struct error *error, FILE *out);
void help_full(const struct program_info *program, FILE *out);
void help_man_options(const struct program_info *program, FILE *out); /* troff for doc/NAME.1.in */
void help_completion(const struct program_info *program, FILE *out);  /* bash completion function */
void version_print(const struct program_info *program, FILE *out);

#endif

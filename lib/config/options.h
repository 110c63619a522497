/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of options.  getopt_long, the keys of [defaults] and [section], --help, the short usage, the man pages and
 * the completions for bash and zsh are all made from it, so they cannot differ.  The table is in lib/config/settings.c.
 */
#ifndef CURFEW_OPTIONS_H
#define CURFEW_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"

enum option_kind {
	OPTION_FLAG,     /* bool; in a configuration: yes or no */
	OPTION_TEXT,     /* const char *; one of choices, case aside, if there are any */
	OPTION_LIST,     /* struct string_list; repeatable */
	OPTION_WORDS,    /* struct string_list; repeatable, and split at commas; each one of choices, if any */
	OPTION_DURATION, /* int64_t ms; duration_parse() */
	OPTION_SPAN,     /* struct span; duration_parse() */
	OPTION_NUMBER,   /* uint64_t */
	OPTION_COUNT,    /* unsigned, counted up: -v -v */
	OPTION_CHOICE,   /* int: index in choices */
};

/* The programs an option belongs to. */
enum program {
	PROGRAM_CHECK = 1 << 0,
	PROGRAM_DISCONNECT = 1 << 1,
	PROGRAM_LOGOFF = 1 << 2,
	PROGRAM_MESSAGE = 1 << 3,
	PROGRAM_AGENT = 1 << 4,
	PROGRAM_ENFORCE = 1 << 5,
	PROGRAM_REHEARSE = 1 << 6,
	PROGRAM_EXPLAIN = 1 << 7,
	PROGRAM_HANDLERS = PROGRAM_DISCONNECT | PROGRAM_LOGOFF | PROGRAM_MESSAGE,
	PROGRAM_ACTORS = PROGRAM_HANDLERS | PROGRAM_ENFORCE, /* all that may act */
	PROGRAM_SESSIONS = PROGRAM_CHECK | PROGRAM_ACTORS,
	PROGRAM_VISITORS = PROGRAM_SESSIONS | PROGRAM_AGENT,  /* all that visit targets */
	PROGRAM_READERS = PROGRAM_REHEARSE | PROGRAM_EXPLAIN, /* all that read the ledger */
	PROGRAM_ALL = PROGRAM_VISITORS | PROGRAM_READERS,
};

enum option_flag {
	OPTION_LINE_ONLY = 1 << 0,       /* not in a configuration (--help, --config, --section …) */
	OPTION_SECTION_ONLY = 1 << 1,    /* in a named section, not in [defaults] (execute) */
	OPTION_POSITIVE = 1 << 2,        /* a number or duration that must not be 0 */
	OPTION_MAY_BE_EMPTY = 1 << 3,    /* a macro of the monitoring server, which may be empty */
	OPTION_ADDS_UP = 1 << 4,         /* a list that adds to the one in the configuration instead of replacing it */
	OPTION_FILE = 1 << 5,            /* for the completion: the value is a file */
	OPTION_LINES = 1 << 6,           /* a text that may have several lines */
	OPTION_COMMAS = 1 << 7,          /* OPTION_LIST: commas separate items on the command line, too */
	OPTION_FILTER = 1 << 8,          /* selects sessions: on the command line it is a rule */
	OPTION_UNIT = 1 << 9,            /* a duration for idle times: "30" is refused, "30m" is accepted */
	OPTION_VALUE_OPTIONAL = 1 << 10, /* --help, --help all */
};

struct option_spec {
	const char *name; /* long name, also the configuration key */
	char letter;      /* 0: none */
	enum option_kind kind;
	const char *argument;       /* metavariable; NULL for flags */
	const char *group;          /* heading in --help and man page */
	const char *help;           /* full sentences */
	const char *brief;          /* for the short --help; NULL: only in --help all */
	unsigned programs;          /* enum program bits */
	unsigned flags;             /* enum option_flag bits */
	size_t offset;              /* in struct settings */
	const char *const *choices; /* CHOICE, WORDS, TEXT: ends in NULL */
	uint64_t most;              /* OPTION_NUMBER: the largest value; 0: any */
	/* Checks a value further, for a clearer error text; may be NULL. */
	int (*check)(const char *value, struct error *error);
};

/* A program's own texts: for help, usage and man page. */
struct program_info {
	enum program program;
	const char *name;     /* "check_sessions" */
	const char *act;      /* its word in a section's "act = …" */
	const char *service;  /* begins an error line: "SESSIONS"; NULL: not a plugin, uses its name */
	const char *summary;  /* one line */
	const char *synopsis; /* "-T TARGET … [options]" */
	const char *hints;    /* lines below the options of the short --help; may be NULL */
	const char *about;    /* paragraphs for --help and the man page */
	const char *examples; /* lines "command\n\texplanation\n" */
	int64_t timeout;      /* default of --timeout, ms: shorter than the monitoring server's limit */
	unsigned page;        /* the manual's section: 1 or 8 */
};

struct provider;
struct settings;

/* Fills settings from nothing: the built-in defaults, then [defaults], the named section and the
   command line.  A list given higher up replaces the lower one, but for exclusions, which add up;
   --target and --hostname count as one list.  Loads the configuration that --config or the
   default names; a missing default file is no error.  Afterwards
   - targets are resolved; the check and the subagent have at least one, handlers may have none;
   - execute is false if dry_run is true; else the targets, if any, came from the line or the section.
   providers ends in NULL: what targets may be of.  It and argv must outlive settings.  Call settings_free() in every
   case. -1 with *error: bad input. 1: --help, --version or --list-providers was printed, exit 3. 0: go on. */
int options_parse(const struct program_info *program, const struct provider *const providers[], int argc, char **argv,
                  struct settings *settings, struct error *error);

/* The configuration file that is read without --config: CURFEW_SYSCONFDIR/curfew/curfew.conf.  An unprivileged user
 * may name another in $CURFEW_CONFIG. */
const char *config_default(void);

/* Sets one value.  where is "--name" or "file:line: key", for the error text. */
int option_apply(const struct option_spec *spec, struct settings *settings, const char *value, const char *where,
                 struct error *error);
const struct option_spec *option_find(const char *name, unsigned programs);
bool option_is_list(const struct option_spec *spec);

/* Writes one line with the error, and for ERROR_USAGE a line about --help, to out.  The caller exits with 3. */
void usage_short(const struct program_info *program, const struct error *error, FILE *out);
void help_brief(const struct program_info *program, FILE *out);        /* --help: one screen */
void help_full(const struct program_info *program, FILE *out);         /* --help all */
void help_man_synopsis(const struct program_info *program, FILE *out); /* troff for doc/NAME.1.in */
void help_man_about(const struct program_info *program, FILE *out);
void help_man_options(const struct program_info *program, FILE *out);
void help_man_examples(const struct program_info *program, FILE *out);
void help_bash(const struct program_info *program, FILE *out); /* completion script for bash */
void help_zsh(const struct program_info *program, FILE *out);  /* completion function for zsh */
/* Returns the built-in default of an option as it is written ("30m"); "" if the help shows none. */
enum { DEFAULT_TEXT_SIZE = 32 };
void help_default(const struct program_info *program, const struct option_spec *spec, char *text, size_t size);
void version_print(const struct program_info *program, FILE *out);

#endif

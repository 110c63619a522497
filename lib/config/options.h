/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an option and a program are; the options are in lib/config/option_table.c, the programs in programs.c. */
#ifndef CURFEW_OPTIONS_H
#define CURFEW_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

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

#endif

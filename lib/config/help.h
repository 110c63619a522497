/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts that are made of the table of options: --help, usage, man pages, completions. */
#ifndef CURFEW_HELP_H
#define CURFEW_HELP_H

#include <stddef.h>
#include <stdio.h>

#include "lib/base/error.h"
#include "lib/config/options.h"

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

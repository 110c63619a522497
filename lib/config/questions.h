/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options that ask something of the program itself: --help, --help all, --version, --list-providers. */
#ifndef CURFEW_QUESTIONS_H
#define CURFEW_QUESTIONS_H

#include "lib/base/error.h"
#include "lib/config/options.h"

/* value: behind the '=' or NULL; next: the argument that follows, or NULL.  1: the option was a question, and its
   answer was printed; 0: it is another option; -1 with *error: there is no such question. */
int question_answer(const struct program_info *program, const struct option_spec *spec, const char *value,
                    const char *next, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options that print something and exit: --help, --help all, --version, --list-providers. */
#ifndef CURFEW_QUESTIONS_H
#define CURFEW_QUESTIONS_H

#include "lib/base/error.h"
#include "lib/config/options.h"
#include "lib/target/provider.h"

/* providers: for --list-providers; value: the part behind '=', or NULL; next: the following argument, or NULL.  1: the
 * answer was printed; 0: it is another option; -1 with *error: a wrong value. */
int question_answer(const struct program_info *program, const struct provider *const providers[],
                    const struct option_spec *spec, const char *value, const char *next, struct error *error);

#endif

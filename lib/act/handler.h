/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main() of disconnect_sessions, logoff_sessions and message_sessions, and the outer part of other programs'
 * main(). */
#ifndef CURFEW_HANDLER_H
#define CURFEW_HANDLER_H

#include "lib/act/remedy_writer.h"
#include "lib/base/error.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"
#include "lib/target/provider.h"

/* providers: as options_parse() takes them. */
int handler_main(const struct program_info *program, const struct provider *const providers[], enum act act, int argc,
                 char **argv);

/* The same for a program that does other work: work() returns an exit status, or -1 with error, which is reported
 * like a mistake in the command line or the configuration. */
typedef int handler_work(const struct program_info *program, const struct settings *settings,
                         struct remedy_writer *writer, struct error *error);
int handler_main_with(const struct program_info *program, const struct provider *const providers[], handler_work *work,
                      int argc, char **argv);

#endif

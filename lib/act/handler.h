/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole main() of disconnect_sessions, logoff_sessions and message_sessions. */
#ifndef CURFEW_HANDLER_H
#define CURFEW_HANDLER_H

#include "lib/config/options.h"
#include "lib/target/provider.h"

int handler_main(const struct program_info *program, enum act act, int argc, char **argv);

#endif

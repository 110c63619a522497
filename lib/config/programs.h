/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of each program.  Its main() and doc/mkdoc, which writes the manual, use them. */
#ifndef CURFEW_PROGRAMS_H
#define CURFEW_PROGRAMS_H

#include "lib/config/options.h"

extern const struct program_info program_check, program_disconnect, program_logoff, program_message, program_enforce,
    program_rehearse, program_explain, program_agent;

extern const struct program_info *const programs[]; /* ends in NULL */

#endif

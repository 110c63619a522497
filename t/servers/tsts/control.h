/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a test tells the host besides its sessions: who may do what, what goes
 * wrong, and which of the farm's hosts answers at which address.  A file of
 * lines; a test renames another one over it as it goes:
 *
 *   rights USER [query] [disconnect] [logoff] [message]
 *                             he has these rights; one who is not named has all
 *   host ADDRESS NAME         at this address of ours the farm's host NAME answers
 *   fault CALL KIND [NUMBER…] what is wrong with the answers to this call ("any": to all)
 *
 *   hang                   never answered
 *   close                  the connection is closed instead
 *   refuse CODE            a DCE-RPC fault
 *   garbage                random bytes of the same length
 *   cut SIZE               only the first bytes of the stub
 *   trail SIZE             zeros behind it
 *   patch OFFSET VALUE     32 bits are replaced; a negative offset counts from the end
 *   insert OFFSET VALUE    32 bits are put in
 */
#ifndef CURFEW_TSTS_CONTROL_H
#define CURFEW_TSTS_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buffer.h"

enum right {
	RIGHT_QUERY = 1 << 0,
	RIGHT_DISCONNECT = 1 << 1,
	RIGHT_LOGOFF = 1 << 2,
	RIGHT_MESSAGE = 1 << 3,
	RIGHT_ALL = RIGHT_QUERY | RIGHT_DISCONNECT | RIGHT_LOGOFF | RIGHT_MESSAGE,
};

unsigned control_rights(const char *path, const char *user);
/* The name of the host at that address; NULL: the one that was named on the command line. */
char *control_host(const char *path, const char *address);
/* Not a DCE-RPC fault, but none of their numbers either. */
enum { ANSWER_NEVER = 0x7fff0001, ANSWER_CLOSE = 0x7fff0002 };

/* Does to the answer of this call what is written.  A DCE-RPC fault code, one of these, or 0. */
uint32_t control_break(const char *path, const char *call, struct buffer *answer);

#endif

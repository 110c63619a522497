/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The RPC server: Samba's core with our interfaces behind smbd's pipes. */
#ifndef CURFEW_TSTS_SERVER_H
#define CURFEW_TSTS_SERVER_H

#include "t/servers/tsts/calls.h"

/* Once, before any connection.  0, or -1 with a line on standard error. */
int server_init(const char *smb_conf, const struct settings *settings);
/* Serves one connection that smbd made to this pipe, until it ends. */
void server_serve(int socket, const char *pipe);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The RPC server: Samba's core with our interfaces behind smbd's pipes. */
#ifndef CURFEW_TSTS_SERVER_H
#define CURFEW_TSTS_SERVER_H

#include "t/servers/tsts/calls.h"

#include <stdint.h>

struct tevent_context;
struct tevent_fd;

/* Once, before any connection.  0, or -1 with a line on standard error. */
int server_init(const char *smb_conf, const struct settings *settings);
/* Has this called whenever somebody comes to the socket. */
void server_listen(int listener, void (*on_ready)(struct tevent_context *, struct tevent_fd *, uint16_t, void *),
                   void *what);
/* Serves one connection that smbd made to this pipe. */
void server_welcome(int socket, const char *pipe);
int server_run(void);

#endif

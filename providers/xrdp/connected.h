/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the client that is connected to a session's X server: fills presence, client and address. */
#ifndef CURFEW_XRDP_CONNECTED_H
#define CURFEW_XRDP_CONNECTED_H

#include "providers/xrdp/enumerate.h"

void find_client(const struct scene *scene, struct found *found);

/* Connections of the process to these services are not its client: sesman's port, and VNC's. */
enum { SESMAN_PORT = 3350, VNC_PORT = 5900 };

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of the AgentX side stands in files of its own: agentx.c calls it. */
#ifndef CURFEW_AGENTX_PARTS_H
#define CURFEW_AGENTX_PARTS_H

#include "agent/agentx.h"
#include "lib/base/error.h"

/* Registers hrSystemNumUsers, anew if it was. */
int agentx_host_resources(const struct agentx_source *source, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends a login, and writes to its user.  The caller has read the login again just before. */
#ifndef CURFEW_PROVIDERS_LOGIND_ACT_H
#define CURFEW_PROVIDERS_LOGIND_ACT_H

#include <stdbool.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/logind/bus.h"
#include "providers/logind/login.h"

/* By logind. */
int login_end(const struct login *login, sd_bus *bus, const struct deadline *deadline, struct outcome *outcome,
              struct error *error);

/* Without logind: by a hang-up of its session leader, as a modem would do.  process: the leader's pidfd, or -1. */
int login_hang_up(const struct login *login, int process, bool force, struct outcome *outcome, struct error *error);

/* Writes the text on its terminal. */
int login_message(const struct login *login, const char *host, const struct action *action,
                  const struct deadline *deadline, struct outcome *outcome, struct error *error);

#endif

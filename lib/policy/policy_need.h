/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a session is busy, and whether its host needs room.  Pure; for policy_decide.c. */
#ifndef CURFEW_POLICY_NEED_H
#define CURFEW_POLICY_NEED_H

#include <stdbool.h>

#include "lib/policy/policy.h"

/* Whether its programs are busy: WHY_BUSY, WHY_BUSY_UNKNOWN; WHY_DUE: no, or the policy does not ask. */
enum policy_reason policy_busy(const struct policy *policy, const struct policy_subject *subject);

/* True if its host needs room, or the policy does not ask, and this session is among the first to be ended. */
bool policy_pressed(const struct policy *policy, const struct policy_subject *subject);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is at work, and whose host needs the room.  Pure; for policy_decide.c. */
#ifndef CURFEW_POLICY_NEED_H
#define CURFEW_POLICY_NEED_H

#include <stdbool.h>

#include "lib/policy/policy.h"

/* Are its programs at work?  WHY_DUE: they are not, or it does not matter; WHY_BUSY, WHY_BUSY_UNKNOWN. */
enum policy_reason policy_busy(const struct policy *policy, const struct policy_subject *subject);

/* Does its host need the room (or does the policy not ask), and is this session among the first to give some? */
bool policy_pressed(const struct policy *policy, const struct policy_subject *subject);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the seams stand before. */
#ifndef CURFEW_SIMULATION_SEAMS_H
#define CURFEW_SIMULATION_SEAMS_H

#include "lib/policy/policy.h"

struct policy_decision __real_policy_decide(const struct policy_set *set, const struct policy_subject *subject);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CURFEW_SIMULATION_FARM_H
#define CURFEW_SIMULATION_FARM_H

#include <stdint.h>

#include "lib/target/provider.h"

/* One answer in so many; 0: none. */
struct farm_faults {
	int64_t slow_one_in, fail_one_in, cut_one_in;
	int64_t return_one_in; /* a user comes back at the moment in which his session is read again */
};
extern struct farm_faults farm_faults;

extern const struct provider *const farm_providers[]; /* ends in NULL */

#endif

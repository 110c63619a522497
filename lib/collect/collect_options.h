/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a fan-out may take, and with how many processes. */
#ifndef CURFEW_COLLECT_OPTIONS_H
#define CURFEW_COLLECT_OPTIONS_H

#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/target/provider.h"

struct collect_options {
	int64_t target_timeout;  /* ms per target */
	struct deadline overall; /* for the whole run */
	unsigned processes;      /* worker processes per provider without MANY_HOSTS; 0 = 8 */
	visit_done *progress;    /* called once per finished visit; may be NULL */
	void *context;
};

#endif

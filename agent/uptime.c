/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/uptime.h"

#include <stdbool.h>
#include <stdint.h>

enum { HUNDREDTH = 10, NEARLY = 200 }; /* ms */

void uptime_learn(struct uptime *uptime, uint32_t hundredths, int64_t now)
{
	int64_t zero = now - (int64_t)hundredths * HUNDREDTH;
	/* After 497 days it begins at 0 again, and the daemon was not restarted. */
	int64_t apart = (zero - uptime->zero) % (((int64_t)UINT32_MAX + 1) * HUNDREDTH);

	if (uptime->known && apart >= -NEARLY && apart <= NEARLY)
		return;
	*uptime = (struct uptime){.known = true, .zero = zero};
}

uint32_t uptime_at(const struct uptime *uptime, int64_t moment)
{
	return moment > uptime->zero ? (uint32_t)((moment - uptime->zero) / HUNDREDTH) : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One item of performance data: 'label'=value[UOM];[warn];[crit];[min];[max], as the Monitoring Plugins guidelines
 * define it.  An unknown value is U.
 */
#ifndef CURFEW_PERFDATA_H
#define CURFEW_PERFDATA_H

#include <stdbool.h>

#include "lib/base/buffer.h"

struct perfvalue {
	const char *label; /* any text: quoted if needed, "'" doubled, '=', '|' and controls as "_" */
	bool known;
	double value;
	const char *unit;     /* "" or "s" */
	const char *warning;  /* range text or "" */
	const char *critical; /* likewise */
	bool has_min;
	double min;
};
/* Appends the item, with a blank in front unless the buffer is empty. */
void perfdata_add(struct buffer *out, const struct perfvalue *value);

#endif

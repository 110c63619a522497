/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/composite.h"

#include <stddef.h>
#include <stdint.h>

/* As in source4/libcli/composite/composite.h of Samba 4.17. */
struct layout {
	int state;
	void *private_data;
	uint32_t status;
	struct tevent_context *event_ctx;
	struct {
		composite_done_fn *fn;
		void *private_data;
	} async;
};

enum { LAST_STATE = 3 };

/* Two members are known to us beforehand, so a layout that is another one is noticed. */
bool composite_watch(struct composite_context *composite, struct tevent_context *events, composite_done_fn *done,
                     void *context)
{
	struct layout *layout = (struct layout *)composite;

	if (layout->event_ctx != events || layout->async.fn != NULL || layout->state < 0 || layout->state > LAST_STATE)
		return false;
	layout->async.fn = done;
	layout->async.private_data = context;
	return true;
}

void *composite_data(struct composite_context *composite)
{
	return ((struct layout *)composite)->async.private_data;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* struct composite_context of Samba 4.17 to 4.22 (source4/libcli/composite/composite.h, which no package installs).
   m4/samba.m4 runs a test of this layout, and inside.c checks two members at run time. */
#ifndef CURFEW_PROVIDERS_TSTS_LAYOUT_H
#define CURFEW_PROVIDERS_TSTS_LAYOUT_H

#include <stdint.h>

struct composite_context;
struct tevent_context;

typedef void composite_done_fn(struct composite_context *composite);

struct layout {
	int state; /* 0: new, 1: under way, 2: done, 3: failed */
	void *private_data;
	uint32_t status; /* NTSTATUS */
	struct tevent_context *event_ctx;
	struct {
		composite_done_fn *fn;
		void *private_data;
	} async;
};

enum { STATE_UNDER_WAY = 1, STATE_DONE = 2, STATE_FAILED = 3 };

#endif

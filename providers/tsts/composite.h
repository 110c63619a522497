/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To be told when one of dcerpc.h's "struct composite_context *" has finished.
 *
 * Samba installs the functions that return and take them, but not the header
 * with their few members; without those one can only wait for each in turn,
 * and one hung host would keep all others waiting.
 */
#ifndef CURFEW_PROVIDERS_TSTS_COMPOSITE_H
#define CURFEW_PROVIDERS_TSTS_COMPOSITE_H

#include <stdbool.h>

struct composite_context;
struct tevent_context;

typedef void composite_done_fn(struct composite_context *composite);

/* Calls done from the event loop once the composite has finished: then its _recv() returns at once.  False if the
   structure is not laid out as in Samba 4.17 (then the composite must not be used). */
bool composite_watch(struct composite_context *composite, struct tevent_context *events, composite_done_fn *done,
                     void *context);
void *composite_data(struct composite_context *composite);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls and replies for lib/tape/tape.h: recorded, or played from a recording. */
#ifndef CURFEW_PROVIDERS_TSTS_RECORDED_H
#define CURFEW_PROVIDERS_TSTS_RECORDED_H

#include <stdint.h>

#include "lib/base/error.h"
#include "providers/tsts/host.h"
#include "providers/tsts/wire.h"

/* status is an NTSTATUS. */
void record_opening(const struct host *host, enum wire_interface interface, uint32_t status);
/* Why nothing more is asked of it. */
void record_failure(const struct host *host, const struct error *error);
void record_call(const struct call *call, uint32_t status, struct wire_bytes reply);

/* The status in the recording. Without one the host fails as it did then, or with "not in the recording". */
uint32_t play_opening(struct host *host, enum wire_interface interface);
uint32_t play_call(struct call *call, struct wire_bytes *reply);

#endif

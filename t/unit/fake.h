/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Providers that only have names: sim, xrdp and tsts. */
#ifndef CURFEW_T_FAKE_H
#define CURFEW_T_FAKE_H

#include "lib/target/provider.h"

extern const struct provider *const fake_providers[]; /* ends in NULL */

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of a WTSAPI module: "wts:/path/module.so" or "wts:/path/module.so#SERVER". */
#ifndef CURFEW_PROVIDERS_WTS_WTS_H
#define CURFEW_PROVIDERS_WTS_WTS_H

#include "providers/wts/row.h"

#include "lib/target/provider.h"

extern const struct provider wts_provider;

#endif

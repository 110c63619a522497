/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CURFEW_XRDP_H
#define CURFEW_XRDP_H

#include "lib/provider.h"

extern const struct provider xrdp_provider;

#endif

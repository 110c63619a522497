/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The provider "xrdp": remote desktops of this machine (doc/design/xrdp.md). */
#ifndef CURFEW_XRDP_H
#define CURFEW_XRDP_H

#include "lib/target/provider.h"

extern const struct provider xrdp_provider;

#endif

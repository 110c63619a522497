/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CURFEW_SKELETON_H
#define CURFEW_SKELETON_H

#include "lib/provider.h"

extern const struct provider skeleton_provider;
extern const struct provider skeleton_worker_provider;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The provider "skeleton": one to copy (doc/design/provider-guide.md). */
#ifndef CURFEW_SKELETON_H
#define CURFEW_SKELETON_H

#include "lib/target/provider.h"

extern const struct provider skeleton_provider;

#endif

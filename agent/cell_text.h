/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A copy of the text in a cell of a grid, to be freed; "" if it has none. */
#ifndef CURFEW_CELL_TEXT_H
#define CURFEW_CELL_TEXT_H

#include <stddef.h>

#include "agent/grid.h"

char *cell_text(const struct grid *grid, unsigned column, size_t row);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite on the disk of the simulation: every read, write, sync and lock is a call at which a program may die. */
#ifndef CURFEW_SIMULATION_VFS_H
#define CURFEW_SIMULATION_VFS_H

#include "t/simulation/process.h"

/* Becomes SQLite's default. */
void vfs_register(void);
/* For a seed: SQLite has no memory of chance. */
void vfs_begin(void);
/* What the process had locked is free. */
void vfs_killed(const struct process *process);

#endif

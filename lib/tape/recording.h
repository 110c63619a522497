/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording: a file of lines of JSON, without names, addresses and secrets (doc/design/recording.md). */
#ifndef CURFEW_RECORDING_H
#define CURFEW_RECORDING_H

#include <jansson.h>
#include <stddef.h>

#include "lib/base/error.h"

/* Gathers what tape_put() gets from now on. */
struct recording;
struct recording *recording_begin(void);
/* What a target is, and what came of it: url, options, trail, failed, sessions …; takes the reference. */
void recording_target(struct recording *recording, json_t *target);
/* Writes all of it, redacted, mode 0600; the file is whole or not there, and must not be there yet. */
int recording_write(struct recording *recording, const char *file, struct error *error);
size_t recording_count(const struct recording *recording);
void recording_free(struct recording *recording);

/* Before anything is asked: could it be written? */
int recording_possible(const char *file, struct error *error);

/* New references to two arrays, or -1 if it is no recording. */
int recording_read(const char *file, json_t **targets, json_t **exchanges, struct error *error);

#endif

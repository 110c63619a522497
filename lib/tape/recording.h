/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording: a file of lines of JSON, without names, addresses and secrets (doc/design/recording.md). */
#ifndef CURFEW_RECORDING_H
#define CURFEW_RECORDING_H

#include <jansson.h>
#include <stddef.h>

#include "lib/base/error.h"

/* Collects what tape_put() gets from now on. */
struct recording;
struct recording *recording_begin(void);
/* Adds a target and its result: url, options, trail, failed, sessions …; takes the reference. */
void recording_target(struct recording *recording, json_t *target);
/* Writes everything, redacted, with mode 0600.  The file is complete or not there; an existing one is an error. */
int recording_write(struct recording *recording, const char *file, struct error *error);
size_t recording_count(const struct recording *recording);
void recording_free(struct recording *recording);

/* Checks, before the first request, that the file could be written. */
int recording_possible(const char *file, struct error *error);

/* Returns new references to two arrays, or -1 if the file is no recording. */
int recording_read(const char *file, json_t **targets, json_t **exchanges, struct error *error);

#endif

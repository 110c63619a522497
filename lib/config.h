/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration: INI read through libinih, /etc/curfew/curfew.conf unless
 * told otherwise (curfew.conf(5)).
 *
 *   [defaults]              any option that is not for the line only
 *   [target NAME]           url, credentials, and what its provider declares
 *   [group NAME]            members = target or group names, comma separated, repeatable
 *   [credentials NAME]      file
 *   [section NAME]          a named set of options for --section
 *
 * Unknown sections and keys, names used twice, control characters and
 * over-long lines are ERROR_CONFIG with file:line.
 */
#ifndef CURFEW_CONFIG_H
#define CURFEW_CONFIG_H

#include "lib/arena.h"
#include "lib/error.h"
#include "lib/target.h"

enum config_kind { CONFIG_DEFAULTS, CONFIG_TARGET, CONFIG_GROUP, CONFIG_CREDENTIALS, CONFIG_SECTION };

struct config_entry {
	const char *key;
	const char *value;
	unsigned line;
};

struct config_part {
	enum config_kind kind;
	const char *name; /* "" for [defaults] */
	unsigned line;
	struct config_entry *entries;
	size_t count, allocated;
};

struct config {
	const char *file; /* as named; NULL: none was read */
	struct config_part *parts;
	size_t count, allocated;
};

/* Reads the whole file.  With euid 0 the file and every folder above it must belong to root
   and be writable by nobody else (lib/trust.h). */
int config_load(struct config *config, const char *path, struct arena *arena, struct error *error);
const struct config_part *config_find(const struct config *config, enum config_kind kind, const char *name);

/* Names and URLs to targets: groups are expanded (cycles are errors), each target once, in order. */
int config_targets(const struct config *config, const struct string_list *names, struct arena *arena,
                   struct target **targets, size_t *count, struct error *error);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration: INI, /etc/curfew/curfew.conf unless
 * said otherwise (curfew.conf(5)).
 *
 *   [defaults]              any option that is not for the line only
 *   [target NAME]           url, credentials, and what its provider declares; a range in both
 *                           name and url stands for as many targets
 *   [group NAME]            members = target or group names, comma separated, repeatable
 *   [credentials NAME]      file
 *   [section NAME]          a named set of options for --section
 *   [policy NAME]           who may stay and who has to go (lib/config/config_policy.h)
 *
 * Unknown sections and keys, names used twice, control characters and
 * values that would not be what they look like (a comment behind a value, quotes
 * around a part of it) are ERROR_CONFIG with file:line.
 */
#ifndef CURFEW_CONFIG_H
#define CURFEW_CONFIG_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/target/target.h"

enum config_kind { CONFIG_DEFAULTS, CONFIG_TARGET, CONFIG_GROUP, CONFIG_CREDENTIALS, CONFIG_SECTION, CONFIG_POLICY };

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
	const struct provider *const *providers; /* that its targets may be of; ends in NULL */
	const char *file;                        /* as named; NULL: none was read */
	struct config_part *parts;               /* in the order of the file */
	size_t count, allocated;
	const struct config_part **index; /* the same, sorted by kind and name */
};

/* The most targets of a run. */
enum { TARGETS_MOST = 10000 };

/* The word in the heading of each kind; ends in NULL. */
extern const char *const config_kind_words[];

/* Sorts the parts for config_find().  Two parts of one kind and name are ERROR_CONFIG. */
int config_index(struct config *config, struct arena *arena, struct error *error);
const struct config_part *config_find(const struct config *config, enum config_kind kind, const char *name);
/* The first entry with that key, or NULL. */
const struct config_entry *config_entry_find(const struct config_part *part, const char *key);

/* Resolves names and URLs to targets, in order.  Ranges and groups are expanded (a cycle is an error).  Each target
 * appears once; two spellings of one URL are one target.  No two labels are equal. */
int config_targets(const struct config *config, const struct string_list *names, struct arena *arena,
                   struct target **targets, size_t *count, struct error *error);

/* Sets *error to "file:line: " and the text of why, and copies its hint. */
int config_blame(const struct config *config, unsigned line, const struct error *why, struct error *error);

/* Returns the next item of a list "a, b ,c" at *list, without blanks around it; NULL at the end. */
const char *list_item(const char **list, struct arena *arena);

#endif

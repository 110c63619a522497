/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A target: what to visit.  Written as a URL (RFC 3986 scheme, then whatever
 * the provider reads) or as a name from the configuration.
 *
 *   sim:farm.sim   xrdp:   logind:   local:   tsts://rds01.corp.example
 */
#ifndef CURFEW_TARGET_H
#define CURFEW_TARGET_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"

struct provider;

struct target_option {
	const char *name; /* one that the provider declares */
	const char *value;
};

struct target {
	const char *name;    /* what -T takes for this target: the configured name, else the URL */
	const char *url;     /* as written; what the audit and the worker protocol carry */
	const char *label;   /* the configured name, else derived from the URL: perfdata prefix, table */
	const char *scheme;  /* lower case */
	const char *address; /* everything behind "scheme:" or "scheme://" */
	const struct provider *provider;
	const struct provider *const *providers; /* the list that it is of, for provider_of(); NULL: none */
	struct target_option *options;
	size_t option_count;
	const char *credentials_file; /* "" = none */
};

/* The value of a declared option, or NULL. */
const char *target_option(const struct target *target, const char *name);

/* Appends the names or URLs that numeric ranges stand for: "ts[08-11]" is ts08, ts09, ts10, ts11.  Anything else in
 * brackets (an IPv6 address) is left as it is.  A range that runs backwards, and a list of more than most items, are
 * ERROR_USAGE. */
int range_expand(struct string_list *list, const char *text, size_t most, struct arena *arena, struct error *error);

#endif

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

#include "lib/arena.h"
#include "lib/error.h"

struct provider;

struct target_option {
	const char *name; /* one that the provider declares */
	const char *value;
};

struct target {
	const char *url;     /* as written; what the audit and the worker protocol carry */
	const char *label;   /* the configured name, else the host part: perfdata prefix, table */
	const char *scheme;  /* lower case */
	const char *address; /* everything behind "scheme:" or "scheme://" */
	const struct provider *provider;
	struct target_option *options;
	size_t option_count;
	const char *credentials_file; /* "" = none */
};

/* Splits the URL and finds its provider in providers[].  Control characters, an unknown scheme
   and an empty URL are ERROR_USAGE, whose hint lists the schemes there are.  label "" = derive it. */
int target_parse(struct target *target, const char *url, const char *label, struct arena *arena, struct error *error);

/* The value of a declared option, or NULL. */
const char *target_option(const struct target *target, const char *name);

#endif

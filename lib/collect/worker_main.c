/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/child/spawn.h"
#include "lib/collect/worker.h"
#include "lib/collect/worker_protocol.h"

enum { EXIT_USAGE = 3 };

static int describe(const struct provider *provider)
{
	json_t *json = provider_to_json(provider);
	int failed = json_dumpf(json, stdout, JSON_INDENT(2)) < 0 || putchar('\n') == EOF || fflush(stdout) == EOF;

	json_decref(json);
	return failed ? EXIT_USAGE : 0;
}

/* A worker must not outlive the process that started it. */
static int die_with_parent(const char *pid)
{
	unsigned long long parent;

	return number_parse(pid, INT_MAX, &parent) < 0 ? -1 : spawn_bind((pid_t)parent);
}

int worker_main(const struct provider *provider, int argc, char **argv)
{
	process_harden();
	text_locale_open();
	memory_ends_program();
	if (argc == 2 && strcmp(argv[1], "--describe") == 0)
		return describe(provider);
	if (argc == 3 && strcmp(argv[1], "--parent") == 0)
		return die_with_parent(argv[2]) == 0 ? worker_serve(provider) : EXIT_USAGE;
	if (argc == 1)
		return worker_serve(provider);
	fprintf(stderr,
	        "usage: %s [--describe]\n"
	        "A worker program of Curfew: requests on its standard input, replies on its standard output,\n"
	        "one JSON object a line.\n",
	        argv[0]);
	return EXIT_USAGE;
}

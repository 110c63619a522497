/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole main() of check_sessions; with a source of foresight also that of curfew-foresee, which knows policies. */
#ifndef CURFEW_CHECK_H
#define CURFEW_CHECK_H

#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/report/foresight.h"
#include "lib/target/provider.h"

struct foresight_source {
	/* Before the targets are visited; it may name some.  *context is NULL if it fails. */
	int (*open)(void **context, struct settings *settings, struct error *error);
	int (*look)(void *context, struct visit *visits, const struct foresight **foresight, struct error *error);
	void (*close)(void *context); /* NULL is allowed */
};

/* source: NULL where what is about policies is somebody else's: become(argv) then returns only if it cannot. */
struct check {
	const struct foresight_source *source;
	int (*become)(char **argv, struct error *error);
};
int check_main(const struct check *check, int argc, char **argv);

#endif

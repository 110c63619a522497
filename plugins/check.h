/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main() of check_sessions.  With a source of foresight it is the main() of curfew-foresee, which evaluates
 * policies. */
#ifndef CURFEW_CHECK_H
#define CURFEW_CHECK_H

#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/report/foresight.h"
#include "lib/target/provider.h"

struct foresight_source {
	/* Called before the targets are visited; it may add some.  *context is NULL if it fails. */
	int (*open)(void **context, struct settings *settings, struct error *error);
	int (*look)(void *context, struct visit *visits, const struct foresight **foresight, struct error *error);
	void (*close)(void *context); /* NULL is allowed */
};

/* source: NULL if another program evaluates policies; become(argv) then runs that program, and returns only if it
 * cannot. */
struct check {
	const struct foresight_source *source;
	int (*become)(char **argv, struct error *error);
};
int check_main(const struct check *check, int argc, char **argv);

#endif

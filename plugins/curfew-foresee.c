/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What check_sessions runs for --policy and --remember: the same check, with policies and the ledger. */
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/enforce/enforce_foresee.h"
#include "lib/report/foresight.h"
#include "lib/target/provider.h"
#include "plugins/check.h"

static int open_source(void **context, struct settings *settings, struct error *error)
{
	struct foreseer *foreseer;
	int result = foreseer_open(&foreseer, settings, error);

	*context = foreseer;
	return result;
}

static int look(void *context, struct visit *visits, const struct foresight **foresight, struct error *error)
{
	return foreseer_look(context, visits, foresight, error);
}

static void close_source(void *context)
{
	foreseer_close(context);
}

int main(int argc, char **argv)
{
	static const struct foresight_source source = {open_source, look, close_source};
	const struct check check = {.source = &source};

	return check_main(&check, argc, argv);
}

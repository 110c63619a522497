/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_sessions: what sessions there are, how idle they are, and whether that is too much. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/trust.h"
#include "plugins/check.h"

/* SQLite and GLib would cost every check; so what is about policies is another program, in the place of this one. */
static int become_foresee(char **argv, struct error *error)
{
	char path[PATH_MAX];

	if (helper_find(path, "plugins", "curfew-foresee", error) < 0)
		return -1;
	execv(path, argv);
	return error_errno(error, errno, STEP_NONE, "%s", path);
}

int main(int argc, char **argv)
{
	const struct check check = {.become = become_foresee};

	return check_main(&check, argc, argv);
}

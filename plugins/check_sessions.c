/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_sessions: shows the sessions and how long they are idle, and judges them by thresholds. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/trust.h"
#include "plugins/check.h"

/* Every check would pay for loading SQLite and GLib, so policies are evaluated by another program, which replaces
 * this one. */
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

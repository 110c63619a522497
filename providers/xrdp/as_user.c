/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/as_user.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

int as_user_start(struct child *child, const struct session_user *user, int display, char *const *argv,
                  unsigned connected, bool unbound, struct error *error)
{
	char display_text[32], home_text[PATH_MAX + 8], authority_text[PATH_MAX + 32];
	char *environment[] = {
	    display_text, home_text, authority_text, (char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C.UTF-8", NULL};
	const struct spawn spawn = {
	    .path = argv[0],
	    .arguments = argv,
	    .environment = environment,
	    .user = &user->ids,
	    .session = true,
	    .unbound = unbound,
	};

	snprintf(display_text, sizeof display_text, "DISPLAY=:%d", display);
	snprintf(home_text, sizeof home_text, "HOME=%s", user->home);
	snprintf(authority_text, sizeof authority_text, "XAUTHORITY=%s/.Xauthority", user->home);
	return child_start(child, strrchr(argv[0], '/') + 1, spawn, connected, error);
}

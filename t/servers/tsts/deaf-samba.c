/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For LD_PRELOAD: a Samba library that does not take a parameter, as other versions' do.  DEAF is "ignore NAME", for
 * one that says yes and does nothing, or "refuse NAME".
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct loadparm_context;
bool lpcfg_set_cmdline(struct loadparm_context *parameters, const char *name, const char *value);

/* Read before the program clears its environment. */
static char deaf[80];

__attribute__((constructor)) static void remember(void)
{
	const char *value = getenv("DEAF");

	snprintf(deaf, sizeof deaf, "%s", value != NULL ? value : "");
}

bool lpcfg_set_cmdline(struct loadparm_context *parameters, const char *name, const char *value)
{
	bool (*real)(struct loadparm_context *, const char *, const char *) =
	    (bool (*)(struct loadparm_context *, const char *, const char *))dlsym(RTLD_NEXT, __func__);

	if (strncmp(deaf, "ignore ", 7) == 0 && strcmp(deaf + 7, name) == 0)
		return true;
	if (strncmp(deaf, "refuse ", 7) == 0 && strcmp(deaf + 7, name) == 0)
		return false;
	return real(parameters, name, value);
}

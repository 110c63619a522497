/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For LD_PRELOAD: a Samba library that does not take a parameter, as other versions' do.  DEAF is "ignore NAME", for
 * one that says yes and does nothing, or "refuse NAME".  The port is "smb ports" here; from 4.23 on a client takes it
 * from another one.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
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

static bool meant(const char *prefix, const char *name)
{
	const size_t length = strlen(prefix);

	return strncmp(deaf, prefix, length) == 0 &&
	       strcmp(deaf + length, strcmp(name, "client smb transports") == 0 ? "smb ports" : name) == 0;
}

bool lpcfg_set_cmdline(struct loadparm_context *parameters, const char *name, const char *value)
{
	bool (*real)(struct loadparm_context *, const char *, const char *) =
	    (bool (*)(struct loadparm_context *, const char *, const char *))dlsym(RTLD_NEXT, __func__);

	if (meant("ignore ", name))
		return true;
	if (meant("refuse ", name))
		return false;
	return real(parameters, name, value);
}

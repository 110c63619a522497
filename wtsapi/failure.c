/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wtsapi/failure.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

typedef VOID(WINAPI *set_last_error_fn)(DWORD code);

static _Atomic(set_last_error_fn) set_last_error;

/* POSIX lets dlsym() return a function; ISO C has no cast for it. */
static set_last_error_fn function(void *symbol)
{
	set_last_error_fn found;

	memcpy(&found, &symbol, sizeof found);
	return found;
}

/* A process may have two versions of WinPR, and a program may have loaded one with RTLD_LOCAL: the one that called
 * us is the right one.  RTLD_NOLOAD loads nothing. */
static set_last_error_fn find_in(const void *caller)
{
	void *library, *symbol;
	Dl_info info;

	if (caller == NULL || dladdr(caller, &info) == 0 || info.dli_fname == NULL)
		return NULL;
	if ((library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD)) == NULL)
		return NULL;
	symbol = dlsym(library, "SetLastError");
	dlclose(library); /* it stays loaded: its code is calling us */
	return symbol != NULL ? function(symbol) : NULL;
}

void failure_prepare(const void *caller)
{
	set_last_error_fn found = find_in(caller);
	void *symbol;

	if (found == NULL && (symbol = dlsym(RTLD_DEFAULT, "SetLastError")) != NULL)
		found = function(symbol);
	if (found != NULL)
		atomic_store(&set_last_error, found);
}

BOOL failure(DWORD code)
{
	set_last_error_fn set = atomic_load(&set_last_error);

	if (set != NULL)
		set(code);
	return FALSE;
}

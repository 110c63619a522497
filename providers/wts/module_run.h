/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A module that is loaded: what module.c and module_read.c share. */
#ifndef CURFEW_PROVIDERS_WTS_MODULE_RUN_H
#define CURFEW_PROVIDERS_WTS_MODULE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <winpr/version.h>
#include <winpr/wtsapi.h>

#include "providers/wts/module.h"

struct module {
	void *library;
	const WtsApiFunctionTable *table;
	HANDLE server;
	bool opened; /* server is to be closed */
};

VOID SetLastError(DWORD code);
DWORD GetLastError(void);

/* Fills *error and returns -1. */
int module_lies(struct module_error *error, const char *what);

/* module_read.c: what it tells of this session besides the list.  0 or -1. */
int module_read(struct module *module, struct reported *reported, struct arena *arena, struct module_error *error);
/* A text of a module: NULL is "", and one without an end within reason is a lie. */
int module_text(const char *text, size_t most, const char **clean, struct arena *arena, struct module_error *error);

#endif

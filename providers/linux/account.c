/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/linux/account.h"

#include <string.h>

#include "lib/base/text.h"

enum { NAME_MOST = 1024 };

/* The separator between domain and name in "name"; NULL: there is none. */
static const char *separator(const char *name)
{
	const char *at = strchr(name, '\\');

	if (at == NULL)
		at = strrchr(name, '@');
	if (at == NULL)
		at = strchr(name, '+');
	return at == NULL || at == name || at[1] == '\0' ? NULL : at;
}

void account_fill(struct session *session, const char *name, size_t cut, uid_t uid, struct arena *arena)
{
	const char *whole = text_clean(arena, name, strlen(name), NAME_MOST), *at = separator(whole);
	const char *first = at != NULL ? arena_strndup(arena, whole, (size_t)(at - whole)) : "";

	session->user = whole;
	session->user_cut = cut > 0 && strlen(name) >= cut;
	if (at != NULL) {
		session->user = *at == '@' ? first : at + 1;
		session->domain = *at == '@' ? at + 1 : first;
		session->domain_cut = session->user_cut && *at == '@';
		string_list_add(&session->names, arena, whole);
	}
	if (uid != (uid_t)-1)
		string_list_add(&session->names, arena, arena_printf(arena, "uid:%u", (unsigned)uid));
}

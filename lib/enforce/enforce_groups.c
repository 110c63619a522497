/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of users from this machine's name service (NSS): local groups, and those of its directory. */
#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/arena.h"
#include "lib/enforce/enforce_run.h"
#include "lib/session/session.h"

enum { GROUPS_MOST = 65536 };

/* DOMAIN\user if the domain is known, user@domain if that is all: a local account of that name is another user. */
static const struct passwd *account_find(const struct session *session, struct arena *arena)
{
	const char *name = session->user;

	if (session->user_cut || session->domain_cut)
		return NULL;
	if (session->domain[0] != '\0')
		name = arena_printf(arena, "%s\\%s", session->domain, session->user);
	else if (session->upn[0] != '\0' && !session->upn_derived)
		name = session->upn;
	return getpwnam(name);
}

/* "CORP\\admins" may be called "admins" there, and two groups may have one id. */
const char *group_called(const char *name, struct arena *arena)
{
	const struct group *group = getgrnam(name);

	if (group != NULL)
		group = getgrgid(group->gr_gid);
	return group != NULL ? arena_strdup(arena, group->gr_name) : NULL;
}

const struct string_list *groups_of(const struct session *session, struct arena *arena)
{
	const struct passwd *account = account_find(session, arena);
	struct string_list *names;
	int count = 0;
	gid_t *ids;

	if (account == NULL)
		return NULL;
	getgrouplist(account->pw_name, account->pw_gid, NULL, &count);
	if (count <= 0 || count > GROUPS_MOST)
		return NULL;
	ids = arena_alloc(arena, (size_t)count * sizeof *ids);
	if (getgrouplist(account->pw_name, account->pw_gid, ids, &count) < 0)
		return NULL;
	names = arena_alloc(arena, sizeof *names);
	for (int i = 0; i < count; i++) {
		const struct group *group = getgrgid(ids[i]);

		if (group == NULL) /* a group without a name may be any group */
			return NULL;
		string_list_add(names, arena, arena_strdup(arena, group->gr_name));
	}
	return names;
}

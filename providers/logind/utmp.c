/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/logind/utmp.h"

#include <dirent.h>
#include <errno.h>
#include <paths.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "providers/logind/terminal.h"

enum { RECORDS_LIMIT = 4096 };

/* The processes that lead a session on a terminal: one per terminal at most (credentials(7)). */
struct leaders {
	struct process *items;
	size_t count, allocated;
};

bool utmp_present(void)
{
	return access(_PATH_UTMP, R_OK) == 0;
}

static void leaders_read(struct leaders *leaders)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		unsigned long long pid;
		struct process process;

		if (number_parse(entry->d_name, 1u << 30, &pid) != 0 || process_read((pid_t)pid, &process) != 0)
			continue;
		if (process.session != process.pid || process.terminal == 0)
			continue;
		if (leaders->count == leaders->allocated) {
			leaders->allocated = leaders->allocated > 0 ? 2 * leaders->allocated : 32;
			leaders->items = must_realloc(leaders->items, leaders->allocated * sizeof *leaders->items);
		}
		leaders->items[leaders->count++] = process;
	}
	if (folder != NULL)
		closedir(folder);
}

static const struct process *leader_of(const struct leaders *leaders, dev_t terminal)
{
	for (size_t i = 0; terminal != 0 && i < leaders->count; i++)
		if (leaders->items[i].terminal == terminal)
			return &leaders->items[i];
	return NULL;
}

/* utmp(5): the fields end in a NUL only if there is room for one. */
static char *field(struct arena *arena, const char *bytes, size_t size)
{
	return text_clean(arena, bytes, strnlen(bytes, size), size * 3);
}

/* ":0" is a terminal window on a local display, "tmux(42).%1" one inside tmux. */
static bool host_is_remote(const char *host)
{
	return host[0] != '\0' && host[0] != ':' && strncmp(host, "tmux(", 5) != 0 && strncmp(host, "screen", 6) != 0;
}

void utmp_to_login(const struct utmpx *record, uint32_t uid, const struct process *leader, const char *boot,
                   struct arena *arena, struct login *login)
{
	const char *host = field(arena, record->ut_host, sizeof record->ut_host);

	login_init(login);
	login->id = field(arena, record->ut_line, sizeof record->ut_line);
	login->line = login->id;
	login->name = field(arena, record->ut_user, sizeof record->ut_user);
	login->name_size = sizeof record->ut_user;
	login->type = login->id[0] == ':' ? "x11" : "tty";
	login->class = "user";
	login->state = "active";
	login->remote = host_is_remote(host);
	login->remote_host = login->remote ? host : "";
	if (!login->remote)
		login->seat = "local"; /* utmp has no seats: a login that is not remote is local */
	login->uid = uid;
	login->logon = (uint64_t)record->ut_tv.tv_sec * 1000000 + (uint64_t)record->ut_tv.tv_usec;
	login->leader = (uint32_t)record->ut_pid;
	if (leader == NULL)
		return;
	login->leader = (uint32_t)leader->pid;
	login->birth =
	    arena_printf(arena, "utmp:%s:%s:%lld.%06ld:%d.%llu", boot, login->id, (long long)record->ut_tv.tv_sec,
	                 (long)record->ut_tv.tv_usec, (int)leader->pid, (unsigned long long)leader->start);
}

/* -1: no such account, or a name that utmp cut off. */
static uint32_t uid_of(const struct utmpx *record)
{
	char name[sizeof record->ut_user + 1] = "";
	const struct passwd *account;

	memcpy(name, record->ut_user, sizeof record->ut_user);
	account = getpwnam(name);
	return account != NULL ? account->pw_uid : (uint32_t)-1;
}

/* True if the user is still logged in.  *keeper is then the process whose end ends the login; pid 0 if it is not
 * known.  Debian's login leads the terminal as root and records the shell below it; sshd's shell leads the terminal,
 * and the sshd above it is recorded. */
static bool find_keeper(const struct utmpx *record, uint32_t uid, dev_t terminal, const struct leaders *leaders,
                        struct process *keeper)
{
	const struct process *leader = leader_of(leaders, terminal);
	bool recorded = process_read(record->ut_pid, keeper) == 0;

	if (leader != NULL && leader->uid == uid) {
		*keeper = *leader;
		return true;
	}
	if (recorded && terminal != 0 && keeper->terminal == terminal && keeper->uid == uid)
		return true;
	if (leader != NULL) {
		bool together =
		    (recorded && keeper->session == leader->pid) || process_descends(leader->pid, record->ut_pid);

		*keeper = *leader;
		return together;
	}
	keeper->pid = 0; /* an X display, or /proc hides the others' processes */
	if (terminal == 0 && record->ut_line[0] != ':')
		return false;
	return record->ut_pid > 0 && (kill(record->ut_pid, 0) == 0 || errno == EPERM);
}

/* A line has one login: of two records the later one is valid. */
static void add_login(struct arena *arena, struct login **logins, size_t *count, size_t *allocated, size_t *stale,
                      const struct login *login)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp((*logins)[i].line, login->line) == 0) {
			if ((*logins)[i].logon <= login->logon)
				(*logins)[i] = *login;
			++*stale;
			return;
		}
	if (*count == *allocated) {
		struct login *moved = arena_alloc(arena, (*allocated += 64 + *allocated) * sizeof *moved);

		if (*count > 0)
			memcpy(moved, *logins, *count * sizeof *moved);
		*logins = moved;
	}
	(*logins)[(*count)++] = *login;
}

/* NULL at the end, and with *failure where it cannot be read on: a writer that hangs locks it. */
static const struct utmpx *next_record(int *failure)
{
	const struct utmpx *record;

	errno = 0;
	record = getutxent();
	*failure = record == NULL && errno != ESRCH ? errno : 0;
	return record;
}

int utmp_list(struct arena *arena, struct login **logins, size_t *count, size_t *stale, struct error *error)
{
	struct leaders leaders = {0};
	const struct utmpx *record;
	char boot[BOOT_ID_SIZE];
	size_t allocated = 0, seen = 0;
	int failure;

	*logins = NULL;
	*count = *stale = 0;
	if (!utmp_present())
		return error_errno(error, errno, STEP_LIST, "%s", _PATH_UTMP);
	boot_id_read(boot, sizeof boot);
	leaders_read(&leaders);
	setutxent();
	while ((record = next_record(&failure)) != NULL && ++seen < RECORDS_LIMIT) {
		char line[sizeof record->ut_line + 1] = "";
		struct process keeper;
		struct login login;
		uint32_t uid;

		if (record->ut_type != USER_PROCESS || record->ut_user[0] == '\0' || record->ut_line[0] == '\0')
			continue;
		memcpy(line, record->ut_line, sizeof record->ut_line);
		uid = uid_of(record);
		if (!find_keeper(record, uid, terminal_device(line), &leaders, &keeper)) {
			++*stale;
			continue;
		}
		utmp_to_login(record, uid, keeper.pid > 0 ? &keeper : NULL, boot, arena, &login);
		login.tty_input = terminal_input(line);
		add_login(arena, logins, count, &allocated, stale, &login);
	}
	endutxent();
	free(leaders.items);
	if (failure != 0)
		return error_errno(error, failure, STEP_LIST, "%s cannot be read to its end", _PATH_UTMP);
	if (seen == 0) { /* not even the one that init writes at the start */
		error_set(error, ERROR_UNSUPPORTED, STEP_LIST,
		          "logind does not run here, and %s has no record: nothing writes to it", _PATH_UTMP);
		return error_hint(error, "logins are recorded by systemd-logind, elogind or utmp; start one of them");
	}
	return seen >= RECORDS_LIMIT
	           ? error_set(error, ERROR_PROTOCOL, STEP_LIST, "%s has too many records", _PATH_UTMP)
	           : 0;
}

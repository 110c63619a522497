/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/logind/bus.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/member.h"

#define LOGIN1         "org.freedesktop.login1"
#define LOGIN1_PATH    "/org/freedesktop/login1"
#define LOGIN1_MANAGER LOGIN1 ".Manager"

/* At least a millisecond: sd-bus reads 0 as its own default of 25 seconds. */
static uint64_t left_us(const struct deadline *deadline)
{
	int64_t left = deadline_left(deadline);

	return left > 0 ? (uint64_t)left * 1000 : 1000;
}

static int fail(struct error *error, int result, const sd_bus_error *said, enum step step, const char *what)
{
	static const struct {
		const char *name;
		enum error_code code;
	} names[] = {
	    {LOGIN1 ".NoSuchSession", ERROR_GONE},
	    {SD_BUS_ERROR_UNKNOWN_OBJECT, ERROR_GONE},
	    {SD_BUS_ERROR_ACCESS_DENIED, ERROR_ACCESS},
	    {SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, ERROR_ACCESS},
	    {SD_BUS_ERROR_AUTH_FAILED, ERROR_ACCESS},
	    {SD_BUS_ERROR_NO_REPLY, ERROR_TIMEOUT},
	    {SD_BUS_ERROR_TIMEOUT, ERROR_TIMEOUT},
	    {SD_BUS_ERROR_SERVICE_UNKNOWN, ERROR_REFUSED},
	    {SD_BUS_ERROR_NAME_HAS_NO_OWNER, ERROR_REFUSED},
	    {SD_BUS_ERROR_DISCONNECTED, ERROR_REFUSED},
	};
	enum error_code code = result == -ETIMEDOUT ? ERROR_TIMEOUT : ERROR_SYSTEM;

	for (size_t i = 0; said != NULL && i < sizeof names / sizeof *names; i++)
		if (sd_bus_error_has_name(said, names[i].name))
			code = names[i].code;
	if (error->code != ERROR_NONE)
		return -1;
	error_set(error, code, step, "%s: %s", what,
	          said != NULL && said->message != NULL ? said->message : strerror(-result));
	error->native = -result;
	if (code == ERROR_ACCESS)
		error_hint(error, "run as root (contrib/sudoers), or allow " LOGIN1 ".manage in polkit");
	return -1;
}

/* A method call with a reply; it never starts logind.  Returns >= 0 or -errno. */
static int call(sd_bus *bus, sd_bus_message *request, const struct deadline *deadline, sd_bus_error *said,
                sd_bus_message **reply)
{
	int result = sd_bus_message_set_auto_start(request, false);

	return result < 0 ? result : sd_bus_call(bus, request, left_us(deadline), said, reply);
}

/* Manager.METHOD(), or Manager.METHOD(s). */
static int call_manager(sd_bus *bus, const char *method, const char *argument, const struct deadline *deadline,
                        sd_bus_error *said, sd_bus_message **reply)
{
	sd_bus_message *request = NULL;
	int result = sd_bus_message_new_method_call(bus, &request, LOGIN1, LOGIN1_PATH, LOGIN1_MANAGER, method);

	if (result >= 0 && argument != NULL)
		result = sd_bus_message_append(request, "s", argument);
	if (result >= 0)
		result = call(bus, request, deadline, said, reply);
	sd_bus_message_unref(request);
	return result;
}

/* sd_bus_call() would do this, but wait for a hung bus without limit. */
static int finish_hello(sd_bus *bus, const struct deadline *deadline)
{
	int result;

	while ((result = sd_bus_is_ready(bus)) == 0) {
		result = sd_bus_process(bus, NULL);
		if (result == 0 && deadline_passed(deadline))
			return -ETIMEDOUT;
		if (result == 0)
			result = sd_bus_wait(bus, left_us(deadline));
		if (result < 0 && result != -EINTR)
			return result;
	}
	return result;
}

/* 1, 0 or -errno. */
static int logind_has_owner(sd_bus *bus, const struct deadline *deadline, sd_bus_error *said)
{
	sd_bus_message *request = NULL, *reply = NULL;
	int owned = 0;
	int result = sd_bus_message_new_method_call(bus, &request, "org.freedesktop.DBus", "/org/freedesktop/DBus",
	                                            "org.freedesktop.DBus", "NameHasOwner");

	if (result >= 0)
		result = sd_bus_message_append(request, "s", LOGIN1);
	if (result >= 0)
		result = call(bus, request, deadline, said, &reply);
	if (result >= 0)
		result = sd_bus_message_read(reply, "b", &owned);
	sd_bus_message_unref(request);
	sd_bus_message_unref(reply);
	return result < 0 ? result : owned;
}

int bus_open(sd_bus **bus, const struct deadline *deadline, struct error *error)
{
	sd_bus_error said = SD_BUS_ERROR_NULL;
	int result = sd_bus_open_system(bus); /* and close without a flush, which would wait for a hung bus */

	if (result >= 0)
		result = finish_hello(*bus, deadline);
	if (result == -ENOENT || result == -ECONNREFUSED) { /* no socket, or a socket without a service */
		*bus = sd_bus_close_unref(*bus);
		return 0;
	}
	if (result >= 0)
		result = logind_has_owner(*bus, deadline, &said);
	if (result < 0)
		fail(error, result, &said, STEP_CONNECT, "the system bus");
	sd_bus_error_free(&said);
	if (result <= 0)
		*bus = sd_bus_close_unref(*bus);
	return result < 0 ? -1 : result > 0;
}

/* The properties we want: variant signature; for a structure, its first member is the value. */
static const struct property {
	const char *name;
	const char *signature;
	size_t offset;
} properties[] = {
    {"Id", "s", MEMBER_OFFSET(struct login, const char *, id)},
    {"Name", "s", MEMBER_OFFSET(struct login, const char *, name)},
    {"User", "(uo)", MEMBER_OFFSET(struct login, uint32_t, uid)},
    {"Timestamp", "t", MEMBER_OFFSET(struct login, uint64_t, logon)},
    {"TTY", "s", MEMBER_OFFSET(struct login, const char *, line)},
    {"Display", "s", MEMBER_OFFSET(struct login, const char *, display)},
    {"Remote", "b", MEMBER_OFFSET(struct login, bool, remote)},
    {"RemoteHost", "s", MEMBER_OFFSET(struct login, const char *, remote_host)},
    {"Seat", "(so)", MEMBER_OFFSET(struct login, const char *, seat)},
    {"Leader", "u", MEMBER_OFFSET(struct login, uint32_t, leader)},
    {"Type", "s", MEMBER_OFFSET(struct login, const char *, type)},
    {"Class", "s", MEMBER_OFFSET(struct login, const char *, class)},
    {"State", "s", MEMBER_OFFSET(struct login, const char *, state)},
    {"Desktop", "s", MEMBER_OFFSET(struct login, const char *, desktop)},
    {"Scope", "s", MEMBER_OFFSET(struct login, const char *, scope)},
    {"IdleHint", "b", MEMBER_OFFSET(struct login, bool, idle_hint)},
    {"IdleSinceHint", "t", MEMBER_OFFSET(struct login, uint64_t, idle_since)},
    {"LockedHint", "b", MEMBER_OFFSET(struct login, bool, locked_hint)},
};

static int read_basic(sd_bus_message *message, char type, void *place, struct arena *arena)
{
	const char *text;
	int truth, result;

	if (type == 's') {
		result = sd_bus_message_read_basic(message, 's', &text);
		if (result > 0)
			*(const char **)place = arena_strdup(arena, text);
	} else if (type == 'b') {
		result = sd_bus_message_read_basic(message, 'b', &truth);
		if (result > 0)
			*(bool *)place = truth != 0;
	} else {
		result = sd_bus_message_read_basic(message, type, place);
	}
	return result;
}

static int read_value(sd_bus_message *message, const struct property *property, struct login *login,
                      struct arena *arena)
{
	void *place = (char *)login + property->offset;
	bool structure = property->signature[0] == '(';
	int result = sd_bus_message_enter_container(message, 'v', property->signature);

	if (result < 0 || !structure)
		return result < 0 || (result = read_basic(message, property->signature[0], place, arena)) < 0
		           ? result
		           : sd_bus_message_exit_container(message);
	result = sd_bus_message_enter_container(message, 'r', property->signature[1] == 'u' ? "uo" : "so");
	if (result >= 0)
		result = read_basic(message, property->signature[1], place, arena);
	if (result >= 0)
		result = sd_bus_message_skip(message, "o");
	if (result >= 0)
		result = sd_bus_message_exit_container(message);
	return result < 0 ? result : sd_bus_message_exit_container(message);
}

/* Reads one "{sv}"; skips an unknown property, and one of another type than expected. */
static int read_entry(sd_bus_message *message, struct login *login, struct arena *arena)
{
	const char *name, *contents;
	char type;
	int result = sd_bus_message_read_basic(message, 's', &name);

	if (result >= 0)
		result = sd_bus_message_peek_type(message, &type, &contents);
	if (result < 0)
		return result;
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		if (strcmp(properties[i].name, name) == 0 && strcmp(properties[i].signature, contents) == 0)
			return read_value(message, &properties[i], login, arena);
	return sd_bus_message_skip(message, "v");
}

static int read_properties(sd_bus_message *message, struct login *login, struct arena *arena)
{
	int result = sd_bus_message_enter_container(message, 'a', "{sv}");

	while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		result = read_entry(message, login, arena);
		if (result >= 0)
			result = sd_bus_message_exit_container(message);
	}
	return result;
}

/* All properties in one reply, so that they are of one moment. */
static int get_login(sd_bus *bus, const char *path, const struct deadline *deadline, struct arena *arena,
                     struct login *login, sd_bus_error *said)
{
	sd_bus_message *request = NULL, *reply = NULL;
	int result =
	    sd_bus_message_new_method_call(bus, &request, LOGIN1, path, "org.freedesktop.DBus.Properties", "GetAll");

	login_init(login);
	if (result >= 0)
		result = sd_bus_message_append(request, "s", LOGIN1 ".Session");
	if (result >= 0)
		result = call(bus, request, deadline, said, &reply);
	if (result >= 0)
		result = read_properties(reply, login, arena);
	sd_bus_message_unref(request);
	sd_bus_message_unref(reply);
	return result;
}

/* The ids and object paths of ListSessions' a(susso); the reply owns them. */
static int add_listed(sd_bus *bus, sd_bus_message *reply, const struct deadline *deadline, struct arena *arena,
                      struct login **logins, size_t *count, bool *whole)
{
	const char *id, *name, *seat, *path;
	size_t allocated = 0;
	uint32_t uid;
	int result = sd_bus_message_enter_container(reply, 'a', "(susso)");

	while (result >= 0 && (result = sd_bus_message_read(reply, "(susso)", &id, &uid, &name, &seat, &path)) > 0) {
		sd_bus_error said = SD_BUS_ERROR_NULL;

		if (*count == allocated) {
			struct login *moved = arena_alloc(arena, (allocated += 64 + allocated) * sizeof *moved);

			if (*count > 0)
				memcpy(moved, *logins, *count * sizeof *moved);
			*logins = moved;
		}
		result = get_login(bus, path, deadline, arena, &(*logins)[*count], &said);
		if (result >= 0 && strcmp((*logins)[*count].id, id) == 0)
			++*count;
		else if (!sd_bus_error_has_name(&said, SD_BUS_ERROR_UNKNOWN_OBJECT) &&
		         !sd_bus_error_has_name(&said, LOGIN1 ".NoSuchSession"))
			*whole = false;
		sd_bus_error_free(&said);
		if (result != -ETIMEDOUT)
			result = 0;
	}
	return result;
}

int bus_list(sd_bus *bus, const struct deadline *deadline, struct arena *arena, struct login **logins, size_t *count,
             bool *whole, struct error *error)
{
	sd_bus_error said = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	int result = call_manager(bus, "ListSessions", NULL, deadline, &said, &reply);

	*logins = NULL;
	*count = 0;
	*whole = true;
	if (result >= 0)
		result = add_listed(bus, reply, deadline, arena, logins, count, whole);
	if (result < 0)
		fail(error, result, &said, STEP_LIST, "logind's list of sessions");
	sd_bus_message_unref(reply);
	sd_bus_error_free(&said);
	return result < 0 ? -1 : 0;
}

int bus_find(sd_bus *bus, const char *id, enum step step, const struct deadline *deadline, struct arena *arena,
             struct login *login, struct error *error)
{
	sd_bus_error said = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	const char *path;
	int result = call_manager(bus, "GetSession", id, deadline, &said, &reply);

	if (result >= 0)
		result = sd_bus_message_read(reply, "o", &path);
	if (result >= 0)
		result = get_login(bus, path, deadline, arena, login, &said);
	if (result < 0)
		fail(error, result, &said, step, "logind");
	else if (strcmp(login->id, id) != 0) /* "", "self" and "auto" are names of the caller's session */
		result = error_set(error, ERROR_GONE, step, "logind has no session of that id");
	sd_bus_message_unref(reply);
	sd_bus_error_free(&said);
	return result < 0 ? -1 : 0;
}

bool inhibitor_counts(const char *what, const char *mode)
{
	static const char *const words[] = {"sleep", "shutdown", "idle"};

	if (strcmp(mode, "block") != 0)
		return false;
	for (size_t length; *what != '\0'; what += length + (what[length] == ':')) {
		length = strcspn(what, ":");
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (strlen(words[i]) == length && strncmp(words[i], what, length) == 0)
				return true;
	}
	return false;
}

/* ListInhibitors' a(ssssuu): what, who, why, mode, uid, pid. */
static int mark_inhibited(sd_bus_message *reply, struct login *logins, size_t count)
{
	const char *what, *who, *why, *mode;
	uint32_t uid, pid;
	int result = sd_bus_message_enter_container(reply, 'a', "(ssssuu)");

	while (result >= 0 &&
	       (result = sd_bus_message_read(reply, "(ssssuu)", &what, &who, &why, &mode, &uid, &pid)) > 0)
		for (size_t i = 0; inhibitor_counts(what, mode) && i < count; i++)
			logins[i].inhibited |= logins[i].uid == uid;
	return result;
}

int bus_inhibitors(sd_bus *bus, const struct deadline *deadline, struct login *logins, size_t count,
                   struct error *error)
{
	sd_bus_error said = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	int result = call_manager(bus, "ListInhibitors", NULL, deadline, &said, &reply);

	if (result >= 0)
		result = mark_inhibited(reply, logins, count);
	else if (sd_bus_error_has_name(&said, SD_BUS_ERROR_UNKNOWN_METHOD))
		result = 0;
	if (result < 0)
		fail(error, result, &said, STEP_LIST, "logind's list of inhibitors");
	sd_bus_message_unref(reply);
	sd_bus_error_free(&said);
	return result < 0 ? -1 : 0;
}

int bus_terminate(sd_bus *bus, const char *id, const struct deadline *deadline, struct error *error)
{
	sd_bus_error said = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	int result = call_manager(bus, "TerminateSession", id, deadline, &said, &reply);

	if (result < 0)
		fail(error, result, &said, STEP_ACT, "logind");
	sd_bus_message_unref(reply);
	sd_bus_error_free(&said);
	return result < 0 ? -1 : 0;
}

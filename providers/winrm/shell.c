/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/winrm/shell.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/address.h"
#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "providers/wsman/soap.h"

enum { TEXT_MOST = 1024 };

/* Rounding of two durations in one answer. */
enum { ROUNDING = 1000 }; /* ms */

static const int64_t LONGEST = INT64_C(100) * 366 * 24 * 3600 * 1000;

/* Digits, and with fraction a part of up to three digits that count, in ms. */
static const char *read_number(const char *text, bool fraction, int64_t *thousandths)
{
	int64_t scale = 1000;

	if (!isdigit((unsigned char)*text))
		return NULL;
	for (*thousandths = 0; isdigit((unsigned char)*text); text++) {
		*thousandths = *thousandths * 10 + (*text - '0') * 1000;
		if (*thousandths > LONGEST)
			return NULL;
	}
	if (*text != '.')
		return text;
	if (!fraction || !isdigit((unsigned char)*++text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++)
		*thousandths += (*text - '0') * (scale /= 10);
	return text;
}

int shell_duration(const char *text, int64_t *milliseconds)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = {{'D', 86400}, {'T', 0}, {'H', 3600}, {'M', 60}, {'S', 1}};
	size_t unit = 0, parts = 0;
	bool in_time = false;

	*milliseconds = 0;
	if (*text++ != 'P')
		return -1;
	while (*text != '\0') {
		int64_t number = 0;

		if (*text == 'T' && !in_time && text[1] != '\0') {
			in_time = true;
			unit = 2;
			text++;
			continue;
		}
		if ((text = read_number(text, in_time, &number)) == NULL)
			return -1;
		while (unit < sizeof units / sizeof units[0] && units[unit].letter != *text)
			unit++;
		if (unit == sizeof units / sizeof units[0] || units[unit].letter == 'T' || (unit > 1) != in_time ||
		    (number % 1000 != 0 && *text != 'S') || number > LONGEST / units[unit].seconds)
			return -1;
		*milliseconds += number * units[unit++].seconds;
		text++;
		parts++;
	}
	return parts > 0 && *milliseconds <= LONGEST ? 0 : -1;
}

static const char *told(const struct xml_element *shell, const char *name)
{
	const char *text = xml_child_text(shell, NS_SHELL, name);

	return text != NULL ? text : "";
}

static const char *told_clean(const struct xml_element *shell, const char *name, struct arena *arena)
{
	const char *text = told(shell, name);

	return text_clean(arena, text, strlen(text), TEXT_MOST);
}

/* The id is sent back, so it must be unchanged. */
static const char *returnable(const char *text)
{
	return text[0] != '\0' && strlen(text) < TEXT_MOST && xml_sayable(text) ? text : NULL;
}

const char *shell_id(const struct xml_element *shell)
{
	return returnable(told(shell, "ShellId"));
}

const char *shell_resource(const struct xml_element *shell)
{
	return returnable(told(shell, "ResourceUri"));
}

bool shell_is_cmd(const char *resource)
{
	return strcmp(resource, NS_SHELL "/cmd") == 0;
}

/* A GUID is unique to one shell. */
static bool is_guid(const char *id)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(id) != sizeof shape - 1)
		return false;
	for (size_t i = 0; shape[i] != '\0'; i++)
		if (shape[i] == '-' ? id[i] != '-' : !isxdigit((unsigned char)id[i]))
			return false;
	return true;
}

static void fill_owner(struct session *session, const struct xml_element *shell, const struct wsman_access *access,
                       struct arena *arena)
{
	wsman_account(told_clean(shell, "Owner", arena), arena, &session->domain, &session->user);
	session->class = session->user[0] != '\0' ? CLASS_USER : CLASS_NONE;
	session->own = wsman_is_own(access, session->domain, session->user) ? FLAG_YES : FLAG_NO;
}

/* The name of the shell, if it has one, and its process. */
static void fill_station(struct session *session, const struct xml_element *shell, struct arena *arena)
{
	const char *name = told_clean(shell, "Name", arena);
	unsigned long long process;

	session->station = name;
	if (number_parse(told(shell, "ProcessId"), UINT32_MAX, &process) == 0 && process > 0)
		session->station =
		    arena_printf(arena, "%.900s%sprocess %llu", name, name[0] != '\0' ? ", " : "", process);
}

static void fill_state(struct session *session, const struct xml_element *shell, struct arena *arena)
{
	const char *state = told(shell, "State");

	if (text_same(state, "Connected")) {
		session->state = STATE_ACTIVE;
		session->disconnect_time = (struct moment){.is = MOMENT_NEVER};
	} else if (text_same(state, "Disconnected")) {
		session->state = STATE_DISCONNECTED;
	} else {
		session->state = STATE_OTHER;
		session->state_text = told_clean(shell, "State", arena);
	}
}

/* The time of the disconnect is unknown: the client may have been away long before the host noticed. */
static void fill_times(struct session *session, const struct xml_element *shell, int64_t now)
{
	int64_t run = 0, inactive = 0;
	bool has_run = shell_duration(told(shell, "ShellRunTime"), &run) == 0;
	bool has_inactive = shell_duration(told(shell, "ShellInactivity"), &inactive) == 0;

	if (has_run)
		session->logon_time = moment_at(now - run);
	/* No shell is inactive for longer than it exists. */
	if (has_inactive && (!has_run || inactive <= run + ROUNDING))
		session->last_input = moment_at(now - inactive);
}

void shell_fill(struct session *session, const struct xml_element *shell, int64_t now,
                const struct wsman_access *access, struct arena *arena)
{
	session->id = arena_strdup(arena, shell_id(shell));
	session->birth = is_guid(session->id) ? session->id : "";
	session->kind = KIND_SHELL;
	session->application = told_clean(shell, "ResourceUri", arena);
	session->client_address = address_plain(told_clean(shell, "ClientIP", arena), arena);
	fill_owner(session, shell, access, arena);
	fill_station(session, shell, arena);
	fill_state(session, shell, arena);
	fill_times(session, shell, now);
}

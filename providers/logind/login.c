/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/logind/login.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/address.h"
#include "lib/base/text.h"
#include "providers/linux/account.h"
#include "providers/linux/memory.h"

enum { LOGIN_TEXT_LIMIT = 512 }; /* bytes */

void login_init(struct login *login)
{
	memset(login, 0, sizeof *login);
	login->uid = (uint32_t)-1;
	login->id = login->name = login->birth = login->line = login->display = login->remote_host = "";
	login->seat = login->type = login->class = login->state = login->desktop = login->scope = "";
}

/* True for a desktop: its idle hint is then the desktop's and not a terminal's. */
static bool login_graphical(const struct login *login)
{
	return strcmp(login->type, "x11") == 0 || strcmp(login->type, "wayland") == 0 ||
	       strcmp(login->type, "mir") == 0;
}

/* "user" and its kin: user-early (root's), user-light (without a service manager), user-incomplete. */
static bool is_person(const char *class)
{
	return strcmp(class, "user") == 0 || strncmp(class, "user-", 5) == 0;
}

/* A user at another place.  A shell with neither a seat nor a remote host may be a serial line, run0, a container's
 * console: unknown, so it counts as local. */
static enum session_class class_of(const struct login *login)
{
	if (!is_person(login->class))
		return CLASS_SERVICES;
	if (login->remote || login->remote_host[0] != '\0')
		return CLASS_USER;
	if (login->seat[0] == '\0' && login_graphical(login))
		return CLASS_USER; /* a desktop without a screen: xrdp, VNC */
	return CLASS_CONSOLE;
}

static enum session_state state_of(const char *state)
{
	if (strcmp(state, "active") == 0 || strcmp(state, "online") == 0)
		return STATE_ACTIVE;
	if (strcmp(state, "opening") == 0)
		return STATE_INIT;
	return strcmp(state, "closing") == 0 ? STATE_RESET : STATE_OTHER;
}

static enum session_kind kind_of(const struct login *login)
{
	if (login_graphical(login))
		return KIND_DESKTOP;
	return strcmp(login->type, "tty") == 0 ? KIND_SHELL : KIND_UNKNOWN;
}

static void newest(struct moment *moment, int64_t when)
{
	if (moment->is != MOMENT_KNOWN || moment->at < when)
		*moment = moment_at(when);
}

/* A desktop sets the hint when it blanks the screen, so its time is later than the last input, and a session never
 * looks more idle than it is.  A hint that was never set may have no desktop that would set it.  A terminal's hint
 * is its access time. */
static struct moment last_input_of(const struct login *login, int64_t now)
{
	int64_t hint = (int64_t)(login->idle_since / 1000);
	struct moment input = {MOMENT_UNKNOWN, 0};

	if (login_graphical(login)) {
		if (login->desktop[0] == '\0' || hint == 0)
			return input;
		input = moment_at(login->idle_hint ? hint : now);
	} else if (hint != 0) {
		input = moment_at(hint);
	}
	if (login->tty_input.is == MOMENT_KNOWN)
		newest(&input, login->tty_input.at);
	if (input.is == MOMENT_KNOWN && login->logon != 0)
		newest(&input, (int64_t)(login->logon / 1000)); /* logging in is input too */
	return input;
}

/* Only a desktop has a lock, and only one with a known name is known to report it. */
static enum flag locked_of(const struct login *login)
{
	if (!login_graphical(login))
		return FLAG_UNKNOWN;
	if (login->locked_hint)
		return FLAG_YES;
	return login->desktop[0] != '\0' ? FLAG_NO : FLAG_UNKNOWN;
}

static bool is_numeric_address(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];
	char plain[INET6_ADDRSTRLEN];
	size_t length = strcspn(host, "%"); /* fe80::1%eth0 */

	if (length >= sizeof plain)
		return false;
	memcpy(plain, host, length);
	plain[length] = '\0';
	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, plain, address) == 1;
}

static const char *station_of(const struct login *login)
{
	if (login->line[0] != '\0')
		return login->line;
	return login->display[0] != '\0' ? login->display : login->seat;
}

static const char *clean(struct arena *arena, const char *text)
{
	return text_clean(arena, text, strlen(text), LOGIN_TEXT_LIMIT);
}

void login_to_session(const struct login *login, int64_t now, struct session *session, struct arena *arena)
{
	unsigned long long number;

	session->id = clean(arena, login->id);
	account_fill(session, login->name, login->name_size, (uid_t)login->uid, arena);
	session->birth = clean(arena, login->birth);
	session->station = clean(arena, station_of(login));
	if (is_numeric_address(login->remote_host))
		session->client_address = address_plain(clean(arena, login->remote_host), arena);
	else
		session->client_name = clean(arena, login->remote_host);
	if (number_parse(login->id, UINT32_MAX, &number) == 0) {
		session->numbered = true;
		session->number = (uint32_t)number;
	}
	session->state = state_of(login->state);
	if (strcmp(login->state, session_state_name(session->state)) != 0)
		session->state_text = clean(arena, login->state);
	session->class = class_of(login);
	session->kind = kind_of(login);
	session->locked = locked_of(login);
	session->own = login->own ? FLAG_YES : FLAG_NO;
	session->inhibited = login->inhibited;
	session->cpu_time = login->cpu_time;
	memory_fact(session, login->memory.known ? login->memory.length : 0, arena);
	if (login->logon != 0)
		session->logon_time = moment_at((int64_t)(login->logon / 1000));
	if (session->kind == KIND_SHELL) { /* a shell's client cannot leave and come back */
		session->connect_time = session->logon_time;
		session->disconnect_time.is = MOMENT_NEVER;
	}
	if (session->class != CLASS_SERVICES) /* there the hint means nothing (systemd#34844) */
		session->last_input = last_input_of(login, now);
}

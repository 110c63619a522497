/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/local/local.h"

#include "autoconfig.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "lib/target/target.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "providers/linux/memory.h"
#include "providers/linux/process.h"
#include "providers/local/merge.h"
#include "providers/local/row.h"
#include "providers/logind/logind.h"
#ifdef PROVIDER_XRDP
#include "providers/xrdp/xrdp.h"
#endif

/* In the order of the merge: a session that both list is taken from the first. */
static const struct provider *const part_providers[] = {
#ifdef PROVIDER_XRDP
    &xrdp_provider,
#endif
    &logind_provider,
};
enum { PART_COUNT = sizeof part_providers / sizeof *part_providers };

struct part {
	const struct provider *provider;
	struct connection *connection; /* NULL: see error */
	struct error error;
};

struct connection {
	char host[256];
	struct part parts[PART_COUNT];
};

struct pin {
	const struct provider *provider;
	struct pin *inner;
};

static bool part_absent(const struct part *part)
{
	return part->error.code == ERROR_UNSUPPORTED; /* this machine has no such service, which is no failure */
}

/* No part answered: the error has the reason of each, and the hint of the first that should have answered. */
static int nothing_answered(const struct connection *connection, struct error *error)
{
	const struct part *first = NULL;
	char text[sizeof error->text] = "";
	size_t length = 0;

	for (size_t i = 0; i < PART_COUNT; i++) {
		const struct part *part = &connection->parts[i];

		if (first == NULL || (part_absent(first) && !part_absent(part)))
			first = part;
		if (length < sizeof text)
			length += (size_t)snprintf(text + length, sizeof text - length, "%s%s: %.110s",
			                           i > 0 ? "; " : "", part->provider->scheme, part->error.text);
	}
	error_set(error, first->error.code, first->error.step, "%s", text);
	return error_hint(error, "%s", first->error.hint);
}

static void part_open(struct part *part, const struct target *target, const struct deadline *deadline)
{
	char url[32] = "";
	struct target own = {.url = url, .label = target->label, .address = "", .credentials_file = ""};
	struct trail trail;

	snprintf(url, sizeof url, "%s:", part->provider->scheme);
	own.scheme = part->provider->scheme;
	own.provider = part->provider;
	trail_begin(&trail);
	part->provider->open(&own, deadline, &trail, &part->connection, &part->error);
}

/* Each part may use its share of the time that is left, so that one that hangs leaves time to the others. */
static struct deadline share(const struct deadline *deadline, size_t parts_left)
{
	return deadline_in(deadline_left(deadline) / (int64_t)parts_left);
}

static void local_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	for (size_t i = 0; i < PART_COUNT; i++)
		if (connection->parts[i].connection != NULL)
			connection->parts[i].provider->close(connection->parts[i].connection);
	free(connection);
}

static int local_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                      struct connection **connection, struct error *error)
{
	struct connection *new;
	size_t opened = 0;

	if (target->address[0] != '\0') {
		error_set(error, ERROR_USAGE, STEP_OPEN, "%s: only this machine's sessions can be read", target->url);
		return error_hint(error, "write \"local:\", and run it on the other machine (NRPE, ssh)");
	}
	new = must_alloc(sizeof *new);
	if (gethostname(new->host, sizeof new->host - 1) != 0)
		text_copy(new->host, sizeof new->host, "localhost");
	for (size_t i = 0; i < PART_COUNT; i++) {
		struct deadline part_deadline = share(deadline, PART_COUNT - i);

		new->parts[i].provider = part_providers[i];
		part_open(&new->parts[i], target, &part_deadline);
		opened += new->parts[i].connection != NULL;
	}
	if (opened == 0) {
		nothing_answered(new, error);
		local_close(new);
		return -1;
	}
	trail_mark(trail, STEP_OPEN);
	*connection = new;
	return 0;
}

/* A login is the desktop if its leader is xrdp's process or a descendant of it, or if both have the same user and X
 * display. */
static bool same_session(const struct session *desktop, const struct session *login, const void *context)
{
	const struct connection *connection = context;
	pid_t leader = logind_leader(connection->parts[PART_COUNT - 1].connection, login->id);
	unsigned long long root;
	char a[16], b[16];

	if (number_parse(desktop->id, INT_MAX, &root) == 0 && process_descends(leader, (pid_t)root))
		return true;
	station_display(desktop->station, a, sizeof a);
	station_display(login->station, b, sizeof b);
	return a[0] != '\0' && strcmp(a, b) == 0 && strcmp(desktop->user, login->user) == 0;
}

static void part_missing(struct snapshot *snapshot, const struct part *part)
{
	bool advise = !part_absent(part) && part->error.hint[0] != '\0';

	snapshot_notice(snapshot, "%s: %s%s%s", part->provider->scheme, part->error.text, advise ? "; " : "",
	                advise ? part->error.hint : "");
	if (!part_absent(part))
		snapshot->complete = false;
}

static bool part_list(struct part *part, const struct deadline *deadline, struct snapshot *snapshot)
{
	struct trail trail;

	if (part->connection == NULL)
		return false;
	error_clear(&part->error);
	trail_begin(&trail);
	return part->provider->list(part->connection, deadline, &trail, snapshot, &part->error) == 0;
}

static int local_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                      struct snapshot *snapshot, struct error *error)
{
	size_t answered = 0, merged = 0;

	snapshot->provider = arena_strdup(&snapshot->arena, local_provider.scheme);
	snapshot->host = arena_strdup(&snapshot->arena, connection->host);
	for (size_t i = 0; i < PART_COUNT; i++) {
		struct deadline part_deadline = share(deadline, PART_COUNT - i);
		struct part *part = &connection->parts[i];
		struct snapshot seen;

		snapshot_init(&seen);
		if (part_list(part, &part_deadline, &seen)) {
			answered++;
			merged += merge_part(snapshot, &seen, same_session, connection);
		} else {
			part_missing(snapshot, part);
		}
		snapshot_free(&seen);
	}
	if (answered == 0)
		return nothing_answered(connection, error);
	if (merged > 0)
		snapshot_notice(snapshot, "%zu login(s) that belong to xrdp's desktops are shown as those", merged);
	snapshot->now = snapshot->taken_at = clock_now();
	memory_fill(snapshot);
	trail_mark(trail, STEP_LIST);
	return 0;
}

static int local_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                     struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	for (size_t i = 0; i < PART_COUNT; i++) {
		struct part *part = &connection->parts[i];
		struct pin *inner;

		if (strcmp(part->provider->scheme, wanted->provider) != 0)
			continue;
		if (part->connection == NULL) {
			*error = part->error;
			return -1;
		}
		if (part->provider->pin(part->connection, wanted, deadline, &inner, now, host_now, arena, error) != 0)
			return -1;
		*pin = must_alloc(sizeof **pin);
		(*pin)->provider = part->provider;
		(*pin)->inner = inner;
		return 0;
	}
	return error_set(error, ERROR_UNSUPPORTED, STEP_PIN,
	                 "no session of provider %s is in local:", wanted->provider);
}

static int local_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                     struct outcome *outcome, struct error *error)
{
	return pin->provider->act(pin->inner, action, deadline, outcome, error);
}

static void local_unpin(struct pin *pin)
{
	if (pin == NULL)
		return;
	pin->provider->unpin(pin->inner);
	free(pin);
}

const struct provider local_provider = {
    LOCAL_ROW,        .open = local_open,   .list = local_list,   .pin = local_pin,
    .act = local_act, .unpin = local_unpin, .close = local_close,
};

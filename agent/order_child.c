/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ordering process: finds the session that the key names, and hands it to the act's handler. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/order_key.h"
#include "agent/order_run.h"
#include "agent/orders.h"
#include "agent/trap_act.h"
#include "lib/act/handler.h"
#include "lib/act/remedy.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/protocol.h"
#include "lib/collect/collect.h"
#include "lib/config/options.h"
#include "lib/config/programs.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "providers/registry.h"

/* As the handler would say it; returns its exit status. */
static int say(const char *outcome, const char *reason)
{
	line_write(STDOUT_FILENO, json_pack("{s:s, s:s}", "outcome", outcome, "reason", reason));
	return strcmp(outcome, "refused") == 0 ? REMEDY_REFUSED : REMEDY_FAILED;
}

/* The session as it is now, and its target. */
struct found {
	const struct session *session;
	const struct target *target;
	size_t count;
	const struct error *error; /* of a target that did not answer */
};

static void find_in(struct found *found, const struct visit *visit, const struct order *order)
{
	char key[ORDER_KEY_SIZE];

	if (visit->error.code != ERROR_NONE) {
		found->error = &visit->error;
		return;
	}
	for (size_t i = 0; i < visit->snapshot.count; i++) {
		const struct session *session = &visit->snapshot.sessions[i];

		order_key_write(key, session);
		if (!order_key_holds(order->key, key))
			continue;
		found->session = session;
		found->target = visit->target;
		found->count++;
	}
}

/* Several targets may have the label that the row shows. */
static void find(struct found *found, const struct order_job *job)
{
	const struct settings *settings = job->settings;
	const struct visit *visits;

	for (size_t i = 0; i < settings->target_count; i++) {
		const struct target *target = &settings->targets[i];

		if (strcmp(target->label, job->order->target) != 0)
			continue;
		visits = collect_targets(target, 1, settings->target_timeout, deadline_in(settings->timeout),
		                         NEED_EVERYTHING);
		find_in(found, &visits[0], job->order);
	}
}

/* Standard input becomes the session, as check_sessions --output json prints it. */
static int input_make(const struct found *found)
{
	json_t *json = session_to_json(found->session);
	int fd = memfd_create("session", MFD_CLOEXEC);

	json_object_set_new(json, "target", json_string(found->target->name));
	if (fd < 0 || line_write(fd, json) < 0 || lseek(fd, 0, SEEK_SET) != 0 || dup2(fd, STDIN_FILENO) < 0)
		return -1;
	close(fd);
	return 0;
}

static int handle(const struct order_job *job, const struct target *target)
{
	static const struct {
		const struct program_info *program;
		enum act act;
	} handlers[] = {
	    [ACT_MESSAGED] = {&program_message, ACT_MESSAGE},
	    [ACT_DISCONNECTED] = {&program_disconnect, ACT_DISCONNECT},
	    [ACT_LOGGED_OFF] = {&program_logoff, ACT_LOGOFF},
	};
	const enum act_number act = job->order->act;
	const char *arguments[16] = {
	    handlers[act].program->name, "--stdin", "--pass-thru", "--section", job->section, "--target", target->name};
	int count = 7;

	if (job->settings->config_file != NULL) {
		arguments[count++] = "--config";
		arguments[count++] = job->settings->config_file;
	}
	if (act == ACT_MESSAGED) {
		arguments[count++] = "--text";
		arguments[count++] = job->order->text;
	}
	return handler_main(handlers[act].program, provider_registry, handlers[act].act, count, (char **)arguments);
}

int order_child(void *context)
{
	const struct order_job *job = context;
	struct found found = {0};

	find(&found, job);
	if (found.count == 0 && found.error != NULL)
		return say("failed", found.error->text);
	if (found.count == 0)
		return say("refused", "the session has changed since the key was read, or has gone");
	if (found.count > 1)
		return say("refused", "the key names more than one session");
	if (input_make(&found) < 0)
		return say("failed", "cannot hand the session to the handler");
	return handle(job, found.target);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of providers, workers and collect see of them, without the
 * commands around: every target's answer as one line of JSON.
 *
 *   list-tool [-t MS] [-o MS] [-p PROCESSES] TARGET …
 *   list-tool [-t MS] -a ACT [-w MS] TARGET ID …     pin each and act on it
 *
 * -t: per target, -o: for all; -w: wait for the user's answer to a message.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/trust.h"
#include "lib/collect/collect.h"
#include "lib/collect/collect_options.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "lib/target/target_parse.h"
#include "providers/registry.h"

struct arguments {
	int64_t timeout, overall, answer_wait;
	unsigned processes;
	const char *act;
};

static void print(json_t *json)
{
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(json);
}

static void print_visit(struct visit *visit, void *context)
{
	json_t *json = json_pack("{ss}", "target", visit->target->url);

	(void)context;
	if (visit->error.code != ERROR_NONE)
		json_object_set_new(json, "error", error_to_json(&visit->error));
	else
		json_object_set_new(json, "snapshot", snapshot_to_json(&visit->snapshot));
	json_object_set_new(json, "steps", json_integer((json_int_t)visit->trail.count));
	print(json);
}

static int fail(const struct error *error)
{
	print(json_pack("{so}", "error", error_to_json(error)));
	return 1;
}

static int list(const struct target *targets, size_t count, const struct arguments *arguments)
{
	struct visit *visits = must_alloc(count * sizeof *visits);
	struct collect_options options = {
	    .target_timeout = arguments->timeout,
	    .overall = deadline_in(arguments->overall),
	    .processes = arguments->processes,
	    .progress = print_visit,
	};

	for (size_t i = 0; i < count; i++)
		visit_init(&visits[i], &targets[i]);
	collect(visits, count, &options);
	for (size_t i = 0; i < count; i++)
		visit_free(&visits[i]);
	free(visits);
	return 0;
}

static int act_on(struct connection *connection, const struct provider *provider, const char *id,
                  const struct arguments *arguments)
{
	static const char *const names[] = {"disconnect", "logoff", "message"};
	struct action action = {.title = "title", .text = "text", .answer_wait = arguments->answer_wait};
	struct deadline deadline = deadline_in(arguments->timeout);
	struct session wanted, now;
	struct outcome outcome = {0};
	struct error error = {0};
	struct arena arena = {0};
	struct pin *pin = NULL;
	json_t *json = json_object();
	int64_t host_now;

	while (action.act < ACT_MESSAGE && strcmp(names[action.act], arguments->act) != 0)
		action.act++;
	session_init(&wanted);
	wanted.provider = provider->scheme;
	wanted.id = id;
	if (provider->pin(connection, &wanted, &deadline, &pin, &now, &host_now, &arena, &error) == 0) {
		json_object_set_new(json, "pinned", session_to_json(&now));
		if (provider->act(pin, &action, &deadline, &outcome, &error) == 0)
			json_object_set_new(json, "outcome",
			                    json_pack("{ss ss ss}", "code", outcome_name(outcome.code), "answer",
			                              outcome.answer, "detail", outcome.detail));
		provider->unpin(pin);
	}
	if (error.code != ERROR_NONE)
		json_object_set_new(json, "error", error_to_json(&error));
	print(json);
	arena_free(&arena);
	return 0;
}

static int act(const struct target *target, char **ids, const struct arguments *arguments)
{
	struct deadline deadline = deadline_in(arguments->timeout);
	struct connection *connection;
	struct error error = {0};
	struct trail trail;

	trail_begin(&trail);
	if (target->provider->open(target, &deadline, &trail, &connection, &error) < 0)
		return fail(&error);
	for (; *ids != NULL; ids++)
		act_on(connection, target->provider, *ids, arguments);
	target->provider->close(connection);
	return 0;
}

static long long number(const char *text)
{
	return strtoll(text, NULL, 10);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.timeout = 5000, .overall = 20000};
	struct arena arena = {0};
	struct error error = {0};
	struct target *targets;
	size_t count = 0;
	int option, status;

	process_harden();
	while ((option = getopt(argc, argv, "t:o:p:a:w:")) != -1) {
		if (option == 't')
			arguments.timeout = number(optarg);
		else if (option == 'o')
			arguments.overall = number(optarg);
		else if (option == 'p')
			arguments.processes = (unsigned)number(optarg);
		else if (option == 'w')
			arguments.answer_wait = number(optarg);
		else if (option == 'a')
			arguments.act = optarg;
		else
			return 3;
	}
	targets = must_alloc((size_t)argc * sizeof *targets);
	for (int i = optind; i < argc && (arguments.act == NULL || i == optind); i++)
		if (target_parse(&targets[count++], provider_registry, argv[i], "", &arena, &error) < 0)
			return fail(&error);
	status =
	    arguments.act != NULL ? act(&targets[0], argv + optind + 1, &arguments) : list(targets, count, &arguments);
	free(targets);
	arena_free(&arena);
	return status;
}

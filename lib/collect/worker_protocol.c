/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/worker_protocol.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/tape/tape.h"
#include "lib/target/target.h"

enum { DAY = 24 * 3600 * 1000, TOOK_LIMIT = DAY, WAIT_LIMIT = DAY, DEADLINE_LIMIT = DAY };
enum { TARGET_TEXT_LIMIT = 8192, OPTION_LIMIT = 100 };

static int reject(struct error *error, const char *what)
{
	return error_set(error, ERROR_PROTOCOL, STEP_NONE, "worker protocol: %s", what);
}

json_t *target_to_json(const struct target *target)
{
	json_t *json = json_object(), *options = json_object();

	json_object_set_new(json, "url", json_string(target->url));
	json_object_set_new(json, "label", json_string(target->label));
	if (target->credentials_file[0] != '\0')
		json_object_set_new(json, "credentials", json_string(target->credentials_file));
	for (size_t i = 0; i < target->option_count; i++)
		json_object_set_new(options, target->options[i].name, json_string(target->options[i].value));
	json_object_set_new(json, "options", options);
	return json;
}

/* "scheme:rest" or "scheme://rest".  The scheme may be an alias of the worker's ("sim+worker"). */
static int url_split(struct target *target, struct arena *arena, struct error *error)
{
	const char *colon = strchr(target->url, ':');

	if (colon == NULL || colon == target->url)
		return reject(error, "a target's url has no scheme");
	target->scheme = arena_strndup(arena, target->url, (size_t)(colon - target->url));
	target->address = strncmp(colon, "://", 3) == 0 ? colon + 3 : colon + 1;
	return 0;
}

static int options_from_json(json_t *json, struct target *target, struct arena *arena, struct error *error)
{
	const char *key;
	json_t *value;

	if (json == NULL)
		return 0;
	if (!json_is_object(json) || json_object_size(json) > OPTION_LIMIT)
		return reject(error, "a target's options are not an object, or too many");
	target->options = arena_alloc(arena, json_object_size(json) * sizeof *target->options);
	json_object_foreach (json, key, value) {
		if (!json_is_string(value))
			return reject(error, "a target's option is not a text");
		target->options[target->option_count].name = arena_strdup(arena, key);
		target->options[target->option_count++].value = arena_strdup(arena, json_string_value(value));
	}
	return 0;
}

int target_from_json(const json_t *json, struct target *target, const struct provider *provider, struct arena *arena,
                     struct error *error)
{
	const json_t *url = json_object_get(json, "url");
	const char *label = json_string_value(json_object_get(json, "label"));
	const char *credentials = json_string_value(json_object_get(json, "credentials"));

	memset(target, 0, sizeof *target);
	if (!json_is_string(url) || json_string_length(url) > TARGET_TEXT_LIMIT)
		return reject(error, "a target has no url");
	target->url = arena_strdup(arena, json_string_value(url));
	target->label = arena_strdup(arena, label != NULL ? label : target->url);
	target->credentials_file = arena_strdup(arena, credentials != NULL ? credentials : "");
	target->provider = provider;
	if (url_split(target, arena, error) < 0)
		return -1;
	return options_from_json(json_object_get(json, "options"), target, arena, error);
}

/* The URL was typed by a person and may have any bytes; JSON takes UTF-8 only. */
static json_t *typed_to_json(const char *text)
{
	struct arena arena = {0};
	json_t *json = json_string(text_clean(&arena, text, strlen(text), SIZE_MAX));

	arena_free(&arena);
	return json;
}

static const struct {
	enum need need;
	const char *name;
} need_names[] = {{NEED_CLIENTS, "clients"}, {NEED_BIRTHS, "births"}};

json_t *needs_to_json(unsigned needs)
{
	json_t *json = json_array();

	for (size_t i = 0; i < sizeof need_names / sizeof *need_names; i++)
		if (needs & need_names[i].need)
			json_array_append_new(json, json_string(need_names[i].name));
	return json;
}

static unsigned need_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof need_names / sizeof *need_names; i++)
		if (name != NULL && strcmp(name, need_names[i].name) == 0)
			return need_names[i].need;
	return NEED_EVERYTHING;
}

unsigned needs_from_json(const json_t *json)
{
	unsigned needs = json_is_array(json) ? 0 : NEED_EVERYTHING;
	const json_t *name;
	size_t i;

	json_array_foreach (json, i, name)
		needs |= need_by_name(json_string_value(name));
	return needs;
}

void deadline_to_json(json_t *request, const struct deadline *deadline)
{
	const int64_t now = clock_monotonic();

	json_object_set_new(request, "deadline", json_integer(deadline->at > now ? deadline->at - now : 0));
	json_object_set_new(request, "sent", json_integer(now));
}

int deadline_from_json(const json_t *request, int64_t *left, struct error *error)
{
	const json_int_t limit = json_integer_value(json_object_get(request, "deadline"));
	const json_t *sent = json_object_get(request, "sent");
	const int64_t now = clock_monotonic();

	if (limit < 0 || limit > DEADLINE_LIMIT)
		return reject(error, "the deadline is not within a day");
	*left = limit;
	/* A time to come is of another clock. */
	if (json_integer_value(sent) > 0 && json_integer_value(sent) <= now)
		*left -= now - json_integer_value(sent);
	if (*left < 0)
		*left = 0;
	return 0;
}

json_t *action_to_json(const struct action *action)
{
	json_t *json = json_object();

	json_object_set_new(json, "act", json_string(act_name(action->act)));
	if (action->title != NULL)
		json_object_set_new(json, "title", typed_to_json(action->title));
	if (action->text != NULL)
		json_object_set_new(json, "text", typed_to_json(action->text));
	json_object_set_new(json, "answer_wait", json_integer(action->answer_wait));
	json_object_set_new(json, "force", json_boolean(action->force));
	return json;
}

int action_from_json(const json_t *json, struct action *action, struct arena *arena, struct error *error)
{
	const char *name = json_string_value(json_object_get(json, "act"));
	const char *title = json_string_value(json_object_get(json, "title"));
	const char *text = json_string_value(json_object_get(json, "text"));

	memset(action, 0, sizeof *action);
	action->act = ACT_DISCONNECT;
	while (name != NULL && strcmp(name, act_name(action->act)) != 0) {
		if (action->act == ACT_MESSAGE)
			return reject(error, "no such act");
		action->act++;
	}
	if (name == NULL)
		return reject(error, "an action without an act");
	action->title = arena_strdup(arena, title != NULL ? title : "");
	action->text = arena_strdup(arena, text != NULL ? text : "");
	action->answer_wait = json_integer_value(json_object_get(json, "answer_wait"));
	if (action->answer_wait < 0 || action->answer_wait > WAIT_LIMIT)
		return reject(error, "answer_wait is not within a day");
	action->force = json_is_true(json_object_get(json, "force"));
	return 0;
}

json_t *outcome_to_json(const struct outcome *outcome)
{
	return json_pack("{ss ss ss}", "code", outcome_name(outcome->code), "answer", outcome->answer, "detail",
	                 outcome->detail);
}

int outcome_from_json(const json_t *json, struct outcome *outcome, struct error *error)
{
	const char *name = json_string_value(json_object_get(json, "code"));
	const char *answer = json_string_value(json_object_get(json, "answer"));
	const char *detail = json_string_value(json_object_get(json, "detail"));

	memset(outcome, 0, sizeof *outcome);
	outcome->code = OUTCOME_DONE;
	while (name != NULL && strcmp(name, outcome_name(outcome->code)) != 0) {
		if (outcome->code == OUTCOME_NO_ANSWER)
			return reject(error, "no such outcome");
		outcome->code++;
	}
	if (name == NULL)
		return reject(error, "an outcome without a code");
	text_copy(outcome->answer, sizeof outcome->answer, answer != NULL ? answer : "");
	text_copy(outcome->detail, sizeof outcome->detail, detail != NULL ? detail : "");
	return 0;
}

json_t *trail_to_json(const struct trail *trail)
{
	json_t *json = json_array();

	for (size_t i = 0; i < trail->count; i++)
		json_array_append_new(json, json_pack("{ss sI}", "step", step_name(trail->steps[i].step), "took",
		                                      (json_int_t)trail->steps[i].took));
	return json;
}

void trail_from_json(const json_t *json, struct trail *trail)
{
	const json_t *entry;
	size_t i;

	trail->count = 0;
	json_array_foreach (json, i, entry) {
		const char *name = json_string_value(json_object_get(entry, "step"));
		json_int_t took = json_integer_value(json_object_get(entry, "took"));
		enum step step = name != NULL ? step_parse(name) : STEP_NONE;

		if (step == STEP_NONE || took < 0 || took > TOOK_LIMIT || trail->count == TRAIL_STEPS)
			continue;
		trail->steps[trail->count].step = step;
		trail->steps[trail->count++].took = took;
	}
}

void tape_to_request(json_t *request)
{
	if (tape_records())
		json_object_set_new(request, "record", json_true());
	if (tape_plays())
		json_object_set(request, "replay", tape_played());
}

static json_t *capabilities_to_json(uint32_t capabilities)
{
	static const struct {
		enum capability bit;
		const char *name;
	} names[] = {
	    {CAN_DISCONNECT, "can-disconnect"},
	    {CAN_LOGOFF, "can-logoff"},
	    {CAN_MESSAGE, "can-message"},
	    {HAS_IDLE, "has-idle"},
	    {HAS_DISCONNECT_TIME, "has-disconnect-time"},
	    {HAS_BIRTH, "has-birth"},
	    {HAS_LOCK, "has-lock"},
	    {MANY_HOSTS, "many-hosts"},
	    {NEEDS_CREDENTIALS, "needs-credentials"},
	    {SHELLS_PER_OWNER, "shells-per-owner"},
	    {OWN_PROCESS, "own-process"},
	};
	json_t *json = json_array();

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if ((capabilities & names[i].bit) != 0)
			json_array_append_new(json, json_string(names[i].name));
	return json;
}

json_t *provider_to_json(const struct provider *provider)
{
	json_t *options = json_array();

	for (const struct provider_option *option = provider->options; option != NULL && option->name != NULL; option++)
		json_array_append_new(options,
		                      json_pack("{ss ss ss sb}", "name", option->name, "argument", option->argument,
		                                "help", option->help, "secret", (int)option->secret));
	return json_pack("{ss ss ss so so}", "scheme", provider->scheme, "summary", provider->summary, "status",
	                 provider->status == PROVIDER_STABLE ? "stable" : "experimental", "capabilities",
	                 capabilities_to_json(provider->capabilities), "options", options);
}

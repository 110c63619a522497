/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/answer.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/session/session_json.h"

enum { TEXT_LIMIT = 1024, HOST_LIMIT = 100000 };

size_t answer_host_find(const struct answer *answer, const struct session *session, size_t *guess)
{
	const char *name = session->host[0] != '\0' ? session->host : answer->snapshot.host;

	for (size_t i = 0; i < answer->host_count; i++) {
		size_t at = (*guess + i) % answer->host_count;

		if (text_same(answer->hosts[at].name, name)) {
			*guess = at;
			return at;
		}
	}
	return answer->host_count;
}

json_t *answer_to_json(const struct answer *answer)
{
	json_t *json = json_object(), *hosts = json_array();

	json_object_set_new_nocheck(json, "target", json_string(answer->target));
	json_object_set_new_nocheck(json, "url", json_string(answer->url));
	json_object_set_new_nocheck(json, "provider", json_string(answer->provider));
	for (size_t i = 0; i < answer->host_count; i++) {
		json_t *host = json_object();

		json_object_set_new_nocheck(host, "index", json_integer(answer->hosts[i].index));
		json_object_set_new_nocheck(host, "host", json_string(answer->hosts[i].name));
		json_array_append_new(hosts, host);
	}
	json_object_set_new_nocheck(json, "hosts", hosts);
	if (answer->shared > 0) {
		json_object_set_new_nocheck(json, "shared", json_integer((json_int_t)answer->shared));
		json_object_set_new_nocheck(json, "shared_with", json_string(answer->shared_with));
	}
	if (answer->error.code == ERROR_NONE)
		json_object_set_new_nocheck(json, "snapshot", snapshot_to_json(&answer->snapshot));
	else
		json_object_set_new_nocheck(json, "error", error_to_json(&answer->error));
	return json;
}

static int reject(struct error *error, const char *key, const char *what)
{
	return error_set(error, ERROR_PROTOCOL, STEP_LIST, "the polling process sent a bad answer: %s %s", key, what);
}

static int text_from(const json_t *json, const char *key, const char **text, struct arena *arena, struct error *error)
{
	const json_t *value = json_object_get(json, key);

	if (!json_is_string(value))
		return reject(error, key, "is not a text");
	*text = text_clean(arena, json_string_value(value), json_string_length(value), TEXT_LIMIT);
	return 0;
}

static int hosts_from_json(const json_t *hosts, struct answer *answer, struct error *error)
{
	struct arena *arena = &answer->snapshot.arena;
	const json_t *host;
	size_t i;

	if (!json_is_array(hosts) || json_array_size(hosts) > HOST_LIMIT)
		return reject(error, "hosts", "is not a list, or too long");
	answer->hosts = arena_alloc(arena, (json_array_size(hosts) + 1) * sizeof *answer->hosts);
	json_array_foreach (hosts, i, host) {
		json_int_t index = json_integer_value(json_object_get(host, "index"));

		if (index < 1 || index > INT32_MAX)
			return reject(error, "index", "is out of range");
		answer->hosts[i].index = (uint32_t)index;
		if (text_from(host, "host", &answer->hosts[i].name, arena, error) < 0)
			return -1;
	}
	answer->host_count = json_array_size(hosts);
	return 0;
}

static int shared_from_json(const json_t *json, struct answer *answer, struct error *error)
{
	const json_t *shared = json_object_get(json, "shared");

	answer->shared_with = "";
	if (shared == NULL)
		return 0;
	if (json_integer_value(shared) < 1)
		return reject(error, "shared", "is out of range");
	answer->shared = (size_t)json_integer_value(shared);
	return text_from(json, "shared_with", &answer->shared_with, &answer->snapshot.arena, error);
}

int answer_from_json(const json_t *json, struct answer *answer, struct error *error)
{
	struct arena *arena = &answer->snapshot.arena;
	const json_t *problem = json_object_get(json, "error");

	memset(answer, 0, sizeof *answer);
	snapshot_init(&answer->snapshot);
	if (text_from(json, "target", &answer->target, arena, error) < 0 ||
	    text_from(json, "url", &answer->url, arena, error) < 0 ||
	    text_from(json, "provider", &answer->provider, arena, error) < 0 ||
	    hosts_from_json(json_object_get(json, "hosts"), answer, error) < 0 ||
	    shared_from_json(json, answer, error) < 0)
		return -1;
	if (problem != NULL) {
		error_from_json(problem, &answer->error);
		return 0;
	}
	return snapshot_from_json(json_object_get(json, "snapshot"), &answer->snapshot, error);
}

void answer_free(struct answer *answer)
{
	snapshot_free(&answer->snapshot);
	memset(answer, 0, sizeof *answer);
}

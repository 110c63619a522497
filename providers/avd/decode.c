/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions and host pools.  Their form: Microsoft.DesktopVirtualization's REST reference, and recordings. */
#include "providers/avd/decode.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/names.h"

enum { TEXT_MOST = 1024, URL_MOST = 8192 };

static int malformed(struct error *error, const char *what)
{
	return error_set(error, ERROR_PROTOCOL, STEP_LIST, "Azure's answer is not as it should be: %s", what);
}

static json_t *load(const char *bytes, size_t length, struct error *error)
{
	json_error_t why;
	json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &why);

	if (json == NULL) {
		struct arena arena = {0};

		error_set(error, ERROR_PROTOCOL, STEP_LIST, "Azure's answer is not JSON: %.100s",
		          text_clean(&arena, why.text, strlen(why.text), 100));
		arena_free(&arena);
	}
	return json;
}

/* A text, or "" for null and for what is missing. */
static const char *text_of(const json_t *object, const char *key, struct arena *arena)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return "";
	return text_clean(arena, json_string_value(value), json_string_length(value), TEXT_MOST);
}

int azure_time(const char *text, int64_t *when, char birth[BIRTH_SIZE])
{
	enum { SECONDS = 19 };                          /* "2019-11-05T18:05:48" */
	const int64_t earliest = INT64_C(946684800000); /* 2000: before that it is a default */
	char whole[64], utc[TIME_TEXT_SIZE];
	size_t digits = 0;
	const char *zone;

	birth[0] = '\0';
	if (strlen(text) < SECONDS || strlen(text) > 40)
		return -1;
	if (text[SECONDS] == '.' && (digits = strspn(text + SECONDS + 1, "0123456789")) == 0)
		return -1;
	zone = text + SECONDS + (digits > 0 ? 1 + digits : 0);
	/* The seconds alone, so that no fraction is rounded into the next one. */
	snprintf(whole, sizeof whole, "%.*s%s", SECONDS, text, *zone != '\0' ? zone : "Z");
	if (digits > 9 || time_parse(whole, when) < 0 || *when < earliest)
		return -1;
	time_format(utc, sizeof utc, *when);
	for (size_t i = 0, scale = 100; i < 3 && i < digits; i++, scale /= 10)
		*when += (int64_t)((size_t)(text[SECONDS + 1 + i] - '0') * scale);
	while (digits > 0 && text[SECONDS + digits] == '0') /* .NET leaves zeros at the end out */
		digits--;
	snprintf(birth, BIRTH_SIZE, "%.*s%s%.*sZ", SECONDS, utc, digits > 0 ? "." : "", (int)digits,
	         text + SECONDS + (digits > 0 ? 1 : 0));
	return 0;
}

/* The states of the interface today; others may come. "Unknown" and a missing state are unknown; the others are
   neither active nor disconnected. */
static void fill_state(struct session *session, const char *state)
{
	static const struct {
		const char *name;
		enum session_state state;
	} states[] = {{"Active", STATE_ACTIVE},
	              {"Disconnected", STATE_DISCONNECTED},
	              {"Pending", STATE_INIT},
	              {"UserProfileDiskMounted", STATE_INIT},
	              {"LogOff", STATE_RESET}};

	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (text_same(state, states[i].name)) {
			session->state = states[i].state;
			if (session->state != STATE_ACTIVE && session->state != STATE_DISCONNECTED)
				session->state_text = state;
			return;
		}
	session->state = STATE_OTHER;
	session->state_text = state[0] != '\0' ? state : "Unknown";
}

/* Every list has the UPN, only the session host's has "DOMAIN\user". They are two names: in many directories the
   UPN is an e-mail address and differs from the account. Without the account name, user is the part before the @. */
static void fill_user(struct session *session, const json_t *properties, struct arena *arena)
{
	const char *account = text_of(properties, "activeDirectoryUserName", arena), *slash = strchr(account, '\\');

	session->upn = text_of(properties, "userPrincipalName", arena);
	if (slash != NULL)
		session->domain = arena_strndup(arena, account, (size_t)(slash - account));
	session->user = slash != NULL ? slash + 1 : account;
	names_mark_cut(session); /* the session host's name is cut as Windows cuts it */
	if (session->user[0] == '\0') {
		session->user = arena_strndup(arena, session->upn, strcspn(session->upn, "@"));
		session->user_cut = false;
	}
	session->class = session->user[0] != '\0' ? CLASS_USER : CLASS_NONE;
}

static void fill_session(const struct page *page, const struct session_name *name, const json_t *properties,
                         struct session *session, struct arena *arena)
{
	const char *kind = text_of(properties, "applicationType", arena);
	char birth[BIRTH_SIZE];
	unsigned long long number;
	int64_t created;

	session->provider = "avd";
	session->host = name->host;
	session->collection = name->pool;
	session->id = name_to_id(name, page->place, arena);
	session->numbered = number_parse(name->id, UINT32_MAX, &number) == 0;
	session->number = session->numbered ? (uint32_t)number : 0;
	fill_user(session, properties, arena);
	fill_state(session, text_of(properties, "sessionState", arena));
	session->kind = text_same(kind, "Desktop")     ? KIND_DESKTOP
	                : text_same(kind, "RemoteApp") ? KIND_REMOTE_APP
	                                               : KIND_UNKNOWN;
	session->own = account_match("", page->account, session) != MATCH_NO ? FLAG_YES : FLAG_NO;
	if (session->state == STATE_ACTIVE)
		session->disconnect_time = (struct moment){.is = MOMENT_NEVER};
	if (azure_time(text_of(properties, "createTime", arena), &created, birth) == 0) {
		session->logon_time = moment_at(created);
		session->birth = arena_strdup(arena, birth);
	}
}

static bool asked_for(const char *asked, const char *name)
{
	return asked == NULL || text_same(asked, name);
}

static bool same_name(const struct session_name *a, const struct session_name *b)
{
	return text_same(a->pool, b->pool) && text_same(a->host, b->host) && text_same(a->id, b->id);
}

/* The session's name: POOL/HOST/ID in "name", as in all recordings, or in "id", as in the REST examples, which have
   "name": "1". If both have it they must agree. -1: unknown. */
static int find_name(const json_t *item, struct session_name *name, struct arena *arena)
{
	const char *short_name = text_of(item, "name", arena);
	struct session_name resource;
	const bool has_resource = name_from_resource(&resource, text_of(item, "id", arena), arena) == 0;

	if (name_parse(name, short_name, arena) == 0)
		return has_resource && !same_name(name, &resource) ? -1 : 0;
	if (!has_resource || !text_same(short_name, resource.id))
		return -1;
	*name = resource;
	return 0;
}

/* It must be below what was asked for. */
static int check_name(const struct page *page, const struct session_name *name, struct error *error)
{
	if (!asked_for(page->pool, name->pool) || !asked_for(page->host, name->host))
		return malformed(error, "it has a session of another pool or host than was asked for");
	return 0;
}

/* {"value":[…],"nextLink":…}: the items, and the next page. */
static const json_t *read_page(const json_t *json, const char **next, struct arena *arena, struct error *error)
{
	const json_t *value = json_object_get(json, "value"), *link = json_object_get(json, "nextLink");

	*next = NULL;
	if (!json_is_array(value)) {
		malformed(error, "there is no list \"value\"");
		return NULL;
	}
	if (link != NULL && !json_is_null(link) && (!json_is_string(link) || json_string_length(link) > URL_MOST)) {
		malformed(error, "nextLink is not a URL");
		return NULL;
	}
	if (json_string_length(link) > 0) {
		if (!text_plain(json_string_value(link))) {
			malformed(error, "nextLink is not a URL");
			return NULL;
		}
		*next = arena_strdup(arena, json_string_value(link));
	}
	return value;
}

int decode_sessions(const struct page *page, const char *bytes, size_t length, struct snapshot *snapshot,
                    const char **next, struct arena *arena, struct error *error)
{
	json_t *json = load(bytes, length, error);
	const json_t *value, *item;
	struct session_name name;
	size_t i;

	if (json == NULL)
		return -1;
	value = read_page(json, next, arena, error);
	json_array_foreach (value, i, item) {
		struct session *session;

		if (snapshot->count == SESSIONS_MOST) {
			malformed(error, "more than 100,000 sessions");
			break;
		}
		if (find_name(item, &name, &snapshot->arena) < 0) {
			++*page->doubtful;
			continue;
		}
		if (check_name(page, &name, error) < 0)
			break;
		session = snapshot_add(snapshot);
		fill_session(page, &name, json_object_get(item, "properties"), session, &snapshot->arena);
		*page->doubtful += session->class == CLASS_NONE; /* properties are missing, or have no user */
	}
	json_decref(json);
	return error->code == ERROR_NONE ? 0 : -1;
}

int decode_session(const struct page *page, const struct session_name *wanted, const char *bytes, size_t length,
                   struct session *session, struct arena *arena, struct error *error)
{
	json_t *json = load(bytes, length, error);
	struct session_name name;
	int result;

	if (json == NULL)
		return -1;
	result = find_name(json, &name, arena) < 0 ? malformed(error, "it does not name its session")
	                                           : check_name(page, &name, error);
	if (result == 0 && !text_same(name.id, wanted->id))
		result = malformed(error, "it is another session than was asked for");
	if (result == 0) {
		session_init(session);
		fill_session(page, &name, json_object_get(json, "properties"), session, arena);
	}
	json_decref(json);
	return result;
}

int decode_pools(const char *bytes, size_t length, struct string_list *pools, const char **next, struct arena *arena,
                 struct error *error)
{
	json_t *json = load(bytes, length, error);
	const json_t *value, *item;
	size_t i;

	if (json == NULL)
		return -1;
	value = read_page(json, next, arena, error);
	json_array_foreach (value, i, item) {
		const char *name = text_of(item, "name", arena);

		if (!segment_valid(name) || pools->count == SESSIONS_MOST) {
			malformed(error, "a host pool has no name");
			break;
		}
		string_list_add(pools, arena, name);
	}
	json_decref(json);
	return error->code == ERROR_NONE ? 0 : -1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/rds/active.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/target/provider.h"
#include "providers/http/http.h"
#include "providers/rds/instance.h"
#include "providers/wsman/ask.h"

#define ENVIRONMENT "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/rdms/Win32_RDMSEnvironment"
#define METHOD      "GetActiveServer"

static void ask_one(struct broker *broker);

static void chosen(struct broker *broker, size_t at)
{
	broker_turn(broker, at);
	broker->chosen = true;
	broker->then(broker);
}

/* "rdcb1" is "rdcb1.corp.example", as one of the two is a NetBIOS name. */
static bool same_host(const char *a, const char *b)
{
	struct arena arena = {0};
	const size_t first = strcspn(a, "."), second = strcspn(b, ".");
	const bool whole = a[first] != '\0' && b[second] != '\0';
	const bool same =
	    whole ? text_same(a, b) : text_same(arena_strndup(&arena, a, first), arena_strndup(&arena, b, second));

	arena_free(&arena);
	return same;
}

static void choose(struct broker *broker, const char *name)
{
	broker->answered = broker->at;
	broker->active = NULL;
	for (size_t i = 0; i < broker->opened; i++)
		if (same_host(broker->accesses[i].host, name)) {
			chosen(broker, i);
			return;
		}
	/* Only brokers that the target names are logged in to. */
	if (name[0] != '\0')
		broker->active = arena_strdup(&broker->arena, name);
	chosen(broker, broker->at);
}

/* The broker is not there, so try another. A refused login would be refused by all. */
static bool absent(const struct error *error)
{
	return error->code == ERROR_NO_SUCH_HOST || error->code == ERROR_REFUSED || error->code == ERROR_UNREACHABLE ||
	       error->code == ERROR_TIMEOUT;
}

static void told(struct wsman_reply *reply, void *context)
{
	struct broker *broker = context;
	const struct xml_element *output = reply->answer.body != NULL ? reply->answer.body->first : NULL;

	if (reply->error.code != ERROR_NONE && !reply->faulted) {
		error_clear(&broker->error);
		broker->error = reply->error;
		if (absent(&reply->error) && broker->at + 1 < broker->opened) {
			broker_turn(broker, broker->at + 1);
			ask_one(broker);
		} else {
			broker->then(broker);
		}
		return;
	}
	if (broker->trail != NULL && reply->http->status != 0)
		http_trail(broker->trail, reply->http);
	error_clear(&broker->error);
	choose(broker, reply->error.code == ERROR_NONE && instance_is(output, METHOD "_OUTPUT")
	                   ? instance_clean(output, "ServerName", &broker->arena)
	                   : "");
}

static void ask_one(struct broker *broker)
{
	/* An equal share of the time for each broker left, and one for the list. */
	const int64_t share = deadline_left(&broker->deadline) / (int64_t)(broker->opened - broker->at + 1);

	wsman_ask(&broker->service,
	          &(struct wsman_question){
	              .action = ENVIRONMENT "/" METHOD,
	              .resource = ENVIRONMENT,
	              .body = "<m:" METHOD "_INPUT xmlns:m=\"" ENVIRONMENT "\"/>",
	              .deadline = deadline_in(share),
	              .step = STEP_LIST,
	          },
	          told, broker);
}

void active_find(struct broker *broker, void (*then)(struct broker *broker))
{
	broker->then = then;
	if (broker->chosen) {
		then(broker);
		return;
	}
	broker_turn(broker, 0);
	ask_one(broker);
}

bool active_lost(struct broker *broker, const struct error *error)
{
	if (!absent(error) || broker->opened == 1 || broker->at == broker->answered)
		return false;
	broker->active = broker->accesses[broker->at].host;
	broker_turn(broker, broker->answered);
	return true;
}

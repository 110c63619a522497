/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/avd/list.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "providers/avd/decode.h"
#include "providers/http/http.h"

/* Pages of one list: 200 sessions each were seen. */
enum { PAGES_MOST = 500 };

struct listing {
	struct list_order order;
	struct resource resource;
	struct arena arena;
	size_t open;          /* lists that have not ended */
	size_t good;          /* lists that have */
	struct error error;   /* the first one */
	size_t doubtful;      /* sessions that do not say which or whose they are */
	bool asking_hosts;    /* the second round: each session host for its births */
	struct snapshot seen; /* the sessions of that round */
	void (*done)(void *context, const struct error *error);
	void *context;
};

/* One list, of whatever it is, page after page. */
struct walk {
	struct listing *listing;
	const char *pool, *host; /* NULL, NULL: the list of pools */
	const char *url;
	unsigned pages;
	struct snapshot *snapshot;
	struct string_list pools;
};

static void walk_begin(struct listing *listing, const char *pool, const char *host);
static void listing_end(struct listing *listing);

static void walk_end(struct walk *walk, const struct error *error)
{
	struct listing *listing = walk->listing;
	char pool[128];

	if (error->code == ERROR_NONE)
		listing->good++;
	else if (listing->error.code == ERROR_NONE)
		listing->error = *error;
	if (error->code != ERROR_NONE && !listing->asking_hosts && walk->pool != NULL) {
		text_copy(pool, sizeof pool, walk->pool);
		snapshot_notice(listing->order.snapshot, "host pool %s: %s", pool, error->text);
	}
	if (error->code == ERROR_NONE && walk->pool == NULL)
		for (size_t i = 0; i < walk->pools.count; i++)
			walk_begin(listing, walk->pools.items[i], NULL);
	free(walk);
	if (--listing->open == 0)
		listing_end(listing);
}

static void page_read(struct answer *answer, void *context);

static void page_ask(struct walk *walk)
{
	struct listing *listing = walk->listing;
	struct question question = {
	    .method = "GET",
	    .url = walk->url,
	    .deadline = listing->order.deadline,
	    .step = STEP_LIST,
	    .trail = listing->good == 0 && walk->pages == 0 && !listing->asking_hosts ? listing->order.trail : NULL,
	};

	walk->pages++;
	azure_ask(listing->order.account, &question, page_read, walk);
}

static int page_decode(struct walk *walk, const struct buffer *body, const char **next, struct error *error)
{
	struct listing *listing = walk->listing;
	size_t unused = 0;
	const struct page page = {
	    /* The session hosts' lists are for births alone. */
	    .doubtful = listing->asking_hosts ? &unused : &listing->doubtful,
	    .place = listing->order.place,
	    .pool = walk->pool,
	    .host = walk->host,
	    .account = listing->order.account->upn,
	};

	if (walk->pool == NULL)
		return decode_pools(buffer_text(body), body->length, &walk->pools, next, &listing->arena, error);
	return decode_sessions(&page, buffer_text(body), body->length, walk->snapshot, next, &listing->arena, error);
}

/* The next page may be asked for: it gets our token. */
static int next_check(const struct walk *walk, const char *next, struct error *error)
{
	const struct account *account = walk->listing->order.account;

	if (!http_same_origin(next, account->endpoint)) {
		struct arena arena = {0};
		const char *origin = http_origin(&arena, next);

		error_set(error, ERROR_PROTOCOL, STEP_LIST, "the next page is at %.100s and not at %.100s: refused",
		          origin[0] != '\0' ? origin : "no proper URL", account->endpoint);
		arena_free(&arena);
		return -1;
	}
	if (walk->pages == PAGES_MOST || strcmp(next, walk->url) == 0)
		return error_set(error, ERROR_PROTOCOL, STEP_LIST, "the list's pages have no end");
	return 0;
}

static void page_read(struct answer *answer, void *context)
{
	struct walk *walk = context;
	struct error error = answer->error;
	const char *next = NULL;

	if (error.code == ERROR_NONE && page_decode(walk, &answer->response->body, &next, &error) == 0 &&
	    next != NULL && next_check(walk, next, &error) == 0) {
		walk->url = next;
		page_ask(walk);
		return;
	}
	walk_end(walk, &error);
}

static void walk_begin(struct listing *listing, const char *pool, const char *host)
{
	struct walk *walk = must_alloc(sizeof *walk);

	walk->listing = listing;
	walk->pool = pool;
	walk->host = host;
	walk->snapshot = listing->asking_hosts ? &listing->seen : listing->order.snapshot;
	walk->url = pool == NULL ? url_pools(&listing->resource, &listing->arena)
	                         : url_sessions(&listing->resource, pool, host, &listing->arena);
	listing->open++;
	page_ask(walk);
}

/* By host and id, as Azure compares them. */
static int compare_sessions(const void *a, const void *b)
{
	const struct session *one = a, *other = b;
	int pools = strcasecmp(one->collection, other->collection), hosts = strcasecmp(one->host, other->host);

	return pools != 0 ? pools : hosts != 0 ? hosts : strcasecmp(one->id, other->id);
}

/* If the list changes between pages a session may appear twice. */
static void sort_and_unite(struct snapshot *snapshot)
{
	size_t kept = 0;

	if (snapshot->count < 2)
		return;
	qsort(snapshot->sessions, snapshot->count, sizeof *snapshot->sessions, compare_sessions);
	for (size_t i = 1; i < snapshot->count; i++)
		if (compare_sessions(&snapshot->sessions[kept], &snapshot->sessions[i]) != 0)
			snapshot->sessions[++kept] = snapshot->sessions[i];
	snapshot->count = kept + 1;
}

/* Takes what only the session host's list has, if the user is the same. */
static void merge_births(struct listing *listing)
{
	struct snapshot *to = listing->order.snapshot;

	sort_and_unite(&listing->seen);
	for (size_t i = 0; i < to->count; i++) {
		struct session *session = &to->sessions[i];
		const struct session *seen = NULL;

		if (session->birth[0] == '\0' && listing->seen.count > 0)
			seen = bsearch(session, listing->seen.sessions, listing->seen.count, sizeof *session,
			               compare_sessions);
		if (seen == NULL || !text_same(seen->upn, session->upn))
			continue;
		session->birth = arena_strdup(&to->arena, seen->birth);
		session->logon_time = seen->logon_time;
		session->user = arena_strdup(&to->arena, seen->user);
		session->domain = arena_strdup(&to->arena, seen->domain);
		session->user_cut = seen->user_cut;
		session->domain_cut = seen->domain_cut;
	}
}

/* Each session host with a session that has no birth yet.  They are sorted by pool and host. */
static void ask_hosts(struct listing *listing)
{
	const struct snapshot *snapshot = listing->order.snapshot;
	const struct session *before = NULL;

	listing->asking_hosts = true;
	listing->open++; /* until all have begun */
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];

		if (session->birth[0] != '\0' || session->class != CLASS_USER)
			continue;
		if (before == NULL || !text_same(before->collection, session->collection) ||
		    !text_same(before->host, session->host))
			walk_begin(listing, session->collection, session->host);
		before = session;
	}
	if (--listing->open == 0)
		listing_end(listing);
}

static void finish(struct listing *listing)
{
	struct list_order *order = &listing->order;
	struct snapshot *snapshot = order->snapshot;
	/* Of many pools some may fail. */
	bool partial = order->place->pool == NULL && listing->good > 1;
	struct error error = {0};

	if (listing->error.code != ERROR_NONE && !partial)
		error = listing->error;
	snapshot->complete = listing->error.code == ERROR_NONE && listing->doubtful == 0;
	if (listing->doubtful > 0)
		snapshot_notice(snapshot, "%zu of Azure's sessions have no name or no user", listing->doubtful);
	snapshot->taken_at = snapshot->now = clock_now();
	if (error.code == ERROR_NONE)
		trail_mark(order->trail, STEP_LIST);
	listing->done(listing->context, &error);
	snapshot_free(&listing->seen);
	arena_free(&listing->arena);
	free(listing);
}

/* A round is over: the lists, or the session hosts that were asked for births. */
static void listing_end(struct listing *listing)
{
	if (listing->asking_hosts) {
		merge_births(listing);
		/* A host that could not be asked leaves its sessions without births: seen, and never acted on. */
		if (listing->error.code != ERROR_NONE)
			snapshot_notice(listing->order.snapshot, "session hosts: %s", listing->error.text);
		error_clear(&listing->error);
		finish(listing);
		return;
	}
	sort_and_unite(listing->order.snapshot);
	if (listing->order.births && listing->order.place->host == NULL && listing->error.code == ERROR_NONE)
		ask_hosts(listing);
	else
		finish(listing);
}

void list_begin(const struct list_order *order, void (*done)(void *context, const struct error *error), void *context)
{
	struct listing *listing = must_alloc(sizeof *listing);
	struct snapshot *snapshot = order->snapshot;

	listing->order = *order;
	listing->resource = (struct resource){order->account->endpoint, order->account->version, order->place};
	listing->done = done;
	listing->context = context;
	snapshot_init(&listing->seen);
	snapshot->provider = "avd";
	snapshot->host = arena_strdup(&snapshot->arena, place_name(order->place));
	walk_begin(listing, order->place->pool, order->place->host);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Enumerate, Pull … Pull, or Release (WS-Enumeration; DSP0226 8).  Windows puts
 * Items and EndOfSequence into the namespace of WS-Man in the answer to
 * Enumerate and into that of WS-Enumeration in the answer to Pull; both are
 * taken in both.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/wsman/ask.h"
#include "providers/wsman/envelope.h"
#include "providers/wsman/soap.h"
#include "providers/wsman/xml.h"

/* Release is optional, so its time is short (ms). */
enum { RELEASE_TIME = 1000 };
/* An EnumerationContext, in bytes. */
enum { CONTEXT_MOST = 4096 };

struct round {
	struct wsman service;
	struct enumeration what;
	struct arena arena;  /* of the texts in what */
	const char *context; /* of the enumeration, as the host gave it last */
	size_t pages, items;
	struct error error;
};

static void pages_on(struct round *round);

static void round_end(struct round *round)
{
	round->what.done(&round->error, round->what.context);
	arena_free(&round->arena);
	free(round);
}

static void released(struct wsman_reply *reply, void *context)
{
	(void)reply; /* what went wrong before is the error */
	round_end(context);
}

/* Ends an enumeration that the host has more of. */
static void release(struct round *round)
{
	struct buffer body = {0};
	struct wsman_question question = {
	    .action = ACTION_RELEASE,
	    .resource = round->what.resource,
	    .deadline = deadline_earlier(round->what.deadline, deadline_in(RELEASE_TIME)),
	    .step = round->what.step,
	};

	body_release(&body, round->context);
	question.body = buffer_text(&body);
	wsman_ask(&round->service, &question, released, round);
	buffer_free(&body);
}

static const struct xml_element *either(const struct xml_element *response, const char *name)
{
	const struct xml_element *element = xml_child(response, NS_WSMAN, name);

	return element != NULL ? element : xml_child(response, NS_ENUMERATION, name);
}

/* Items in another namespace: an unknown list is not an empty one. */
static bool foreign_items(const struct xml_element *response)
{
	for (const struct xml_element *one = response != NULL ? response->first : NULL; one != NULL; one = one->next)
		if (strcmp(one->name, "Items") == 0)
			return true;
	return false;
}

static int count_items(struct round *round, const struct xml_element *items, struct error *error)
{
	for (const struct xml_element *item = items->first; item != NULL; item = item->next)
		round->items++;
	if (++round->pages > WSMAN_PAGES_MOST || round->items > WSMAN_ITEMS_MOST)
		return error_set(error, ERROR_PROTOCOL, round->what.step,
		                 "%.100s: the list does not end: %zu entries in %zu pages", round->service.host,
		                 round->items, round->pages);
	return 0;
}

/* One page.  1: there are more, 0: it was the last, -1 with the round's error. */
static int take_page(struct round *round, const struct answer *answer)
{
	static const struct xml_element none;
	const struct xml_element *response =
	    xml_child(answer->body, NS_ENUMERATION, round->pages == 0 ? "EnumerateResponse" : "PullResponse");
	const struct xml_element *items = either(response, "Items");
	const char *context = xml_child_text(response, NS_ENUMERATION, "EnumerationContext");
	bool last = either(response, "EndOfSequence") != NULL;

	if (items == NULL && foreign_items(response))
		return error_set(&round->error, ERROR_PROTOCOL, round->what.step,
		                 "%.100s: the list's entries are not as WS-Man has them", round->service.host);
	if (response == NULL)
		return error_set(&round->error, ERROR_PROTOCOL, round->what.step,
		                 "%.100s: the answer is to something that was not asked", round->service.host);
	/* A Pull's answer may leave it out: then it stays the same. */
	if (context != NULL && context[0] != '\0')
		round->context = strlen(context) <= CONTEXT_MOST ? arena_strdup(&round->arena, context) : NULL;
	if (count_items(round, items != NULL ? items : &none, &round->error) < 0 ||
	    (items != NULL && round->what.items(items, round->what.context, &round->error) < 0))
		return -1;
	if (!last && round->context == NULL)
		return error_set(&round->error, ERROR_PROTOCOL, round->what.step,
		                 "%.100s: the list has neither an end nor a way to go on", round->service.host);
	return last ? 0 : 1;
}

static void page_came(struct wsman_reply *reply, void *context)
{
	struct round *round = context;
	int more;

	if (round->pages == 0 && round->what.began != NULL)
		round->what.began(reply->http, round->what.context);
	if (reply->error.code != ERROR_NONE) {
		round->error = reply->error;
		round_end(round);
		return;
	}
	more = take_page(round, &reply->answer);
	if (more > 0)
		pages_on(round);
	else if (more < 0 && round->context != NULL)
		release(round);
	else
		round_end(round);
}

static void pages_on(struct round *round)
{
	struct buffer body = {0};
	struct wsman_question question = {
	    .action = ACTION_PULL,
	    .resource = round->what.resource,
	    .deadline = round->what.deadline,
	    .step = round->what.step,
	};

	body_pull(&body, round->context);
	question.body = buffer_text(&body);
	wsman_ask(&round->service, &question, page_came, round);
	buffer_free(&body);
}

void wsman_enumerate(const struct wsman *service, const struct enumeration *enumeration)
{
	struct round *round = must_alloc(sizeof *round);
	struct buffer body = {0};
	struct wsman_question question = {
	    .action = ACTION_ENUMERATE,
	    .resource = enumeration->resource,
	    .deadline = enumeration->deadline,
	    .step = enumeration->step,
	};

	round->service = *service;
	round->what = *enumeration;
	round->what.resource = arena_strdup(&round->arena, enumeration->resource);
	body_enumerate(&body, enumeration->wql);
	question.body = buffer_text(&body);
	wsman_ask(service, &question, page_came, round);
	buffer_free(&body);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/collect/collect.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "wtsapi/broker/broker.h"
#include "wtsapi/message.h"

/* Not known is left out; never is too: WTS has one 0 for both. */
static void put_moment(struct message *reply, const char *key, struct moment moment)
{
	if (moment.is == MOMENT_KNOWN)
		message_put_number(reply, key, moment.at);
}

static void put_flag(struct message *reply, const char *key, enum flag flag)
{
	if (flag != FLAG_UNKNOWN)
		message_put(reply, key, flag == FLAG_YES ? "yes" : "no");
}

static void put_text(struct message *reply, const char *key, const char *text)
{
	if (text[0] != '\0')
		message_put(reply, key, text);
}

static void put_session(struct message *reply, const struct session *session)
{
	message_put(reply, "session", session->id);
	put_text(reply, "provider", session->provider);
	put_text(reply, "host", session->host);
	put_text(reply, "user", session->user);
	put_text(reply, "birth", session->birth);
	if (session->numbered)
		message_put_number(reply, "number", session->number);
	put_text(reply, "domain", session->domain);
	put_text(reply, "station", session->station);
	put_text(reply, "client-name", session->client_name);
	put_text(reply, "client-address", session->client_address);
	put_text(reply, "collection", session->collection);
	put_text(reply, "application", session->application);
	message_put(reply, "class", session_class_name(session->class));
	message_put_number(reply, "state", session->state);
	put_flag(reply, "locked", session->locked);
	put_flag(reply, "own", session->own);
	put_moment(reply, "logon", session->logon_time);
	put_moment(reply, "connect", session->connect_time);
	put_moment(reply, "disconnect", session->disconnect_time);
	put_moment(reply, "last-input", session->last_input);
	for (size_t i = 0; i < session->facts.count; i++)
		message_put(reply, "fact", session->facts.items[i]);
}

int broker_list(struct question *question, struct message *reply, struct error *error)
{
	struct deadline deadline = deadline_in(question_list_time(question));
	struct visit *visit =
	    collect_targets(question->target, 1, question->settings.target_timeout, deadline, NEED_EVERYTHING);
	int result = visit->error.code == ERROR_NONE ? 0 : -1;

	*error = visit->error;
	if (result == 0) {
		message_put_number(reply, "now", visit->snapshot.now);
		for (size_t i = 0; i < visit->snapshot.count; i++)
			put_session(reply, &visit->snapshot.sessions[i]);
	}
	visits_free(visit, 1);
	return result;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/collect/collect.h"
#include "lib/session/fields.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "wtsapi/broker/broker.h"
#include "wtsapi/message.h"

/* An unknown time is left out, and so is "never": WTS has one 0 for both. */
static void put_field(struct message *reply, const struct session *session, enum session_field field)
{
	const char *name = session_fields[field].name, *text;
	struct moment moment;

	switch (session_fields[field].type) {
	case FIELD_TEXT:
		if ((text = field_text(session, field))[0] != '\0')
			message_put(reply, name, text);
		break;
	case FIELD_NUMBER:
		if (session->numbered)
			message_put_number(reply, name, session->number);
		break;
	case FIELD_STATE:
		message_put_number(reply, name, session->state);
		break;
	case FIELD_CLASS:
		message_put(reply, name, session_class_name(session->class));
		break;
	case FIELD_FLAG:
		if (field_flag(session, field) != FLAG_UNKNOWN)
			message_put(reply, name, field_flag(session, field) == FLAG_YES ? "yes" : "no");
		break;
	case FIELD_MOMENT:
		if ((moment = field_moment(session, field)).is == MOMENT_KNOWN)
			message_put_number(reply, name, moment.at);
		break;
	case FIELD_FACTS:
		for (size_t i = 0; i < session->facts.count; i++)
			message_put(reply, "fact", session->facts.items[i]);
		break;
	case FIELD_KIND:
	case FIELD_SPAN:
	case FIELD_LENGTH:
	case FIELD_MARK:
	case FIELD_TEXTS:
		break; /* WTS has no such field */
	}
}

/* A session begins with its id. */
static void put_session(struct message *reply, const struct session *session)
{
	message_put(reply, "session", session->id);
	for (enum session_field field = 0; field < SESSION_FIELDS; field++)
		if (field != SESSION_FIELD_ID)
			put_field(reply, session, field);
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

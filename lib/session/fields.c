/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/session/fields.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/member.h"
#include "lib/session/session.h"

/* A field's type, and the member that it is for. */
/* clang-format off */
#define TEXT(member) FIELD_TEXT, .offset = MEMBER_OFFSET(struct session, const char *, member)
#define NUMBER(member) FIELD_NUMBER, .offset = MEMBER_OFFSET(struct session, uint32_t, member)
#define STATE(member) FIELD_STATE, .offset = MEMBER_OFFSET(struct session, enum session_state, member)
#define CLASS(member) FIELD_CLASS, .offset = MEMBER_OFFSET(struct session, enum session_class, member)
#define KIND(member) FIELD_KIND, .offset = MEMBER_OFFSET(struct session, enum session_kind, member)
#define FLAG(member) FIELD_FLAG, .offset = MEMBER_OFFSET(struct session, enum flag, member)
#define MOMENT(member) FIELD_MOMENT, .offset = MEMBER_OFFSET(struct session, struct moment, member)
#define SPAN(member) FIELD_SPAN, .offset = MEMBER_OFFSET(struct session, int64_t, member)
#define LENGTH(member) FIELD_LENGTH, .offset = MEMBER_OFFSET(struct session, struct span, member)
#define MARK(member) FIELD_MARK, .offset = MEMBER_OFFSET(struct session, bool, member)
#define TEXTS(member) FIELD_TEXTS, .offset = MEMBER_OFFSET(struct session, struct string_list, member)
#define FACTS(member) FIELD_FACTS, .offset = MEMBER_OFFSET(struct session, struct string_list, member)
/* clang-format on */

const struct field_info session_fields[SESSION_FIELDS] = {
    [SESSION_FIELD_PROVIDER] = {"provider", TEXT(provider), .identity = true},
    [SESSION_FIELD_HOST] = {"host", TEXT(host), .identity = true},
    [SESSION_FIELD_ID] = {"id", TEXT(id), .identity = true},
    [SESSION_FIELD_USER] = {"user", TEXT(user)},
    [SESSION_FIELD_BIRTH] = {"birth", TEXT(birth), .identity = true},
    [SESSION_FIELD_DOMAIN] = {"domain", TEXT(domain)},
    [SESSION_FIELD_UPN] = {"upn", TEXT(upn)},
    [SESSION_FIELD_STATION] = {"station", TEXT(station)},
    [SESSION_FIELD_CLIENT_NAME] = {"client_name", TEXT(client_name)},
    [SESSION_FIELD_CLIENT_ADDRESS] = {"client_address", TEXT(client_address)},
    [SESSION_FIELD_COLLECTION] = {"collection", TEXT(collection)},
    [SESSION_FIELD_APPLICATION] = {"application", TEXT(application)},
    [SESSION_FIELD_STATE_TEXT] = {"state_text", TEXT(state_text)},
    [SESSION_FIELD_NUMBER] = {"number", NUMBER(number)},
    [SESSION_FIELD_STATE] = {"state", STATE(state)},
    [SESSION_FIELD_CLASS] = {"class", CLASS(class)},
    [SESSION_FIELD_KIND] = {"kind", KIND(kind)},
    [SESSION_FIELD_LOCKED] = {"locked", FLAG(locked)},
    [SESSION_FIELD_INHIBITED] = {"inhibited", MARK(inhibited)},
    [SESSION_FIELD_CPU_TIME] = {"cpu_time_ms", LENGTH(cpu_time)},
    [SESSION_FIELD_OWN] = {"own", FLAG(own)},
    [SESSION_FIELD_LOGON_TIME] = {"logon_time", MOMENT(logon_time)},
    [SESSION_FIELD_CONNECT_TIME] = {"connect_time", MOMENT(connect_time)},
    [SESSION_FIELD_DISCONNECT_TIME] = {"disconnect_time", MOMENT(disconnect_time)},
    [SESSION_FIELD_LAST_INPUT] = {"last_input", MOMENT(last_input)},
    [SESSION_FIELD_CLOCK_AHEAD] = {"clock_ahead_ms", SPAN(clock_ahead)},
    [SESSION_FIELD_UPN_DERIVED] = {"upn_derived", MARK(upn_derived)},
    [SESSION_FIELD_USER_CUT] = {"user_cut", MARK(user_cut)},
    [SESSION_FIELD_DOMAIN_CUT] = {"domain_cut", MARK(domain_cut)},
    [SESSION_FIELD_NAMES] = {"names", TEXTS(names)},
    [SESSION_FIELD_FACTS] = {"facts", FACTS(facts)},
};

const void *field_at(const struct session *session, enum session_field field)
{
	return (const char *)session + session_fields[field].offset;
}

void *field_of(struct session *session, enum session_field field)
{
	return (char *)session + session_fields[field].offset;
}

const char *field_text(const struct session *session, enum session_field field)
{
	return *(const char *const *)field_at(session, field);
}

struct moment field_moment(const struct session *session, enum session_field field)
{
	return *(const struct moment *)field_at(session, field);
}

enum flag field_flag(const struct session *session, enum session_field field)
{
	return *(const enum flag *)field_at(session, field);
}

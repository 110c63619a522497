/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/session/fields.h"

#define MEMBER(member) .offset = offsetof(struct session, member)

const struct field_info session_fields[SESSION_FIELDS] = {
    [SESSION_FIELD_PROVIDER] = {"provider", FIELD_TEXT, MEMBER(provider), .identity = true},
    [SESSION_FIELD_HOST] = {"host", FIELD_TEXT, MEMBER(host), .identity = true},
    [SESSION_FIELD_ID] = {"id", FIELD_TEXT, MEMBER(id), .identity = true},
    [SESSION_FIELD_USER] = {"user", FIELD_TEXT, MEMBER(user)},
    [SESSION_FIELD_BIRTH] = {"birth", FIELD_TEXT, MEMBER(birth), .identity = true},
    [SESSION_FIELD_DOMAIN] = {"domain", FIELD_TEXT, MEMBER(domain)},
    [SESSION_FIELD_UPN] = {"upn", FIELD_TEXT, MEMBER(upn)},
    [SESSION_FIELD_STATION] = {"station", FIELD_TEXT, MEMBER(station)},
    [SESSION_FIELD_CLIENT_NAME] = {"client_name", FIELD_TEXT, MEMBER(client_name)},
    [SESSION_FIELD_CLIENT_ADDRESS] = {"client_address", FIELD_TEXT, MEMBER(client_address)},
    [SESSION_FIELD_COLLECTION] = {"collection", FIELD_TEXT, MEMBER(collection)},
    [SESSION_FIELD_APPLICATION] = {"application", FIELD_TEXT, MEMBER(application)},
    [SESSION_FIELD_STATE_TEXT] = {"state_text", FIELD_TEXT, MEMBER(state_text)},
    [SESSION_FIELD_NUMBER] = {"number", FIELD_NUMBER, MEMBER(number)},
    [SESSION_FIELD_STATE] = {"state", FIELD_STATE, MEMBER(state)},
    [SESSION_FIELD_CLASS] = {"class", FIELD_CLASS, MEMBER(class)},
    [SESSION_FIELD_KIND] = {"kind", FIELD_KIND, MEMBER(kind)},
    [SESSION_FIELD_LOCKED] = {"locked", FIELD_FLAG, MEMBER(locked)},
    [SESSION_FIELD_INHIBITED] = {"inhibited", FIELD_MARK, MEMBER(inhibited)},
    [SESSION_FIELD_CPU_TIME] = {"cpu_time_ms", FIELD_LENGTH, MEMBER(cpu_time)},
    [SESSION_FIELD_OWN] = {"own", FIELD_FLAG, MEMBER(own)},
    [SESSION_FIELD_LOGON_TIME] = {"logon_time", FIELD_MOMENT, MEMBER(logon_time)},
    [SESSION_FIELD_CONNECT_TIME] = {"connect_time", FIELD_MOMENT, MEMBER(connect_time)},
    [SESSION_FIELD_DISCONNECT_TIME] = {"disconnect_time", FIELD_MOMENT, MEMBER(disconnect_time)},
    [SESSION_FIELD_LAST_INPUT] = {"last_input", FIELD_MOMENT, MEMBER(last_input)},
    [SESSION_FIELD_CLOCK_AHEAD] = {"clock_ahead_ms", FIELD_SPAN, MEMBER(clock_ahead)},
    [SESSION_FIELD_UPN_DERIVED] = {"upn_derived", FIELD_MARK, MEMBER(upn_derived)},
    [SESSION_FIELD_USER_CUT] = {"user_cut", FIELD_MARK, MEMBER(user_cut)},
    [SESSION_FIELD_DOMAIN_CUT] = {"domain_cut", FIELD_MARK, MEMBER(domain_cut)},
    [SESSION_FIELD_NAMES] = {"names", FIELD_TEXTS, MEMBER(names)},
    [SESSION_FIELD_FACTS] = {"facts", FIELD_FACTS, MEMBER(facts)},
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

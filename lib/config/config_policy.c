/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/config_policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/address.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/member.h"
#include "lib/base/nearest.h"
#include "lib/base/text.h"
#include "lib/config/config.h"
#include "lib/config/option_check.h"
#include "lib/judge/classify.h"
#include "lib/policy/policy.h"
#include "lib/policy/schedule.h"
#include "lib/policy/zone_name.h"
#include "lib/session/session.h"

enum key_kind {
	KEY_NAMES, /* struct string_list */
	KEY_USERS, /* the same, of globs for users */
	KEY_CLIENTS,
	KEY_KINDS,
	KEY_WINDOWS, /* struct schedule */
	KEY_LIMIT,   /* struct span, ms */
	KEY_END,     /* enum policy_step */
	KEY_COUNT,   /* unsigned */
	KEY_WHILE,
	KEY_PROTECT,
	KEY_LOCKED, /* enum flag */
	KEY_WARN,
	KEY_DESPITE, /* bool: act or keep */
	KEY_FLAG,
	KEY_ZONE,
	KEY_FILE,
	KEY_TEXT,
};

static const struct policy_key {
	const char *name;
	enum key_kind kind;
	size_t offset; /* in struct policy_config */
} keys[] = {
    {"target", KEY_NAMES, MEMBER_OFFSET(struct policy_config, struct string_list, targets)},
    {"user", KEY_USERS, MEMBER_OFFSET(struct policy_config, struct string_list, policy.users)},
    {"user-group", KEY_NAMES, MEMBER_OFFSET(struct policy_config, struct string_list, policy.groups)},
    {"domain", KEY_NAMES, MEMBER_OFFSET(struct policy_config, struct string_list, policy.domains)},
    {"client", KEY_CLIENTS, MEMBER_OFFSET(struct policy_config, struct string_list, policy.clients)},
    {"collection", KEY_NAMES, MEMBER_OFFSET(struct policy_config, struct string_list, policy.collections)},
    {"kind", KEY_KINDS, MEMBER_OFFSET(struct policy_config, struct string_list, policy.kinds)},
    {"exempt-user", KEY_USERS, MEMBER_OFFSET(struct policy_config, struct string_list, policy.exempt_users)},
    {"exempt-group", KEY_NAMES, MEMBER_OFFSET(struct policy_config, struct string_list, policy.exempt_groups)},
    {"exempt-client", KEY_CLIENTS, MEMBER_OFFSET(struct policy_config, struct string_list, policy.exempt_clients)},
    {"when", KEY_WINDOWS, MEMBER_OFFSET(struct policy_config, struct schedule, policy.when)},
    {"deadline", KEY_WINDOWS, MEMBER_OFFSET(struct policy_config, struct schedule, policy.deadline)},
    {"holidays", KEY_FILE, MEMBER_OFFSET(struct policy_config, const char *, holidays_file)},
    {"zone", KEY_ZONE, MEMBER_OFFSET(struct policy_config, const char *, policy.zone_name)},
    {"idle-over", KEY_LIMIT, MEMBER_OFFSET(struct policy_config, struct span, policy.limit[CAUSE_IDLE])},
    {"idle-act", KEY_END, MEMBER_OFFSET(struct policy_config, enum policy_step, policy.end[CAUSE_IDLE])},
    {"disconnected-over", KEY_LIMIT,
     MEMBER_OFFSET(struct policy_config, struct span, policy.limit[CAUSE_DISCONNECTED])},
    {"length-over", KEY_LIMIT, MEMBER_OFFSET(struct policy_config, struct span, policy.limit[CAUSE_LENGTH])},
    {"length-act", KEY_END, MEMBER_OFFSET(struct policy_config, enum policy_step, policy.end[CAUSE_LENGTH])},
    {"deadline-act", KEY_END, MEMBER_OFFSET(struct policy_config, enum policy_step, policy.end[CAUSE_DEADLINE])},
    {"count-seen", KEY_FLAG, MEMBER_OFFSET(struct policy_config, bool, policy.count_seen)},
    {"while", KEY_WHILE, 0},
    {"locked", KEY_LOCKED, MEMBER_OFFSET(struct policy_config, enum flag, policy.locked)},
    {"protect", KEY_PROTECT, 0},
    {"busy-unknown", KEY_DESPITE, MEMBER_OFFSET(struct policy_config, bool, policy.busy_unknown_too)},
    {"warn", KEY_WARN, 0},
    {"unwarned", KEY_DESPITE, MEMBER_OFFSET(struct policy_config, bool, policy.unwarned_too)},
    {"snooze", KEY_LIMIT, MEMBER_OFFSET(struct policy_config, struct span, policy.snooze)},
    {"snooze-most", KEY_COUNT, MEMBER_OFFSET(struct policy_config, unsigned, policy.snooze_most)},
    {"text", KEY_TEXT, MEMBER_OFFSET(struct policy_config, struct string_list, text)},
};

/* Arguments that all readers of values share. */
struct reading {
	struct policy_config *policy;
	const struct config *config;
	const struct config_entry *entry;
	struct arena *arena;
	struct error *error;
};

static const struct policy_key *key_find(const char *name)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

bool policy_key_is_list(const char *name)
{
	const struct policy_key *key = key_find(name);

	return key != NULL && (key->kind <= KEY_WINDOWS || key->kind == KEY_WARN);
}

/* Reports, after file, line and key, what was expected. */
static int expected(const struct reading *reading, const char *what)
{
	return error_set(reading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: %s = %.60s: not %s", reading->config->file,
	                 reading->entry->line, reading->entry->key, reading->entry->value, what);
}

static int add_name(const struct reading *reading, struct string_list *list)
{
	if (reading->entry->value[0] == '\0' || !text_plain(reading->entry->value))
		return expected(reading, "a name");
	string_list_add(list, reading->arena, reading->entry->value);
	return 0;
}

/* A glob that a name can match, by the rules of option_check.h. */
static int add_glob(const struct reading *reading, struct string_list *list,
                    int (*check)(const char *value, struct error *error))
{
	struct error why = {0};

	if (add_name(reading, list) < 0)
		return -1;
	if (check(reading->entry->value, &why) == 0)
		return 0;
	return config_blame(reading->config, reading->entry->line, &why, reading->error);
}

static int add_client(const struct reading *reading, struct string_list *list)
{
	if (add_glob(reading, list, option_check_client) < 0)
		return -1;
	list->items[list->count - 1] = address_plain(reading->entry->value, reading->arena);
	return 0;
}

static int add_kind(const struct reading *reading, struct string_list *list)
{
	enum session_kind kind;

	if (session_kind_parse(reading->entry->value, &kind) < 0 || kind == KIND_UNKNOWN)
		return expected(reading, "desktop, remote-app or shell");
	return add_name(reading, list);
}

static int add_window(const struct reading *reading, struct schedule *schedule)
{
	struct error why = {0};

	if (weekly_parse(schedule, reading->entry->value, reading->arena, &why) == 0)
		return 0;
	return config_blame(reading->config, reading->entry->line, &why, reading->error);
}

static int read_time(const struct reading *reading, int64_t *time)
{
	if (duration_parse(reading->entry->value, time) < 0 || *time == 0 || duration_lacks_unit(reading->entry->value))
		return expected(reading, "a time with its unit, as in 90s, 30m, 4h or 2d");
	return 0;
}

static int read_limit(const struct reading *reading, struct span *limit)
{
	limit->known = true;
	return read_time(reading, &limit->length);
}

static int read_end(const struct reading *reading, enum policy_step *end)
{
	if (strcmp(reading->entry->value, "disconnect") == 0)
		*end = POLICY_DISCONNECT;
	else if (strcmp(reading->entry->value, "logoff") == 0)
		*end = POLICY_LOGOFF;
	else
		return expected(reading, "disconnect or logoff");
	return 0;
}

static int read_flag(const struct reading *reading, const char *yes, const char *no, bool *flag)
{
	*flag = strcmp(reading->entry->value, yes) == 0;
	if (*flag || strcmp(reading->entry->value, no) == 0)
		return 0;
	return expected(reading, arena_printf(reading->arena, "%s or %s", yes, no));
}

static int read_count(const struct reading *reading, unsigned *count)
{
	unsigned long long value;

	if (number_parse(reading->entry->value, 100, &value) < 0 || value == 0)
		return expected(reading, "a number from 1 to 100");
	*count = (unsigned)value;
	return 0;
}

static int read_while(const struct reading *reading)
{
	if (policy_while_parse(&reading->policy->policy, reading->entry->value) < 0)
		return expected(reading, "'sessions > NUMBER' or 'memory-available < PERCENT %'");
	return 0;
}

static int read_protect(const struct reading *reading)
{
	if (policy_protect_parse(&reading->policy->policy, reading->entry->value) < 0)
		return expected(reading, "'busy PERCENT %', of one CPU");
	return 0;
}

static int read_locked(const struct reading *reading, enum flag *locked)
{
	bool yes;

	if (read_flag(reading, "yes", "no", &yes) < 0)
		return -1;
	*locked = yes ? FLAG_YES : FLAG_NO;
	return 0;
}

/* Longest first, because the ladder goes through them in this order. */
static int add_warning(const struct reading *reading)
{
	struct policy *policy = &reading->policy->policy;
	size_t at = policy->lead_count;
	int64_t lead;

	if (read_time(reading, &lead) < 0)
		return -1;
	if (at == WARNINGS_MOST)
		return error_set(reading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: more than %d warnings",
		                 reading->config->file, reading->entry->line, WARNINGS_MOST);
	for (size_t i = 0; i < at; i++)
		if (policy->lead[i] == lead)
			return error_set(reading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: two warnings at %.20s",
			                 reading->config->file, reading->entry->line, reading->entry->value);
	for (; at > 0 && policy->lead[at - 1] < lead; at--)
		policy->lead[at] = policy->lead[at - 1];
	policy->lead[at] = lead;
	policy->lead_count++;
	return 0;
}

static int read_zone(const struct reading *reading, const char **zone)
{
	if (!zone_name_plausible(reading->entry->value))
		return expected(reading, "the IANA name of a time zone, as in Europe/Berlin or UTC");
	*zone = reading->entry->value;
	return 0;
}

static int read_file(const struct reading *reading, const char **file)
{
	if (reading->entry->value[0] != '/' || !text_plain(reading->entry->value))
		return expected(reading, "an absolute path");
	*file = reading->entry->value;
	return 0;
}

static int add_text(const struct reading *reading, struct string_list *text)
{
	if (!text_plain(reading->entry->value))
		return expected(reading, "a line of text");
	string_list_add(text, reading->arena, reading->entry->value);
	return 0;
}

static int value_read(const struct reading *reading, const struct policy_key *key)
{
	void *field = (char *)reading->policy + key->offset;

	switch (key->kind) {
	case KEY_NAMES:
		return add_name(reading, field);
	case KEY_USERS:
		return add_glob(reading, field, option_check_user);
	case KEY_CLIENTS:
		return add_client(reading, field);
	case KEY_KINDS:
		return add_kind(reading, field);
	case KEY_WINDOWS:
		return add_window(reading, field);
	case KEY_LIMIT:
		return read_limit(reading, field);
	case KEY_END:
		return read_end(reading, field);
	case KEY_COUNT:
		return read_count(reading, field);
	case KEY_WHILE:
		return read_while(reading);
	case KEY_PROTECT:
		return read_protect(reading);
	case KEY_LOCKED:
		return read_locked(reading, field);
	case KEY_WARN:
		return add_warning(reading);
	case KEY_DESPITE:
		return read_flag(reading, "act", "keep", field);
	case KEY_FLAG:
		return read_flag(reading, "yes", "no", field);
	case KEY_ZONE:
		return read_zone(reading, field);
	case KEY_FILE:
		return read_file(reading, field);
	case KEY_TEXT:
		return add_text(reading, field);
	}
	return -1;
}

static int unknown_key(const struct reading *reading)
{
	struct nearest nearest = nearest_to(reading->entry->key, strlen(reading->entry->key));

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		nearest_offer(&nearest, keys[i].name);
	error_set(reading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: unknown key in a [policy] section: %.80s",
	          reading->config->file, reading->entry->line, reading->entry->key);
	return nearest.best != NULL ? error_hint(reading->error, "did you mean %s?", nearest.best) : -1;
}

static int entry_read(const struct reading *reading)
{
	const struct policy_key *key = key_find(reading->entry->key);
	const struct config_entry *first = config_entry_find(reading->policy->part, reading->entry->key);

	if (key == NULL)
		return unknown_key(reading);
	if (first != reading->entry && key->kind != KEY_TEXT && !policy_key_is_list(key->name))
		return error_set(reading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: used twice in this section: %s",
		                 reading->config->file, reading->entry->line, key->name);
	return value_read(reading, key);
}

/* Combinations of valid values that make no sense. */
static int together(struct reading *reading)
{
	static const struct {
		const char *act, *needs;
	} pairs[] = {{"idle-act", "idle-over"},   {"length-act", "length-over"}, {"deadline-act", "deadline"},
	             {"busy-unknown", "protect"}, {"snooze-most", "snooze"},     {"snooze", "warn"}};
	const struct config_part *part = reading->policy->part;
	const struct policy *policy = &reading->policy->policy;
	const struct span *idle = &policy->limit[CAUSE_IDLE];

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const struct config_entry *act = config_entry_find(part, pairs[i].act);

		if (act != NULL && config_entry_find(part, pairs[i].needs) == NULL)
			return error_set(reading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: %s without %s",
			                 reading->config->file, act->line, pairs[i].act, pairs[i].needs);
	}
	if (!idle->known && !policy->limit[CAUSE_DISCONNECTED].known && !policy->limit[CAUSE_LENGTH].known &&
	    policy->deadline.count == 0) {
		error_set(reading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: [policy %s] ends nothing",
		          reading->config->file, part->line, part->name);
		return error_hint(reading->error, "give idle-over, disconnected-over, length-over or deadline");
	}
	if (reading->policy->holidays_file != NULL && policy->when.count + policy->deadline.count == 0) {
		error_set(reading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: holidays without when or deadline",
		          reading->config->file, config_entry_find(part, "holidays")->line);
		return error_hint(reading->error,
		                  "on holidays only windows do not begin: say when = daily 00:00-24:00");
	}
	if (policy->snooze.known && !policy->limit[CAUSE_LENGTH].known && policy->deadline.count == 0) {
		error_set(reading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: snooze without length-over or deadline",
		          reading->config->file, config_entry_find(part, "snooze")->line);
		return error_hint(reading->error, "an input begins the other limits anew: leave it out");
	}
	if (policy->lead_count > 0 && idle->known && policy->lead[0] >= idle->length) {
		reading->entry = config_entry_find(part, "warn");
		return error_set(reading->error, ERROR_CONFIG, STEP_NONE,
		                 "%s:%u: a warning so long before the end comes before anybody was idle: idle-over is "
		                 "not longer",
		                 reading->config->file, reading->entry->line);
	}
	return 0;
}

int policy_config_read(struct policy_config *policy, const struct config *config, const struct config_part *part,
                       struct arena *arena, struct error *error)
{
	struct reading reading = {.policy = policy, .config = config, .arena = arena, .error = error};

	*policy = (struct policy_config){.policy = {.name = part->name}, .part = part};
	for (int cause = 0; cause < CAUSE_COUNT; cause++)
		policy->policy.end[cause] = POLICY_DISCONNECT;
	policy->policy.end[CAUSE_DISCONNECTED] = POLICY_LOGOFF;
	policy->policy.snooze_most = 1;
	for (size_t i = 0; i < part->count; i++) {
		reading.entry = &part->entries[i];
		if (entry_read(&reading) < 0)
			return -1;
	}
	return together(&reading);
}

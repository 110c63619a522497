/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a warning, and the reason in the audit. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/config/config_policy.h"
#include "lib/enforce/enforce_run.h"
#include "lib/policy/policy.h"
#include "lib/policy/zone.h"

static const int64_t MINUTE = 60 * 1000, DAY = 24 * 60 * 60 * 1000;

/* Used where the policy has no text of its own. */
static const char *built_in(enum policy_cause cause)
{
	switch (cause) {
	case CAUSE_IDLE:
		return "This session is not being used. In %minutes% minutes (at %time%) it will be %ended%. Press a "
		       "key or move the mouse to keep it.";
	case CAUSE_LENGTH:
		return "This session has reached its longest time. In %minutes% minutes (at %time%) it will be "
		       "%ended%. "
		       "Please save your work.";
	case CAUSE_DEADLINE:
	case CAUSE_DISCONNECTED:
	case CAUSE_COUNT:
		break;
	}
	return "This host closes. In %minutes% minutes (at %time%) this session will be %ended%. Please save your "
	       "work.";
}

/* "18:05" on the clock of the policy. */
static void add_time(struct buffer *out, const struct policy *policy, int64_t at)
{
	int64_t local = at + (policy->zone != NULL ? zone_offset(policy->zone, at) : 0);
	int64_t minutes = (local % DAY + DAY) % DAY / MINUTE;

	buffer_printf(out, "%02d:%02d%s", (int)(minutes / 60), (int)(minutes % 60), policy->zone != NULL ? "" : " UTC");
}

/* Finds the value of the word at text, between two '%'.  Returns its length, or 0 if the word is not known. */
static size_t add_word(struct buffer *out, const char *text, const struct enforce_item *item, int64_t now)
{
	static const char *const words[] = {"%user%", "%host%", "%minutes%", "%time%", "%ended%"};
	const struct policy_decision *decision = &item->decision;
	int64_t left = decision->end_at > now ? decision->end_at - now : 0;
	size_t word = 0;

	while (word < sizeof words / sizeof *words && strncmp(text, words[word], strlen(words[word])) != 0)
		word++;
	switch (word) {
	case 0:
		buffer_puts(out, item->session->user);
		break;
	case 1:
		buffer_puts(out, item->session->host);
		break;
	case 2: /* at least one, and at most all */
		buffer_printf(out, "%lld", (long long)(left >= MINUTE ? left / MINUTE : 1));
		break;
	case 3:
		add_time(out, decision->policy, decision->end_at);
		break;
	case 4:
		buffer_puts(out, decision->end == POLICY_LOGOFF ? "logged off" : "disconnected");
		break;
	default:
		return 0;
	}
	return strlen(words[word]);
}

static void add_line(struct buffer *out, const char *line, const struct enforce_item *item, int64_t now)
{
	while (*line != '\0') {
		size_t taken = *line == '%' ? add_word(out, line, item, now) : 0;

		if (taken == 0) {
			buffer_add(out, line, 1);
			taken = 1;
		}
		line += taken;
	}
}

const char *enforce_text(const struct policy_config *config, const struct enforce_item *item, int64_t now,
                         struct arena *arena)
{
	struct buffer out = {0};
	const char *text;

	if (config->text.count == 0)
		add_line(&out, built_in(item->decision.cause), item, now);
	for (size_t i = 0; i < config->text.count; i++) {
		if (i > 0)
			buffer_puts(&out, "\n");
		add_line(&out, config->text.items[i], item, now);
	}
	text = arena_strdup(arena, buffer_text(&out));
	buffer_free(&out);
	return text;
}

const char *enforce_question(const struct enforce_item *item, struct arena *arena)
{
	const int64_t more = item->decision.policy->snooze.length / MINUTE;

	return arena_printf(arena, "%s\nPress OK to have %lld minutes more.", item->text,
	                    (long long)(more > 0 ? more : 1));
}

const char *enforce_because(const struct enforce_item *item, struct arena *arena)
{
	const struct policy_decision *decision = &item->decision;
	char since[TIME_TEXT_SIZE];

	time_format(since, sizeof since, decision->next_at);
	if (decision->step == POLICY_WARN)
		return arena_printf(arena, "policy %s: %s, warning %zu of %zu, due since %s", decision->policy->name,
		                    policy_cause_name(decision->cause), decision->rung + 1,
		                    decision->policy->lead_count, since);
	return arena_printf(arena, "policy %s: %s, due since %s", decision->policy->name,
	                    policy_cause_name(decision->cause), since);
}

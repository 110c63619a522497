/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/limits.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"

static struct limit_finding finding_of(enum limit limit, uint64_t planned, uint64_t recent, uint64_t most)
{
	return (struct limit_finding){.limit = limit, .planned = planned, .recent = recent, .most = most};
}

static struct limit_finding judge_run(const struct plan *plan, struct recent_acts acts, const struct limits *limits)
{
	uint64_t of = plan->user_sessions + acts.logoffs;
	enum limit limit = limit_judge(plan->selected, acts.acts, of, limits->max_acts, limits->max_percent);
	struct limit_finding finding =
	    finding_of(limit, plan->selected, acts.acts, limit == LIMIT_ACTS ? limits->max_acts : limits->max_percent);

	finding.of = of;
	return finding;
}

/* Nothing to do is never too much. */
static bool over(uint64_t planned, uint64_t recent, uint64_t most)
{
	return planned > 0 && (recent > most || planned > most - recent);
}

/* max_percent holds for each host, too: all ten sessions of one host are 100 % of it, whatever other hosts have. */
static struct limit_finding judge_host(const struct plan_host *host, struct recent_acts acts,
                                       const struct limits *limits)
{
	uint64_t of = host->user_sessions + acts.logoffs;
	enum limit limit = limit_judge(host->selected, acts.acts, of, UINT64_MAX, limits->max_percent);
	struct limit_finding finding = finding_of(limit, host->selected, acts.acts, limits->max_percent);

	finding.of = of;
	finding.host = host->name;
	return finding;
}

static struct limit_finding judge_all(const struct plan *plan, const struct recent *recent, const struct limits *limits)
{
	static const struct recent_acts none;
	struct recent_acts acts = recent != NULL ? recent_everywhere(recent) : none;
	struct limit_finding finding;

	if (over(plan->selected, acts.acts, limits->max_acts_total))
		return finding_of(LIMIT_TOTAL, plan->selected, acts.acts, limits->max_acts_total);
	finding = judge_run(plan, recent != NULL ? recent_in_scope(recent, &plan->scope) : none, limits);
	for (size_t i = 0; i < plan->host_count && finding.limit == LIMIT_KEPT; i++) {
		const struct plan_host *host = &plan->hosts[i];

		finding = judge_host(host, recent != NULL ? recent_on_host(recent, host->identity) : none, limits);
	}
	return finding;
}

struct limit_finding limits_judge(const struct plan *plan, const struct recent *recent, const struct limits *limits)
{
	struct limit_finding finding = judge_all(plan, recent, limits);

	finding.unreadable = recent != NULL ? recent->unreadable : 0;
	return finding;
}

bool limits_have_night(const struct limits *limits)
{
	return limits->max_acts_night > 0 || limits->max_acts_night_total > 0;
}

/* Every percentage is of the sessions that are there now, and in a night most of them go home: so it has none. */
struct limit_finding limits_judge_night(const struct plan *plan, const struct recent *recent,
                                        const struct limits *limits)
{
	static const struct recent_acts none;
	struct recent_acts all = recent != NULL ? recent_everywhere(recent) : none;
	struct recent_acts here = recent != NULL ? recent_in_scope(recent, &plan->scope) : none;
	struct limit_finding finding = {.limit = LIMIT_KEPT};

	if (limits->max_acts_night_total > 0 && over(plan->selected, all.acts, limits->max_acts_night_total))
		finding = finding_of(LIMIT_NIGHT_TOTAL, plan->selected, all.acts, limits->max_acts_night_total);
	else if (limits->max_acts_night > 0 && over(plan->selected, here.acts, limits->max_acts_night))
		finding = finding_of(LIMIT_NIGHT, plan->selected, here.acts, limits->max_acts_night);
	finding.unreadable = recent != NULL ? recent->unreadable : 0;
	finding.night_began = limits->night_began;
	return finding;
}

static void add_limit(struct buffer *text, const struct limit_finding *finding)
{
	switch (finding->limit) {
	case LIMIT_KEPT:
		break;
	case LIMIT_ACTS:
		buffer_printf(text, "--max-acts %" PRIu64, finding->most);
		break;
	case LIMIT_TOTAL:
		buffer_printf(text, "--max-acts-total %" PRIu64 ", which is for all hosts and all runs of an hour",
		              finding->most);
		break;
	case LIMIT_NIGHT:
		buffer_printf(text, "--max-acts-night %" PRIu64, finding->most);
		break;
	case LIMIT_NIGHT_TOTAL:
		buffer_printf(text,
		              "--max-acts-night-total %" PRIu64 ", which is for all hosts and all runs of a night",
		              finding->most);
		break;
	case LIMIT_PERCENT:
		buffer_printf(text, "--max-percent %" PRIu64 "%% of %" PRIu64 " user sessions", finding->most,
		              finding->of);
		break;
	}
	if (finding->host != NULL) {
		buffer_puts(text, " on ");
		text_escape(text, finding->host);
	}
}

void limit_show(const struct limit_finding *finding, struct error *error)
{
	const bool night = finding->limit == LIMIT_NIGHT || finding->limit == LIMIT_NIGHT_TOTAL;
	char since[TIME_TEXT_SIZE];
	struct buffer text = {0};

	buffer_printf(&text, "nothing done: %" PRIu64 " planned and %" PRIu64 " in ", finding->planned,
	              finding->recent);
	time_format(since, sizeof since, finding->night_began);
	if (night)
		buffer_printf(&text, "this night, since %s,", since);
	else
		buffer_puts(&text, "the last hour");
	if (finding->unreadable > 0)
		buffer_printf(&text, " (%" PRIu64 " for lines of the audit that cannot be read)", finding->unreadable);
	buffer_puts(&text, " are more than ");
	add_limit(&text, finding);
	error_set(error, ERROR_CANCELLED, STEP_NONE, "%s", buffer_text(&text));
	error_hint(error, "look at the plan above; if it is right, raise the limit for this run");
	buffer_free(&text);
}

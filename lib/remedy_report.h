/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a handler says: the plan (the same in a dry run and with --execute), a
 * line per result, a summary; or with --pass-thru one JSON object per session.
 */
#ifndef CURFEW_REMEDY_REPORT_H
#define CURFEW_REMEDY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "lib/host_lock.h"
#include "lib/plan.h"
#include "lib/provider.h"
#include "lib/remedy.h"
#include "lib/select.h"

enum result_kind { RESULT_DONE, RESULT_REFUSED, RESULT_FAILED };

struct remedy_result {
	enum result_kind kind;
	enum refusal refusal;   /* RESULT_REFUSED */
	struct outcome outcome; /* RESULT_DONE */
	struct error error;     /* RESULT_FAILED */
};
const char *remedy_result_name(const struct remedy_result *result);   /* "done", "gone", "refused" … */
const char *remedy_result_reason(const struct remedy_result *result); /* or NULL */

struct remedy_tally {
	uint64_t selected, done, gone, refused, failed, unsupported;
	uint64_t left;     /* not come to: told to stop, or out of time */
	uint64_t left_out; /* on hosts that another process has locked */
	uint64_t unreachable;
	bool overdue; /* one of those processes hangs */
	bool stopped_by_limit, audit_lost, failed_to_begin;
};
void remedy_tally_add(struct remedy_tally *tally, const struct remedy_result *result);
int remedy_exit_status(const struct remedy_tally *tally);

void report_targets(const struct remedy_order *order, const struct visit *visits, size_t count);
void report_plan(const struct remedy_order *order, const struct plan *plan);
void report_result(const struct remedy_order *order, const struct plan_item *item, const struct remedy_result *result);
void report_left_out(const struct remedy_order *order, const struct plan_host *host, const struct lock_holder *holder);
void report_declined(const struct remedy_order *order);
void report_problem(const struct remedy_order *order, const struct error *error);
void report_summary(const struct remedy_order *order, const struct remedy_tally *tally);
/* Fills *error with the sentence that says which limit, and what would have been done. */
void report_limit(const struct remedy_order *order, const struct plan *plan, enum limit limit, uint64_t recent,
                  struct error *error);

#endif

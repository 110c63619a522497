/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a result, and the exit status of a run. */
#include <stddef.h>

#include "lib/act/remedy.h"
#include "lib/judge/select.h"
#include "lib/target/provider.h"

const char *remedy_result_name(const struct remedy_result *result)
{
	switch (result->kind) {
	case RESULT_DONE:
		return outcome_name(result->outcome.code);
	case RESULT_ORDERED:
		return "ordered";
	case RESULT_REFUSED:
		return "refused";
	case RESULT_FAILED:
		return "failed";
	}
	return "?";
}

const char *remedy_result_reason(const struct remedy_result *result)
{
	switch (result->kind) {
	case RESULT_DONE:
	case RESULT_ORDERED:
		return result->outcome.code == OUTCOME_ANSWERED ? result->outcome.answer
		       : result->outcome.detail[0] != '\0'      ? result->outcome.detail
		                                                : NULL;
	case RESULT_REFUSED:
		return refusal_text(result->refusal);
	case RESULT_FAILED:
		return result->error.text;
	}
	return NULL;
}

int remedy_exit_status(const struct remedy_tally *tally)
{
	if (tally->failed > 0 || tally->left > 0 || tally->unsupported > 0 || tally->audit_lost ||
	    tally->observer_gone || tally->overdue || tally->stopped_by_limit || tally->failed_to_begin)
		return REMEDY_FAILED;
	if (tally->unreachable > 0)
		return REMEDY_UNKNOWN;
	return tally->refused > 0 ? REMEDY_REFUSED : REMEDY_DONE;
}

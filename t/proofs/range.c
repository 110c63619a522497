/* SPDX-License-Identifier: GPL-3.0-or-later */
/* range_judge(): no whole number of the interval gives a verdict outside of what is said. */
#include "t/proofs/proof.h"

#include <stddef.h>

#include "lib/judge/threshold.h"

/* Numbers are only compared, also with the whole number beside each.  So the seven of them (two ranges, an interval,
   a value) may stand in any order, and next to each other or not, within so few. */
enum { MOST = 16 };

static double any_whole(void)
{
	unsigned value = nondet_unsigned();

	ASSUME(value <= MOST);
	return (double)(signed char)value;
}

static struct range any_range(void)
{
	struct range range = {any_whole(), any_whole(), nondet_bool()};

	ASSUME(range.start <= range.end);
	return range;
}

static enum verdict verdict_of(const struct range *warning, const struct range *critical, double value)
{
	if (critical != NULL && range_alerts(critical, value))
		return VERDICT_CRITICAL;
	return warning != NULL && range_alerts(warning, value) ? VERDICT_WARNING : VERDICT_OK;
}

int main(void)
{
	struct range warning_range = any_range(), critical_range = any_range();
	const struct range *warning = nondet_bool() ? &warning_range : NULL;
	const struct range *critical = nondet_bool() ? &critical_range : NULL;
	struct interval interval = {any_whole(), any_whole()};
	double value = any_whole();
	struct judgement judgement;

	ASSUME(interval.low <= interval.high);
	judgement = range_judge(warning, critical, interval);
	PROVE(judgement.mildest <= judgement.gravest, "range 1: mildest and gravest are in order");
	PROVE(judgement.gravest <= VERDICT_CRITICAL, "range 2: a judgement is never UNKNOWN");
	PROVE(critical != NULL || judgement.gravest != VERDICT_CRITICAL, "range 3: no critical without its range");
	PROVE(warning != NULL || (judgement.gravest != VERDICT_WARNING && judgement.mildest != VERDICT_WARNING),
	      "range 4: no warning without its range");
	ASSUME(value >= interval.low && value <= interval.high);
	PROVE(verdict_of(warning, critical, value) >= judgement.mildest, "range 5: no value is milder");
	PROVE(verdict_of(warning, critical, value) <= judgement.gravest, "range 6: no value is graver");
	if (interval.low == interval.high)
		PROVE(judgement.mildest == judgement.gravest &&
		          judgement.mildest == verdict_of(warning, critical, value),
		      "range 7: one value has one verdict");
	return 0;
}

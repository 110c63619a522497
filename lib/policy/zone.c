/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/policy/zone.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/policy/zone_name.h"

/* A struct zone is GLib's GTimeZone; no other file uses it as such. */
static GTimeZone *inside(const struct zone *zone)
{
	return (GTimeZone *)zone; /* GLib's getters take no const, and change nothing */
}

struct zone *zone_open(const char *name, struct error *error)
{
	GTimeZone *found = zone_name_plausible(name) ? g_time_zone_new_identifier(name) : NULL;

	if (found != NULL)
		return (struct zone *)found;
	error_set(error, ERROR_CONFIG, STEP_NONE, "this system knows no time zone '%.60s'", name);
	error_hint(error, "give an IANA name such as Europe/Berlin; the package tzdata has them");
	return NULL;
}

void zone_close(struct zone *zone)
{
	if (zone != NULL)
		g_time_zone_unref(inside(zone));
}

int64_t zone_offset(const struct zone *zone, int64_t at)
{
	int64_t seconds = at / 1000 - (at % 1000 < 0);
	gint interval = g_time_zone_find_interval(inside(zone), G_TIME_TYPE_UNIVERSAL, seconds);

	return (int64_t)g_time_zone_get_offset(inside(zone), interval) * 1000;
}

/* The clock may have been changed since then, in the night. */
int64_t zone_noon(const struct zone *zone, int64_t at)
{
	int64_t ahead = zone_offset(zone, at), noon = noon_before(at, ahead);

	return noon + ahead - zone_offset(zone, noon);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/host_resources.h"

#include <stddef.h>
#include <string.h>

#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/table.h"
#include "agent/value.h"
#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/target/target.h"

int host_resources_target(const struct settings *settings, const char **label, struct error *error)
{
	const char *wanted = settings->host_resources;

	*label = NULL;
	if (wanted == NULL)
		return 0;
	for (size_t i = 0; i < settings->target_count; i++) {
		const struct target *target = &settings->targets[i];

		if (strcmp(wanted, target->name) != 0 && strcmp(wanted, target->url) != 0 &&
		    strcmp(wanted, target->label) != 0)
			continue;
		*label = target->label;
		return 0;
	}
	error_set(error, ERROR_USAGE, STEP_NONE, "--host-resources: %.80s is none of the targets", wanted);
	return error_hint(error, "name the target that is this machine with -T too, local: for instance");
}

static bool is_of(const struct grid *hosts, size_t row, const char *label)
{
	struct value value = {0};

	return hosts->read(hosts->context, HOST_TARGET, row, &value) && value.length == strlen(label) &&
	       memcmp(value.octets, label, value.length) == 0;
}

bool host_resources_users(const struct table *table, const char *label, uint32_t *users)
{
	struct grid hosts = table_hosts(table);
	struct value value = {0};
	size_t found = 0;
	uint64_t sum = 0;

	for (size_t row = 0; row < hosts.rows; row++) {
		if (!is_of(&hosts, row, label))
			continue;
		if (!hosts.read(hosts.context, HOST_TOTAL, row, &value))
			return false;
		sum += value.number;
		found++;
	}
	*users = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
	return found > 0;
}

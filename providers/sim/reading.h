/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a farm file: farm.c has its lines and sections, keys.c its keys. */
#ifndef CURFEW_SIM_READING_H
#define CURFEW_SIM_READING_H

#include <stdbool.h>

#include "lib/base/name_index.h"
#include "providers/sim/farm.h"

struct reading {
	struct farm *farm;
	struct error *error;
	unsigned line;
	const char *section;
	bool in_farm;
	struct farm_host *host;
	struct name_index ids;        /* of the host's sessions */
	struct farm_session *session; /* NULL: keys are of the host */
	bool disconnect_given, logon_given, input_given, class_given;
};

/* Reads one key of the present section.  0: done; 1: unknown key; -1: invalid value. */
int farm_key(struct reading *reading, const char *key, const char *value);
int host_key(struct reading *reading, const char *key, const char *value);
int session_key(struct reading *reading, const char *key, const char *value);

#endif

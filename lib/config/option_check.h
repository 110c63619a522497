/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a value must be beyond its kind.  0, or -1 with *error, which does not say where the value stands. */
#ifndef CURFEW_OPTION_CHECK_H
#define CURFEW_OPTION_CHECK_H

#include "lib/base/error.h"

int option_check_threshold(const char *value, struct error *error); /* METRIC=RANGE */
int option_check_timeout(const char *value, struct error *error);
int option_check_user(const char *value, struct error *error); /* a glob that a user's name can match */

int option_check_client(const char *value, struct error *error); /* likewise a client's name or address */

#endif

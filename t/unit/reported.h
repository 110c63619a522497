/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A farm made by hand, and the report on it: for the tests of the report. */
#ifndef CURFEW_TEST_REPORTED_H
#define CURFEW_TEST_REPORTED_H

#include "t/unit/test.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/config/settings.h"
#include "lib/judge/threshold.h"
#include "lib/report/report.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE, UNKNOWN = -1, HOSTS = 1200 };
static const int64_t NOW = 1795230245678; /* 2026-11-21T03:04:05.678Z */

struct farm {
	struct visit visits[HOSTS];
	struct target targets[HOSTS];
	size_t count;
	struct settings settings;
	struct thresholds thresholds;
	struct report report;
	struct buffer out;
	struct arena arena;
};
extern struct farm farm;

/* The setup and teardown of a test. */
int farm_begin(void **state);
int farm_end(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, farm_begin, farm_end)

/* ago: ms since its last input, or since its disconnect. */
struct visit *host_add(const char *label);
struct session *session_add(struct visit *visit, enum session_state state, int64_t ago);
void sessions_add(struct visit *visit, size_t count, enum session_state state, int64_t ago);
void host_fail(struct visit *visit);
void threshold(enum verdict level, const char *argument);
const char *text_of(void);
void expect(enum verdict verdict, const char *part);
void expect_without(const char *part);

#endif

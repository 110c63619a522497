/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A state folder for the length of a test. */
#ifndef CURFEW_TEST_STATE_FOLDER_H
#define CURFEW_TEST_STATE_FOLDER_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/act/state.h"
#include "lib/base/error.h"
#include "t/unit/folder.h"
#include "t/unit/test.h"

/* path: where it is. */
static inline void state_folder_make(char path[64], struct state_dir *dir)
{
	struct error error = {0};

	snprintf(path, 64, "/tmp/curfew-unit-XXXXXX");
	assert_non_null(mkdtemp(path));
	assert_int_equal(state_dir_open(dir, path, &error), 0);
}

/* With all that is in it. */
static inline void state_folder_remove(const char *path, struct state_dir *dir)
{
	state_dir_close(dir);
	assert_int_equal(test_folder_remove(path), 0);
}

#endif

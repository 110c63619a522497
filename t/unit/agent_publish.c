/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The snapshot's file, both sides of it. */
#include "t/unit/test.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/block.h"
#include "agent/grid.h"
#include "agent/pack.h"
#include "agent/publish.h"
#include "agent/rows.h"
#include "agent/snapshot_file.h"
#include "agent/value.h"
#include "lib/base/error.h"
#include "t/unit/folder.h"

static char folder[] = "/tmp/curfew-publish-XXXXXX";
static char path[PATH_MAX];

static int folder_make(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/snapshot", folder);
	return 0;
}

static int folder_remove(void **state)
{
	(void)state;
	return test_folder_remove(folder);
}

static void publish(uint32_t serial)
{
	const struct circumstances circumstances = {.poll_duration = -1, .poll_failures = 1};
	struct error error = {0};
	struct packed packed;
	struct rows rows;

	rows_none(&rows, &circumstances);
	rows.serial = serial;
	assert_int_equal(rows_pack(&rows, &packed, &error), 0);
	assert_int_equal(publish_write(path, &packed, &error), 0);
	assert_int_equal(publish_show(path, &error), 0);
	free(packed.bytes);
}

/* Looks until nothing is left to do. */
static const char *look(struct snapshot_file *file)
{
	const char *wrong = snapshot_file_look(file);

	while (snapshot_file_busy(file))
		assert_null(snapshot_file_look(file));
	return wrong;
}

static void each_snapshot_is_taken_once(void **state)
{
	struct snapshot_file file = {.path = path};
	const void *memory;
	struct stat seen;

	(void)state;
	assert_null(look(&file)); /* there is none */
	assert_int_equal(file.block.serial, 0);
	publish(5);
	assert_int_equal(stat(path, &seen), 0);
	assert_int_equal(seen.st_mode & 07777, S_IRUSR | S_IWUSR | S_IRGRP);
	assert_null(look(&file));
	assert_int_equal(file.block.serial, 5);
	memory = file.memory.at;
	assert_null(look(&file));
	assert_ptr_equal(file.memory.at, memory); /* nothing was read again */
	publish(6);
	assert_null(look(&file));
	assert_int_equal(file.block.serial, 6);
	publish_failures(path, 9);
	assert_null(look(&file));
	assert_int_equal(file.block.showing.failures, 9);
	publish_remove(path);
	assert_null(look(&file));
	assert_int_equal(file.block.serial, 0);
	snapshot_file_drop(&file);
}

/* A mapping would end the process here. */
static void a_file_that_is_cut_does_no_harm(void **state)
{
	struct snapshot_file file = {.path = path};
	struct value value;

	(void)state;
	publish(7);
	assert_null(look(&file));
	assert_int_equal(truncate(path, 0), 0);
	assert_true(block_show(&file.block.parts[BLOCK_SCALARS], 1, 0, &value));
	assert_int_equal(value.number, 7);
	assert_string_equal(look(&file), "no snapshot");
	assert_null(look(&file)); /* it was said */
	assert_int_equal(file.block.serial, 7);
	publish(8);
	assert_null(look(&file));
	assert_int_equal(file.block.serial, 8);
	snapshot_file_drop(&file);
}

enum { MANY = 60000 };

static bool one(const void *context, unsigned column, size_t row, struct value *value)
{
	(void)context;
	(void)column;
	*value = (struct value){.type = VALUE_COUNTER64, .number = row};
	return true;
}

/* So many rows that it is taken in several pieces. */
static void publish_many(uint32_t serial)
{
	static struct key keys[MANY];
	const struct pack_table table = {BLOCK_HOSTS, 1, keys, MANY, 1, 4, one, NULL};
	struct error error = {0};
	struct packed packed;

	for (uint32_t i = 0; i < MANY; i++)
		keys[i].part[0] = i;
	assert_int_equal(block_pack(&packed, serial, 0, &table, 1, &error), 0);
	assert_int_equal(publish_write(path, &packed, &error), 0);
	assert_int_equal(publish_show(path, &error), 0);
	free(packed.bytes);
}

/* Looks until nothing is left to do.  Returns how many times the old one was still there in between. */
static unsigned look_on(struct snapshot_file *file, uint32_t before)
{
	unsigned times = 0;

	do {
		assert_null(snapshot_file_look(file));
		times += file->block.serial == before;
	} while (snapshot_file_busy(file));
	return times;
}

static void a_large_file_is_taken_in_pieces(void **state)
{
	struct snapshot_file file = {.path = path};
	unsigned looks;

	(void)state;
	publish(9);
	assert_null(snapshot_file_look(&file));
	publish_many(10);
	assert_true((looks = look_on(&file, 9)) >= 2 && looks <= 10);
	assert_int_equal(file.block.serial, 10);
	publish_many(11);
	assert_null(snapshot_file_look(&file));
	publish_many(12); /* while the other one is taken */
	assert_true((looks = look_on(&file, 10)) >= 1 && looks <= 10);
	assert_int_equal(file.block.serial, 11);
	assert_int_equal(block_rows(&file.block.parts[BLOCK_HOSTS]), MANY);
	look_on(&file, 11);
	assert_int_equal(file.block.serial, 12);

	publish_many(13); /* cut in between */
	assert_null(snapshot_file_look(&file));
	assert_int_equal(truncate(path, 100), 0);
	assert_string_equal(snapshot_file_look(&file), "cannot be read");
	assert_int_equal(file.block.serial, 12);
	publish_remove(path);
	assert_int_equal(look_on(&file, 12), 0);
	assert_null(file.memory.at);
	publish_many(14);
	assert_null(snapshot_file_look(&file));
	snapshot_file_drop(&file); /* in between, too */
}

static void a_file_that_cannot_be_written_is_said(void **state)
{
	struct error error = {0};
	struct packed packed = {0};

	(void)state;
	assert_int_equal(publish_write("/nonexistent/snapshot", &packed, &error), -1);
	assert_string_equal(error.text, "/nonexistent/snapshot.new: No such file or directory");
	error_clear(&error);
	assert_int_equal(publish_show("/nonexistent/snapshot", &error), -1);
	publish_failures("/nonexistent/snapshot", 1);
	publish_remove("/nonexistent/snapshot");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_snapshot_is_taken_once),
	    cmocka_unit_test(a_file_that_is_cut_does_no_harm),
	    cmocka_unit_test(a_large_file_is_taken_in_pieces),
	    cmocka_unit_test(a_file_that_cannot_be_written_is_said),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

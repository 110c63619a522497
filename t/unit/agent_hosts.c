/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host's SNMP index outlives the agent. */
#include "t/unit/test.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/host_index.h"
#include "lib/act/state.h"
#include "lib/base/error.h"

static int folder_make(void **state)
{
	static char path[] = "/tmp/curfew-hosts-XXXXXX";
	static struct state_dir dir;
	struct error error = {0};

	if (mkdtemp(path) == NULL || state_dir_open(&dir, path, &error) < 0)
		return -1;
	*state = &dir;
	return 0;
}

static int folder_remove(void **state)
{
	struct state_dir *dir = *state;

	unlinkat(dir->fd, "agent-hosts", 0);
	state_dir_close(dir);
	return rmdir(dir->path);
}

static void load(struct host_index *index, const struct state_dir *dir)
{
	struct error error = {0};

	assert_int_equal(host_index_load(index, dir, &error), 0);
}

static void save(struct host_index *index, const struct state_dir *dir)
{
	struct error error = {0};

	assert_int_equal(host_index_save(index, dir, &error), 0);
	host_index_free(index);
}

static void indexes_outlive_the_agent(void **state)
{
	const struct state_dir *dir = *state;
	struct host_index index;
	size_t position = 0;
	const struct host_entry *entry;

	load(&index, dir);
	assert_int_equal(host_index_get(&index, "sim:a", ""), 1); /* has not answered yet */
	assert_int_equal(host_index_get(&index, "sim:b", "ts02"), 2);
	save(&index, dir);

	load(&index, dir);
	assert_int_equal(host_index_get(&index, "sim:b", "TS02"), 2);
	assert_int_equal(host_index_get(&index, "sim:new", "ts03"), 3);
	assert_int_equal(host_index_get(&index, "sim:a", "ts01"), 1); /* its first answer */
	assert_int_equal(host_index_get(&index, "sim:a", "ts09"), 4); /* a second host behind it */
	save(&index, dir);

	load(&index, dir);
	assert_int_equal(host_index_get(&index, "sim:a", "ts01"), 1);
	entry = host_index_next(&index, "sim:a", &position);
	assert_string_equal(entry->host, "ts01");
	entry = host_index_next(&index, "sim:a", &position);
	assert_int_equal(entry->index, 4);
	assert_null(host_index_next(&index, "sim:a", &position));
	assert_int_equal(index.pending.length, 0);
	host_index_free(&index);
}

static void append(const struct state_dir *dir, const char *text)
{
	int fd = openat(dir->fd, "agent-hosts", O_WRONLY | O_APPEND);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void a_cut_line_swallows_nothing(void **state)
{
	const struct state_dir *dir = *state;
	struct host_index index;
	uint32_t given;

	append(dir, "not JSON\n{\"index\":-1,\"url\":\"x\",\"host\":\"y\"}\n{\"index\":5,\"url\":\"sim:c");
	load(&index, dir);
	given = host_index_get(&index, "sim:d", "ts07");
	assert_int_equal(given, 5);
	save(&index, dir);
	load(&index, dir);
	assert_int_equal(host_index_get(&index, "sim:d", "ts07"), given);
	assert_int_equal(host_index_get(&index, "sim:b", "ts02"), 2);
	host_index_free(&index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(indexes_outlive_the_agent),
	    cmocka_unit_test(a_cut_line_swallows_nothing),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

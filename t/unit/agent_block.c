/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is packed is read back; and blocks that nobody of ours made. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/answer.h"
#include "agent/block.h"
#include "agent/grid.h"
#include "agent/pack.h"
#include "agent/rows.h"
#include "agent/table.h"
#include "agent/value.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"

enum { ROWS = 130, COLUMNS = VALUE_TYPES + 1, FIRST = 3 };

/* Column FIRST + n has values of type n, in every third row; the last column none at all. */
static bool cell(const void *context, unsigned column, size_t row, struct value *value)
{
	static char text[VALUE_OCTETS_MAX];
	unsigned type = column - FIRST;

	(void)context;
	if (type == VALUE_TYPES || row % 3 != type % 3)
		return false;
	memset(text, 'a' + (int)(row % 7), sizeof text);
	*value = (struct value){
	    .type = (enum value_type)type,
	    .number = type == VALUE_COUNTER64 ? UINT64_MAX - row : row,
	    .octets = text,
	    .length = row % 2 == 0 ? sizeof text : row % 5,
	};
	return true;
}

static struct packed pack(void)
{
	static struct key keys[ROWS];
	const struct pack_table table = {BLOCK_SESSIONS, 2, keys, ROWS, FIRST, FIRST + VALUE_TYPES, cell, NULL};
	struct error error = {0};
	struct packed packed;

	for (uint32_t i = 0; i < ROWS; i++)
		keys[i] = (struct key){{i / 10, i}};
	assert_int_equal(block_pack(&packed, 42, 7, &table, 1, &error), 0);
	return packed;
}

static void what_is_packed_is_read_back(void **state)
{
	struct packed packed = pack();
	const struct block_part *part;
	struct block block;

	(void)state;
	assert_null(block_open(&block, packed.bytes, packed.size));
	assert_int_equal(block.serial, 42);
	assert_int_equal(block.showing.failures, 7);
	part = &block.parts[BLOCK_SESSIONS];
	assert_int_equal(block_rows(part), ROWS);
	assert_int_equal(block_rows(&block.parts[BLOCK_HOSTS]), 0);
	for (size_t row = 0; row < ROWS; row++) {
		assert_int_equal(block_find(part, (struct key){{(uint32_t)row / 10, (uint32_t)row}}), row);
		for (unsigned column = FIRST - 1; column <= FIRST + COLUMNS; column++) {
			bool there = column >= FIRST && column < FIRST + VALUE_TYPES;
			struct value expected, found;

			there = there && cell(NULL, column, row, &expected);
			assert_int_equal(block_read(part, column, row, &found), there);
			if (!there)
				continue;
			assert_int_equal(found.type, expected.type);
			if (found.type == VALUE_OCTETS) {
				assert_int_equal(found.length, expected.length);
				assert_memory_equal(found.octets, expected.octets, expected.length);
			} else {
				assert_true(found.number == expected.number);
			}
		}
	}
	assert_int_equal(block_find(part, (struct key){{0, 77}}), ROWS);
	assert_false(block_read(part, FIRST, ROWS, &(struct value){0}));
	free(packed.bytes);
}

static void what_is_kept_is_shown_as_snmp_has_it(void **state)
{
	struct packed packed = pack();
	const struct block_part *part;
	struct block block;
	struct value value;

	(void)state;
	assert_null(block_open(&block, packed.bytes, packed.size));
	part = &block.parts[BLOCK_SESSIONS];
	assert_true(block_show(part, FIRST + VALUE_FAILURES, VALUE_FAILURES % 3, &value));
	assert_int_equal(value.type, VALUE_COUNTER32);
	assert_int_equal(value.number, 7);
	block.showing.failures = 8;
	assert_true(block_show(part, FIRST + VALUE_FAILURES, VALUE_FAILURES % 3, &value));
	assert_int_equal(value.number, 8);
	assert_true(block_show(part, FIRST + VALUE_MOMENT, VALUE_MOMENT % 3, &value));
	assert_int_equal(value.length, 11);
	assert_memory_equal(value.octets, "\x07\xb2\x01\x01", 4); /* 1970-01-01 */
	assert_true(block_show(part, FIRST + VALUE_SINCE, VALUE_SINCE % 3, &value));
	assert_int_equal(value.type, VALUE_GAUGE32);
	value = (struct value){.type = VALUE_SINCE, .number = (uint64_t)(clock_monotonic() + 5000)};
	assert_true(value_show(&value, &block.showing)); /* a lie: no time has passed */
	assert_int_equal(value.number, 0);
	value = (struct value){.type = VALUE_MOMENT, .number = (uint64_t)INT64_MIN};
	assert_false(value_show(&value, &block.showing));
	assert_false(block_show(part, FIRST + VALUE_STAMP, VALUE_STAMP % 3, &value)); /* nobody told sysUpTime */
	value = (struct value){.type = VALUE_STAMP, .number = 5000};
	assert_true(value_show(&value, &(struct showing){.uptime = {.known = true, .zero = 4000}}));
	assert_int_equal(value.type, VALUE_TICKS);
	assert_int_equal(value.number, 100);
	free(packed.bytes);
}

/* No two types in one column, and nothing too long. */
static bool mixed(const void *context, unsigned column, size_t row, struct value *value)
{
	(void)context;
	*value = (struct value){.type = VALUE_INTEGER, .number = 1, .octets = "", .length = 0};
	if (column == 1 && row == 1)
		value->type = VALUE_OCTETS;
	if (column == 2)
		value->number = 256;
	if (column == 3)
		*value = (struct value){.type = VALUE_OCTETS, .octets = "", .length = VALUE_OCTETS_MAX + 1};
	return true;
}

static void what_does_not_fit_is_not_packed(void **state)
{
	static const struct key keys[] = {{{1, 0}}, {{2, 0}}};
	struct error error = {0};
	struct packed packed;

	(void)state;
	for (unsigned column = 1; column <= 3; column++) {
		const struct pack_table table = {BLOCK_HOSTS, 1, keys, COUNT(keys), column, column, mixed, NULL};

		assert_int_equal(block_pack(&packed, 1, 0, &table, 1, &error), -1);
		assert_int_equal(error.code, ERROR_PROTOCOL);
		error_clear(&error);
	}
}

/* A number of the header or of the one table, changed. */
static void bad_blocks_are_refused(void **state)
{
	enum { TABLE = sizeof(struct block_header) };
	static const struct {
		size_t at;
		uint32_t to;
		const char *wrong;
	} table[] = {
	    {0, 0, "no snapshot"},
	    {offsetof(struct block_header, version), BLOCK_VERSION + 1, "a snapshot of another version"},
	    {offsetof(struct block_header, size), 64, "a part of a snapshot"},
	    {offsetof(struct block_header, tables), BLOCK_TABLES_MAX + 1, "tables or texts outside of it"},
	    {offsetof(struct block_header, tables_at), UINT32_MAX - 7, "tables or texts outside of it"},
	    {offsetof(struct block_header, tables_at), 41, "tables or texts outside of it"},
	    {offsetof(struct block_header, texts_size), UINT32_MAX, "tables or texts outside of it"},
	    {offsetof(struct block_header, texts_at), UINT32_MAX - 7, "tables or texts outside of it"},
	    {TABLE + offsetof(struct block_table, name), BLOCK_NAMES, "a table that is none"},
	    {TABLE + offsetof(struct block_table, key_length), 0, "a table that is none"},
	    {TABLE + offsetof(struct block_table, key_length), 3, "a table that is none"},
	    {TABLE + offsetof(struct block_table, key_length), 1, "a key that is too long"},
	    {TABLE + offsetof(struct block_table, rows), BLOCK_ROWS_MAX + 1, "a table that is none"},
	    {TABLE + offsetof(struct block_table, rows), BLOCK_ROWS_MAX, "a table outside of it"},
	    {TABLE + offsetof(struct block_table, keys_at), UINT32_MAX - 7, "a table outside of it"},
	    {TABLE + offsetof(struct block_table, columns), 0, "a table that is none"},
	    {TABLE + offsetof(struct block_table, columns), BLOCK_COLUMNS_MAX + 1, "a table that is none"},
	    {TABLE + offsetof(struct block_table, columns_at), UINT32_MAX - 7, "a table outside of it"},
	};
	struct packed packed = pack();
	struct block block;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		uint32_t before;
		const char *wrong;

		memcpy(&before, packed.bytes + table[i].at, sizeof before);
		memcpy(packed.bytes + table[i].at, &table[i].to, sizeof before);
		wrong = block_open(&block, packed.bytes, packed.size);
		assert_non_null(wrong);
		assert_string_equal(wrong, table[i].wrong);
		assert_int_equal(block_rows(&block.parts[BLOCK_SESSIONS]), 0);
		memcpy(packed.bytes + table[i].at, &before, sizeof before);
	}
	assert_non_null(block_open(&block, packed.bytes, packed.size - 1));
	assert_non_null(block_open(&block, packed.bytes, 0));
	assert_null(block_open(&block, packed.bytes, packed.size));
	free(packed.bytes);
}

/* The structure within the table: columns and keys. */
static void bad_columns_and_keys_are_refused(void **state)
{
	struct packed packed = pack();
	struct block_table table;
	struct block_column *columns, kept;
	struct key *keys;
	struct block block;

	(void)state;
	memcpy(&table, packed.bytes + sizeof(struct block_header), sizeof table);
	columns = (void *)(packed.bytes + table.columns_at);
	keys = (void *)(packed.bytes + table.keys_at);
	kept = columns[1];
	columns[1].number = columns[0].number;
	assert_string_equal(block_open(&block, packed.bytes, packed.size), "columns out of order");
	columns[1].number = UINT32_MAX; /* a walk would take for ever */
	assert_string_equal(block_open(&block, packed.bytes, packed.size), "columns out of order");
	columns[1] = kept;
	columns[1].type = VALUE_TYPES;
	assert_string_equal(block_open(&block, packed.bytes, packed.size), "a column of an unknown type");
	columns[1] = kept;
	columns[1].cells_at = (uint32_t)packed.size / 8 * 8;
	assert_string_equal(block_open(&block, packed.bytes, packed.size), "a column outside of it");
	columns[1] = kept;
	columns[1].present_at = (uint32_t)packed.size / 8 * 8;
	assert_string_equal(block_open(&block, packed.bytes, packed.size), "a column outside of it");
	columns[1] = kept;
	keys[9] = keys[8];
	assert_string_equal(block_open(&block, packed.bytes, packed.size), "rows out of order");
	free(packed.bytes);
}

/* A cell is looked at when it is read. */
static void a_text_that_is_not_there_is_no_value(void **state)
{
	struct packed packed = pack();
	struct block_table table;
	struct block_column *column;
	uint32_t *cells;
	const struct block_part *part;
	struct block block;
	struct value value;

	(void)state;
	memcpy(&table, packed.bytes + sizeof(struct block_header), sizeof table);
	column = (void *)(packed.bytes + table.columns_at + VALUE_OCTETS * sizeof *column);
	cells = (void *)(packed.bytes + column->cells_at);
	assert_null(block_open(&block, packed.bytes, packed.size));
	part = &block.parts[BLOCK_SESSIONS];
	assert_true(block_read(part, FIRST + VALUE_OCTETS, VALUE_OCTETS % 3, &value));
	cells[VALUE_OCTETS % 3] = UINT32_MAX;
	assert_false(block_read(part, FIRST + VALUE_OCTETS, VALUE_OCTETS % 3, &value));
	cells[VALUE_OCTETS % 3] = ((const struct block_header *)(const void *)packed.bytes)->texts_size - 1;
	assert_false(block_read(part, FIRST + VALUE_OCTETS, VALUE_OCTETS % 3, &value));
	free(packed.bytes);
}

/* A session with all that a Windows host tells. */
static void session_fill(struct session *session, struct arena *arena, size_t i)
{
	int64_t now = INT64_C(1795230245678) - (int64_t)i * 61007;

	session->id = arena_printf(arena, "%zu", i % 100 + 1);
	session->numbered = true;
	session->number = (uint32_t)i % 100 + 1;
	session->user = arena_printf(arena, "benutzer%05zu", i);
	session->domain = "CORP";
	session->upn = arena_printf(arena, "benutzer%05zu@corp.example", i);
	session->birth = arena_printf(arena, "1340%014zu", i * 997);
	session->station = arena_printf(arena, "RDP-Tcp#%zu", i % 100);
	session->client_name = arena_printf(arena, "PC-%05zu", i);
	session->client_address = arena_printf(arena, "10.%zu.%zu.7", i / 250, i % 250);
	session->collection = "Desktops";
	session->application = "";
	session->class = CLASS_USER;
	session->kind = KIND_DESKTOP;
	session->state = i % 3 == 0 ? STATE_DISCONNECTED : STATE_ACTIVE;
	session->locked = FLAG_NO;
	session->logon_time = moment_at(now - 3600000);
	session->connect_time = moment_at(now - 1800000);
	session->disconnect_time = i % 3 == 0 ? moment_at(now) : (struct moment){MOMENT_NEVER, 0};
	session->last_input = moment_at(now - 60000);
}

/* The goal of the packed form. */
static void a_row_takes_no_more_than_260_bytes(void **state)
{
	enum { SESSIONS = 10000, PER_HOST = 100, LIMIT = 260 };
	static const struct filter everything;
	static const struct table none;
	const struct row_rule rule = {.idle_after = 1800000, .classes = COUNT_USERS, .filter = &everything};
	static struct answer answers[SESSIONS / PER_HOST];
	struct error error = {0};
	struct packed packed;
	struct rows rows;

	(void)state;
	for (size_t i = 0; i < SESSIONS; i++) {
		struct answer *answer = &answers[i / PER_HOST];

		if (i % PER_HOST == 0) {
			snapshot_init(&answer->snapshot);
			answer->target = answer->url = answer->provider = "x";
			answer->snapshot.host = arena_printf(&answer->arena, "rds%03zu", i / PER_HOST);
			answer_host_add(answer, (uint32_t)(i / PER_HOST) + 1, answer->snapshot.host);
		}
		session_fill(snapshot_add(&answer->snapshot), &answer->arena, i);
	}
	rows_make(&rows, answers, SESSIONS / PER_HOST, &none, &rule, 0, 0);
	assert_int_equal(rows.session_count, SESSIONS);
	assert_int_equal(rows_pack(&rows, &packed, &error), 0);
	printf("# %zu bytes a row\n", packed.size / SESSIONS);
	assert_true(packed.size / SESSIONS <= LIMIT);
	free(packed.bytes);
	rows_free(&rows);
	for (size_t i = 0; i < SESSIONS / PER_HOST; i++) {
		snapshot_free(&answers[i].snapshot);
		answer_free(&answers[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_packed_is_read_back),
	    cmocka_unit_test(what_is_kept_is_shown_as_snmp_has_it),
	    cmocka_unit_test(what_does_not_fit_is_not_packed),
	    cmocka_unit_test(bad_blocks_are_refused),
	    cmocka_unit_test(bad_columns_and_keys_are_refused),
	    cmocka_unit_test(a_text_that_is_not_there_is_no_value),
	    cmocka_unit_test(a_row_takes_no_more_than_260_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

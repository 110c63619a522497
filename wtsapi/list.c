/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wtsapi/list.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/member.h"

/* Where a key's value is stored in a row; texts that are left out are "". */
static const struct {
	const char *key;
	size_t offset;
} texts[] = {
    {"provider", MEMBER_OFFSET(struct row, const char *, identity.provider)},
    {"host", MEMBER_OFFSET(struct row, const char *, identity.host)},
    {"user", MEMBER_OFFSET(struct row, const char *, identity.user)},
    {"birth", MEMBER_OFFSET(struct row, const char *, identity.birth)},
    {"domain", MEMBER_OFFSET(struct row, const char *, domain)},
    {"station", MEMBER_OFFSET(struct row, const char *, station)},
    {"client_name", MEMBER_OFFSET(struct row, const char *, client_name)},
    {"client_address", MEMBER_OFFSET(struct row, const char *, client_address)},
    {"collection", MEMBER_OFFSET(struct row, const char *, collection)},
    {"application", MEMBER_OFFSET(struct row, const char *, application)},
    {"class", MEMBER_OFFSET(struct row, const char *, class)},
    {"fact=work_directory", MEMBER_OFFSET(struct row, const char *, client.work_directory)},
    {"fact=initial_program", MEMBER_OFFSET(struct row, const char *, client.program)},
    {"fact=client_directory", MEMBER_OFFSET(struct row, const char *, client.directory)},
};
enum { TEXTS = sizeof texts / sizeof *texts };

/* Reads a number that fits its field of WTSCLIENT; others are left out. */
static const struct {
	const char *key;
	size_t offset;
	uint32_t most;
} numbers[] = {
    {"fact=client_build_number", MEMBER_OFFSET(struct row, uint32_t, client.build), UINT32_MAX},
    {"fact=client_hardware_id", MEMBER_OFFSET(struct row, uint32_t, client.hardware), UINT32_MAX},
    {"fact=client_product_id", MEMBER_OFFSET(struct row, uint32_t, client.product), UINT16_MAX},
    {"fact=horizontal_resolution", MEMBER_OFFSET(struct row, uint32_t, client.width), UINT16_MAX},
    {"fact=vertical_resolution", MEMBER_OFFSET(struct row, uint32_t, client.height), UINT16_MAX},
    {"fact=color_depth", MEMBER_OFFSET(struct row, uint32_t, client.depth), UINT16_MAX},
    {"fact=protocol", MEMBER_OFFSET(struct row, uint32_t, client.protocol), UINT16_MAX},
    {"fact=encryption_level", MEMBER_OFFSET(struct row, uint32_t, client.encryption), UINT8_MAX},
    {"fact=out_buffers_host", MEMBER_OFFSET(struct row, uint32_t, client.buffers_host), UINT16_MAX},
    {"fact=out_buffers_client", MEMBER_OFFSET(struct row, uint32_t, client.buffers_client), UINT16_MAX},
    {"fact=out_buffer_length", MEMBER_OFFSET(struct row, uint32_t, client.buffer_length), UINT16_MAX},
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static const struct {
	const char *key;
	size_t offset;
} times[] = {
    {"logon_time", MEMBER_OFFSET(struct row, LONGLONG, logon)},
    {"connect_time", MEMBER_OFFSET(struct row, LONGLONG, connect)},
    {"disconnect_time", MEMBER_OFFSET(struct row, LONGLONG, disconnect)},
    {"last_input", MEMBER_OFFSET(struct row, LONGLONG, last_input)},
};
enum { TIMES = sizeof times / sizeof *times };

/* Converts ms since 1970 to 100 ns since 1601; 0 for anything else and for times before 1601. */
static LONGLONG filetime(const char *value)
{
	const int64_t first = INT64_C(11644473600000), last = INT64_C(253402300799999); /* 1601, 9999 */
	int64_t when;

	if (message_number(value, &when) < 0 || when < -first || when > last)
		return 0;
	return (when + first) * 10000;
}

static enum answer answer_of(const char *value)
{
	return strcmp(value, "yes") == 0 ? ANSWER_YES : strcmp(value, "no") == 0 ? ANSWER_NO : ANSWER_UNKNOWN;
}

/* The member at an offset, which is aligned as it is declared. */
static void *member(struct row *row, size_t offset)
{
	return (char *)row + offset;
}

static void set_text(struct row *row, size_t offset, const char *text)
{
	const char **at = member(row, offset);

	*at = text;
}

static void set_time(struct row *row, size_t offset, LONGLONG time)
{
	LONGLONG *at = member(row, offset);

	*at = time;
}

static void set_number(struct row *row, size_t offset, uint32_t number)
{
	uint32_t *at = member(row, offset);

	*at = number;
}

static void row_init(struct row *row, const char *id)
{
	memset(row, 0, sizeof *row);
	for (size_t i = 0; i < TEXTS; i++)
		set_text(row, texts[i].offset, "");
	row->identity.id = id;
	row->state = WTSInit;
	row->wanted = -1;
}

static void row_take(struct row *row, const char *text)
{
	const char *value;
	int64_t number;

	for (size_t i = 0; i < TEXTS; i++)
		if ((value = message_value(text, texts[i].key)) != NULL)
			set_text(row, texts[i].offset, value);
	for (size_t i = 0; i < TIMES; i++)
		if ((value = message_value(text, times[i].key)) != NULL)
			set_time(row, times[i].offset, filetime(value));
	for (size_t i = 0; i < NUMBERS; i++)
		if ((value = message_value(text, numbers[i].key)) != NULL && message_number(value, &number) == 0 &&
		    number >= 0 && number <= numbers[i].most)
			set_number(row, numbers[i].offset, (uint32_t)number);
	if ((value = message_value(text, "locked")) != NULL)
		row->locked = answer_of(value);
	if ((value = message_value(text, "own")) != NULL)
		row->own = answer_of(value);
	if ((value = message_value(text, "state")) != NULL && message_number(value, &number) == 0 &&
	    number >= WTSActive && number <= WTSInit)
		row->state = (WTS_CONNECTSTATE_CLASS)number;
	if ((value = message_value(text, "number")) != NULL && message_number(value, &number) == 0 && number >= 0 &&
	    number < INT64_C(1) << SYNTHETIC_BIT)
		row->wanted = number;
}

static int compare(const void *a, const void *b)
{
	const struct row *first = *(const struct row *const *)a, *second = *(const struct row *const *)b;

	if (first->number != second->number)
		return first->number < second->number ? -1 : 1;
	return first < second ? -1 : first > second;
}

static void index_sort(struct list *list)
{
	if (list->count > 0)
		qsort(list->index, list->count, sizeof *list->index, compare);
}

/* The system's own number, if there is one and no earlier session has it; else a made one. */
static int rows_number(struct list *list, struct number_map *map)
{
	for (size_t i = 0; i < list->count; i++) {
		struct row *row = list->index[i] = &list->rows[i];

		row->number = row->wanted >= 0 ? (DWORD)row->wanted : (DWORD)numbers_make(map, &row->identity);
		if (row->wanted < 0 && row->number == 0)
			return -1;
	}
	index_sort(list);
	for (size_t i = 1; i < list->count; i++) {
		struct row *row = list->index[i];

		if (row->wanted < 0 || row->wanted != list->index[i - 1]->wanted)
			continue;
		if ((row->number = numbers_make(map, &row->identity)) == 0)
			return -1;
	}
	index_sort(list);
	return 0;
}

static size_t sessions_in(const struct message *reply)
{
	size_t count = 0;

	for (const char *text = message_next(reply, NULL); text != NULL; text = message_next(reply, text))
		count += message_value(text, "session") != NULL;
	return count;
}

DWORD list_read(struct list *list, struct message *reply, struct number_map *map)
{
	size_t count = sessions_in(reply);
	const char *id;

	memset(list, 0, sizeof *list);
	list->reply = *reply;
	memset(reply, 0, sizeof *reply);
	list->now = filetime(message_find(&list->reply, "now"));
	list->rows = calloc(count + 1, sizeof *list->rows);
	list->index = calloc(count + 1, sizeof *list->index);
	if (list->rows == NULL || list->index == NULL)
		goto failed;
	if (list->now == 0) {
		list_free(list);
		return ERROR_INVALID_DATA; /* a host without sessions says so explicitly */
	}
	for (const char *text = message_next(&list->reply, NULL); text != NULL;
	     text = message_next(&list->reply, text)) {
		if ((id = message_value(text, "session")) != NULL)
			row_init(&list->rows[list->count++], id);
		else if (list->count > 0)
			row_take(&list->rows[list->count - 1], text);
	}
	if (rows_number(list, map) == 0)
		return ERROR_SUCCESS;
failed:
	list_free(list);
	return ERROR_NOT_ENOUGH_MEMORY;
}

const struct row *list_find(const struct list *list, DWORD number)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->index[middle]->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->count && list->index[low]->number == number ? list->index[low] : NULL;
}

const char *row_program(const struct row *row)
{
	return row->client.program[0] != '\0' ? row->client.program : row->application;
}

void list_free(struct list *list)
{
	message_free(&list->reply);
	free(list->rows);
	free(list->index);
	memset(list, 0, sizeof *list);
}

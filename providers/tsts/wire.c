/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/wire.h"

#include <endian.h>
#include <string.h>

#include "lib/base/text.h"
#include "providers/tsts/client.h"
#include "providers/tsts/samba.h"

/* The arrays' lengths in WCHARs, with the NUL (MS-TSTS 2.2.2.11). */
enum { STATION = 33, DOMAIN = 18, USER = 21, WIDEST = 257 };

/* One level is defined, and we ask for it. */
enum { LEVEL = 1 };

bool hresult_failed(uint32_t hresult)
{
	return (hresult & 0x80000000u) != 0;
}

static struct ndr_pull *pull_start(struct wire_bytes reply)
{
	DATA_BLOB blob = {.data = (uint8_t *)reply.data, .length = reply.length};

	return reply.length > UINT32_MAX / 2 ? NULL : ndr_pull_init_blob(&blob, NULL);
}

static uint32_t number_at(struct wire_bytes reply, size_t at)
{
	uint32_t number;

	memcpy(&number, reply.data + at, sizeof number);
	return le32toh(number);
}

int wire_read_hresult(struct wire_bytes reply, uint32_t *hresult)
{
	if (reply.length < 4)
		return -1;
	*hresult = number_at(reply, 0);
	return 0;
}

/* A malformed reply that ends in a failure HRESULT counts as that failure: servers differ in what precedes it. */
static int failed_anyhow(struct wire_bytes reply, uint32_t *hresult)
{
	if (reply.length < 4 || reply.length % 4 != 0)
		return -1;
	*hresult = number_at(reply, reply.length - 4);
	return hresult_failed(*hresult) ? 0 : -1;
}

/* The return value follows the parameters. Bytes behind it are ignored. These calls return no success other than
   S_OK, so another one means that something else was read. */
static enum ndr_err_code pull_hresult(struct ndr_pull *pull, uint32_t *hresult)
{
	NDR_CHECK(ndr_pull_align(pull, 4));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, hresult));
	return *hresult == 0 || hresult_failed(*hresult) ? NDR_ERR_SUCCESS : NDR_ERR_RANGE;
}

/* The end of each reader: the return value behind the parameters, and the pull is freed. */
static int read_end(struct wire_bytes reply, struct ndr_pull *pull, enum ndr_err_code read, uint32_t *hresult)
{
	if (read == NDR_ERR_SUCCESS)
		read = pull_hresult(pull, hresult);
	talloc_free(pull);
	return read == NDR_ERR_SUCCESS ? 0 : failed_anyhow(reply, hresult);
}

/* U+FFFD for a surrogate without its other half. */
static size_t utf8_put(char *to, uint32_t point)
{
	if (point < 0x80) {
		to[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		to[0] = (char)(0xc0 | point >> 6);
		to[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		to[0] = (char)(0xe0 | point >> 12);
		to[1] = (char)(0x80 | (point >> 6 & 0x3f));
		to[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | point >> 18);
	to[1] = (char)(0x80 | (point >> 12 & 0x3f));
	to[2] = (char)(0x80 | (point >> 6 & 0x3f));
	to[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

const char *utf16_text(struct arena *arena, const uint16_t *units, size_t most)
{
	char text[WIDEST * 3 + 1];
	size_t length = 0;

	for (size_t i = 0; i < most && units[i] != 0; i++) {
		uint32_t point = units[i];

		if (point >= 0xd800 && point < 0xdc00 && i + 1 < most && units[i + 1] >= 0xdc00 &&
		    units[i + 1] < 0xe000)
			point = 0x10000 + ((point & 0x3ff) << 10) + (units[++i] & 0x3ffu);
		else if (point >= 0xd800 && point < 0xe000)
			point = 0xfffd;
		length += utf8_put(text + length, point);
	}
	return arena_strndup(arena, text, length);
}

/* WCHAR[count], count <= WIDEST: ends at the first NUL, or with the array. */
static enum ndr_err_code pull_text(struct ndr_pull *pull, size_t count, struct arena *arena, const char **text)
{
	uint16_t units[WIDEST];

	for (size_t i = 0; i < count; i++)
		NDR_CHECK(ndr_pull_uint16(pull, NDR_SCALARS, &units[i]));
	*text = utf16_text(arena, units, count);
	return NDR_ERR_SUCCESS;
}

int wire_read_handle(struct wire_bytes reply, struct wire_handle *handle, uint32_t *hresult)
{
	if (reply.length < sizeof handle->bytes + 4)
		return failed_anyhow(reply, hresult);
	memcpy(handle->bytes, reply.data, sizeof handle->bytes);
	*hresult = number_at(reply, sizeof handle->bytes);
	return 0;
}

/* SESSIONENUM: Level, the union's tag, SESSIONENUM_LEVEL1. */
static enum ndr_err_code pull_listed(struct ndr_pull *pull, struct arena *arena, struct wire_listed *listed)
{
	uint32_t level, tag;

	NDR_CHECK(ndr_pull_align(pull, 4));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &level));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &tag));
	if (level != LEVEL || tag != LEVEL)
		return NDR_ERR_BAD_SWITCH;
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &listed->id));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &listed->state));
	return pull_text(pull, STATION, arena, &listed->station);
}

static enum ndr_err_code pull_list(struct ndr_pull *pull, struct arena *arena, struct wire_listed **listed,
                                   size_t *count)
{
	enum { ELEMENT_LEAST = 4 * 4 + 2 * STATION };
	uint32_t referent, most, entries;

	*listed = NULL;
	*count = 0;
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &referent));
	if (referent != 0) {
		NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &most));
		if (most > WIRE_SESSIONS || most > (pull->data_size - pull->offset) / ELEMENT_LEAST)
			return NDR_ERR_ARRAY_SIZE;
		*listed = arena_alloc(arena, (most + 1) * sizeof **listed);
		for (*count = 0; *count < most; ++*count)
			NDR_CHECK(pull_listed(pull, arena, &(*listed)[*count]));
	}
	NDR_CHECK(ndr_pull_align(pull, 4));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &entries));
	return entries == *count ? NDR_ERR_SUCCESS : NDR_ERR_ARRAY_SIZE;
}

int wire_read_listed(struct wire_bytes reply, struct arena *arena, struct wire_listed **listed, size_t *count,
                     uint32_t *hresult)
{
	struct ndr_pull *pull = pull_start(reply);
	enum ndr_err_code read = NDR_ERR_BUFSIZE;

	*listed = NULL;
	*count = 0;
	if (pull != NULL)
		read = pull_list(pull, arena, listed, count);
	return read_end(reply, pull, read, hresult);
}

/* ProtocolDataSize, ProtocolData: not used, but must be well-formed. */
static enum ndr_err_code pull_protocol_data(struct ndr_pull *pull)
{
	uint32_t size, referent, count;

	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &size));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &referent));
	if (referent == 0)
		return size == 0 ? NDR_ERR_SUCCESS : NDR_ERR_INVALID_POINTER;
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &count));
	if (count != size || count > pull->data_size - pull->offset)
		return NDR_ERR_ARRAY_SIZE;
	pull->offset += count;
	return NDR_ERR_SUCCESS;
}

/* The parameter is [ref, out], so there is no referent id before the structure: level, tag, the union's arm. */
static enum ndr_err_code pull_session(struct ndr_pull *pull, struct arena *arena, struct wire_session *session)
{
	uint32_t level, tag;

	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &level));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &tag));
	if (level != LEVEL || tag != LEVEL)
		return NDR_ERR_BAD_SWITCH;
	NDR_CHECK(ndr_pull_align(pull, 8));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &session->state));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &session->flags));
	NDR_CHECK(pull_text(pull, STATION, arena, &session->station));
	NDR_CHECK(pull_text(pull, DOMAIN, arena, &session->domain));
	NDR_CHECK(pull_text(pull, USER, arena, &session->user));
	session->user_whole = session->domain_whole = false;
	NDR_CHECK(ndr_pull_hyper(pull, NDR_SCALARS, &session->connected));
	NDR_CHECK(ndr_pull_hyper(pull, NDR_SCALARS, &session->disconnected));
	NDR_CHECK(ndr_pull_hyper(pull, NDR_SCALARS, &session->logon));
	NDR_CHECK(ndr_pull_hyper(pull, NDR_SCALARS, &session->last_input));
	return pull_protocol_data(pull);
}

int wire_read_session(struct wire_bytes reply, struct arena *arena, struct wire_session *session, uint32_t *hresult)
{
	struct ndr_pull *pull = pull_start(reply);
	enum ndr_err_code read = NDR_ERR_BUFSIZE;

	if (pull != NULL)
		read = pull_session(pull, arena, session);
	return read_end(reply, pull, read, hresult);
}

/* [out, string] WCHAR **: referent, then size, offset, length and the units with their NUL. */
static enum ndr_err_code pull_counted(struct ndr_pull *pull, struct arena *arena, const char **text)
{
	uint32_t referent, most, offset, count;

	*text = "";
	NDR_CHECK(ndr_pull_align(pull, 4));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &referent));
	if (referent == 0)
		return NDR_ERR_SUCCESS;
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &most));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &offset));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &count));
	if (offset != 0 || count == 0 || count > most || count > WIDEST)
		return NDR_ERR_ARRAY_SIZE;
	return pull_text(pull, count, arena, text);
}

static enum ndr_err_code pull_name(struct ndr_pull *pull, struct arena *arena, const char **user, const char **domain)
{
	NDR_CHECK(pull_counted(pull, arena, user));
	return pull_counted(pull, arena, domain);
}

int wire_read_name(struct wire_bytes reply, struct arena *arena, const char **user, const char **domain,
                   uint32_t *hresult)
{
	struct ndr_pull *pull = pull_start(reply);
	enum ndr_err_code read = NDR_ERR_BUFSIZE;

	*user = *domain = "";
	if (pull != NULL)
		read = pull_name(pull, arena, user, domain);
	return read_end(reply, pull, read, hresult);
}

/* [out, size_is(, *pOutBuffByteLen)] unsigned char **: referent, count, bytes; then the length again. */
int wire_read_client(struct wire_bytes reply, struct arena *arena, struct wire_client *client, uint32_t *hresult)
{
	enum { HEADER = 8, TRAILER = 8 };
	const uint8_t *bytes;
	size_t count, padded;

	*client = (struct wire_client){.name = "", .address = ""};
	if (reply.length < HEADER + CLIENT_LEAST + TRAILER || number_at(reply, 0) == 0)
		return failed_anyhow(reply, hresult);
	count = number_at(reply, 4);
	if (count < CLIENT_LEAST || count > reply.length - HEADER - TRAILER)
		return failed_anyhow(reply, hresult);
	padded = (count + 3) / 4 * 4;
	if (padded > reply.length - HEADER - TRAILER || number_at(reply, HEADER + padded) != count)
		return failed_anyhow(reply, hresult);
	*hresult = number_at(reply, HEADER + padded + 4);
	bytes = reply.data + HEADER;
	client->name = client_name(bytes, arena);
	client->address = client_address(bytes, arena);
	client_facts(bytes, count, &client->facts, arena);
	return 0;
}

int wire_read_answer(struct wire_bytes reply, uint32_t *answer, uint32_t *hresult)
{
	*answer = 0;
	if (reply.length < 8)
		return failed_anyhow(reply, hresult);
	*answer = number_at(reply, 0);
	*hresult = number_at(reply, 4);
	return 0;
}

/* [out] ULONG *pUserSessions, [out] ULONG *pDeviceSessions. */
int wire_read_count(struct wire_bytes reply, uint32_t *users, uint32_t *hresult)
{
	*users = 0;
	if (reply.length < 12)
		return failed_anyhow(reply, hresult);
	*users = number_at(reply, 0);
	*hresult = number_at(reply, 8);
	return 0;
}

/* TIME_OF_DAY_INFO (MS-SRVS 2.2.4.105): seconds since 1970 in UTC, ms of no defined start, hours, minutes, seconds,
   hundredths of a second, time zone, timer interval, day, month, year, weekday. */
static enum ndr_err_code pull_time(struct ndr_pull *pull, int64_t *now, uint32_t *status)
{
	uint32_t referent, values[12] = {0};
	enum { SECONDS = 0, HUNDREDTHS = 5 };

	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &referent));
	for (size_t i = 0; i < sizeof values / sizeof values[0] && referent != 0; i++)
		NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &values[i]));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, status));
	if (*status != 0)
		return NDR_ERR_SUCCESS;
	if (referent == 0 || values[HUNDREDTHS] > 99)
		return NDR_ERR_RANGE;
	*now = (int64_t)values[SECONDS] * 1000 + values[HUNDREDTHS] * 10;
	return NDR_ERR_SUCCESS;
}

int wire_read_time(struct wire_bytes reply, int64_t *now, uint32_t *status)
{
	struct ndr_pull *pull = pull_start(reply);
	enum ndr_err_code read = NDR_ERR_BUFSIZE;

	*now = 0;
	if (pull != NULL)
		read = pull_time(pull, now, status);
	talloc_free(pull);
	return read == NDR_ERR_SUCCESS ? 0 : -1;
}

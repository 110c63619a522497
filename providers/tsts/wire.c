/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/wire.h"

#include <string.h>

#include "lib/text.h"
#include "providers/tsts/samba.h"

/* The arrays' lengths in WCHARs, with the NUL (MS-TSTS 2.2.2.11, 2.2.2.19). */
enum { STATION = 33, DOMAIN = 18, USER = 21, CLIENT_NAME = 21, CLIENT_ADDRESS = 31, WIDEST = 33 };

/* Where the two are in a WINSTATIONCLIENT, a C structure that is sent as bytes: after the flags; and after
   Domain[18], UserName[21], Password[15], WorkDirectory[257], InitialProgram[257], two numbers, the family. */
enum { CLIENT_NAME_AT = 4, CLIENT_ADDRESS_AT = 1196, CLIENT_LEAST = CLIENT_ADDRESS_AT + 2 * CLIENT_ADDRESS };

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

/* The return value is the last thing in a reply.  When it is a failure what stands before it is not read: servers
   differ in what they put there. */
int wire_read_hresult(struct wire_bytes reply, uint32_t *hresult)
{
	const uint8_t *last;

	if (reply.length < 4 || reply.length % 4 != 0)
		return -1;
	last = reply.data + reply.length - 4;
	*hresult = (uint32_t)last[0] | (uint32_t)last[1] << 8 | (uint32_t)last[2] << 16 | (uint32_t)last[3] << 24;
	return 0;
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

static const char *utf16_text(struct arena *arena, const uint16_t *units, size_t most)
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
	if (wire_read_hresult(reply, hresult) != 0)
		return -1;
	if (hresult_failed(*hresult))
		return 0;
	if (reply.length < sizeof handle->bytes + 4)
		return -1;
	memcpy(handle->bytes, reply.data, sizeof handle->bytes);
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
	struct ndr_pull *pull;
	int result;

	*listed = NULL;
	*count = 0;
	if (wire_read_hresult(reply, hresult) != 0)
		return -1;
	if (hresult_failed(*hresult))
		return 0;
	if ((pull = pull_start(reply)) == NULL)
		return -1;
	result =
	    pull_list(pull, arena, listed, count) == NDR_ERR_SUCCESS && pull->offset + 4 == pull->data_size ? 0 : -1;
	talloc_free(pull);
	return result;
}

/* The parameter is [ref, out], so there is no referent id before the structure.  (impacket takes its first
   number, the level, for one; we do not look at it, the union's tag says the same.) */
static enum ndr_err_code pull_session(struct ndr_pull *pull, struct arena *arena, struct wire_session *session)
{
	uint32_t level, tag;

	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &level));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &tag));
	if (tag != LEVEL)
		return NDR_ERR_BAD_SWITCH;
	NDR_CHECK(ndr_pull_align(pull, 8));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &session->state));
	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &session->flags));
	NDR_CHECK(pull_text(pull, STATION, arena, &session->station));
	NDR_CHECK(pull_text(pull, DOMAIN, arena, &session->domain));
	NDR_CHECK(pull_text(pull, USER, arena, &session->user));
	NDR_CHECK(ndr_pull_hyper(pull, NDR_SCALARS, &session->connected));
	NDR_CHECK(ndr_pull_hyper(pull, NDR_SCALARS, &session->disconnected));
	NDR_CHECK(ndr_pull_hyper(pull, NDR_SCALARS, &session->logon));
	NDR_CHECK(ndr_pull_hyper(pull, NDR_SCALARS, &session->last_input));
	/* Then the protocol's own data, which we do not read: its length and pointer must be there. */
	return pull->data_size - pull->offset >= 3 * 4 ? NDR_ERR_SUCCESS : NDR_ERR_BUFSIZE;
}

int wire_read_session(struct wire_bytes reply, struct arena *arena, struct wire_session *session, uint32_t *hresult)
{
	struct ndr_pull *pull;
	int result;

	if (wire_read_hresult(reply, hresult) != 0)
		return -1;
	if (hresult_failed(*hresult))
		return 0;
	if ((pull = pull_start(reply)) == NULL)
		return -1;
	result = pull_session(pull, arena, session) == NDR_ERR_SUCCESS ? 0 : -1;
	talloc_free(pull);
	return result;
}

static const char *client_text(struct arena *arena, const uint8_t *bytes, size_t count)
{
	uint16_t units[WIDEST];

	for (size_t i = 0; i < count; i++)
		units[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
	return utf16_text(arena, units, count);
}

/* [out, size_is(, *pOutBuffByteLen)] unsigned char **: referent, count, bytes; then the length again. */
static int read_client(struct wire_bytes reply, struct arena *arena, struct wire_client *client)
{
	enum { HEADER = 8, TRAILER = 8 };
	const uint8_t *bytes = reply.data + HEADER;
	uint32_t count;

	if (reply.length < HEADER + CLIENT_LEAST + TRAILER)
		return -1;
	memcpy(&count, reply.data + 4, sizeof count);
	count = le32toh(count);
	if (count < CLIENT_LEAST || count > reply.length - HEADER - TRAILER)
		return -1;
	client->name = client_text(arena, bytes + CLIENT_NAME_AT, CLIENT_NAME);
	client->address = client_text(arena, bytes + CLIENT_ADDRESS_AT, CLIENT_ADDRESS);
	return 0;
}

int wire_read_client(struct wire_bytes reply, struct arena *arena, struct wire_client *client, uint32_t *hresult)
{
	client->name = client->address = "";
	if (wire_read_hresult(reply, hresult) != 0)
		return -1;
	if (hresult_failed(*hresult))
		return 0;
	return read_client(reply, arena, client);
}

int wire_read_answer(struct wire_bytes reply, uint32_t *answer, uint32_t *hresult)
{
	*answer = 0;
	if (wire_read_hresult(reply, hresult) != 0)
		return -1;
	if (hresult_failed(*hresult))
		return 0;
	if (reply.length < 8)
		return -1;
	memcpy(answer, reply.data, sizeof *answer);
	*answer = le32toh(*answer);
	return 0;
}

/* TIME_OF_DAY_INFO (MS-SRVS 2.2.4.105): seconds since 1970 in UTC, ms of no defined start, hours, minutes, seconds,
   hundredths of a second, time zone, timer interval, day, month, year, weekday. */
static enum ndr_err_code pull_time(struct ndr_pull *pull, int64_t *now)
{
	uint32_t referent, values[12];
	enum { SECONDS = 0, HUNDREDTHS = 5 };

	NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &referent));
	if (referent == 0)
		return NDR_ERR_INVALID_POINTER;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		NDR_CHECK(ndr_pull_uint32(pull, NDR_SCALARS, &values[i]));
	*now = (int64_t)values[SECONDS] * 1000 + (values[HUNDREDTHS] < 100 ? values[HUNDREDTHS] * 10 : 0);
	return values[SECONDS] == 0 ? NDR_ERR_RANGE : NDR_ERR_SUCCESS;
}

int wire_read_time(struct wire_bytes reply, int64_t *now, uint32_t *status)
{
	struct ndr_pull *pull;
	int result;

	*now = 0;
	if (wire_read_hresult(reply, status) != 0)
		return -1;
	if (*status != 0)
		return 0;
	if ((pull = pull_start(reply)) == NULL)
		return -1;
	result = pull_time(pull, now) == NDR_ERR_SUCCESS ? 0 : -1;
	talloc_free(pull);
	return result;
}

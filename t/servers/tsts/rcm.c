/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TermSrv_API_service: RCMPublic (MS-TSTS 3.5.4.1). */
#include <stdint.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/session/session.h"
#include "t/servers/tsts/calls.h"
#include "t/servers/tsts/host.h"
#include "t/servers/tsts/stub.h"

/* WINSTATIONCLIENT (2.2.2.19), by the sizes of its fields; a memory image, so aligned as C does it. */
enum { CLIENT_SIZE = 2296, FAMILY_IPV4 = 2, FAMILY_IPV6 = 23 };

static uint32_t family_of(const char *address)
{
	if (*address == '\0')
		return 0;
	return strchr(address, ':') != NULL ? FAMILY_IPV6 : FAMILY_IPV4;
}

static void put_client(struct buffer *image, const struct session *session)
{
	put_u32(image, 0x24); /* fMouse, fMaximizeShell … */
	put_wide(image, session->client_name, 21);
	put_wide(image, session->domain, 18);
	put_wide(image, session->user, 21);
	put_wide(image, "", 15);                    /* password: never told */
	put_wide(image, "C:\\Work", 257);           /* working directory */
	put_wide(image, session->application, 257); /* initial program */
	put_u32(image, 0);                          /* serial number */
	put_u8(image, 3);                           /* encryption level */
	put_u32(image, family_of(session->client_address));
	put_wide(image, session->client_address, 31);
	put_u16(image, 1920);
	put_u16(image, 1080);
	put_u16(image, 32); /* colours */
	put_u16(image, 2);  /* protocol: RDP */
	put_align(image, 4);
	put_zeros(image, 4 * sizeof(uint32_t)); /* keyboard */
	put_wide(image, "", 33);                /* input method */
	put_wide(image, "C:\\Windows\\System32\\mstscax.dll", 257);
	put_wide(image, "", 33); /* licence */
	put_wide(image, "", 41); /* modem */
	put_align(image, 4);
	put_u32(image, 19041);                  /* build */
	put_u32(image, 7);                      /* hardware */
	put_u16(image, 1);                      /* product */
	put_zeros(image, 2048 - image->length); /* buffers, sound */
	put_u32(image, (uint32_t)-60);          /* minutes from local time to UTC */
	put_wide(image, "W. Europe Standard Time", 32);
	/* When that is, and the rest: nothing that is asked for. */
	put_zeros(image, CLIENT_SIZE - image->length);
}

static uint32_t get_client_data(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct session session;
	enum result result = caller_session(caller, get_u32(in), &session);
	struct buffer image = {0};

	put_u32(out, result == RESULT_OK ? 0x00020000 : 0);
	if (result == RESULT_OK) {
		put_client(&image, &session);
		put_u32(out, (uint32_t)image.length);
		buffer_add(out, image.text, image.length);
	}
	put_u32(out, (uint32_t)image.length);
	put_u32(out, result_hresult(result));
	buffer_free(&image);
	return 0;
}

static uint32_t get_last_input_time(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct session session;
	enum result result = caller_session(caller, get_u32(in), &session);

	put_u64(out, filetime(session.last_input));
	put_u32(out, result_hresult(result));
	return 0;
}

static uint32_t get_session_protocol_last_input_time(struct caller *caller, struct reader *in, struct buffer *out)
{
	struct session session;
	enum result result = caller_session(caller, get_u32(in), &session);

	put_u32(out, 0); /* no protocol status … */
	put_u32(out, 0); /* … of no length */
	put_u64(out, filetime(session.last_input));
	put_u32(out, result_hresult(result));
	return 0;
}

const struct call listener_calls[] = {
    {.name = "GetClientData", .opnum = 0, .function = get_client_data},
    {.name = "GetLastInputTime", .opnum = 3, .function = get_last_input_time},
    {.name = "GetSessionProtocolLastInputTime", .opnum = 9, .function = get_session_protocol_last_input_time},
    {.name = NULL},
};

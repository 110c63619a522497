/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of one server at one moment, as the broker listed them. */
#ifndef CURFEW_WTSAPI_LIST_H
#define CURFEW_WTSAPI_LIST_H

#include <stddef.h>
#include <stdint.h>
#include <winpr/wtsapi.h>

#include "wtsapi/message.h"
#include "wtsapi/numbers.h"

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

/* The client, as far as it is known; else 0 or "". */
struct client {
	const char *work_directory, *program, *directory;
	uint32_t build, hardware, product, width, height, depth, protocol, encryption;
	uint32_t buffers_host, buffers_client, buffer_length;
};

/* Texts are UTF-8 and never NULL; they are in the list's reply. */
struct row {
	DWORD number;
	struct identity identity;
	const char *domain, *station, *client_name, *client_address, *collection, *application, *class;
	struct client client;
	WTS_CONNECTSTATE_CLASS state;
	enum answer locked, own;
	int64_t wanted;                                  /* the system's own number, or -1 */
	LONGLONG logon, connect, disconnect, last_input; /* FILETIME; 0: not known, or never */
};

struct list {
	struct message reply;
	LONGLONG now;     /* the host's clock, FILETIME */
	struct row *rows; /* in the host's order */
	size_t count;
	struct row **index; /* by number */
};

/* Takes over the reply and numbers its sessions.  0, or an error code: there is then nothing to free. */
DWORD list_read(struct list *list, struct message *reply, struct number_map *map);
const struct row *list_find(const struct list *list, DWORD number);
/* The program that the session began with: the client's, or the published application. */
const char *row_program(const struct row *row);
void list_free(struct list *list);

#endif

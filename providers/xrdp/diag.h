/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's socket lists (sock_diag(7)), which no user can forge: they tell which sockets are connected.  Needs no
 * privilege.  One dump per family.
 */
#ifndef CURFEW_XRDP_DIAG_H
#define CURFEW_XRDP_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"

/* A UNIX socket with a name. */
struct unix_socket {
	unsigned inode;
	unsigned peer; /* inode of the other end; 0: none */
	unsigned file; /* inode of the socket file; 0: not known */
	bool owned;    /* uid is known (Linux 5.3) */
	uid_t uid;     /* of its creator */
	bool connected, listening;
	char name[109];
};

struct tcp_socket {
	unsigned inode;
	uid_t uid;
	uint16_t local_port, remote_port;
	bool listening; /* it has no remote end then */
	bool remote_loopback;
	char remote[46]; /* address; an IPv4 address always in its own form */
};

struct sockets {
	struct unix_socket *unix_items;
	size_t unix_count, unix_allocated;
	struct tcp_socket *tcp_items; /* established and listening ones */
	size_t tcp_count, tcp_allocated;
};

/* UNIX sockets whose file's name (without its folder) begins with prefix. */
int sockets_read_unix(struct sockets *sockets, const char *prefix, struct error *error);
int sockets_read_tcp(struct sockets *sockets, struct error *error);
void sockets_free(struct sockets *sockets);

/* A message's place in its dump: 0 = there is more, 1 = it was the last; -1, with errno: the dump is not whole. */
struct nlmsghdr;
int dump_place(const struct nlmsghdr *header);

/* One message of each dump: 0 = taken, 1 = not wanted, -1 = malformed. */
int unix_socket_parse(const void *message, size_t length, struct unix_socket *socket);
int tcp_socket_parse(const void *message, size_t length, struct tcp_socket *socket);

#endif

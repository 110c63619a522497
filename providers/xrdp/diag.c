/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/base/arena.h"

enum { ESTABLISHED = 1, LISTENING = 10 }; /* TCP_ESTABLISHED, TCP_LISTEN, also of UNIX sockets */

int unix_socket_parse(const void *message, size_t length, struct unix_socket *socket)
{
	const struct unix_diag_msg *head = message;
	const struct rtattr *attribute = (const void *)((const char *)message + NLMSG_ALIGN(sizeof *head));
	size_t left = length - NLMSG_ALIGN(sizeof *head);

	if (length < NLMSG_ALIGN(sizeof *head))
		return -1;
	*socket = (struct unix_socket){.inode = head->udiag_ino,
	                               .connected = head->udiag_state == ESTABLISHED,
	                               .listening = head->udiag_state == LISTENING};
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		const void *data = RTA_DATA(attribute);
		size_t size = RTA_PAYLOAD(attribute);

		if (attribute->rta_type == UNIX_DIAG_NAME && size < sizeof socket->name) {
			/* The payload of a path includes its NUL; an abstract name begins with one. */
			memcpy(socket->name, data, size);
			socket->name[size] = '\0';
		} else if (attribute->rta_type == UNIX_DIAG_PEER && size >= sizeof socket->peer) {
			memcpy(&socket->peer, data, sizeof socket->peer);
		} else if (attribute->rta_type == UNIX_DIAG_VFS && size >= sizeof(struct unix_diag_vfs)) {
			socket->file = ((const struct unix_diag_vfs *)data)->udiag_vfs_ino;
		} else if (attribute->rta_type == UNIX_DIAG_UID && size >= sizeof(uint32_t)) {
			memcpy(&socket->uid, data, sizeof socket->uid);
			socket->owned = true;
		}
	}
	return socket->name[0] == '\0';
}

int tcp_socket_parse(const void *message, size_t length, struct tcp_socket *socket)
{
	const struct inet_diag_msg *head = message;
	const void *address;
	int family;

	if (length < sizeof *head)
		return -1;
	address = head->id.idiag_dst;
	family = head->idiag_family;
	if (family == AF_INET6 && IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)address)) {
		address = &head->id.idiag_dst[3];
		family = AF_INET;
	}
	*socket = (struct tcp_socket){.inode = head->idiag_inode,
	                              .uid = head->idiag_uid,
	                              .listening = head->idiag_state == LISTENING,
	                              .local_port = ntohs(head->id.idiag_sport),
	                              .remote_port = ntohs(head->id.idiag_dport)};
	if (inet_ntop(family, address, socket->remote, sizeof socket->remote) == NULL)
		return -1;
	if (family == AF_INET)
		socket->remote_loopback = *(const unsigned char *)address == 127;
	else
		socket->remote_loopback = IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)address);
	return 0;
}

struct unix_request {
	struct nlmsghdr header;
	struct unix_diag_req body;
};

struct inet_request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 body;
};

typedef void take_message(struct sockets *sockets, const char *prefix, const void *message, size_t length);

int dump_place(const struct nlmsghdr *header)
{
	int failure = -EPROTO;

	if ((header->nlmsg_flags & NLM_F_DUMP_INTR) != 0) {
		errno = EINTR;
		return -1;
	}
	if (header->nlmsg_type != NLMSG_DONE && header->nlmsg_type != NLMSG_ERROR)
		return 0;
	/* Both begin with 0 or -errno: NLMSG_DONE also ends a dump that failed half way. */
	if (header->nlmsg_len >= NLMSG_LENGTH(sizeof failure))
		memcpy(&failure, NLMSG_DATA(header), sizeof failure);
	errno = -failure;
	return header->nlmsg_type == NLMSG_DONE && failure == 0 ? 1 : -1;
}

/* All of one answer's messages in buffer: 1 = the dump is over, 0 = there is more, -1 with errno. */
static int take_messages(const char *buffer, size_t length, take_message *take, struct sockets *sockets,
                         const char *prefix)
{
	const struct nlmsghdr *header = (const void *)buffer;

	for (; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
		const int place = dump_place(header);

		if (place != 0)
			return place;
		take(sockets, prefix, NLMSG_DATA(header), header->nlmsg_len - NLMSG_HDRLEN);
	}
	return 0;
}

/* Sends a dump request and hands every message of the answer to take().  0, or -1 with errno. */
static int dump(const void *request, size_t size, take_message *take, struct sockets *sockets, const char *prefix)
{
	static const struct timeval patience = {.tv_sec = 2};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), end = 0;
	char *buffer;

	if (fd < 0)
		return -1;
	buffer = must_alloc(65536);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (send(fd, request, size, 0) < 0)
		end = -1;
	while (end == 0) {
		ssize_t length = recv(fd, buffer, 65536, 0);

		end = length > 0 ? take_messages(buffer, (size_t)length, take, sockets, prefix) : -1;
	}
	free(buffer);
	close(fd);
	return end < 0 ? -1 : 0;
}

static void take_unix(struct sockets *sockets, const char *prefix, const void *message, size_t length)
{
	struct unix_socket socket;
	const char *base;

	if (unix_socket_parse(message, length, &socket) != 0 || (base = strrchr(socket.name, '/')) == NULL ||
	    strncmp(base + 1, prefix, strlen(prefix)) != 0)
		return;
	if (sockets->unix_count == sockets->unix_allocated) {
		sockets->unix_allocated = sockets->unix_allocated > 0 ? sockets->unix_allocated * 2 : 64;
		sockets->unix_items =
		    must_realloc(sockets->unix_items, sockets->unix_allocated * sizeof *sockets->unix_items);
	}
	sockets->unix_items[sockets->unix_count++] = socket;
}

static void take_tcp(struct sockets *sockets, const char *prefix, const void *message, size_t length)
{
	struct tcp_socket socket;

	(void)prefix;
	if (tcp_socket_parse(message, length, &socket) != 0)
		return;
	if (sockets->tcp_count == sockets->tcp_allocated) {
		sockets->tcp_allocated = sockets->tcp_allocated > 0 ? sockets->tcp_allocated * 2 : 64;
		sockets->tcp_items =
		    must_realloc(sockets->tcp_items, sockets->tcp_allocated * sizeof *sockets->tcp_items);
	}
	sockets->tcp_items[sockets->tcp_count++] = socket;
}

int sockets_read_unix(struct sockets *sockets, const char *prefix, struct error *error)
{
	struct unix_request request = {
	    .header = {.nlmsg_len = sizeof request,
	               .nlmsg_type = SOCK_DIAG_BY_FAMILY,
	               .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	    .body = {.sdiag_family = AF_UNIX,
	             .udiag_states = ~0U,
	             .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_VFS | UDIAG_SHOW_UID},
	};

	if (dump(&request, sizeof request, take_unix, sockets, prefix) == 0)
		return 0;
	return error_errno(error, errno, STEP_LIST, "cannot ask the kernel for UNIX sockets (sock_diag)");
}

int sockets_read_tcp(struct sockets *sockets, struct error *error)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		struct inet_request request = {
		    .header = {.nlmsg_len = sizeof request,
		               .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		               .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		    .body = {.sdiag_family = (uint8_t)families[i],
		             .sdiag_protocol = IPPROTO_TCP,
		             .idiag_states = 1U << ESTABLISHED | 1U << LISTENING},
		};

		/* A kernel without IPv6 has no such sockets: it says so, or lists none. */
		if (dump(&request, sizeof request, take_tcp, sockets, "") < 0 &&
		    (families[i] == AF_INET || errno != ENOENT))
			return error_errno(error, errno, STEP_LIST,
			                   "cannot ask the kernel for TCP sockets (sock_diag)");
	}
	return 0;
}

void sockets_free(struct sockets *sockets)
{
	free(sockets->unix_items);
	free(sockets->tcp_items);
	memset(sockets, 0, sizeof *sockets);
}

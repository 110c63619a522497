/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/connected.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "providers/xrdp/diag.h"
#include "providers/xrdp/task.h"

enum { LAYOUTS = 2 };

/* The file in the layout of 0.9 (0) or 0.10 (1). */
static int layout_socket_file(int layout, const char *folder, const char *name, const struct found *found, char *path,
                              size_t size, struct stat *file)
{
	int length = layout == 0
	                 ? snprintf(path, size, "%s/%s_%d", folder, name, found->display)
	                 : snprintf(path, size, "%s/%u/%s_%d", folder, (unsigned)found->uid, name, found->display);

	return length > 0 && (size_t)length < size && lstat(path, file) == 0 && S_ISSOCK(file->st_mode) &&
	               file->st_uid == found->uid
	           ? 0
	           : -1;
}

int scene_socket_file(const char *folder, const char *name, const struct found *found, char *path, size_t size,
                      struct stat *file)
{
	for (int layout = 0; layout < LAYOUTS; layout++)
		if (layout_socket_file(layout, folder, name, found, path, size, file) == 0)
			return 0;
	return -1;
}

/* A socket's name is the one that its creator passed to bind(), perhaps in another mount namespace.  So the inode of
 * the file and the creator's uid must match. */
const struct unix_socket *sockets_find_file(const struct sockets *sockets, const struct stat *file, bool connected,
                                            size_t *from)
{
	while (*from < sockets->unix_count) {
		const struct unix_socket *socket = &sockets->unix_items[(*from)++];

		if (socket->file == (unsigned)file->st_ino && socket->connected == connected &&
		    (!socket->owned || socket->uid == file->st_uid))
			return socket;
	}
	return NULL;
}

static const struct xrdp_process *find_holder(const struct scene *scene, unsigned inode)
{
	for (size_t i = 0; i < scene->xrdp_count; i++)
		for (size_t k = 0; k < scene->xrdps[i].count; k++)
			if (scene->xrdps[i].inodes[k] == inode)
				return &scene->xrdps[i];
	return NULL;
}

/* Is a client connected to that socket file? */
static void find_connection(const struct scene *scene, struct found *found, const struct stat *file)
{
	const struct unix_socket *socket;
	size_t from = 0;

	while ((socket = sockets_find_file(&scene->sockets, file, true, &from)) != NULL) {
		if (socket->peer == 0)
			continue;
		found->client_socket = socket->peer;
		found->client = find_holder(scene, socket->peer);
		/* Only root can check that the client is xrdp. */
		found->presence = found->client != NULL || !scene->all ? PRESENCE_YES : PRESENCE_UNKNOWN;
		if (found->client != NULL)
			return;
	}
}

bool scene_listens(const struct scene *scene, const struct stat *file)
{
	const struct unix_socket *socket;
	size_t from = 0;

	while ((socket = sockets_find_file(&scene->sockets, file, false, &from)) != NULL)
		if (socket->listening)
			return true;
	return false;
}

/* 0.10 closes the folder of a session's sockets to other accounts.  They use the socket of that name that the
 * session's user made.  Only that user could forge it, and only for their own session, and without root nothing is
 * acted on. */
static bool is_closed_file(const struct scene *scene, const struct found *found, const char *path, struct stat *file)
{
	if (scene->all || lstat(path, file) == 0 || errno != EACCES)
		return false;
	for (size_t i = 0; i < scene->sockets.unix_count; i++) {
		const struct unix_socket *socket = &scene->sockets.unix_items[i];

		if (socket->file != 0 && socket->owned && socket->uid == found->uid &&
		    strcmp(socket->name, path) == 0) {
			*file = (struct stat){.st_ino = socket->file, .st_uid = found->uid};
			return true;
		}
	}
	return false;
}

/* xrdp_display_N: of Xorg, and of Xvnc if xrdp uses no port.  A file may be left over from an earlier X server, in
 * the other layout: "no client" is certain only if a client could connect. */
static void find_unix_client(const struct scene *scene, struct found *found)
{
	bool listened_to = false;

	found->presence = PRESENCE_UNKNOWN;
	for (int layout = 0; layout < LAYOUTS; layout++) {
		struct stat file;
		char path[256];

		if (layout_socket_file(layout, scene->folder, "xrdp_display", found, path, sizeof path, &file) < 0 &&
		    !is_closed_file(scene, found, path, &file))
			continue;
		find_connection(scene, found, &file);
		if (found->client_socket != 0)
			return;
		listened_to |= scene_listens(scene, &file);
	}
	if (listened_to)
		found->presence = PRESENCE_NO;
}

static bool is_xrdp_account(const struct scene *scene, uid_t uid)
{
	uid_t owner;

	for (size_t i = 0; i < scene->xrdp_count; i++)
		if (task_owner(scene->xrdps[i].process.pid, &owner) == 0 && owner == uid)
			return true;
	return false;
}

/* The X server's end of a TCP connection whose other end has that port; 0: the socket where it listens. */
static bool is_served(const struct scene *scene, const struct found *found, uint16_t remote_port)
{
	for (size_t i = 0; i < scene->sockets.tcp_count; i++) {
		const struct tcp_socket *socket = &scene->sockets.tcp_items[i];

		if (socket->local_port == VNC_PORT + found->display && socket->remote_port == remote_port &&
		    (remote_port == 0 ? socket->listening : socket->remote_loopback) && socket->uid == found->uid)
			return true;
	}
	return false;
}

/* Could a process of that uid be an xrdp, although none holds the connection? */
static bool may_be_xrdp(const struct scene *scene, uid_t uid)
{
	return (scene->all && uid == 0) || scene->account_unknown || is_xrdp_account(scene, uid);
}

/* Xvnc: xrdp's TCP connection to port 5900 + N.  Anybody on the machine can connect there, so connections of other
 * users' processes are ignored.  If Xvnc has no port, its UNIX socket is used. */
static void find_xvnc_client(const struct scene *scene, struct found *found)
{
	if (!scene->ports_known)
		return;
	if (!is_served(scene, found, 0)) {
		find_unix_client(scene, found);
		return;
	}
	found->presence = PRESENCE_NO;
	for (size_t i = 0; i < scene->sockets.tcp_count; i++) {
		const struct tcp_socket *socket = &scene->sockets.tcp_items[i];
		const struct xrdp_process *holder;

		if (socket->remote_port != VNC_PORT + found->display || !socket->remote_loopback ||
		    !is_served(scene, found, socket->local_port))
			continue;
		holder = find_holder(scene, socket->inode);
		if (holder == NULL && !may_be_xrdp(scene, socket->uid))
			continue;
		found->client_socket = socket->inode;
		found->client = holder;
		found->presence = holder != NULL || !scene->all ? PRESENCE_YES : PRESENCE_UNKNOWN;
		if (holder != NULL)
			return;
	}
}

/* The serving process's TCP connection that does not lead to a service on this machine. */
static void find_address(const struct scene *scene, struct found *found)
{
	for (size_t i = 0; i < scene->sockets.tcp_count; i++) {
		const struct tcp_socket *socket = &scene->sockets.tcp_items[i];

		if (socket->listening ||
		    (socket->remote_loopback &&
		     (socket->remote_port == SESMAN_PORT || socket->remote_port == VNC_PORT + found->display)))
			continue;
		for (size_t k = 0; k < found->client->count; k++) {
			if (found->client->inodes[k] == socket->inode) {
				memcpy(found->address, socket->remote, sizeof found->address);
				return;
			}
		}
	}
}

void find_client(const struct scene *scene, struct found *found)
{
	if (found->display < 0)
		return;
	if (found->backend == BACKEND_XORG)
		find_unix_client(scene, found);
	else
		find_xvnc_client(scene, found);
	if (found->client != NULL)
		find_address(scene, found);
}

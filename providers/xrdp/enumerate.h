/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds the xrdp sessions of this machine and their clients, at one moment, in /proc and the kernel's socket lists.
 */
#ifndef CURFEW_XRDP_ENUMERATE_H
#define CURFEW_XRDP_ENUMERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "providers/xrdp/diag.h"
#include "providers/xrdp/task.h"

#include "lib/base/arena.h"

enum backend { BACKEND_XORG, BACKEND_XVNC };

/* Is a client connected? */
enum presence {
	PRESENCE_UNKNOWN, /* the kernel did not report it, or something other than xrdp is connected */
	PRESENCE_NO,
	PRESENCE_YES,
};

/* An xrdp process: the listener, or the one that serves a client. */
struct xrdp_process {
	struct task process;
	bool child;    /* its parent is an xrdp too: it serves a client */
	bool readable; /* its inodes are known */
	size_t count;
	unsigned inodes[64];
};

/* One session.  Its id is session.pid. */
struct found {
	struct task session; /* the sesman child (0.9) or xrdp-sesexec (0.10): lives as long as the session */
	struct task server;  /* the X server */
	bool orphan;         /* its xrdp-sesman has ended or was started again */
	bool lost; /* the session's own process has ended, too: session is the X server's then, and cannot be ended */
	enum backend backend;
	int display;
	uid_t uid; /* the X server's owner */
	gid_t gid;
	bool named; /* the uid has a name, which is user; else home is "" */
	const char *user, *home;
	enum presence presence;
	const struct xrdp_process *client; /* the process that serves the client; NULL: none or not known */
	unsigned client_socket;            /* inode of its end of the connection to the X server */
	char address[46];                  /* the client's; may be empty */
};

struct scene {
	const char *folder; /* xrdp's sockets */
	bool all;           /* we are root: everything is readable */
	bool barred;        /* … except the program file of a process that is called sesman */
	bool hidden;        /* other accounts' processes cannot be seen (hidepid) */
	bool sesman;        /* xrdp-sesman runs */
	struct task_table table;
	struct sockets sockets;
	bool sockets_known;   /* the UNIX sockets … */
	bool ports_known;     /* … and those of TCP */
	bool account_unknown; /* whether there is an account xrdp, and its uid */
	struct xrdp_process *xrdps;
	size_t xrdp_count;
	struct found *items;
	size_t count;
	struct arena arena; /* owns everything above except table and sockets */
};

int scene_read(struct scene *scene, const char *folder, struct error *error);
void scene_free(struct scene *scene);
const struct found *scene_find(const struct scene *scene, pid_t session); /* or NULL */

/* Does this process run inside that session? */
bool scene_contains(const struct scene *scene, const struct found *found, pid_t pid);

/* The window manager, whose end is the session's: 0, or -1 if unknown. */
int scene_window_manager(const struct scene *scene, const struct found *found, struct task *manager);

/* xrdp's socket file NAME_N of a session, in the layout of 0.9 (FOLDER/) or 0.10 (FOLDER/UID/), if it is a
   socket of the session's user.  path may be longer than a socket's name.  0 or -1. */
struct stat;
int scene_socket_file(const char *folder, const char *name, const struct found *found, char *path, size_t size,
                      struct stat *file);

/* Does a socket of the file's owner, bound to it, wait for connections? */
bool scene_listens(const struct scene *scene, const struct stat *file);

/* The socket bound to that file by the session's user, connected or not; NULL if there is none. */
const struct unix_socket *sockets_find_file(const struct sockets *sockets, const struct stat *file, bool connected,
                                            size_t *from);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a target to how its WS-Man service is reached and logged in to: the
 * address, the options that winrm and rds have in common (options.h), credentials, and
 * whose they are.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_ACCESS_H
#define CURFEW_PROVIDERS_WSMAN_ACCESS_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/target/credentials.h"
#include "lib/target/provider.h"
#include "providers/http/http.h"
#include "providers/wsman/ask.h"
#include "providers/wsman/wire.h"

struct wsman_access {
	struct arena arena;
	const char *host;  /* without port and brackets */
	const char *shown; /* host[:port], for texts */
	struct http_access http;
	struct http_access line; /* the same without the login, which the line makes */
	struct wire wire;
	struct credentials credentials;
	const char *ccache; /* "FILE:/path"; NULL: the account's own */
	bool mutual;        /* by certificate: see struct wsman */
	/* The account that logs in: its sessions are the caller's own.  domain "": unknown. */
	const char *user, *domain;
};

/* authority is HOST or HOST:PORT, with [] around an IPv6 address.  ERROR_USAGE, ERROR_CONFIG, and what reading the
   files gives; wsman_access_close() in every case.  With auth = negotiate the ticket cache becomes the thread's. */
int wsman_access_open(struct wsman_access *access, const struct target *target, const char *authority,
                      struct error *error);
/* After the loop that asked. */
void wsman_access_close(struct wsman_access *access);

/* What is asked through the loop.  It points into access. */
struct wsman wsman_service(struct wsman_access *access, struct http_loop *loop);

/* May the two share a thread?  Not if both would log in by other tickets. */
bool wsman_same_tickets(const struct target *a, const struct target *b);

/* HOST[:PORT] apart; port 0: none.  0, or -1 for anything else. */
int wsman_authority(const char *text, struct arena *arena, const char **host, unsigned *port);

/* "DOMAIN\user", "user@realm", "user" apart. */
void wsman_account(const char *name, struct arena *arena, const char **domain, const char **user);

/* Is the owner the account that logs in? A DNS name cannot be compared with a NetBIOS name; then the user's name
   alone decides, to protect the caller's own sessions. */
bool wsman_is_own(const struct wsman_access *access, const char *domain, const char *user);

/* kerberos.c: makes the cache the thread's (NULL: the account's own) and says whose tickets are in it:
   "user@REALM", in the arena.  ERROR_AUTH if there are none. */
const char *tickets_use(const char *ccache, struct arena *arena, struct error *error);
/* The same with tickets that the credentials file's password gets, in a cache of this process's own.  ERROR_CONFIG,
   ERROR_AUTH, ERROR_UNREACHABLE. */
const char *tickets_get(const char *file, const char **cache, struct arena *arena, struct error *error);

#endif

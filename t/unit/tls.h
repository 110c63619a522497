/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TLS server for the tests of providers/http, in processes of its own. */
#ifndef CURFEW_T_UNIT_TLS_H
#define CURFEW_T_UNIT_TLS_H

#include <sys/types.h>

/* A server that signed its certificate itself. */
struct tls_server {
	char folder[32], certificate[64], key[64], fingerprint[128];
	unsigned port;
	pid_t pid;
};

/* Makes the certificate and key with openssl(1), and serves.  -1: it could not. */
int tls_begin(struct tls_server *tls);
/* Removes the files. */
void tls_forget_files(const struct tls_server *tls);
void tls_end(struct tls_server *tls);

/* Binds the socket to a free port of 127.0.0.1, and says which. */
unsigned tls_bind(int fd);

#endif

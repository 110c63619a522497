/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An encrypted message of WinRM as it is in an HTTP body (MS-WSMV 2.2.9.1): two parts of MIME, of which the first says
 * what the second is when it is decrypted.  Pure.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_SEALED_H
#define CURFEW_PROVIDERS_WSMAN_SEALED_H

#include <stddef.h>

#include "lib/base/buffer.h"

#define SEALED_PROTOCOL "application/HTTP-SPNEGO-session-encrypted"
#define SEALED_BOUNDARY "Encrypted Boundary"
#define SEALED_TYPE     "multipart/encrypted;protocol=\"" SEALED_PROTOCOL "\";boundary=\"" SEALED_BOUNDARY "\""

/* Longest signature: Kerberos has 60 bytes (AES), NTLM 16. */
enum { SEALED_SIGNATURE_MOST = 256, SEALED_PLAIN_MOST = 16 * 1024 * 1024 };

/* GSS-API's token in its two pieces, as they are sent apart: what it puts before the data, and the data. */
struct sealed {
	const char *signature;
	size_t signature_length;
	const char *data;
	size_t data_length;
	size_t plain_length; /* of the message, decrypted */
};

void sealed_write(struct buffer *out, const struct sealed *sealed);

/* The pieces point into bytes.  0, or -1 with a sentence in *why: anything but exactly one message of UTF-8 SOAP. */
int sealed_read(struct sealed *sealed, const char *bytes, size_t length, const char **why);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a login by Kerberos failed.  Samba's status says "invalid parameter" to
 * nearly all of it; what went wrong it tells its log only.  Pure.
 */
#ifndef CURFEW_PROVIDERS_TSTS_KERBEROS_H
#define CURFEW_PROVIDERS_TSTS_KERBEROS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

enum { KERBEROS_HEARD = 16, KERBEROS_WORDS = 200 };

/* The last lines of Samba's log that were about Kerberos. */
struct kerberos {
	char words[KERBEROS_HEARD][KERBEROS_WORDS]; /* "": none yet */
	unsigned count;                             /* of all so far; the next one's place is what it leaves */
};

/* The level of Samba's log that tells it. */
enum { KERBEROS_LOG_LEVEL = 3 };

/* A line of Samba's log; most are about something else. */
void kerberos_hear(struct kerberos *kerberos, const char *line);

/* A login to that host, by Kerberos alone, failed with this NTSTATUS: what was heard about that host, or else about
   nobody in particular, as an error.  False, and nothing else, if that explains nothing. */
bool kerberos_explain(const struct kerberos *kerberos, uint32_t status, const char *host, struct error *error);

/* NTLM failed with this NTSTATUS, and the error says so: if Kerberos was tried before, its failure is the advice. */
void kerberos_mention(const struct kerberos *kerberos, uint32_t status, const char *host, struct error *error);

#endif

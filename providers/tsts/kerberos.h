/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a Kerberos login failed. Samba returns "invalid parameter" for nearly every failure and writes the reason to
 * its log only. Pure.
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

/* The log level that has these messages. */
enum { KERBEROS_LOG_LEVEL = 3 };

/* Takes a line of Samba's log; lines about other subjects are ignored. */
void kerberos_hear(struct kerberos *kerberos, const char *line);

/* Explains a failed Kerberos login (NTSTATUS): by the last message about that host, or else by the last that names
   no host. False if there is none; *error is then unchanged. */
bool kerberos_explain(const struct kerberos *kerberos, uint32_t status, const char *host, struct error *error);

/* NTLM failed with this NTSTATUS, and the error says so: if Kerberos was tried before, its failure is the advice. */
void kerberos_mention(const struct kerberos *kerberos, uint32_t status, const char *host, struct error *error);

#endif

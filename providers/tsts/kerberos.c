/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/kerberos.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "lib/base/text.h"

#define HINT_TICKETS "get new ones with kinit, and have a timer renew them (klist shows what there is)"
#define HINT_CLOCKS  "set the clocks of this machine, the host and the domain controller; Kerberos allows 5 minutes"
#define HINT_REFUSED                                                                                                   \
	"most often the clocks are too far apart (Kerberos allows 5 minutes), else the tickets are too old: kinit, "   \
	"klist"
#define ADDRESS_WORDS "GSSAPI to an IP address"
#define HINT_NAME     "use the host's full name, as it is in its service principal cifs/NAME (setspn -L)"

/* Phrases of Samba's log (auth/credentials, auth/gensec, source3/librpc/crypto in 4.17) and of its Heimdal; the
   first match counts. */
static const struct {
	const char *words;
	enum error_code code;
	const char *text, *hint; /* text NULL: Samba's own */
} table[] = {
    {"Clock skew too great", ERROR_AUTH, "the clocks are too far apart for Kerberos", HINT_CLOCKS},
    {"not yet valid", ERROR_AUTH, "the Kerberos tickets are not valid yet: the clocks are too far apart", HINT_CLOCKS},
    {ADDRESS_WORDS, ERROR_UNSUPPORTED, "Kerberos needs the host's real name",
     "write tsts://NAME.DOMAIN instead of an address, or set auth = ntlm"},
    {"is not registered with our KDC", ERROR_AUTH, "the domain does not know the service cifs/NAME of this host",
     HINT_NAME},
    {"expired, will refresh", ERROR_AUTH, "the Kerberos tickets have expired", HINT_TICKETS},
    {"No password available for kinit", ERROR_AUTH, "the Kerberos tickets have expired", HINT_TICKETS},
    {"without realm", ERROR_AUTH, "Kerberos needs the account's realm",
     "write user@REALM in the credentials file, or the domain's full name as domain"},
    {"Decrypt integrity check failed", ERROR_AUTH, "the password is wrong",
     "check username, password and domain in the credentials file"},
    {"Preauthentication failed", ERROR_AUTH, "the password is wrong",
     "check username, password and domain in the credentials file"},
    {"Password incorrect", ERROR_AUTH, "the password is wrong",
     "check username, password and domain in the credentials file"},
    {"Client not found in Kerberos database", ERROR_AUTH, "the domain has no such user",
     "check username, password and domain in the credentials file"},
    {"credentials have been revoked", ERROR_AUTH, "the account is disabled or locked out",
     "ask who looks after the account"},
    {"unable to reach any KDC", ERROR_AUTH, "no domain controller (KDC) could be asked for a ticket",
     "look at /etc/krb5.conf and DNS"},
    {"Cannot reach a KDC", ERROR_AUTH, "no domain controller (KDC) could be asked for a ticket",
     "look at /etc/krb5.conf and DNS"},
    /* Heimdal's message if the KDC rejected the request and its reason is not authenticated. */
    {"missing FX-FAST", ERROR_AUTH, "the domain controller (KDC) refused the ticket for this host", HINT_REFUSED},
    /* The same in Samba 4.22: MIT's KDC names the step, not the reason. */
    {"PROCESS_TGS", ERROR_AUTH, "the domain controller (KDC) refused the ticket for this host", HINT_REFUSED},
    /* Samba 4.25's message for expired tickets. */
    {"credential cache is invalid", ERROR_AUTH, "the Kerberos tickets have expired, or their cache is damaged",
     HINT_TICKETS},
    {"Failed to get kerberos credentials", ERROR_AUTH, NULL, "look at /etc/krb5.conf and the ticket cache (klist)"},
    {"Update failed", ERROR_AUTH, NULL, "look at the clocks, the host's name and the ticket cache (klist)"},
};

enum { KINDS = sizeof table / sizeof table[0] };

/* NTSTATUS */
static const uint32_t UNSUCCESSFUL = 0xc0000001, INVALID_PARAMETER = 0xc000000d, NO_LOGON_SERVERS = 0xc000005e,
                      LOGON_FAILURE = 0xc000006d;

static size_t kind_of(const char *words)
{
	size_t i = 0;

	while (i < KINDS && strcasestr(words, table[i].words) == NULL)
		i++;
	return i;
}

void kerberos_hear(struct kerberos *kerberos, const char *line)
{
	char *to = kerberos->words[kerberos->count % KERBEROS_HEARD];

	if (kind_of(line) == KINDS)
		return;
	text_copy(to, KERBEROS_WORDS, line);
	to[strcspn(to, "\n")] = '\0';
	kerberos->count++;
}

static bool is_address(const char *host)
{
	unsigned char octets[16];

	return inet_pton(AF_INET, host, octets) == 1 || inet_pton(AF_INET6, host, octets) == 1;
}

/* "… cifs/rds01.corp@CORP …": 1 if the message is about this host, 0 if it names no service, -1 if it is about
   another host. A message about an IP address applies to addresses only. */
static int about(const char *words, const char *host)
{
	size_t length = strlen(host);
	int result = 0;

	if (strcasestr(words, ADDRESS_WORDS) != NULL)
		return is_address(host) ? 1 : -1;
	for (const char *slash = words; (slash = strchr(slash, '/')) != NULL;) {
		slash++;
		if (strncasecmp(slash, host, length) == 0 && !isalnum((unsigned char)slash[length]) &&
		    slash[length] != '-' && (slash[length] != '.' || !isalnum((unsigned char)slash[length + 1])))
			return 1;
		result = -1;
	}
	return result;
}

static const char *heard(const struct kerberos *kerberos, const char *host)
{
	const char *general = NULL;

	for (unsigned i = 1; i <= KERBEROS_HEARD && i <= kerberos->count; i++) {
		const char *words = kerberos->words[(kerberos->count - i) % KERBEROS_HEARD];
		int is_about = about(words, host);

		if (is_about > 0)
			return words;
		if (is_about == 0 && general == NULL)
			general = words;
	}
	return general;
}

/* Statuses that Samba returns for Kerberos failures. */
static bool is_vague(uint32_t status)
{
	return status == INVALID_PARAMETER || status == LOGON_FAILURE || status == NO_LOGON_SERVERS ||
	       status == UNSUCCESSFUL;
}

/* There was no failure on this side, so the host refused. */
static bool refused_there(uint32_t status, const char *host, struct error *error)
{
	if (status != LOGON_FAILURE)
		return false;
	error_set(error, ERROR_AUTH, STEP_LOGIN, "%.100s: the host did not accept the Kerberos ticket", host);
	error_hint(error, "check the account and the host's clock; if the host's key differs from the domain "
	                  "controller's, purge the tickets (kdestroy) and look for duplicates (setspn -X)");
	error->native = (int64_t)status;
	return true;
}

bool kerberos_explain(const struct kerberos *kerberos, uint32_t status, const char *host, struct error *error)
{
	const char *words = is_vague(status) ? heard(kerberos, host) : NULL;
	size_t kind;

	if (words == NULL)
		return refused_there(status, host, error);
	kind = kind_of(words);
	error_set(error, table[kind].code, STEP_LOGIN, "%.100s: %.150s", host,
	          table[kind].text != NULL ? table[kind].text : words);
	error_hint(error, "%s", table[kind].hint);
	error->native = (int64_t)status;
	return true;
}

void kerberos_mention(const struct kerberos *kerberos, uint32_t status, const char *host, struct error *error)
{
	const char *words = is_vague(status) ? heard(kerberos, host) : NULL;
	size_t kind;

	if (words == NULL)
		return;
	kind = kind_of(words);
	error_hint(error, "before NTLM, Kerberos was tried: %.100s; %.100s",
	           table[kind].text != NULL ? table[kind].text : words, table[kind].hint);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/access.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/tape/tape.h"
#include "lib/target/credentials.h"
#include "lib/target/target.h"
#include "providers/tsts/keytab.h"
#include "providers/tsts/samba.h"

enum { SMB_PORT = 445, HOST_SIZE = 256 };

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

static const struct {
	const char *option, *samba;
	bool encrypt;
} protocols[] = {
    {"2.1", "SMB2_10", false},
    {"3.0", "SMB3_00", false},
    {"3.1.1", "SMB3_11", true},
};

/* The characters allowed in a host's name or address. Others have a meaning to the resolver, in a binding string or
   in a principal ("*" is this machine). Characters beyond ASCII are left to the resolver. */
static bool is_host(const char *host)
{
	while (*host != '\0' && ((unsigned char)*host >= 0x80 || strchr(LETTERS DIGITS "-._:", *host) != NULL))
		host++;
	return *host == '\0';
}

/* "rds01", "rds01:4450", "192.0.2.7", "[2001:db8::7]:445".  The host is written to a buffer of that size. */
static int access_address(const char *address, char *host, size_t size, unsigned *port)
{
	const char *end, *colon;
	unsigned long long number = SMB_PORT;

	if (*address == '[') {
		if ((end = strchr(++address, ']')) == NULL || (end[1] != '\0' && end[1] != ':'))
			return -1;
		colon = end[1] == ':' ? end + 1 : NULL;
	} else {
		colon = strchr(address, ':');
		end = colon != NULL ? colon : address + strlen(address);
	}
	if (colon != NULL && (number_parse(colon + 1, 65535, &number) != 0 || number == 0))
		return -1;
	if (end == address || *address == '-' || (size_t)(end - address) >= size)
		return -1;
	memcpy(host, address, (size_t)(end - address));
	host[end - address] = '\0';
	*port = (unsigned)number;
	return is_host(host) ? 0 : -1;
}

static int read_protocol(const struct target *target, size_t *index, struct error *error)
{
	const char *option = target_option(target, "min-protocol");

	for (*index = 0; *index < sizeof protocols / sizeof protocols[0]; ++*index)
		if (strcmp(option == NULL ? "2.1" : option, protocols[*index].option) == 0)
			return 0;
	return error_set(error, ERROR_CONFIG, STEP_NONE, "%.100s: min-protocol is 2.1, 3.0 or 3.1.1, not \"%.40s\"",
	                 target->url, option);
}

static int read_kerberos(const struct target *target, enum credentials_use_kerberos *kerberos, struct error *error)
{
	const char *option = target_option(target, "auth");

	*kerberos = CRED_USE_KERBEROS_DESIRED;
	if (option == NULL || strcmp(option, "any") == 0)
		return 0;
	*kerberos = strcmp(option, "kerberos") == 0 ? CRED_USE_KERBEROS_REQUIRED : CRED_USE_KERBEROS_DISABLED;
	if (*kerberos == CRED_USE_KERBEROS_REQUIRED || strcmp(option, "ntlm") == 0)
		return 0;
	return error_set(error, ERROR_CONFIG, STEP_NONE, "%.100s: auth is kerberos, ntlm or any, not \"%.40s\"",
	                 target->url, option);
}

static bool numeric(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

static int not_taken(const struct target *target, struct error *error)
{
	return error_set(error, ERROR_SYSTEM, STEP_NONE, "%.100s: Samba's library did not take the credentials",
	                 target->url);
}

/* The domain may stand in the username ("DOMAIN\user", "user@realm") or in a line of its own. */
static bool set_name(struct access *access, const struct credentials *from, TALLOC_CTX *memory)
{
	const char *backslash = strchr(from->username, '\\'), *at = strchr(from->username, '@');

	access->account.domain = talloc_strdup(memory, from->domain);
	if (at != NULL && backslash == NULL) {
		access->account.user = talloc_strndup(memory, from->username, (size_t)(at - from->username));
		access->account.domain = talloc_strdup(memory, at + 1);
		return cli_credentials_set_principal(access->credentials, from->username, CRED_SPECIFIED) &&
		       cli_credentials_set_realm(access->credentials, access->account.domain, CRED_SPECIFIED);
	}
	if (backslash != NULL)
		access->account.domain = talloc_strndup(memory, from->username, (size_t)(backslash - from->username));
	access->account.user = talloc_strdup(memory, backslash != NULL ? backslash + 1 : from->username);
	if (!cli_credentials_set_username(access->credentials, access->account.user, CRED_SPECIFIED) ||
	    !cli_credentials_set_domain(access->credentials, access->account.domain, CRED_SPECIFIED))
		return false;
	return strchr(access->account.domain, '.') == NULL ||
	       cli_credentials_set_realm(access->credentials, access->account.domain, CRED_SPECIFIED);
}

/* A credentials file, read once for all its hosts. */
struct login_file {
	struct login_file *next;
	const char *path;
	struct credentials credentials;
};

static int login_file_free(struct login_file *file)
{
	credentials_free(&file->credentials);
	return 0;
}

static const struct credentials *login_file(struct shared *shared, const char *path, struct error *error)
{
	struct login_file *file;

	for (file = shared->login_files; file != NULL; file = file->next)
		if (strcmp(file->path, path) == 0)
			return &file->credentials;
	file = talloc_zero(shared, struct login_file);
	talloc_set_destructor(file, login_file_free);
	if (credentials_load(&file->credentials, path, error) != 0) {
		talloc_free(file);
		return NULL;
	}
	file->path = talloc_strdup(file, path);
	file->next = shared->login_files;
	shared->login_files = file;
	return &file->credentials;
}

static int set_file(struct access *access, const struct target *target, TALLOC_CTX *memory, struct shared *shared,
                    struct error *error)
{
	const struct credentials *file = login_file(shared, target->credentials_file, error);

	if (file == NULL)
		return -1;
	if (!set_name(access, file, memory) ||
	    !cli_credentials_set_password(access->credentials, file->password, CRED_SPECIFIED))
		return not_taken(target, error);
	/* Samba would log in anonymously. */
	if (access->account.user[0] == '\0')
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.180s: there is no user in the username",
		                 target->credentials_file);
	return 0;
}

/* The configured ticket cache or, without a credentials file, the account's own. The principal of the tickets
   decides which sessions are the caller's own. */
static int set_tickets(struct access *access, const struct target *target, const char *cache, TALLOC_CTX *memory,
                       struct error *error)
{
	const char *why = NULL, *user;
	char *name, *at;

	if (cache != NULL && strchr(cache, ':') == NULL)
		cache = talloc_asprintf(memory, "FILE:%s", cache);
	/* Samba takes an empty or missing file for a cache without a principal. */
	if (cli_credentials_set_ccache(access->credentials, access->parameters, cache, CRED_SPECIFIED, &why) != 0 ||
	    (user = cli_credentials_get_principal(access->credentials, memory)) == NULL) {
		error_set(error, ERROR_CONFIG, STEP_LOGIN, "%.100s: no Kerberos tickets in %.60s", target->url,
		          cache != NULL ? cache : "the account's ticket cache, and no credentials file");
		return error_hint(error, "get tickets with kinit, or name a credentials file");
	}
	access->account.user = name = talloc_strdup(memory, user);
	at = strchr(name, '@');
	access->account.domain = at != NULL ? talloc_strdup(memory, at + 1) : "";
	if (at != NULL)
		*at = '\0';
	return 0;
}

static int set_keytab(struct access *access, const struct target *target, TALLOC_CTX *memory, struct shared *shared,
                      struct error *error)
{
	const char *principal = target_option(target, "principal"), *cache;

	if (principal == NULL)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.100s: keytab needs principal = USER@REALM",
		                 target->url);
	cache = keytab_cache(&shared->tickets, target_option(target, "keytab"), principal, shared, error);
	return cache == NULL ? -1 : set_tickets(access, target, cache, memory, error);
}

/* One source of credentials, or none for the account's own tickets. */
static int check_sources(const struct target *target, enum credentials_use_kerberos kerberos, struct error *error)
{
	bool file = target->credentials_file[0] != '\0';
	bool cache = target_option(target, "ccache") != NULL, keytab = target_option(target, "keytab") != NULL;

	if (!keytab && target_option(target, "principal") != NULL)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.100s: principal needs keytab = FILE", target->url);
	if (file + cache + keytab > 1)
		return error_set(error, ERROR_CONFIG, STEP_NONE,
		                 "%.100s: of credentials, ccache and keytab there can be but one", target->url);
	if (!file && kerberos == CRED_USE_KERBEROS_DISABLED)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.100s: auth = ntlm needs a credentials file",
		                 target->url);
	return 0;
}

/* Kerberos needs tickets, or a realm to get them from. Without either, Samba would only search for domain
   controllers. */
static int set_credentials(struct access *access, const struct target *target, TALLOC_CTX *memory,
                           struct shared *shared, struct error *error)
{
	bool has_file = target->credentials_file[0] != '\0';
	enum credentials_use_kerberos kerberos;
	int result;

	access->credentials = cli_credentials_init(memory);
	if (access->credentials == NULL || !cli_credentials_set_conf(access->credentials, access->parameters))
		return not_taken(target, error);
	if (read_kerberos(target, &kerberos, error) != 0 || check_sources(target, kerberos, error) != 0)
		return -1;
	if (has_file)
		result = set_file(access, target, memory, shared, error);
	else if (target_option(target, "keytab") != NULL)
		result = set_keytab(access, target, memory, shared, error);
	else
		result = set_tickets(access, target, target_option(target, "ccache"), memory, error);
	if (result != 0)
		return -1;
	if (kerberos == CRED_USE_KERBEROS_DESIRED) {
		if (!has_file)
			kerberos = CRED_USE_KERBEROS_REQUIRED;
		else if (strchr(access->account.domain, '.') == NULL || numeric(access->host))
			kerberos = CRED_USE_KERBEROS_DISABLED;
	}
	if (!cli_credentials_set_kerberos_state(access->credentials, kerberos, CRED_SPECIFIED) ||
	    cli_credentials_get_kerberos_state(access->credentials) != kerberos)
		return not_taken(target, error);
	return 0;
}

/* From Samba 4.23 on a client takes its port from "client smb transports"; older ones do not know that. */
static bool set_port(struct loadparm_context *samba, unsigned port, TALLOC_CTX *memory)
{
	lpcfg_set_cmdline(samba, "client smb transports", talloc_asprintf(memory, "tcp:%u", port));
	return lpcfg_set_cmdline(samba, "smb ports", talloc_asprintf(memory, "%u", port));
}

/* smb.conf is not read: it configures something else. "name resolve order" other than "host" makes Samba list the
   network interfaces for each connection. */
static struct loadparm_context *parameters_make(unsigned port, size_t protocol, TALLOC_CTX *memory)
{
	struct loadparm_context *samba = loadparm_init(memory);

	if (samba == NULL || !lpcfg_set_cmdline(samba, "log level", "0") || !set_port(samba, port, memory) ||
	    !lpcfg_set_cmdline(samba, "name resolve order", "host") ||
	    !lpcfg_set_cmdline(samba, "client ipc signing", "required") ||
	    !lpcfg_set_cmdline(samba, "client ipc max protocol", "SMB3_11") ||
	    !lpcfg_set_cmdline(samba, "client ipc min protocol", protocols[protocol].samba) ||
	    (protocols[protocol].encrypt && !lpcfg_set_cmdline(samba, "client smb encrypt", "required")))
		return NULL;
	return samba;
}

static int set_parameters(struct access *access, size_t protocol, struct shared *shared, struct error *error)
{
	struct parameters *parameters;

	for (parameters = shared->parameters; parameters != NULL; parameters = parameters->next)
		if (parameters->port == access->port && parameters->protocol == protocol)
			break;
	if (parameters == NULL) {
		parameters = talloc_zero(shared, struct parameters);
		parameters->port = access->port;
		parameters->protocol = protocol;
		parameters->samba = parameters_make(access->port, protocol, parameters);
		if (parameters->samba == NULL)
			return error_set(error, ERROR_UNSUPPORTED, STEP_NONE,
			                 "Samba's library does not take its parameters: nothing was sent");
		parameters->next = shared->parameters;
		shared->parameters = parameters;
	}
	access->parameters = parameters->samba;
	return 0;
}

/* Samba writes the reason of a Kerberos failure to its log only, at level 3, which costs time. The log level is
   global, and each new set of parameters resets it. */
static void set_log_level(const struct access *access, struct parameters *list)
{
	struct parameters *with_kerberos = NULL;

	for (; list != NULL; list = list->next) {
		if (list->samba == access->parameters &&
		    cli_credentials_get_kerberos_state(access->credentials) != CRED_USE_KERBEROS_DISABLED)
			list->kerberos = true;
		if (list->kerberos)
			with_kerberos = list;
	}
	if (with_kerberos != NULL)
		lpcfg_set_cmdline(with_kerberos->samba, "log level", "3");
}

int access_prepare(struct access *access, const struct target *target, TALLOC_CTX *memory, struct shared *shared,
                   struct error *error)
{
	char host[HOST_SIZE];
	size_t protocol;

	if (access_address(target->address, host, sizeof host, &access->port) != 0) {
		error_set(error, ERROR_USAGE, STEP_NONE, "%.180s: not tsts://HOST or tsts://HOST:PORT", target->url);
		return -1;
	}
	access->host = talloc_strdup(memory, host);
	if (read_protocol(target, &protocol, error) != 0 || set_parameters(access, protocol, shared, error) != 0)
		return -1;
	if (tape_plays()) { /* a replay does not log in */
		access->account.user = access->account.domain = "";
		return 0;
	}
	if (set_credentials(access, target, memory, shared, error) != 0)
		return -1;
	set_log_level(access, shared->parameters);
	return 0;
}

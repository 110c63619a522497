/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tickets that libcurl logs in with. libcurl uses GSS-API's default credentials, so the cache is made the
 * thread's default. The environment is not changed, as libcurl's resolver threads may be reading it. A password's
 * tickets are in a cache in memory, fetched once for all hosts.
 */
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/target/credentials.h"
#include "providers/wsman/access.h"
#include "providers/wsman/copy.h"

enum { RENEW_BEFORE = 5 * 60, FAILED_FOR = 30 * 1000 }; /* s, ms */

/* The tickets of a credentials file, or the error, so that a hundred hosts do not each wait for a dead KDC. */
struct login {
	struct login *next;
	char *file;
	char cache[32];
	struct error error;
	int64_t failed; /* when, if there is an error */
};

static const char *name_of(gss_name_t name, struct arena *arena)
{
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor;
	const char *shown = NULL;

	if (gss_display_name(&minor, name, &text, NULL) == GSS_S_COMPLETE)
		shown = text_clean(arena, text.value, text.length, 512);
	gss_release_buffer(&minor, &text);
	return shown;
}

const char *tickets_use(const char *ccache, struct arena *arena, struct error *error)
{
	OM_uint32 minor, ignored, lifetime = 0;
	gss_name_t name = GSS_C_NO_NAME;
	gss_cred_id_t tickets = GSS_C_NO_CREDENTIAL;
	const char *principal = NULL;

	gss_krb5_ccache_name(&minor, copy_of_cache(ccache), NULL);
	if (gss_acquire_cred(&minor, GSS_C_NO_NAME, 0, GSS_C_NO_OID_SET, GSS_C_INITIATE, &tickets, NULL, NULL) ==
	        GSS_S_COMPLETE &&
	    gss_inquire_cred(&minor, tickets, &name, &lifetime, NULL, NULL) == GSS_S_COMPLETE)
		principal = name_of(name, arena);
	gss_release_name(&ignored, &name);
	gss_release_cred(&ignored, &tickets);
	if (principal != NULL && lifetime > 0)
		return principal;
	error_set(error, ERROR_AUTH, STEP_LOGIN, "%s %.120s",
	          principal != NULL ? "the Kerberos tickets have expired in" : "there are no Kerberos tickets in",
	          ccache != NULL ? ccache : "the account's ticket cache");
	error_hint(error, "get tickets with kinit, or name a credentials file");
	return NULL;
}

static bool still_good(const char *cache)
{
	OM_uint32 minor, lifetime = 0;
	gss_cred_id_t tickets = GSS_C_NO_CREDENTIAL;

	gss_krb5_ccache_name(&minor, cache, NULL);
	if (gss_acquire_cred(&minor, GSS_C_NO_NAME, 0, GSS_C_NO_OID_SET, GSS_C_INITIATE, &tickets, NULL, &lifetime) !=
	    GSS_S_COMPLETE)
		return false;
	gss_release_cred(&minor, &tickets);
	return lifetime > RENEW_BEFORE;
}

static void no_tickets(OM_uint32 number, const char *principal, struct error *error)
{
	const bool unreachable = number == (OM_uint32)KRB5_KDC_UNREACH || number == (OM_uint32)KRB5_REALM_UNKNOWN ||
	                         number == (OM_uint32)KRB5_REALM_CANT_RESOLVE;
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	struct arena arena = {0};
	OM_uint32 ignored, context = 0;

	gss_display_status(&ignored, number, GSS_C_MECH_CODE, (gss_OID)gss_mech_krb5, &context, &text);
	error_set(error, unreachable ? ERROR_UNREACHABLE : ERROR_AUTH, STEP_LOGIN, "no Kerberos tickets for %.100s: %s",
	          principal, text.length > 0 ? text_clean(&arena, text.value, text.length, 120) : "no reason given");
	error->native = (int64_t)number;
	error_hint(error, "username, password and domain (its DNS name) must be a domain account's; the host's own "
	                  "accounts need auth = ntlm or basic");
	gss_release_buffer(&ignored, &text);
	arena_free(&arena);
}

/* What kinit does. */
static void get_tickets(const char *principal, char *password, const char *cache, struct error *error)
{
	gss_buffer_desc shown = {strlen(principal), (void *)principal}, secret = {strlen(password), password};
	gss_OID_set_desc kerberos = {1, (gss_OID)gss_mech_krb5};
	gss_key_value_element_desc where = {"ccache", cache};
	const gss_key_value_set_desc store = {1, &where};
	gss_name_t name = GSS_C_NO_NAME;
	gss_cred_id_t tickets = GSS_C_NO_CREDENTIAL;
	OM_uint32 minor = 0, ignored;

	if (gss_import_name(&minor, &shown, GSS_C_NT_USER_NAME, &name) != GSS_S_COMPLETE ||
	    gss_acquire_cred_with_password(&minor, name, &secret, 0, &kerberos, GSS_C_INITIATE, &tickets, NULL, NULL) !=
	        GSS_S_COMPLETE ||
	    gss_store_cred_into(&minor, tickets, GSS_C_INITIATE, (gss_OID)gss_mech_krb5, 1, 1, &store, NULL, NULL) !=
	        GSS_S_COMPLETE)
		no_tickets(minor, principal, error);
	gss_release_cred(&ignored, &tickets);
	gss_release_name(&ignored, &name);
}

/* A domain's realm is its DNS name in capitals; without a domain it is the one that krb5.conf has. */
static const char *principal_of(const struct credentials *credentials, struct arena *arena)
{
	const char *domain, *user;
	char *principal;

	wsman_account(credentials->username, arena, &domain, &user);
	if (domain[0] == '\0')
		domain = credentials->domain;
	principal = arena_printf(arena, "%s%s%s", user, domain[0] != '\0' ? "@" : "", domain);
	for (char *c = principal + strlen(user); *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return principal;
}

static struct login *login_of(const char *file)
{
	static struct login *logins;
	static unsigned number;
	struct login *login = logins;

	while (login != NULL && strcmp(login->file, file) != 0)
		login = login->next;
	if (login != NULL)
		return login;
	login = must_alloc(sizeof *login);
	login->file = must_strdup(file);
	snprintf(login->cache, sizeof login->cache, "MEMORY:curfew-%u", number++);
	login->next = logins;
	logins = login;
	return login;
}

const char *tickets_get(const char *file, const char **cache, struct arena *arena, struct error *error)
{
	struct login *login = login_of(file);
	struct credentials credentials;

	*cache = login->cache;
	if (login->error.code != ERROR_NONE && clock_monotonic() - login->failed < FAILED_FOR) {
		*error = login->error;
		return NULL;
	}
	error_clear(&login->error);
	if (!still_good(login->cache)) {
		if (credentials_load(&credentials, file, &login->error) == 0) {
			get_tickets(principal_of(&credentials, arena), credentials.password, login->cache,
			            &login->error);
			credentials_free(&credentials);
		}
		login->failed = clock_monotonic();
	}
	if (login->error.code == ERROR_NONE)
		return tickets_use(login->cache, arena, error);
	*error = login->error;
	return NULL;
}

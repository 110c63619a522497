/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whose tickets libcurl will log in with.  It takes GSS-API's default
 * credentials, so the cache is made the thread's default: no environment
 * variable, which libcurl's resolver threads might be reading.
 */
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <string.h>

#include "lib/text.h"
#include "providers/wsman/access.h"

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

	gss_krb5_ccache_name(&minor, ccache, NULL);
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
	error_hint(error, "get tickets with kinit, or name a credentials file and auth = ntlm or basic");
	return NULL;
}

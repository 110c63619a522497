/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/access.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/tape/tape.h"
#include "lib/target/target.h"
#include "providers/wsman/envelope.h"
#include "providers/wsman/seal.h"

enum { PORT_TLS = 5986, PORT_PLAIN = 5985 };

static int wrong(struct error *error, const struct target *target, const char *why)
{
	return error_set(error, ERROR_CONFIG, STEP_NONE, "%.150s: %s", target->url, why);
}

/* Options about certificates are for TLS. */
static bool tls_meant(const struct target *target)
{
	static const char *const options[] = {"ca", "pin", "certificate", "key"};
	const char *how = target_option(target, "auth");

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (target_option(target, options[i]) != NULL)
			return true;
	return how != NULL && strcmp(how, "negotiate") != 0;
}

/* Kerberos authenticates the host on either port, so by default both are tried. NTLM and passwords need a port or
   option in the configuration. */
static int set_way(struct wsman_access *access, const struct target *target, unsigned port, struct error *error)
{
	const char *plain = target_option(target, "plain-http");

	access->wire.way = WIRE_TLS;
	if (plain != NULL && strcmp(plain, "yes") == 0)
		access->wire.way = WIRE_LINE;
	else if (plain != NULL && strcmp(plain, "no") != 0)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.150s: plain-http is yes or no, not \"%.40s\"",
		                 target->url, plain);
	else if (plain == NULL && port == PORT_PLAIN)
		access->wire.way = WIRE_LINE;
	else if (plain == NULL && port == 0 && !tls_meant(target))
		access->wire.way = WIRE_EITHER;
	access->wire.end.sealed = access->wire.way != WIRE_TLS;
	access->line.plain = access->wire.end.sealed;
	return 0;
}

static const char *url_of(struct wsman_access *access, const char *scheme, unsigned port)
{
	return arena_printf(&access->arena,
	                    strchr(access->host, ':') != NULL ? "%s://[%s]:%u/wsman" : "%s://%s:%u/wsman", scheme,
	                    access->host, port);
}

static int set_address(struct wsman_access *access, const struct target *target, const char *authority,
                       struct error *error)
{
	unsigned port;

	if (wsman_authority(authority, &access->arena, &access->host, &port) < 0)
		return error_set(error, ERROR_USAGE, STEP_NONE, "%.150s: not HOST or HOST:PORT behind %.20s://",
		                 target->url, target->scheme);
	access->shown = access->host;
	if (port != 0)
		access->shown = arena_printf(&access->arena, strchr(access->host, ':') != NULL ? "[%s]:%u" : "%s:%u",
		                             access->host, port);
	if (set_way(access, target, port, error) < 0)
		return -1;
	access->wire.url = url_of(access, "https", port != 0 ? port : PORT_TLS);
	access->wire.end.url = url_of(access, "http", port != 0 ? port : PORT_PLAIN);
	return 0;
}

static int set_trust(struct wsman_access *access, const struct target *target, struct error *error)
{
	const char *authorities = target_option(target, "ca"), *pin = target_option(target, "pin");

	if (authorities != NULL && pin != NULL)
		return wrong(error, target, "ca and pin exclude each other: set one of them");
	if ((authorities != NULL || pin != NULL) && access->wire.end.sealed)
		return wrong(error, target, "a ca or a pin is for TLS, and plain-http is without it");
	if (authorities != NULL && http_blob_load(&access->http.authorities, authorities, false, error) < 0)
		return -1;
	if (pin != NULL && (access->http.pin = http_pin_parse(pin, &access->arena, error)) == NULL)
		return -1;
	return 0;
}

/* The form that NTLM and Basic take a name in. */
static int set_password(struct wsman_access *access, const struct target *target, struct error *error)
{
	const char *name;

	if (target->credentials_file[0] == '\0')
		return wrong(error, target, "auth = ntlm and auth = basic need a credentials file");
	if (credentials_load(&access->credentials, target->credentials_file, error) < 0)
		return -1;
	name = access->credentials.username;
	wsman_account(name, &access->arena, &access->domain, &access->user);
	if (access->credentials.domain[0] != '\0' && strpbrk(name, "\\@") == NULL) {
		access->domain = access->credentials.domain;
		name = arena_printf(&access->arena, "%s\\%s", access->domain, name);
	}
	if (access->http.login == HTTP_LOGIN_BASIC && strchr(name, ':') != NULL)
		return wrong(error, target, "a user name for auth = basic cannot have a colon");
	access->http.user = name;
	access->http.password = access->credentials.password;
	return 0;
}

static int set_certificate(struct wsman_access *access, const struct target *target, struct error *error)
{
	const char *certificate = target_option(target, "certificate"), *key = target_option(target, "key"),
	           *account = target_option(target, "account");

	if (certificate == NULL || key == NULL)
		return wrong(error, target, "auth = certificate needs a certificate and a key");
	/* With a client certificate the account name is unknown, so it must be configured to protect the caller's own
	 * shells. */
	if (account == NULL)
		return wrong(error, target,
		             "auth = certificate needs account: the one that the host maps the certificate to");
	if (http_blob_load(&access->http.certificate, certificate, false, error) < 0 ||
	    http_blob_load(&access->http.key, key, true, error) < 0)
		return -1;
	wsman_account(account, &access->arena, &access->domain, &access->user);
	access->mutual = true;
	return 0;
}

static int set_tickets(struct wsman_access *access, const struct target *target, struct error *error)
{
	const char *cache = target_option(target, "ccache"), *principal;
	const bool password = target->credentials_file[0] != '\0';

	if (password && cache != NULL)
		return wrong(error, target, "ccache and a credentials file exclude each other: set one of them");
	if (cache != NULL && strchr(cache, ':') == NULL)
		cache = arena_printf(&access->arena, "FILE:%s", cache);
	principal = password ? tickets_get(target->credentials_file, &cache, &access->arena, error)
	                     : tickets_use(cache, &access->arena, error);
	access->ccache = cache;
	if (principal == NULL)
		return -1;
	wsman_account(principal, &access->arena, &access->domain, &access->user);
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool wsman_same_tickets(const struct target *a, const struct target *b)
{
	return same_text(target_option(a, "ccache"), target_option(b, "ccache")) &&
	       strcmp(a->credentials_file, b->credentials_file) == 0;
}

static int set_login(struct wsman_access *access, const struct target *target, struct error *error)
{
	const char *how = target_option(target, "auth");

	if (how == NULL)
		how = target_option(target, "certificate") != NULL ? "certificate" : "negotiate";
	if (strcmp(how, "certificate") == 0) {
		if (access->wire.end.sealed)
			return wrong(error, target, "auth = certificate needs TLS");
		return set_certificate(access, target, error);
	}
	if (target_option(target, "certificate") != NULL || target_option(target, "key") != NULL ||
	    target_option(target, "account") != NULL)
		return wrong(error, target, "certificate, key and account are for auth = certificate");
	if (strcmp(how, "negotiate") == 0) {
		access->http.login = HTTP_LOGIN_NEGOTIATE;
		return set_tickets(access, target, error);
	}
	if (target_option(target, "ccache") != NULL)
		return wrong(error, target, "ccache is for auth = negotiate");
	if (strcmp(how, "basic") == 0 && access->wire.end.sealed)
		return wrong(error, target,
		             "auth = basic would show the password to everybody on the way: it needs TLS");
	access->http.login = strcmp(how, "basic") == 0 ? HTTP_LOGIN_BASIC : HTTP_LOGIN_NTLM;
	if (access->http.login == HTTP_LOGIN_NTLM && strcmp(how, "ntlm") != 0)
		return error_set(error, ERROR_CONFIG, STEP_NONE,
		                 "%.150s: auth is negotiate, ntlm, basic or certificate, not \"%.40s\"", target->url,
		                 how);
	return set_password(access, target, error);
}

/* NTLM is inside Negotiate, as Windows offers it, which libcurl does not speak: that is the line's, TLS or not. */
static void set_line(struct wsman_access *access)
{
	struct wire *wire = &access->wire;

	wire->access = &access->http;
	message_id_make(wire->session);
	access->line.authorities = access->http.authorities;
	access->line.pin = access->http.pin;
	if (access->http.login == HTTP_LOGIN_NTLM && wire->way == WIRE_TLS) {
		wire->way = WIRE_LINE;
		wire->end.url = wire->url;
	}
	wire->end.access = &access->line;
	wire->end.login = (struct seal_login){
	    .kind = access->http.login == HTTP_LOGIN_NTLM ? SEAL_NTLM : SEAL_KERBEROS,
	    .host = access->host,
	    .shown = access->shown,
	    .user = access->http.user,
	    .password = access->http.password,
	};
}

/* A replay does not log in; the same options decide by which way the answers came. */
static int play_open(struct wsman_access *access, const struct target *target, const char *authority,
                     struct error *error)
{
	const char *how = target_option(target, "auth");

	if (set_address(access, target, authority, error) < 0)
		return -1;
	if (how != NULL && strcmp(how, "ntlm") == 0)
		access->http.login = HTTP_LOGIN_NTLM;
	set_line(access);
	return 0;
}

int wsman_access_open(struct wsman_access *access, const struct target *target, const char *authority,
                      struct error *error)
{
	memset(access, 0, sizeof *access);
	access->user = access->domain = "";
	if (tape_plays())
		return play_open(access, target, authority, error);
	if (set_address(access, target, authority, error) < 0 || set_trust(access, target, error) < 0 ||
	    set_login(access, target, error) < 0)
		return -1;
	set_line(access);
	return 0;
}

struct wsman wsman_service(struct wsman_access *access, struct http_loop *loop)
{
	return (struct wsman){
	    .loop = loop,
	    .wire = &access->wire,
	    .host = access->shown,
	    .access = &access->http,
	    .mutual = access->mutual,
	};
}

void wsman_access_close(struct wsman_access *access)
{
	wire_free(&access->wire);
	http_blob_free(&access->http.authorities);
	http_blob_free(&access->http.certificate);
	http_blob_free(&access->http.key);
	credentials_free(&access->credentials);
	arena_free(&access->arena);
}

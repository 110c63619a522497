/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A target's options become an account. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/tape/tape.h"
#include "lib/target/credentials.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "providers/avd/azure.h"
#include "providers/avd/row.h"
#include "providers/http/http.h"

static const char metadata_service[] = "http://169.254.169.254/metadata/identity/oauth2/token";

static const struct cloud {
	const char *name, *endpoint, *authority;
} clouds[] = {
    {"public", "https://management.azure.com", "https://login.microsoftonline.com"},
    {"usgov", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us"},
    {"china", "https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"},
};

/* "" if it was not given. */
static const char *option(const struct target *target, const char *name)
{
	const char *value = target_option(target, name);

	return value != NULL ? value : "";
}

static const char *environment(const char *name)
{
	const char *value = privileged() ? NULL : getenv(name);

	return value != NULL && text_plain(value) ? value : "";
}

/* The first that is not empty. */
static const char *either(const char *a, const char *b)
{
	return a[0] != '\0' ? a : b;
}

static const char *key_of(const struct target *target, struct arena *arena)
{
	struct buffer key = {0};
	const char *made;

	buffer_puts(&key, target->credentials_file);
	for (const struct provider_option *one = avd_options; one->name != NULL; one++)
		buffer_printf(&key, "\n%s", option(target, one->name));
	made = arena_strdup(arena, buffer_text(&key));
	buffer_free(&key);
	return made;
}

/* A URL of the configuration, without the slashes at its end. */
static int take_url(const char **to, const char *given, const char *usual, const char *name, struct arena *arena,
                    struct error *error)
{
	const char *url = either(given, usual);
	size_t length = strlen(url);

	while (length > 0 && url[length - 1] == '/')
		length--;
	*to = arena_strndup(arena, url, length);
	if (http_origin(arena, *to)[0] == '\0')
		return error_set(error, ERROR_CONFIG, STEP_OPEN, "%s: \"%.100s\" is not a URL", name, url);
	if (strncmp(*to, "https://", 8) != 0 && !http_loopback(*to))
		return error_set(error, ERROR_CONFIG, STEP_OPEN, "%s: \"%.100s\" is not https", name, url);
	return 0;
}

static int take_cloud(struct account *account, const struct target *target, struct error *error)
{
	const char *name = either(option(target, "cloud"), "public"), *authority = option(target, "authority");
	const struct cloud *cloud = NULL;

	for (size_t i = 0; i < sizeof clouds / sizeof *clouds; i++)
		if (text_same(name, clouds[i].name))
			cloud = &clouds[i];
	if (cloud == NULL)
		return error_set(error, ERROR_CONFIG, STEP_OPEN, "cloud: \"%.40s\" is not public, usgov or china",
		                 name);
	if (account->auth == AUTH_WORKLOAD_IDENTITY)
		authority = either(authority, environment("AZURE_AUTHORITY_HOST"));
	if (take_url(&account->endpoint, option(target, "endpoint"), cloud->endpoint, "endpoint", &account->arena,
	             error) < 0 ||
	    take_url(&account->authority, authority, cloud->authority, "authority", &account->arena, error) < 0)
		return -1;
	/* What a token is for goes by the cloud, wherever it is reached. */
	account->scope = cloud->endpoint;
	account->version = arena_strdup(&account->arena, either(option(target, "api-version"), "2025-10-10"));
	return 0;
}

/* "any": the first for which there is what it needs. */
static int take_auth(struct account *account, const struct target *target, struct error *error)
{
	static const struct {
		const char *name;
		enum auth auth;
	} kinds[] = {
	    {"secret", AUTH_SECRET},
	    {"certificate", AUTH_CERTIFICATE},
	    {"managed-identity", AUTH_MANAGED_IDENTITY},
	    {"workload-identity", AUTH_WORKLOAD_IDENTITY},
	    {"token", AUTH_TOKEN},
	};
	const char *name = either(option(target, "auth"), "any");

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (text_same(name, kinds[i].name)) {
			account->auth = kinds[i].auth;
			return 0;
		}
	if (!text_same(name, "any"))
		return error_set(error, ERROR_CONFIG, STEP_OPEN, "auth: \"%.40s\" is not a login method", name);
	if (target->credentials_file[0] != '\0')
		account->auth = AUTH_SECRET;
	else if (option(target, "certificate")[0] != '\0')
		account->auth = AUTH_CERTIFICATE;
	else if (option(target, "token-file")[0] != '\0')
		account->auth = AUTH_TOKEN;
	else if (option(target, "federated-token-file")[0] != '\0' ||
	         environment("AZURE_FEDERATED_TOKEN_FILE")[0] != '\0')
		account->auth = AUTH_WORKLOAD_IDENTITY;
	else
		account->auth = AUTH_MANAGED_IDENTITY;
	return 0;
}

static int take_secret(struct account *account, const struct target *target, struct error *error)
{
	struct credentials credentials;

	if (target->credentials_file[0] == '\0') {
		error_set(error, ERROR_CONFIG, STEP_OPEN, "auth = secret needs credentials");
		return error_hint(error, "a file with username = CLIENT-ID, password = SECRET, domain = TENANT-ID");
	}
	if (credentials_load(&credentials, target->credentials_file, error) < 0)
		return -1;
	account->client = arena_strdup(&account->arena, either(option(target, "client-id"), credentials.username));
	account->tenant = arena_strdup(&account->arena, either(option(target, "tenant"), credentials.domain));
	account->secret = must_strdup(credentials.password);
	credentials_free(&credentials);
	return 0;
}

static int take_certificate(struct account *account, const struct target *target, struct error *error)
{
	const char *certificate = option(target, "certificate"), *key = option(target, "key");

	if (certificate[0] == '\0')
		return error_set(error, ERROR_CONFIG, STEP_OPEN, "auth = certificate needs a certificate");
	if (http_blob_load(&account->certificate, certificate, key[0] == '\0', error) < 0)
		return -1;
	return http_blob_load(&account->key_file, either(key, certificate), true, error);
}

static int take_workload(struct account *account, const struct target *target, struct error *error)
{
	account->tenant = arena_strdup(&account->arena, either(account->tenant, environment("AZURE_TENANT_ID")));
	account->client = arena_strdup(&account->arena, either(account->client, environment("AZURE_CLIENT_ID")));
	account->federated_file = arena_strdup(
	    &account->arena, either(option(target, "federated-token-file"), environment("AZURE_FEDERATED_TOKEN_FILE")));
	if (account->federated_file[0] == '\0')
		return error_set(error, ERROR_CONFIG, STEP_OPEN, "auth = workload-identity needs federated-token-file");
	return 0;
}

static int take_identity(struct account *account, const struct target *target, struct error *error)
{
	const char *other = option(target, "identity-endpoint");

	account->identity = arena_strdup(&account->arena, either(other, metadata_service));
	account->local.plain = true;
	account->local.proxy = "";
	if (other[0] != '\0' && !http_loopback(other))
		return error_set(error, ERROR_CONFIG, STEP_OPEN, "identity-endpoint: \"%.100s\" is not on this machine",
		                 other);
	return 0;
}

static int take_login(struct account *account, const struct target *target, struct error *error)
{
	int result = 0;

	if (tape_plays()) /* a replay does not log in */
		return 0;
	account->client = arena_strdup(&account->arena, option(target, "client-id"));
	account->tenant = arena_strdup(&account->arena, option(target, "tenant"));
	switch (account->auth) {
	case AUTH_SECRET:
		result = take_secret(account, target, error);
		break;
	case AUTH_CERTIFICATE:
		result = take_certificate(account, target, error);
		break;
	case AUTH_WORKLOAD_IDENTITY:
		result = take_workload(account, target, error);
		break;
	case AUTH_MANAGED_IDENTITY:
		return take_identity(account, target, error);
	case AUTH_TOKEN:
		account->token_file = arena_strdup(&account->arena, option(target, "token-file"));
		if (account->token_file[0] == '\0')
			return error_set(error, ERROR_CONFIG, STEP_OPEN, "auth = token needs token-file");
		return 0;
	}
	if (result == 0 && (account->client[0] == '\0' || account->tenant[0] == '\0')) {
		error_set(error, ERROR_CONFIG, STEP_OPEN, "there is no %s",
		          account->client[0] == '\0' ? "client-id" : "tenant");
		return error_hint(error, "the application's client id and its directory (tenant) id are both needed");
	}
	return result;
}

static int take_access(struct account *account, const struct target *target, struct error *error)
{
	const char *authorities = option(target, "ca"), *proxy = option(target, "proxy");

	if (authorities[0] != '\0' && http_blob_load(&account->authorities, authorities, false, error) < 0)
		return -1;
	if (proxy[0] != '\0')
		account->manager.proxy = text_same(proxy, "none") ? "" : arena_strdup(&account->arena, proxy);
	account->manager.authorities = account->authorities;
	account->login = account->manager;
	account->manager.login = HTTP_LOGIN_BEARER;
	return 0;
}

static int take_cache(struct account *account, const struct target *target, struct error *error)
{
	const char *wish = either(option(target, "token-cache"), "yes");

	if (!text_same(wish, "yes") && !text_same(wish, "no"))
		return error_set(error, ERROR_CONFIG, STEP_OPEN, "token-cache: \"%.20s\" is not yes or no", wish);
	account->cached = account->auth != AUTH_TOKEN && text_same(wish, "yes") && !tape_plays();
	return 0;
}

/* An unusable account is kept, so that all its targets report the same error. */
static struct account *account_new(struct azure *azure, const struct target *target)
{
	struct account *account = must_alloc(sizeof *account);

	account->azure = azure;
	account->key = key_of(target, &account->arena);
	if (take_auth(account, target, &account->unusable) == 0 &&
	    take_cloud(account, target, &account->unusable) == 0 &&
	    take_access(account, target, &account->unusable) == 0 &&
	    take_login(account, target, &account->unusable) == 0)
		take_cache(account, target, &account->unusable);
	account->next = azure->accounts;
	azure->accounts = account;
	return account;
}

struct account *account_for(struct azure *azure, const struct target *target, struct error *error)
{
	struct account *account = azure->accounts;
	struct arena arena = {0};
	const char *key = key_of(target, &arena);

	while (account != NULL && strcmp(account->key, key) != 0)
		account = account->next;
	arena_free(&arena);
	if (account == NULL)
		account = account_new(azure, target);
	if (account->unusable.code == ERROR_NONE)
		return account;
	*error = account->unusable;
	return NULL;
}

static void wipe(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

static void account_free(struct account *account)
{
	wipe(account->secret);
	wipe(account->token);
	http_blob_free(&account->certificate);
	http_blob_free(&account->key_file);
	http_blob_free(&account->authorities);
	arena_free(&account->arena);
	free(account);
}

struct azure *azure_new(void)
{
	struct azure *azure = must_alloc(sizeof *azure);

	azure->loop = http_loop_new(0);
	if (azure->loop != NULL)
		return azure;
	free(azure);
	return NULL;
}

void azure_free(struct azure *azure)
{
	if (azure == NULL)
		return;
	http_loop_free(azure->loop);
	while (azure->accounts != NULL) {
		struct account *first = azure->accounts;

		azure->accounts = first->next;
		account_free(first);
	}
	free(azure);
}

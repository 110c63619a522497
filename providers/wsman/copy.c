/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/copy.h"

#include <krb5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"

enum { FRESH = 60 * 1000 }; /* ms */

struct copy {
	struct copy *next;
	char *name;        /* of the original; NULL: the account's own */
	char *memory_name; /* as libraries take it */
	krb5_ccache memory;
	int64_t made; /* monotonic ms */
	char **services;
	size_t count; /* services: of tickets that the original has */
};

static struct copy *copies;
/* Kept open: as long as one context is, others do not parse krb5.conf again. */
static krb5_context context;

static char *service_name(const krb5_creds *ticket)
{
	char *text = NULL;

	return krb5_unparse_name(context, ticket->server, &text) == 0 ? text : NULL;
}

/* Calls visit for each ticket of the cache.  false: not all could be read. */
static bool each_ticket(krb5_ccache cache, void (*visit)(struct copy *copy, krb5_creds *ticket, void *data),
                        struct copy *copy, void *data)
{
	krb5_cc_cursor cursor;
	krb5_creds ticket;
	krb5_error_code code;

	if (krb5_cc_start_seq_get(context, cache, &cursor) != 0)
		return false;
	while ((code = krb5_cc_next_cred(context, cache, &cursor, &ticket)) == 0) {
		visit(copy, &ticket, data);
		krb5_free_cred_contents(context, &ticket);
	}
	krb5_cc_end_seq_get(context, cache, &cursor);
	return code == KRB5_CC_END;
}

/* A ticket that has expired will be got anew, and kept; what the library notes in a cache has no time. */
static bool expired(krb5_creds *ticket)
{
	return !krb5_is_config_principal(context, ticket->server) &&
	       (int64_t)(uint32_t)ticket->times.endtime <= clock_now() / 1000;
}

static void note_service(struct copy *copy, krb5_creds *ticket, void *data)
{
	char *name = expired(ticket) ? NULL : service_name(ticket);

	(void)data;
	if (name == NULL)
		return;
	copy->services = must_realloc(copy->services, (copy->count + 1) * sizeof *copy->services);
	copy->services[copy->count++] = name;
}

static bool original_has(const struct copy *copy, const char *service)
{
	for (size_t i = 0; i < copy->count; i++)
		if (strcmp(copy->services[i], service) == 0)
			return true;
	return false;
}

static void keep_ticket(struct copy *copy, krb5_creds *ticket, void *original)
{
	char *service = service_name(ticket);

	if (service != NULL && !original_has(copy, service))
		krb5_cc_store_cred(context, original, ticket);
	krb5_free_unparsed_name(context, service);
}

static krb5_error_code original_open(const char *name, krb5_ccache *original)
{
	return name != NULL ? krb5_cc_resolve(context, name, original) : krb5_cc_default(context, original);
}

/* kinit may have put another account's tickets there meanwhile. */
static bool same_account(krb5_ccache a, krb5_ccache b)
{
	krb5_principal one = NULL, other = NULL;
	bool same = krb5_cc_get_principal(context, a, &one) == 0 && krb5_cc_get_principal(context, b, &other) == 0 &&
	            krb5_principal_compare(context, one, other);

	krb5_free_principal(context, one);
	krb5_free_principal(context, other);
	return same;
}

/* A failure costs the next run the same tickets again, and nothing else. */
static void keep_new_tickets(void)
{
	for (struct copy *copy = copies; copy != NULL; copy = copy->next) {
		krb5_ccache original;

		if (original_open(copy->name, &original) != 0)
			continue;
		if (same_account(original, copy->memory))
			each_ticket(copy->memory, keep_ticket, copy, original);
		krb5_cc_close(context, original);
	}
}

static void copy_free(struct copy *copy)
{
	for (size_t i = 0; i < copy->count; i++)
		krb5_free_unparsed_name(context, copy->services[i]);
	free(copy->services);
	free(copy->name);
	free(copy->memory_name);
	free(copy);
}

static bool fill(struct copy *copy, krb5_ccache original)
{
	krb5_principal account = NULL;
	char *name = NULL;
	bool filled = krb5_cc_get_principal(context, original, &account) == 0 &&
	              krb5_cc_initialize(context, copy->memory, account) == 0 &&
	              krb5_cc_copy_creds(context, original, copy->memory) == 0 &&
	              each_ticket(copy->memory, note_service, copy, NULL) &&
	              krb5_cc_get_full_name(context, copy->memory, &name) == 0;

	if (filled)
		copy->memory_name = must_strdup(name);
	krb5_free_string(context, name);
	krb5_free_principal(context, account);
	return filled;
}

static struct copy *copy_new(const char *name)
{
	struct copy *copy = must_alloc(sizeof *copy);
	krb5_ccache original = NULL;
	bool filled = false;

	copy->name = name != NULL ? must_strdup(name) : NULL;
	copy->made = clock_monotonic();
	if (original_open(name, &original) == 0 && strcmp(krb5_cc_get_type(context, original), "FILE") == 0 &&
	    krb5_cc_new_unique(context, "MEMORY", NULL, &copy->memory) == 0) {
		filled = fill(copy, original);
		if (!filled)
			krb5_cc_destroy(context, copy->memory);
	}
	if (original != NULL)
		krb5_cc_close(context, original);
	if (filled)
		return copy;
	copy_free(copy);
	return NULL;
}

static bool same_name(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const char *copy_of_cache(const char *name)
{
	struct copy *copy = copies;

	if (name != NULL && strncmp(name, "MEMORY:", 7) == 0)
		return name;
	while (copy != NULL && (!same_name(copy->name, name) || clock_monotonic() - copy->made >= FRESH))
		copy = copy->next;
	if (copy != NULL)
		return copy->memory_name;
	if (context == NULL && (krb5_init_context(&context) != 0 || atexit(keep_new_tickets) != 0))
		return name;
	copy = copy_new(name);
	if (copy == NULL)
		return name;
	copy->next = copies;
	copies = copy;
	return copy->memory_name;
}

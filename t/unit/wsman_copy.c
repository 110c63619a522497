/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The copy of a ticket cache in memory (providers/wsman/copy.h), with caches and tickets made here: no KDC is asked. */
#include "t/unit/test.h"

#include <krb5.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "providers/wsman/copy.h"
#include "t/unit/folder.h"

static char folder[] = "/tmp/curfew-test-XXXXXX";
static char name[64]; /* of the original */
static krb5_context context;

static int begin(void **state)
{
	static const char settings[] = "[libdefaults]\ndefault_realm = CORP.EXAMPLE\ndns_lookup_kdc = false\n";
	char path[64];
	FILE *file;

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(name, sizeof name, "FILE:%s/tickets", folder);
	snprintf(path, sizeof path, "%s/krb5.conf", folder);
	if ((file = fopen(path, "w")) == NULL)
		return -1;
	fputs(settings, file);
	if (fclose(file) != 0 || setenv("KRB5_CONFIG", path, 1) != 0)
		return -1;
	return krb5_init_context(&context) == 0 ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	krb5_free_context(context);
	return test_folder_remove(folder);
}

/* A ticket as a KDC could have given it; its bytes mean nothing. */
static void store(krb5_ccache cache, const char *account, const char *service, long lifetime)
{
	static char bytes[] = "0123456789abcdef";
	krb5_creds ticket = {0};

	assert_int_equal(krb5_parse_name(context, account, &ticket.client), 0);
	assert_int_equal(krb5_parse_name(context, service, &ticket.server), 0);
	ticket.keyblock.magic = KV5M_KEYBLOCK;
	ticket.keyblock.enctype = ENCTYPE_AES128_CTS_HMAC_SHA1_96;
	ticket.keyblock.length = 16;
	ticket.keyblock.contents = (krb5_octet *)bytes;
	ticket.ticket.length = 16;
	ticket.ticket.data = bytes;
	ticket.times.endtime = (krb5_timestamp)(time(NULL) + lifetime);
	assert_int_equal(krb5_cc_store_cred(context, cache, &ticket), 0);
	krb5_free_principal(context, ticket.client);
	krb5_free_principal(context, ticket.server);
}

static krb5_ccache open_cache(const char *of)
{
	krb5_ccache cache;

	assert_int_equal(krb5_cc_resolve(context, of, &cache), 0);
	return cache;
}

static void make_cache(const char *of, const char *account)
{
	krb5_ccache cache = open_cache(of);
	krb5_principal principal;

	assert_int_equal(krb5_parse_name(context, account, &principal), 0);
	assert_int_equal(krb5_cc_initialize(context, cache, principal), 0);
	store(cache, account, "krbtgt/CORP.EXAMPLE@CORP.EXAMPLE", 3600);
	store(cache, account, "HTTP/old.corp.example@CORP.EXAMPLE", -3600);
	krb5_free_principal(context, principal);
	krb5_cc_close(context, cache);
}

static void make_original(const char *account)
{
	make_cache(name, account);
}

/* The number of tickets for the service. */
static int tickets_for(const char *of, const char *service)
{
	krb5_ccache cache = open_cache(of);
	krb5_cc_cursor cursor;
	krb5_creds ticket;
	int count = 0;

	assert_int_equal(krb5_cc_start_seq_get(context, cache, &cursor), 0);
	while (krb5_cc_next_cred(context, cache, &cursor, &ticket) == 0) {
		char *text = NULL;

		assert_int_equal(krb5_unparse_name(context, ticket.server, &text), 0);
		count += strcmp(text, service) == 0;
		krb5_free_unparsed_name(context, text);
		krb5_free_cred_contents(context, &ticket);
	}
	krb5_cc_end_seq_get(context, cache, &cursor);
	krb5_cc_close(context, cache);
	return count;
}

/* A run is a process: what it got is kept when it ends.  It opens the copy by its name, as libgssapi does. */
static void run_gets(const char *service, const char *account_meanwhile)
{
	const pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		const char *copy = copy_of_cache(name);
		krb5_ccache cache;

		if (strncmp(copy, "MEMORY:", 7) != 0 || copy_of_cache(name) != copy || copy_of_cache(copy) != copy ||
		    krb5_cc_resolve(context, copy, &cache) != 0)
			_exit(1);
		store(cache, "admin@CORP.EXAMPLE", service, 3600);
		store(cache, "admin@CORP.EXAMPLE", "HTTP/old.corp.example@CORP.EXAMPLE", 3600);
		krb5_cc_close(context, cache);
		if (account_meanwhile != NULL)
			make_original(account_meanwhile);
		krb5_free_context(context);
		exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void what_a_run_gets_is_kept(void **state)
{
	(void)state;
	make_original("admin@CORP.EXAMPLE");
	run_gets("HTTP/ts01.corp.example@CORP.EXAMPLE", NULL);
	assert_int_equal(tickets_for(name, "HTTP/ts01.corp.example@CORP.EXAMPLE"), 1);
	assert_int_equal(tickets_for(name, "krbtgt/CORP.EXAMPLE@CORP.EXAMPLE"), 1);
	/* The one that had expired was not that service's. */
	assert_true(tickets_for(name, "HTTP/old.corp.example@CORP.EXAMPLE") >= 2);
}

static void another_accounts_cache_stays_as_it_is(void **state)
{
	(void)state;
	make_original("admin@CORP.EXAMPLE");
	run_gets("HTTP/ts01.corp.example@CORP.EXAMPLE", "other@CORP.EXAMPLE");
	assert_int_equal(tickets_for(name, "HTTP/ts01.corp.example@CORP.EXAMPLE"), 0);
	assert_int_equal(tickets_for(name, "krbtgt/CORP.EXAMPLE@CORP.EXAMPLE"), 1);
}

/* Then the library reads the original, and says itself what is wrong with it. */
static void what_cannot_be_copied_is_used_as_it_is(void **state)
{
	static const char *const bytes[] = {"",
	                                    "x",
	                                    "\x05\x04",
	                                    "\x05\x04\xff\xff",
	                                    "\x05\x04\x00\x0c\x00\x01",
	                                    "not a cache at all, but rather long for none"};
	char broken[80];

	(void)state;
	for (size_t i = 0; i < COUNT(bytes); i++) {
		FILE *file;

		snprintf(broken, sizeof broken, "FILE:%s/broken%zu", folder, i);
		assert_non_null(file = fopen(broken + strlen("FILE:"), "w"));
		fwrite(bytes[i], 1, strlen(bytes[i]), file);
		assert_int_equal(fclose(file), 0);
		assert_ptr_equal(copy_of_cache(broken), broken);
	}
	snprintf(broken, sizeof broken, "FILE:%s/none", folder);
	assert_ptr_equal(copy_of_cache(broken), broken);
	snprintf(broken, sizeof broken, "DIR:%s/many", folder);
	make_cache(broken, "admin@CORP.EXAMPLE");
	assert_ptr_equal(copy_of_cache(broken), broken);
	snprintf(broken, sizeof broken, "NONE:x");
	assert_ptr_equal(copy_of_cache(broken), broken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_a_run_gets_is_kept),
	    cmocka_unit_test(another_accounts_cache_stays_as_it_is),
	    cmocka_unit_test(what_cannot_be_copied_is_used_as_it_is),
	};

	return cmocka_run_group_tests(tests, begin, end);
}

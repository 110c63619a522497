/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "providers/tsts/kerberos.h"

enum { VAGUE = (int)0xc000000d, DENIED = (int)0xc0000022, REFUSED = (int)0xc000006d };

static struct error explained(const struct kerberos *kerberos, const char *host)
{
	struct error error = {0};

	assert_true(kerberos_explain(kerberos, (uint32_t)VAGUE, host, &error));
	assert_true(error.hint[0] != '\0');
	assert_int_equal((uint32_t)error.native, (uint32_t)VAGUE);
	assert_int_equal(error.step, STEP_LOGIN);
	return error;
}

/* As Samba 4.17 says it; recorded. */
static void sambas_words_are_explained(void **state)
{
	static const struct {
		const char *line, *says;
	} table[] = {
	    {"Server cifs/ts01.corp@CORP is not registered with our KDC:  Miscellaneous failure (see text): …\n",
	     "does not know the service"},
	    {"Ticket in credentials cache for admin@CORP expired, will refresh\n", "have expired"},
	    {"GSS client Update(krb5)(1) Update failed:  Miscellaneous failure (see text): Clock skew too great\n",
	     "clocks are too far apart"},
	    {"GSS client Update(krb5)(1) Update failed:  Miscellaneous failure (see text): FAST fast response is "
	     "missing FX-FAST (cifs/ts01.corp@CORP)\n",
	     "refused the ticket"},
	    {"GSS client Update(krb5)(1) Update failed:  Miscellaneous failure (see text): PROCESS_TGS "
	     "(cifs/ts01.corp@CORP)\n",
	     "refused the ticket"},
	    {"cli_credentials(admin@CORP) without realm, cannot use kerberos for this connection cifs/ts01.corp\n",
	     "realm"},
	    /* 4.25 */
	    {"Failed to get kerberos credentials (kerberos required): The credential cache is invalid\n",
	     "have expired"},
	    {"Update failed: something new\x1b[1m\nand a second line", "Update failed: something new"},
	};
	struct error error;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct kerberos kerberos = {0};

		kerberos_hear(&kerberos, "GENSEC backend 'gssapi_krb5' registered\n");
		assert_int_equal(kerberos.count, 0);
		kerberos_hear(&kerberos, table[i].line);
		error = explained(&kerberos, "ts01.corp");
		assert_non_null(strstr(error.text, table[i].says));
		assert_null(strchr(error.text, '\n'));
	}
}

/* Many hosts log in at a time: what is about another one is not for us. */
static void words_are_the_hosts_own(void **state)
{
	struct kerberos kerberos = {0};
	struct error error = {0};

	(void)state;
	kerberos_hear(&kerberos, "Server cifs/ts01.corp@CORP is not registered with our KDC: …");
	assert_false(kerberos_explain(&kerberos, (uint32_t)VAGUE, "ts02.corp", &error));
	assert_false(kerberos_explain(&kerberos, (uint32_t)VAGUE, "ts01", &error));
	assert_false(kerberos_explain(&kerberos, (uint32_t)VAGUE, "ts01.cor", &error));
	assert_non_null(strstr(explained(&kerberos, "TS01.corp").text, "does not know the service"));
	/* About nobody in particular: for those who have nothing of their own. */
	kerberos_hear(&kerberos, "Ticket in credentials cache for admin@CORP expired, will refresh");
	assert_non_null(strstr(explained(&kerberos, "ts01.corp").text, "does not know the service"));
	assert_non_null(strstr(explained(&kerberos, "ts02.corp").text, "have expired"));
}

/* Several log in at once: what is said of an address is no other host's reason. */
static void words_of_an_address_are_its_own(void **state)
{
	struct kerberos kerberos = {0};

	(void)state;
	kerberos_hear(&kerberos, "Cannot do GSSAPI to an IP address\n");
	kerberos_hear(&kerberos, "Ticket in credentials cache for admin@CORP expired, will refresh\n");
	assert_non_null(strstr(explained(&kerberos, "192.0.2.7").text, "real name"));
	assert_non_null(strstr(explained(&kerberos, "2001:db8::7").text, "real name"));
	kerberos_hear(&kerberos, "Cannot do GSSAPI to an IP address\n");
	assert_non_null(strstr(explained(&kerberos, "ts01.corp").text, "have expired"));
}

static void old_words_are_forgotten(void **state)
{
	struct kerberos kerberos = {0};
	struct error error = {0};
	char line[64];

	(void)state;
	kerberos_hear(&kerberos, "Server cifs/ts99@CORP is not registered with our KDC");
	for (unsigned i = 0; i < KERBEROS_HEARD; i++) {
		assert_true(kerberos_explain(&kerberos, (uint32_t)VAGUE, "ts99", &error));
		snprintf(line, sizeof line, "Server cifs/ts%u@CORP is not registered with our KDC", i);
		kerberos_hear(&kerberos, line);
	}
	assert_false(kerberos_explain(&kerberos, (uint32_t)VAGUE, "ts99", &error));
}

static void the_hosts_own_refusals(void **state)
{
	struct kerberos kerberos = {0};
	struct error error = {0};

	(void)state;
	/* Nothing was said on this side: it was the host. */
	assert_true(kerberos_explain(&kerberos, (uint32_t)REFUSED, "ts01", &error));
	assert_non_null(strstr(error.text, "did not accept the Kerberos ticket"));
	/* A right that is missing has nothing to do with Kerberos. */
	kerberos_hear(&kerberos, "Ticket in credentials cache for admin@CORP expired, will refresh");
	assert_false(kerberos_explain(&kerberos, (uint32_t)DENIED, "ts01", &error));
}

static void what_was_before_ntlm(void **state)
{
	struct kerberos kerberos = {0};
	struct error error = {0};

	(void)state;
	error_set(&error, ERROR_AUTH, STEP_LOGIN, "ts01: by NTLM");
	error_hint(&error, "as it was");
	kerberos_mention(&kerberos, (uint32_t)REFUSED, "ts01", &error);
	assert_string_equal(error.hint, "as it was");
	kerberos_hear(&kerberos, "Failed to get kerberos credentials: unable to reach any KDC in realm CORP");
	kerberos_mention(&kerberos, (uint32_t)DENIED, "ts01", &error);
	assert_string_equal(error.hint, "as it was");
	kerberos_mention(&kerberos, (uint32_t)REFUSED, "ts01", &error);
	assert_string_equal(error.text, "ts01: by NTLM");
	assert_non_null(strstr(error.hint, "Kerberos was tried: no domain controller (KDC) could be asked"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sambas_words_are_explained),      cmocka_unit_test(words_are_the_hosts_own),
	    cmocka_unit_test(words_of_an_address_are_its_own), cmocka_unit_test(old_words_are_forgotten),
	    cmocka_unit_test(the_hosts_own_refusals),          cmocka_unit_test(what_was_before_ntlm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

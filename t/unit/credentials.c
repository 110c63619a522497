/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/target/credentials.h"
#include "t/unit/file.h"

static int load(const char *text, size_t length, mode_t mode, struct credentials *credentials, struct error *error)
{
	struct test_file file;
	int result;

	test_file_make(&file, text, length, mode);
	memset(error, 0, sizeof *error);
	result = credentials_load(credentials, file.path, error);
	test_file_remove(&file);
	return result;
}

static void the_samba_format_is_read(void **state)
{
	/* the form of smbclient(1), -A|--authentication-file */
	static const char plain[] = "username = alice\npassword = s3cret\ndomain = CORP\n";
	static const char odd[] = "# comment\r\n\r\nUSERNAME=CORP\\alice\r\npassword =  a = b#c \r\nrealm = X\r\n";
	struct credentials credentials;
	struct error error;

	(void)state;
	assert_int_equal(load(plain, strlen(plain), 0600, &credentials, &error), 0);
	assert_string_equal(credentials.username, "alice");
	assert_string_equal(credentials.password, "s3cret");
	assert_string_equal(credentials.domain, "CORP");
	credentials_free(&credentials);
	assert_null(credentials.password);

	assert_int_equal(load(odd, strlen(odd), 0400, &credentials, &error), 0);
	assert_string_equal(credentials.username, "CORP\\alice");
	assert_string_equal(credentials.password, "a = b#c ");
	assert_string_equal(credentials.domain, "");
	credentials_free(&credentials);
}

static void a_bad_file_is_refused_without_its_words(void **state)
{
	static const struct {
		const char *text, *why;
	} table[] = {
	    {"username = alice\nHUNTER2\n", ":2: "},
	    {"username = alice\npasswrd = HUNTER2\n", ":2: "},
	    {"username = alice\npassword = HUNTER2\npassword = HUNTER2\n", ":3: this key was used already"},
	    {"username = alice\npassword = HUNTER2\x01\n", ":2: control characters"},
	    {"username = alice\npassword = HUNTER2\xff\n", ":2: control characters"},
	    {"password = HUNTER2\n", "no username"},
	    {"username = \npassword = HUNTER2\n", "no username"},
	    {"username = alice\n", "no password"},
	    {"", "no username"},
	};
	struct credentials credentials;
	struct error error;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(load(table[i].text, strlen(table[i].text), 0600, &credentials, &error), -1);
		assert_int_equal(error.code, ERROR_CONFIG);
		assert_non_null(strstr(error.text, table[i].why));
		assert_null(strstr(error.text, "HUNTER2"));
		assert_null(strstr(error.hint, "HUNTER2"));
		assert_null(credentials.password);
	}
}

static void nul_bytes_and_long_files_are_refused(void **state)
{
	static const char nul[] = "username = alice\0\npassword = x\n";
	struct credentials credentials;
	struct error error;
	char *large = malloc(5000);

	(void)state;
	assert_int_equal(load(nul, sizeof nul - 1, 0600, &credentials, &error), -1);
	assert_non_null(strstr(error.text, "NUL"));
	memset(large, '#', 5000);
	assert_int_equal(load(large, 5000, 0600, &credentials, &error), -1);
	assert_non_null(strstr(error.text, "too long"));
	free(large);
}

static void others_must_not_read_it(void **state)
{
	static const char text[] = "username = alice\npassword = x\n";
	struct credentials credentials;
	struct error error;

	(void)state;
	assert_int_equal(load(text, strlen(text), 0640, &credentials, &error), -1);
	assert_non_null(strstr(error.text, "0640"));
	assert_int_equal(load(text, strlen(text), 0604, &credentials, &error), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_samba_format_is_read),
	    cmocka_unit_test(a_bad_file_is_refused_without_its_words),
	    cmocka_unit_test(nul_bytes_and_long_files_are_refused),
	    cmocka_unit_test(others_must_not_read_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

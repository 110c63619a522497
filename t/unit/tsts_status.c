/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every status that Windows or Samba may answer with, by its number in MS-ERREF: what it becomes and what is advised.
 */
#include "t/unit/test.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/error.h"
#include "providers/tsts/status.h"
#include "providers/tsts/wire.h"

/* In a word that only this text or its advice has. */
static const struct {
	uint32_t status;
	enum error_code code;
	const char *says;
	const char *advises; /* NULL: nothing */
} known[] = {
    {0xc000006d, ERROR_AUTH, "user name or the password", "credentials file"},    /* LOGON_FAILURE */
    {0xc000006a, ERROR_AUTH, "password is wrong", "credentials file"},            /* WRONG_PASSWORD */
    {0xc0000064, ERROR_AUTH, "no such user", "credentials file"},                 /* NO_SUCH_USER */
    {0xc0000234, ERROR_AUTH, "locked out", "ask who"},                            /* ACCOUNT_LOCKED_OUT */
    {0xc0000072, ERROR_AUTH, "disabled", "ask who"},                              /* ACCOUNT_DISABLED */
    {0xc0000193, ERROR_AUTH, "account has expired", "ask who"},                   /* ACCOUNT_EXPIRED */
    {0xc0000071, ERROR_AUTH, "password has expired", "new password"},             /* PASSWORD_EXPIRED */
    {0xc0000224, ERROR_AUTH, "must be changed", "new password"},                  /* PASSWORD_MUST_CHANGE */
    {0xc000006f, ERROR_AUTH, "time of day", "ask who"},                           /* INVALID_LOGON_HOURS */
    {0xc0000070, ERROR_AUTH, "this machine", "ask who"},                          /* INVALID_WORKSTATION */
    {0xc000006e, ERROR_AUTH, "restriction", "Protected Users"},                   /* ACCOUNT_RESTRICTION */
    {0xc0000413, ERROR_AUTH, "selective", "Allowed to authenticate"},             /* AUTHENTICATION_FIREWALL_FAILED */
    {0xc0000418, ERROR_AUTH, "NTLM", "auth = kerberos"},                          /* NTLM_BLOCKED */
    {0xc0000133, ERROR_AUTH, "clocks", "5 minutes"},                              /* TIME_DIFFERENCE_AT_DC */
    {0xc000005e, ERROR_AUTH, "KDC", "krb5.conf"},                                 /* NO_LOGON_SERVERS */
    {0xc000018b, ERROR_AUTH, "domain does not know", "cifs/"},                    /* NO_TRUST_SAM_ACCOUNT */
    {0xc00002fb, ERROR_AUTH, "no Kerberos ticket", "klist"},                      /* KDC_UNABLE_TO_REFER */
    {0xc0000203, ERROR_AUTH, "ended by the host", NULL},                          /* USER_SESSION_DELETED */
    {0xc000015b, ERROR_ACCESS, "over the network", "Access this computer"},       /* LOGON_TYPE_NOT_GRANTED */
    {0xc0000022, ERROR_ACCESS, "access denied", "LocalAccountTokenFilterPolicy"}, /* ACCESS_DENIED */
    {0xc00000ca, ERROR_ACCESS, "access denied", "RDP-Tcp"},                       /* NETWORK_ACCESS_DENIED */
    {0xc00000cc, ERROR_ACCESS, "IPC$", "Server"},                                 /* BAD_NETWORK_NAME */
    {0xc0000034, ERROR_REFUSED, "no such pipe", "TermService"},                   /* OBJECT_NAME_NOT_FOUND */
    {0xc0000236, ERROR_REFUSED, "no service has the pipe", "TermService"},        /* CONNECTION_REFUSED */
    {0xc00000ac, ERROR_REFUSED, "busy", "TermService"},                           /* PIPE_NOT_AVAILABLE */
    {0xc00000ab, ERROR_REFUSED, "busy", "TermService"},                           /* INSTANCE_NOT_AVAILABLE */
    {0xc0020012, ERROR_UNSUPPORTED, "interface", "TermService"},                  /* RPC_UNKNOWN_IF */
    {0xc002003c, ERROR_UNSUPPORTED, "interface", "TermService"},                  /* RPC_NT_INTERFACE_NOT_FOUND */
    {0xc002002e, ERROR_UNSUPPORTED, "call", "Vista"},                             /* RPC_PROCNUM_OUT_OF_RANGE */
    {0xc0000059, ERROR_UNSUPPORTED, "SMB", "min-protocol"},                       /* REVISION_MISMATCH */
    {0xc00000bb, ERROR_UNSUPPORTED, "SMB", "min-protocol"},                       /* NOT_SUPPORTED */
    {0xc000000d, ERROR_UNSUPPORTED, "real name", "NAME.DOMAIN"},                  /* INVALID_PARAMETER */
    {0xc000020c, ERROR_PROTOCOL, "cut", NULL},                                    /* CONNECTION_DISCONNECTED */
    {0xc000020d, ERROR_PROTOCOL, "cut", NULL},                                    /* CONNECTION_RESET */
    {0xc000013b, ERROR_PROTOCOL, "cut", NULL},                                    /* LOCAL_DISCONNECT */
    {0xc000013c, ERROR_PROTOCOL, "cut", NULL},                                    /* REMOTE_DISCONNECT */
    {0xc000014b, ERROR_PROTOCOL, "pipe was closed", NULL},                        /* PIPE_BROKEN */
    {0xc00000b0, ERROR_PROTOCOL, "pipe was closed", NULL},                        /* PIPE_DISCONNECTED */
    {0xc0000011, ERROR_PROTOCOL, "cut", NULL},                                    /* END_OF_FILE */
    {0xc00000c3, ERROR_PROTOCOL, "not SMB", "Samba"},                             /* INVALID_NETWORK_RESPONSE */
    {0xc00000b5, ERROR_TIMEOUT, "no answer", NULL},                               /* IO_TIMEOUT */
};

static void statuses_say_what_to_do(void **state)
{
	/* Cut before it is logged in: that is how a host refuses every version of SMB that it was offered. */
	static const char old[] =
	    "does it speak SMB 2.1 or newer?  SMB 2.1 is the least that is spoken (min-protocol); SMB 1 never is";

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct error error = {0};

		assert_int_equal(status_error(&error, known[i].status, STEP_LOGIN, "rds01"), -1);
		assert_int_equal(error.code, known[i].code);
		assert_int_equal((uint32_t)error.native, known[i].status);
		assert_int_equal(error.step, known[i].code == ERROR_REFUSED ? STEP_OPEN : STEP_LOGIN);
		assert_ptr_equal(strstr(error.text, "rds01: "), error.text);
		assert_non_null(strstr(error.text, known[i].says));
		if (known[i].advises != NULL)
			assert_non_null(strstr(error.hint, known[i].advises));
		else
			assert_string_equal(error.hint, known[i].code == ERROR_PROTOCOL ? old : "");
		if (known[i].advises != NULL)
			continue;
		error_clear(&error);
		status_error(&error, known[i].status, STEP_LIST, "rds01");
		assert_string_equal(error.hint, "");
	}
}

/* Nothing in the table that is not above, nothing twice, nothing cut short for want of room. */
static void the_table_is_known(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct status_row *row = status_table; row->status != 0; row++, count++) {
		struct error error = {0};

		for (const struct status_row *other = status_table; other != row; other++)
			assert_int_not_equal(other->status, row->status);
		if (row->hint == NULL)
			continue;
		status_error(&error, row->status, STEP_LOGIN, "rds01");
		assert_string_equal(error.hint, row->hint);
	}
	assert_int_equal(count, COUNT(known));
}

static void others_are_named(void **state)
{
	struct error error = {0};

	(void)state;
	status_error(&error, 0xc0000017, STEP_LOGIN, "rds01");
	assert_int_equal(error.code, ERROR_PROTOCOL);
	assert_non_null(strstr(error.text, "NT_STATUS_NO_MEMORY"));
	error_clear(&error);
	status_error(&error, 0xcfffffff, STEP_LOGIN, "rds01");
	assert_int_equal(error.code, ERROR_PROTOCOL);
	assert_int_equal((uint32_t)error.native, 0xcfffffff);
	assert_true(isalnum((unsigned char)error.text[strlen("rds01: ")]) != 0);
}

static void the_right_that_is_missing_is_named(void **state)
{
	static const char *const names[] = {"\"Query Information\"", "\"Disconnect\"", "\"Logoff\"", "\"Message\""};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct error error = {0};

		hresult_error(&error, HRESULT_ACCESS_DENIED, STEP_ACT, "rds01", "log off session 3", (enum right)i);
		assert_int_equal(error.code, ERROR_ACCESS);
		assert_string_equal(error.text, "rds01: log off session 3: access denied");
		for (size_t j = 0; j < COUNT(names); j++)
			assert_int_equal(strstr(error.hint, names[j]) != NULL, i == j);
		assert_non_null(strstr(error.hint, "LocalAccountTokenFilterPolicy = 1 (curfew-tsts(7))"));
		assert_non_null(strstr(error.hint, "AllowRemoteRPC = 1, and from 24H2 on may refuse anybody"));
	}
}

static void a_session_that_has_gone(void **state)
{
	struct error error = {0};

	(void)state;
	hresult_error(&error, HRESULT_NOT_FOUND, STEP_PIN, "rds01", "reading session 3", RIGHT_QUERY);
	assert_int_equal(error.code, ERROR_GONE);
	error_clear(&error);
	hresult_error(&error, 0x8007045b, STEP_ACT, "rds01", "log off session 3", RIGHT_LOGOFF);
	assert_int_equal(error.code, ERROR_PROTOCOL);
	assert_non_null(strstr(error.text, "0x8007045b"));
}

static void a_list_without_session_0(void **state)
{
	struct error error = {0};

	(void)state;
	rights_error(&error, "rds01");
	assert_int_equal(error.code, ERROR_ACCESS);
	assert_non_null(strstr(error.text, "rights are missing"));
	assert_non_null(strstr(error.hint, "Query Information"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(statuses_say_what_to_do), cmocka_unit_test(the_table_is_known),
	    cmocka_unit_test(others_are_named),        cmocka_unit_test(the_right_that_is_missing_is_named),
	    cmocka_unit_test(a_session_that_has_gone), cmocka_unit_test(a_list_without_session_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lib/tape: nothing of anybody's is left in a recording, and the same is replaced by the same. */
#include <stddef.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/tape/redact.h"
#include "t/unit/test.h"

static struct redactor *redactor;
static struct buffer out;

static int begin(void **state)
{
	(void)state;
	redactor = redactor_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	redactor_free(redactor);
	buffer_free(&out);
	return 0;
}

static const char *text(enum redact_as as, const char *from)
{
	buffer_free(&out);
	redact_text(redactor, as, from, strlen(from), &out);
	return buffer_text(&out);
}

static const char *xml(const char *from)
{
	buffer_free(&out);
	return redact_xml(redactor, from, strlen(from), &out) == 0 ? buffer_text(&out) : NULL;
}

static const char *json(const char *from)
{
	buffer_free(&out);
	return redact_json(redactor, from, strlen(from), &out) == 0 ? buffer_text(&out) : NULL;
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(text(REDACT_NAME, "CORP\\alice"), "nzza\\nzzzb");
	assert_string_equal(text(REDACT_NAME, "Alice@corp.example"), "nzzzb@nzza.nzzzzzc"); /* the same, without case */
	assert_string_equal(text(REDACT_NAME, "svc_backup$"), "nzzzzzzzzzd");
	assert_string_equal(text(REDACT_NAME, "gr\xc3\xbc\xc3\x9f"), "nzze"); /* as many characters */
	assert_string_equal(text(REDACT_NAME, "10017 4711 10017"), "99990 9991 99990");
	assert_string_equal(text(REDACT_NAME, "Active shell wsman"), "nzzzzf nzzzg nzzzh"); /* no word is known here */
	assert_string_equal(text(REDACT_NAME, "x"), "ni");
}

/* What Windows cuts at 17 or 20 characters begins like the whole. */
static void cut_names(void **state)
{
	static const char whole[] = "PavithraThiruvengadam";
	char cut[21] = {0};

	(void)state;
	memcpy(cut, text(REDACT_NAME, whole), 20);
	assert_int_equal(strlen(buffer_text(&out)), 21);
	assert_string_equal(text(REDACT_NAME, "PavithraThiruvengada"), cut);
	assert_memory_equal(text(REDACT_NAME, "PavithraThiruveng"), cut, 17);
	assert_string_not_equal(text(REDACT_NAME, "PavithraThiruvengado"), cut);
}

static void addresses(void **state)
{
	(void)state;
	assert_string_equal(text(REDACT_NAME, "192.0.2.78, fe80::1, 192.0.2.78, 10.0.0.1"),
	                    "198.18.0.0, 2001:db8::1, 198.18.0.0, 198.18.0.2");
	assert_string_equal(text(REDACT_NAME, "[::1]:5986"), "[2001:db8::3]:9990");
	assert_string_equal(text(REDACT_NAME, "B6631D8E-65A0-49F2-9053-A1B156C95777"),
	                    "00000000-0000-4000-8000-000000000000");
	assert_string_equal(text(REDACT_NAME, "b6631d8e-65a0-49f2-9053-a1b156c95777"),
	                    "00000000-0000-4000-8000-000000000000");
	assert_string_equal(text(REDACT_TARGET, "winrm://ts01.corp:5986"), "winrm://nzza.nzzb:5986");
	assert_string_equal(text(REDACT_TARGET, "tsts://wsman"), "tsts://nzzzc");
	assert_string_equal(text(REDACT_ADDRESS, "http://ts01.corp:5985/wsman"), "http://nzza.nzzb:5985/wsman");
	assert_string_equal(text(REDACT_ADDRESS, "http://shell/wsman/shell"), "http://nzzzd/wsman/shell");
	assert_string_equal(text(REDACT_ADDRESS, "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"),
	                    "http://schemas.microsoft.com/wbem/wsman/1/windows/shell");
	assert_string_equal(text(REDACT_ADDRESS, "http://schemas.microsoft.com/powershell/CorpJEA"),
	                    "http://schemas.microsoft.com/powershell/nzzzzze");
	assert_string_equal(
	    text(REDACT_ADDRESS, "https://management.azure.com/subscriptions/Pool?api-version=2024-04-03"),
	    "https://management.azure.com/subscriptions/nzzf?api-version=2024-04-03");
	assert_string_equal(text(REDACT_ADDRESS, "https://management.azure.com.evil.example/"),
	                    "https://nzzzzzzzzg.nzzzh.nzi.nzzj.nzzzzzk/");
}

static void values(void **state)
{
	(void)state;
	assert_string_equal(text(REDACT_VALUE, "PT7200.000S"), "PT7200.000S");
	assert_string_equal(text(REDACT_VALUE, "2023-12-21T15:40:08.15Z"), "2023-12-21T15:40:08.15Z");
	assert_string_equal(text(REDACT_VALUE, "OS: 10.0.14393 SP: 0.0 Stack: 3.0"),
	                    "OS: 10.0.14393 SP: 0.0 Stack: 3.0");
	assert_string_equal(text(REDACT_VALUE, "Disconnected"), "Disconnected");
	assert_string_equal(text(REDACT_VALUE, "Alice"), "nzzza");
	assert_string_equal(text(REDACT_VALUE, "Palice"), "nzzzzb");
}

static void xml_bodies(void **state)
{
	(void)state;
	assert_string_equal(
	    xml("<?xml version=\"1.0\"?><rsp:Shell "
	        "xmlns:rsp=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\">"
	        "<rsp:Owner>CORP\\bob &amp; x</rsp:Owner><rsp:State>Connected</rsp:State>\n</rsp:Shell>"),
	    "<rsp:Shell xmlns:rsp=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\">"
	    "<rsp:Owner>nzza\\nzb &amp; nc</rsp:Owner><rsp:State>Connected</rsp:State>\n</rsp:Shell>");
	assert_string_equal(xml("<f:WSManFault Code=\"5\" Machine='ts01.corp'><a/>bob</f:WSManFault>"),
	                    "<f:WSManFault Code=\"5\" Machine='nzzd.nzza'><a/>nzb</f:WSManFault>");
	assert_string_equal(xml("<w:Selector Name=\"ShellId\">Desktop</w:Selector>"),
	                    "<w:Selector Name=\"ShellId\">nzzzzze</w:Selector>");
	/* What could hide a name from this reader. */
	assert_null(xml("<a><!-- bob --></a>"));
	assert_null(xml("<a><![CDATA[bob]]></a>"));
	assert_null(xml("<!DOCTYPE a [<!ENTITY b 'bob'>]><a>&b;</a>"));
	assert_null(xml("<a>&#98;ob</a>"));
	assert_null(xml("<a b=bob>"));
	assert_null(xml("<a b=\"bob>"));
	assert_null(xml("<a"));
	assert_null(xml("<a><?bob?></a>"));
}

static void json_bodies(void **state)
{
	(void)state;
	assert_string_equal(
	    json("{\"value\":[{\"name\":\"Pool/vm-1.corp/3\",\"properties\":{\"sessionState\":\"Active\","
	         "\"createTime\":\"2023-12-21T15:40:08Z\",\"sessions\":4,\"phone\":4711,\"userPrincipalName\":\"a.b@"
	         "corp\"}}]}"),
	    "{\"value\":[{\"name\":\"nzza/nzzb.nzzc/0\",\"properties\":{\"sessionState\":\"Active\","
	    "\"createTime\":\"2023-12-21T15:40:08Z\",\"sessions\":4,\"nzzzd\":0,\"userPrincipalName\":\"ne.nf@nzzc\"}}]"
	    "}");
	assert_string_equal(json("{\"sessionState\":\"Alice\",\"tags\":{\"Bob\":\"bob\"}}"),
	                    "{\"sessionState\":\"nzzzg\",\"nzzh\":{\"nzi\":\"nzi\"}}");
	assert_null(json("{\"value\":"));
	assert_null(json("bob"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(names, begin, end),
	    cmocka_unit_test_setup_teardown(cut_names, begin, end),
	    cmocka_unit_test_setup_teardown(addresses, begin, end),
	    cmocka_unit_test_setup_teardown(values, begin, end),
	    cmocka_unit_test_setup_teardown(xml_bodies, begin, end),
	    cmocka_unit_test_setup_teardown(json_bodies, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

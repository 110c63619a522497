/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML with bounds, SOAP, faults and shells: against what real servers said (t/vectors/wsman), and against what lies. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "providers/http/http.h"
#include "providers/winrm/shell.h"
#include "providers/wsman/access.h"
#include "providers/wsman/envelope.h"
#include "providers/wsman/fault.h"
#include "providers/wsman/soap.h"
#include "providers/wsman/xml.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

/* The next sibling of the same name. */
static const struct xml_element *xml_next(const struct xml_element *element)
{
	const struct xml_element *next = element == NULL ? NULL : element->next;

	while (next != NULL && !xml_is(next, element->space, element->name))
		next = next->next;
	return next;
}

static const int64_t NOW = 1795230245678;

static struct arena arena;
static struct buffer bytes;

static int begin(void **state)
{
	(void)state;
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(&arena);
	buffer_free(&bytes);
	return 0;
}

static void load(const char *name)
{
	const char *source = getenv("CURFEW_SRCDIR");
	char path[1024], block[4096];
	size_t got;
	FILE *file;

	buffer_free(&bytes);
	snprintf(path, sizeof path, "%s/t/vectors/wsman/%s.xml", source != NULL ? source : ".", name);
	file = fopen(path, "r");
	assert_non_null(file);
	while ((got = fread(block, 1, sizeof block, file)) > 0)
		buffer_add(&bytes, block, got);
	fclose(file);
}

static struct answer answer_of(const char *name, const char *id)
{
	struct error error = {0};
	struct answer answer;

	load(name);
	if (answer_read(&answer, bytes.text, bytes.length, id, STEP_LIST, "win01", &arena, &error) < 0)
		fail_msg("%s: %s", name, error.text);
	return answer;
}

static struct xml_element *parse(const char *text, const char **why)
{
	return xml_parse(text, strlen(text), &arena, why);
}

static void refused(const char *text, const char *reason)
{
	const char *why = NULL;

	assert_null(parse(text, &why));
	if (strstr(why, reason) == NULL)
		fail_msg("\"%.60s\": \"%s\" is not \"%s\"", text, why, reason);
}

static void xml_makes_a_tree(void **state)
{
	const char *why;
	const struct xml_element *root = parse(
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:r xmlns:a=\"urn:a\" xmlns='urn:d' a:k='1' k='2'>mixed<b/>text"
	    "<a:b> x &lt;&#10;<![CDATA[<y>]]></a:b><b>2</b><!-- no --><b>3</b></a:r>",
	    &why);
	const struct xml_element *b;

	(void)state;
	assert_non_null(root);
	assert_true(xml_is(root, "urn:a", "r"));
	assert_string_equal(xml_attribute(root, "urn:a", "k"), "1");
	assert_string_equal(xml_attribute(root, "", "k"), "2");
	assert_null(xml_attribute(root, "urn:d", "k"));
	assert_string_equal(root->text, "");
	assert_string_equal(xml_child_text(root, "urn:a", "b"), " x <\n<y>");
	b = xml_child(root, "urn:d", "b");
	assert_string_equal(b->text, "");
	b = xml_next(b);
	assert_string_equal(b->text, "2");
	assert_string_equal(xml_next(b)->text, "3");
	assert_null(xml_next(xml_next(b)));
	assert_null(xml_child(NULL, "", "x"));
	assert_null(xml_child_text(root, "", "b"));
	assert_ptr_equal(xml_find(root, "urn:a", "b"), xml_child(root, "urn:a", "b"));
	assert_null(xml_find(xml_child(root, "urn:a", "b"), "urn:d", "b"));
}

static void xml_is_bounded(void **state)
{
	struct buffer text = {0};
	const char *why;

	(void)state;
	refused("", "empty");
	refused("<!DOCTYPE a><a/>", "DOCTYPE");
	refused("<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>", "DOCTYPE");
	refused("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "DOCTYPE");
	refused("<a>&b;</a>", "undefined entity");
	refused("<a>\xff</a>", "not UTF-8");
	refused("<a>\xc0\x80</a>", "not UTF-8");
	refused("<a>&#1;</a>", "invalid character number");
	refused("<a></b>", "mismatched");
	refused("<a/><b/>", "junk");
	refused("<x:a/>", "unbound prefix");
	refused("<a", "unclosed token");
	assert_null(xml_parse("<a>\0</a>", 8, &arena, &why));
	for (int i = 0; i < XML_DEPTH_MOST; i++)
		buffer_puts(&text, "<a>");
	for (int i = 0; i < XML_DEPTH_MOST; i++)
		buffer_puts(&text, "</a>");
	assert_non_null(parse(text.text, &why));
	buffer_free(&text);
	for (int i = 0; i <= XML_DEPTH_MOST; i++)
		buffer_puts(&text, "<a>");
	refused(text.text, "too deep");
	buffer_free(&text);
	buffer_puts(&text, "<a");
	for (int i = 0; i <= XML_ATTRIBUTES_MOST; i++)
		buffer_printf(&text, " a%d=''", i);
	buffer_puts(&text, "/>");
	refused(text.text, "attributes");
	buffer_free(&text);
	buffer_puts(&text, "<a>");
	for (int i = 0; i < XML_ELEMENTS_MOST; i++)
		buffer_puts(&text, "<a/>");
	buffer_puts(&text, "</a>");
	refused(text.text, "too many elements");
	buffer_free(&text);
	buffer_puts(&text, "<a>");
	while (text.length < XML_SIZE_MOST)
		buffer_puts(&text, "0123456789012345678901234567890123456789012345678901234567890123456789");
	refused(text.text, "too long");
	buffer_free(&text);
}

/* What is escaped means itself when it is read, by element and by attribute. */
static void xml_escapes(void **state)
{
	static const char *const texts[] = {
	    "a", "<&>\"'", "]]>", "line\nend\r\n\ttab", " blanks ", "100%s", "Zo\xc3\xab \xf0\x9f\x98\x80", "&amp;",
	};
	const char *why;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct buffer text = {0};
		const struct xml_element *root;

		assert_true(xml_sayable(texts[i]));
		buffer_puts(&text, "<a b=\"");
		xml_escape(&text, texts[i]);
		buffer_puts(&text, "\">");
		xml_escape(&text, texts[i]);
		buffer_puts(&text, "</a>");
		root = parse(text.text, &why);
		assert_non_null(root);
		assert_string_equal(root->text, texts[i]);
		assert_string_equal(xml_attribute(root, "", "b"), texts[i]);
		buffer_free(&text);
	}
	assert_false(xml_sayable("\x01"));
	assert_false(xml_sayable("\xff"));
	assert_false(xml_sayable("a\xef\xbf\xbf"));
	xml_escape(&bytes, "a\x01\xff\xef\xbf\xbe"
	                   "b");
	assert_string_equal(bytes.text, "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	                                "b");
}

static const char *header_text(const struct answer *answer, const char *space, const char *name)
{
	return xml_child_text(xml_child(answer->envelope, NS_SOAP, "Header"), space, name);
}

/* Our request has what the recorded one has, and keeps its texts to themselves. */
static void a_request_is_like_the_recorded(void **state)
{
	static const char nasty[] = "</w:Selector>\"&\n<x>";
	const struct wsman_pair selector = {"ShellId", nasty};
	struct answer theirs = answer_of("disconnect-request", NULL), ours;
	struct error error = {0};
	struct buffer text = {0};
	const struct xml_element *set;
	struct envelope envelope = {
	    .id = "uuid:7F110BDF-CBF7-45C2-AA7E-1A06B0246021",
	    .session = xml_child_text(xml_child(theirs.envelope, NS_SOAP, "Header"), NS_MICROSOFT, "SessionId"),
	    .to = "https://127.0.0.1:55986/wsman",
	    .action = NS_SHELL "/Disconnect",
	    .resource = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell",
	    .selectors = &selector,
	    .selector_count = 1,
	    .time = 20000,
	    .body = "<rsp:Disconnect/>",
	};

	(void)state;
	envelope_write(&text, &envelope);
	assert_int_equal(answer_read(&ours, text.text, text.length, NULL, STEP_LIST, "h", &arena, &error), 0);
	for (const struct xml_element *item = xml_child(theirs.envelope, NS_SOAP, "Header")->first; item != NULL;
	     item = item->next) {
		const struct xml_element *same =
		    xml_child(xml_child(ours.envelope, NS_SOAP, "Header"), item->space, item->name);

		/* Sizes and times are ours to choose. */
		if (same == NULL)
			fail_msg("%s is not there", item->name);
		if (item->first == NULL && strstr("MaxEnvelopeSize OperationTimeout", item->name) == NULL)
			assert_string_equal(same->text, item->text);
	}
	assert_string_equal(header_text(&ours, NS_WSMAN, "OperationTimeout"), "PT20.000S");
	set = xml_child(xml_child(ours.envelope, NS_SOAP, "Header"), NS_WSMAN, "SelectorSet");
	assert_string_equal(xml_child_text(set, NS_WSMAN, "Selector"), nasty);
	assert_string_equal(xml_attribute(set->first, "", "Name"), "ShellId");
	assert_non_null(xml_child(ours.body, NS_SHELL, "Disconnect"));
	buffer_free(&text);
}

static void bodies_are_like_the_recorded(void **state)
{
	struct buffer text = {0}, body = {0};
	struct error error = {0};
	struct answer answer;
	const struct xml_element *enumerate;

	(void)state;
	body_enumerate(&body, "SELECT * FROM X WHERE a < 'b\"'");
	envelope_write(&text,
	               &(struct envelope){
	                   .id = "i", .session = "i", .to = "t", .action = "a", .resource = "r", .body = body.text});
	assert_int_equal(answer_read(&answer, text.text, text.length, NULL, STEP_LIST, "h", &arena, &error), 0);
	assert_string_equal(header_text(&answer, NS_WSMAN, "OperationTimeout"), "PT0.500S");
	enumerate = xml_child(answer.body, NS_ENUMERATION, "Enumerate");
	assert_non_null(xml_child(enumerate, NS_WSMAN, "OptimizeEnumeration"));
	assert_string_equal(xml_child_text(enumerate, NS_WSMAN, "MaxElements"), "32000");
	assert_string_equal(xml_child_text(enumerate, NS_WSMAN, "Filter"), "SELECT * FROM X WHERE a < 'b\"'");
	assert_string_equal(xml_attribute(xml_child(enumerate, NS_WSMAN, "Filter"), "", "Dialect"), DIALECT_WQL);
	buffer_free(&text);
	buffer_free(&body);
	answer = answer_of("enumerate-request", NULL);
	enumerate = xml_child(answer.body, NS_ENUMERATION, "Enumerate");
	assert_non_null(xml_child(enumerate, NS_WSMAN, "OptimizeEnumeration"));
	assert_string_equal(xml_child_text(enumerate, NS_WSMAN, "MaxElements"), "32000");
}

static void ids_differ(void **state)
{
	char one[MESSAGE_ID_SIZE], other[MESSAGE_ID_SIZE];

	(void)state;
	message_id_make(one);
	message_id_make(other);
	assert_int_equal(strlen(one), strlen("uuid:7F110BDF-CBF7-45C2-AA7E-1A06B0246021"));
	assert_int_equal(one[19], '4');
	assert_string_not_equal(one, other);
}

static void an_answer_is_to_its_request(void **state)
{
	struct error error = {0};
	struct answer answer;

	(void)state;
	answer_of("disconnect-response", "uuid:7F110BDF-CBF7-45C2-AA7E-1A06B0246021");
	answer_of("disconnect-response", "uuid:7f110bdf-cbf7-45c2-aa7e-1a06b0246021");
	answer_of("delete-response", NULL);
	assert_int_equal(answer_read(&answer, bytes.text, bytes.length, "uuid:x", STEP_ACT, "h", &arena, &error), -1);
	assert_int_equal(error.code, ERROR_PROTOCOL);
	assert_non_null(strstr(error.text, "another request"));
}

static void must_fail(const char *name, enum step step, enum error_code code, int64_t native, const char *text)
{
	struct answer answer = answer_of(name, NULL);
	struct wsman_fault fault;
	struct error error = {0};

	assert_true(fault_read(&fault, &answer, &arena));
	assert_int_equal(fault_error(&error, &fault, step, "win01"), -1);
	assert_int_equal(error.code, code);
	assert_int_equal(error.native, native);
	if (strstr(error.text, text) == NULL)
		fail_msg("\"%s\" has no \"%s\"", error.text, text);
}

static void faults_are_errors(void **state)
{
	struct answer answer = answer_of("enumerate-response", NULL);
	struct wsman_fault fault;

	(void)state;
	assert_false(fault_read(&fault, &answer, &arena));
	must_fail("fault-invalid-selectors", STEP_ACT, ERROR_GONE, 2150858843, "win01: there is no such object");
	/* Of a list that fails like that nothing follows about a session. */
	must_fail("fault-invalid-selectors", STEP_PIN, ERROR_PROTOCOL, 2150858843, "no such object");
	must_fail("fault-timed-out", STEP_LIST, ERROR_TIMEOUT, 2150858793, "within the time it was given");
	must_fail(
	    "fault-invalid-header", STEP_LIST, ERROR_PROTOCOL, 2150858767,
	    "code 2150858767 (0x8033800f): The WS-Management service cannot process the request. The XML contains");
	must_fail("fault-provider", STEP_LIST, ERROR_PROTOCOL, 2147942402,
	          "(0x80070002): The system cannot find the file specified");
	must_fail("synthetic-fault-access-denied", STEP_LIST, ERROR_ACCESS, 5, "access denied");
	must_fail("synthetic-fault-quota", STEP_LIST, ERROR_UNREACHABLE, 0x803381a6, "quota");
	must_fail("synthetic-fault-bare", STEP_LIST, ERROR_PROTOCOL, 0, "refuses with InternalError: It is too <busy>");
}

static const char *says(long status, const char *type, enum http_login login, enum error_code code)
{
	static struct error error;
	struct http_response response = {
	    .status = status, .offers_negotiate = true, .offers_basic = login == HTTP_LOGIN_BASIC};
	struct http_access access = {.login = login};

	error_clear(&error);
	text_copy(response.type, sizeof response.type, type);
	assert_int_equal(status_error(&error, &response, &access, STEP_LIST, "win01"), -1);
	assert_int_equal(error.code, code);
	assert_int_equal(error.native, status);
	return error.text;
}

static void statuses_are_errors(void **state)
{
	(void)state;
	assert_non_null(strstr(says(401, "", HTTP_LOGIN_BASIC, ERROR_AUTH), "auth = basic) was not accepted"));
	/* NTLM is inside Negotiate, which is offered. */
	assert_non_null(strstr(says(401, "", HTTP_LOGIN_NTLM, ERROR_AUTH), "auth = ntlm) was not accepted"));
	assert_non_null(strstr(says(403, "text/html", HTTP_LOGIN_NTLM, ERROR_ACCESS), "HTTP 403"));
	assert_non_null(strstr(says(404, "text/html", HTTP_LOGIN_NTLM, ERROR_UNSUPPORTED), "no WS-Man service"));
	assert_non_null(strstr(says(500, "text/html", HTTP_LOGIN_NTLM, ERROR_PROTOCOL), "HTTP 500"));
	assert_non_null(strstr(says(503, "", HTTP_LOGIN_NTLM, ERROR_REFUSED), "not available"));
	assert_non_null(strstr(says(200, "text/html", HTTP_LOGIN_NTLM, ERROR_PROTOCOL), "not SOAP but \"text/html\""));
}

static void durations_have_two_grammars(void **state)
{
	static const struct {
		const char *text;
		int64_t length; /* -1: refused */
	} table[] = {
	    {"PT7200.000S", 7200000},
	    {"P0DT0H0M9S", 9000},
	    {"P0DT0H0M0S", 0},
	    {"PT2147483.647S", 2147483647},
	    {"P1DT2H3M4S", 93784000},
	    {"PT900S", 900000},
	    {"P2D", 172800000},
	    {"PT1H", HOUR},
	    {"PT0.0009S", 0},
	    {"PT0.5S", 500},
	    {"PT1M", MINUTE},
	    {"P36500D", INT64_C(36500) * 24 * HOUR},
	    {"", -1},
	    {"P", -1},
	    {"PT", -1},
	    {"P1DT", -1},
	    {"7200", -1},
	    {"-PT1S", -1},
	    {"PT-1S", -1},
	    {"P1Y", -1},
	    {"P1M", -1},
	    {"PT1D", -1},
	    {"PT1S1M", -1},
	    {"PT1H1H", -1},
	    {"PTS", -1},
	    {"PT1.S", -1},
	    {"PT.5S", -1},
	    {"PT1.5H", -1},
	    {"PT1 S", -1},
	    {"PT1S ", -1},
	    {"pt1s", -1},
	    {"P1DT1HT1S", -1},
	    {"P40000D", -1},
	    {"PT99999999999999999999S", -1},
	    {"P36600DT9999999H", -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		int64_t length = 0;
		int result = shell_duration(table[i].text, &length);

		if (result != (table[i].length < 0 ? -1 : 0) || (result == 0 && length != table[i].length))
			fail_msg("\"%s\": %d, %lld", table[i].text, result, (long long)length);
	}
}

static struct session shell_of(const struct xml_element *shell, const char *user, const char *domain)
{
	const struct wsman_access access = {.user = user, .domain = domain};
	struct session session;

	assert_non_null(shell);
	session_init(&session);
	shell_fill(&session, shell, NOW, &access, &arena);
	return session;
}

static void recorded_shells_are_sessions(void **state)
{
	struct answer answer = answer_of("enumerate-response", "uuid:5E6EE511-87B0-4C03-8084-15EEC39AD510");
	const struct xml_element *response = xml_child(answer.body, NS_ENUMERATION, "EnumerateResponse");
	const struct xml_element *shell = xml_child(xml_child(response, NS_WSMAN, "Items"), NS_SHELL, "Shell");
	struct session session = shell_of(shell, "monitor", "CORP");

	(void)state;
	assert_non_null(xml_child(response, NS_WSMAN, "EndOfSequence"));
	assert_string_equal(session.id, "B6631D8E-65A0-49F2-9053-A1B156C95777");
	assert_string_equal(session.birth, session.id);
	assert_string_equal(session.domain, "CORP");
	assert_string_equal(session.user, "operator");
	assert_string_equal(session.client_address, "10.0.2.2");
	assert_string_equal(session.station, "process 2792");
	assert_string_equal(session.application, "http://schemas.microsoft.com/powershell/Microsoft.PowerShell");
	assert_int_equal(session.state, STATE_DISCONNECTED);
	assert_int_equal(session.class, CLASS_USER);
	assert_int_equal(session.kind, KIND_SHELL);
	assert_int_equal(session.own, FLAG_NO);
	assert_true(moment_equal(session.logon_time, moment_at(NOW - 9000)));
	assert_true(moment_equal(session.last_input, moment_at(NOW)));
	assert_int_equal(session.connect_time.is, MOMENT_UNKNOWN);
	assert_int_equal(session.disconnect_time.is, MOMENT_UNKNOWN);
	shell = xml_next(shell);
	assert_string_equal(shell_id(shell), "01AA3E43-9E21-424B-A7FC-BC16AA34F4CE");
	assert_null(xml_next(shell));
	/* Whose login it is. */
	assert_int_equal(shell_of(shell, "OPERATOR", "corp").own, FLAG_YES);
	assert_int_equal(shell_of(shell, "operator", "").own, FLAG_YES);
	assert_int_equal(shell_of(shell, "operator", "corp.example").own, FLAG_YES);
	assert_int_equal(shell_of(shell, "operator", "OTHER").own, FLAG_NO);
}

static void pages_have_two_namespaces(void **state)
{
	struct answer first = answer_of("synthetic-enumerate-first-page", NULL);
	const struct xml_element *items =
	    xml_child(xml_child(first.body, NS_ENUMERATION, "EnumerateResponse"), NS_WSMAN, "Items");
	struct session session = shell_of(items->first, "", "");
	struct answer last;

	(void)state;
	/* Everything but the id may be missing. */
	assert_int_equal(session.state, STATE_OTHER);
	assert_int_equal(session.last_input.is, MOMENT_UNKNOWN);
	assert_int_equal(session.logon_time.is, MOMENT_UNKNOWN);
	assert_string_equal(session.station, "");
	assert_null(shell_resource(items->first));
	last = answer_of("synthetic-pull-last-page", NULL);
	items = xml_child(xml_child(last.body, NS_ENUMERATION, "PullResponse"), NS_ENUMERATION, "Items");
	session = shell_of(items->first, "", "");
	assert_string_equal(session.domain, "Zo\xc3\xab&\"Co");
	assert_string_equal(session.user, "O'Brien 100%s\n|x");
	assert_string_equal(session.station, "Runspace7");
	assert_true(shell_is_cmd(shell_resource(items->first)));
	assert_true(moment_equal(session.last_input, moment_at(NOW - 61250)));
	assert_int_equal(session.disconnect_time.is, MOMENT_NEVER);
}

static struct session told(const char *members)
{
	const char *why, *text = arena_printf(&arena, "<Shell xmlns='" NS_SHELL "'>%s</Shell>", members);

	return shell_of(parse(text, &why), "", "");
}

static void doubtful_shells_stay_unknown(void **state)
{
	struct session session = told("<ShellId>17</ShellId><Owner>x</Owner>");

	(void)state;
	/* Not a GUID: another one may have it later. */
	assert_string_equal(session.birth, "");
	assert_string_equal(told("<ShellId>B6631D8E-65A0-49F2-9053-A1B156C9577x</ShellId>").birth, "");
	assert_int_equal(told("<ShellId>1</ShellId>").class, CLASS_NONE);
	session =
	    told("<ShellId>1</ShellId><ShellRunTime>PT10S</ShellRunTime><ShellInactivity>PT12S</ShellInactivity>");
	assert_int_equal(session.last_input.is, MOMENT_UNKNOWN);
	session = told(
	    "<ShellId>1</ShellId><ShellRunTime>PT10S</ShellRunTime><ShellInactivity>P0DT0H0M11S</ShellInactivity>");
	assert_int_equal(session.last_input.is, MOMENT_KNOWN);
	session = told(
	    "<ShellId>1</ShellId><State>Reborn</State><ProcessId>-1</ProcessId><ShellInactivity>P1Y</ShellInactivity>");
	assert_int_equal(session.state, STATE_OTHER);
	assert_string_equal(session.state_text, "Reborn");
	assert_string_equal(session.station, "");
	assert_int_equal(session.last_input.is, MOMENT_UNKNOWN);
}

static void addresses_are_taken_apart(void **state)
{
	static const struct {
		const char *text, *host;
		unsigned port;
	} table[] = {
	    {"win01.corp.example", "win01.corp.example", 0},
	    {"10.1.2.3:443", "10.1.2.3", 443},
	    {"[::1]:5986", "::1", 5986},
	    {"[fe80::1]", "fe80::1", 0},
	    {"", NULL, 0},
	    {":5986", NULL, 0},
	    {"a:", NULL, 0},
	    {"a:0", NULL, 0},
	    {"a:65536", NULL, 0},
	    {"a/b", NULL, 0},
	    {"a@b", NULL, 0},
	    {"a b", NULL, 0},
	    {"[::1", NULL, 0},
	    {"[x]", NULL, 0},
	    {"::1", NULL, 0},
	    {"a?b", NULL, 0},
	    {"a#b", NULL, 0},
	    {"a%41", NULL, 0},
	};
	const char *host, *domain, *user;
	unsigned port;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		int result = wsman_authority(table[i].text, &arena, &host, &port);

		if (result != (table[i].host == NULL ? -1 : 0))
			fail_msg("\"%s\": %d", table[i].text, result);
		if (result == 0)
			assert_string_equal(host, table[i].host);
		if (result == 0)
			assert_int_equal(port, table[i].port);
	}
	wsman_account("CORP\\a@b", &arena, &domain, &user);
	assert_string_equal(domain, "CORP");
	assert_string_equal(user, "a@b");
	wsman_account("alice@CORP.EXAMPLE", &arena, &domain, &user);
	assert_string_equal(domain, "CORP.EXAMPLE");
	assert_string_equal(user, "alice");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(xml_makes_a_tree),
	    TEST(xml_is_bounded),
	    TEST(xml_escapes),
	    TEST(a_request_is_like_the_recorded),
	    TEST(bodies_are_like_the_recorded),
	    TEST(ids_differ),
	    TEST(an_answer_is_to_its_request),
	    TEST(faults_are_errors),
	    TEST(statuses_are_errors),
	    TEST(durations_have_two_grammars),
	    TEST(recorded_shells_are_sessions),
	    TEST(pages_have_two_namespaces),
	    TEST(doubtful_shells_stay_unknown),
	    TEST(addresses_are_taken_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

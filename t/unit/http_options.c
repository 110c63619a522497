/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * providers/http with a libcurl that lacks options, or takes one and does something else.  This program's
 * curl_easy_setopt() comes before libcurl's own.
 */
#define CURL_DISABLE_TYPECHECK
#include "t/unit/test.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/http/http.h"
#include "t/unit/tls.h"

enum { PATIENCE = 60000, OPTIONS_MOST = 100, HEARD_MOST = 16384, TLS_RECORD = 0x16 };

#define SECRET "TopSecret1"

/* What the server got, in memory that it shares with the test. */
struct heard {
	unsigned connections;
	size_t length;
	char bytes[HEARD_MOST];
};

static struct heard *heard;
static unsigned port;
static pid_t server;
static struct http_loop *loop;

/* The stub: which options were set, which one it refuses, and what it takes another value for. */
static CURLoption set[OPTIONS_MOST];
static size_t set_count;
static CURLoption refused;
static CURLoption changed;
static union {
	const void *pointer;
	long number;
} instead;
static bool dropped;

static void note(CURLoption option)
{
	for (size_t i = 0; i < set_count; i++)
		if (set[i] == option)
			return;
	assert_true(set_count < OPTIONS_MOST);
	set[set_count++] = option;
}

CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
	void *next = dlsym(RTLD_NEXT, __func__);
	CURLcode (*real)(CURL *, CURLoption, ...);
	CURLcode code = CURLE_OK;
	va_list values;

	memcpy(&real, &next, sizeof real);
	note(option);
	if (option == refused)
		return CURLE_NOT_BUILT_IN;
	if (option == changed && dropped)
		return CURLE_OK;
	va_start(values, option);
	if (option < CURLOPTTYPE_OBJECTPOINT)
		code = real(easy, option, option == changed ? instead.number : va_arg(values, long));
	else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
		code = real(easy, option, va_arg(values, curl_off_t));
	else
		code = real(easy, option, option == changed ? instead.pointer : va_arg(values, const void *));
	va_end(values);
	return code;
}

/* Asks for a login of any kind, and says what it was sent. */
static void serve(int fd)
{
	static const char asks[] = "HTTP/1.1 401 Who\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n"
	                           "WWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	static const char refuses[] = "HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	char rest[1024];

	for (;;) {
		int accepted = accept(fd, NULL, NULL);
		size_t from = heard->length;
		ssize_t got;

		heard->connections++;
		do {
			got = recv(accepted, heard->bytes + heard->length, HEARD_MOST - 1 - heard->length, 0);
			heard->length += got > 0 ? (size_t)got : 0;
		} while (got > 0 && heard->bytes[from] != TLS_RECORD &&
		         strstr(heard->bytes + from, "\r\n\r\n") == NULL);
		if (strstr(heard->bytes + from, "\r\nAuthorization:") == NULL)
			send(accepted, asks, sizeof asks - 1, MSG_NOSIGNAL);
		else
			send(accepted, refuses, sizeof refuses - 1, MSG_NOSIGNAL);
		shutdown(accepted, SHUT_WR);
		while (recv(accepted, rest, sizeof rest, 0) > 0)
			continue;
		close(accepted);
	}
}

static int begin(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	heard = mmap(NULL, sizeof *heard, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(heard, MAP_FAILED);
	port = tls_bind(fd);
	assert_int_equal(listen(fd, 64), 0);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(fd);
	}
	close(fd);
	loop = http_loop_new(0);
	return loop == NULL;
}

static int end(void **state)
{
	(void)state;
	http_loop_free(loop);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return 0;
}

static void forget(void)
{
	memset(heard, 0, sizeof *heard);
	refused = changed = 0;
	dropped = false;
}

static struct error ask(const struct http_access *access, const char *scheme, unsigned at)
{
	char url[64];
	struct http_request request = {.method = "POST",
	                               .url = url,
	                               .body = "secret body",
	                               .body_length = 11,
	                               .deadline = deadline_in(PATIENCE),
	                               .connect_time = PATIENCE,
	                               .step = STEP_LIST,
	                               .access = access};
	struct http_response response;
	struct error error;

	snprintf(url, sizeof url, "%s://127.0.0.1:%u/", scheme, at);
	http_ask(loop, &request, &response);
	error = response.error;
	http_response_free(&response);
	return error;
}

/* Each option that such a request sets is refused in turn: nobody even connects. */
static void refuse_each(const struct http_access *access, const char *scheme)
{
	CURLoption options[OPTIONS_MOST];
	size_t count;

	forget();
	set_count = 0;
	ask(access, scheme, port);
	assert_true(heard->connections >= 1 && heard->connections <= 9);
	assert_true(set_count >= 20 && set_count <= OPTIONS_MOST);
	count = set_count;
	memcpy(options, set, sizeof set);
	for (size_t i = 0; i < count; i++) {
		struct error error;

		forget();
		refused = options[i];
		error = ask(access, scheme, port);
		if (error.code != ERROR_UNSUPPORTED || strstr(error.text, "nothing was sent") == NULL ||
		    heard->connections != 0)
			fail_msg("option %d of %s, login %d: code %d, \"%s\", %u connections, %zu bytes",
			         (int)options[i], scheme, (int)access->login, (int)error.code, error.text,
			         heard->connections, heard->length);
	}
}

static void test_refused(void **state)
{
	char pem[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
	struct http_access access = {.user = "CORP\\alice", .password = SECRET, .token = "token"};

	(void)state;
	for (access.login = HTTP_LOGIN_NONE; access.login <= HTTP_LOGIN_BASIC; access.login++) {
		refuse_each(&access, "http");
		refuse_each(&access, "https");
	}
	/* Without tickets libcurl sends a request without a login. */
	access.login = HTTP_LOGIN_NEGOTIATE;
	refuse_each(&access, "http");
	access.login = HTTP_LOGIN_BASIC;
	access.proxy = "http://127.0.0.1:1";
	access.pin = "abcd00112233445566778899aabbccddeeff00112233445566778899aabbccdd";
	refuse_each(&access, "https");
	/* Client certificate and authorities that nobody can read: refused before they are read. */
	access.pin = NULL;
	access.authorities = access.certificate = access.key = (struct http_blob){pem, sizeof pem - 1};
	forget();
	refused = CURLOPT_CAINFO_BLOB;
	assert_int_equal(ask(&access, "https", port).code, ERROR_UNSUPPORTED);
	refused = CURLOPT_SSLCERT_BLOB;
	assert_int_equal(ask(&access, "https", port).code, ERROR_UNSUPPORTED);
	refused = CURLOPT_SSLKEY_BLOB;
	assert_int_equal(ask(&access, "https", port).code, ERROR_UNSUPPORTED);
	assert_int_equal(heard->connections, 0);
}

/* It takes another login, and logs in by its default.  NTLM it is never given. */
static void test_other_login(void **state)
{
	const struct http_access ntlm = {.login = HTTP_LOGIN_NTLM, .user = "CORP\\alice", .password = SECRET},
	                         negotiate = {.login = HTTP_LOGIN_NEGOTIATE},
	                         basic = {.login = HTTP_LOGIN_BASIC, .user = "alice", .password = SECRET};
	struct error error;

	(void)state;
	forget();
	error = ask(&ntlm, "http", port);
	assert_int_equal(error.code, ERROR_UNSUPPORTED);
	assert_non_null(strstr(error.text, "nothing was sent"));
	assert_int_equal(heard->connections, 0);
	forget();
	changed = CURLOPT_HTTPAUTH;
	dropped = true;
	error = ask(&negotiate, "http", port);
	/* With no user, an older libcurl sends Basic with an empty one; 8.23 sends no login. */
	if (error.code == ERROR_NONE) {
		assert_null(strstr(heard->bytes, "Authorization:"));
	} else {
		assert_int_equal(error.code, ERROR_PROTOCOL);
		assert_int_equal(error.step, STEP_LOGIN);
		assert_non_null(strstr(error.text, "sent the login \"Basic\", and \"Negotiate\" was asked for"));
		assert_non_null(strstr(error.hint, "change it"));
	}
	forget();
	assert_int_equal(ask(&basic, "http", port).code, ERROR_NONE);
	assert_non_null(strstr(heard->bytes, "Authorization: Basic "));
}

/* Another server than the one that was meant, by the port or without TLS. */
static void test_other_server(void **state)
{
	const struct http_access basic = {.login = HTTP_LOGIN_BASIC, .user = "alice", .password = SECRET};
	struct error error;
	char url[64];

	(void)state;
	forget();
	snprintf(url, sizeof url, "http://127.0.0.1:%u/", port);
	changed = CURLOPT_URL;
	instead.pointer = url;
	error = ask(&basic, "http", port == 65535 ? 1024 : port + 1);
	assert_int_equal(error.code, ERROR_PROTOCOL);
	assert_non_null(strstr(error.text, "nothing was sent"));
	assert_non_null(strstr(error.text, "another port"));
	error = ask(&basic, "https", port);
	assert_non_null(strstr(error.text, "nothing was sent"));
	assert_non_null(strstr(error.text, "there is no TLS"));
	assert_int_equal(heard->length, 0);
}

static const struct tls_server *served;

static void assert_doubted(const struct http_access *access, const char *why)
{
	struct error error = ask(access, "https", served->port);

	assert_int_equal(error.code, ERROR_PROTOCOL);
	if (strstr(error.text, why) == NULL || strstr(error.text, "nothing was sent") == NULL)
		fail_msg("%s", error.text);
}

/* TLS that libcurl takes for good, and is not what was asked for. */
static void test_other_tls(void **state)
{
	struct tls_server tls = {.pid = 0}, other = {.pid = 0};
	struct http_access known = {0}, strange = {0}, pinned = {0};
	struct curl_blob all = {0};
	struct arena arena = {0};
	struct error error = {0};
	bool begun;

	(void)state;
	begun = tls_begin(&tls) == 0 && tls_begin(&other) == 0 &&
	        http_blob_load(&known.authorities, tls.certificate, false, &error) == 0 &&
	        http_blob_load(&strange.authorities, other.certificate, false, &error) == 0;
	tls_forget_files(&tls);
	tls_forget_files(&other);
	tls_end(&other);
	if (!begun) {
		tls_end(&tls);
		fail_msg("no TLS server: is openssl(1) there?");
	}
	served = &tls;
	pinned.pin = http_pin_parse(other.fingerprint, &arena, &error);
	forget();
	assert_int_equal(ask(&known, "https", tls.port).code, ERROR_NONE);
	changed = CURLOPT_SSL_VERIFYPEER;
	instead.number = 0;
	assert_doubted(&strange, "not verified");
	all = (struct curl_blob){.data = known.authorities.bytes, .len = known.authorities.length};
	changed = CURLOPT_CAINFO_BLOB;
	instead.pointer = &all;
	assert_doubted(&strange, "not from the authorities");
	changed = CURLOPT_SSL_CTX_FUNCTION;
	dropped = true;
	pinned.authorities = known.authorities;
	assert_doubted(&pinned, "not the pinned one");
	forget();
	known.pin = http_pin_parse(tls.fingerprint, &arena, &error);
	assert_int_equal(ask(&known, "https", tls.port).code, ERROR_NONE);
	http_blob_free(&known.authorities);
	http_blob_free(&strange.authorities);
	arena_free(&arena);
	tls_end(&tls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_other_login),
	    cmocka_unit_test(test_other_server),
	    cmocka_unit_test(test_other_tls),
	};

	return cmocka_run_group_tests(tests, begin, end);
}

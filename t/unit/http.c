/* SPDX-License-Identifier: GPL-3.0-or-later */
/* providers/http against a small server that answers as the path says, and one that speaks TLS. */
#include "t/unit/test.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/http/http.h"
#include "t/unit/file.h"
#include "t/unit/tls.h"

enum { PATIENCE = 60000, SHORT = 200, CONNECTED = 2000 /* within that there is a connection */ }; /* ms */

static pid_t server;
static unsigned port, closed_port;
static struct http_loop *loop;
static const struct http_access nobody = {0};

static void say(int fd, const char *text)
{
	size_t length = strlen(text);

	while (length > 0) {
		ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		text += sent;
		length -= (size_t)sent;
	}
}

static void say_much(int fd)
{
	static char block[1024 * 1024];

	memset(block, 'x', sizeof block - 1);
	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1048575000\r\n\r\n");
	for (int i = 0; i < 8; i++)
		say(fd, block);
}

/* One request; false: the connection is over. */
static bool answer(int fd)
{
	char request[8192], reply[9000];
	size_t length = 0;
	ssize_t got;

	do {
		got = recv(fd, request + length, sizeof request - 1 - length, 0);
		if (got <= 0)
			return false;
		length += (size_t)got;
		request[length] = '\0';
	} while (strstr(request, "\r\n\r\n") == NULL);
	if (strstr(request, " /echo ") != NULL) {
		snprintf(reply, sizeof reply,
		         "HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\nContent-Length: %zu\r\n\r\n%s",
		         length, request);
		say(fd, reply);
		return true;
	}
	if (strstr(request, " /busy ") != NULL)
		say(fd, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
	else if (strstr(request, " /moved ") != NULL)
		say(fd, "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/x\r\nContent-Length: 0\r\n\r\n");
	else if (strstr(request, " /cut ") != NULL)
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
	else if (strstr(request, " /much ") != NULL)
		say_much(fd);
	else if (strstr(request, " /headers ") != NULL)
		for (int i = 0; i < 2000; i++)
			say(fd, i == 0 ? "HTTP/1.1 200 OK\r\n" : "X-More: and more and more and more and more\r\n");
	else if (strstr(request, " /slow ") != NULL)
		recv(fd, request, 1, 0);
	else if (strstr(request, " /type ") != NULL)
		say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text\x1b[31m|\xff\r\nContent-Length: 0\r\n\r\n");
	else if (strstr(request, " /old ") != NULL)
		say(fd, "no HTTP at all\r\n");
	else if (strstr(request, " /unchanged ") != NULL)
		say(fd, "HTTP/1.1 304 Not Modified\r\n\r\n");
	else if (strncmp(request, "CONNECT denied.example:443 ", 27) == 0)
		say(fd, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
	else if (strncmp(request, "CONNECT asks.example:443 ", 25) == 0)
		say(fd, "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n");
	return false;
}

static void serve(int fd)
{
	for (;;) {
		int accepted = accept(fd, NULL, NULL);

		if (accepted < 0 || fork() != 0) {
			close(accepted);
			continue;
		}
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (answer(accepted))
			continue;
		_exit(0);
	}
}

/* Only test_proxy() has a proxy in its environment. */
static void forget_proxies(void)
{
	static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "no_proxy",
	                                    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"};

	for (size_t i = 0; i < COUNT(names); i++)
		unsetenv(names[i]);
}

static int begin(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), unused = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	forget_proxies();
	port = tls_bind(fd);
	closed_port = tls_bind(unused);
	assert_int_equal(listen(fd, 64), 0);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGCHLD, SIG_IGN);
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

static struct http_request request_to(const char *path)
{
	static char url[128];

	snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path);
	return (struct http_request){
	    .method = "GET", .url = url, .deadline = deadline_in(PATIENCE), .step = STEP_LIST, .access = &nobody};
}

static struct error refused_of(const char *path, size_t limit, int64_t patience)
{
	struct http_request request = request_to(path);
	struct http_response response;
	struct error error;

	request.limit = limit;
	request.deadline = deadline_in(patience);
	assert_int_equal(http_ask(loop, &request, &response), -1);
	error = response.error;
	http_response_free(&response);
	return error;
}

static void test_request(void **state)
{
	static const char *const headers[] = {"X-Mine: yes", NULL};
	const struct http_access access = {.login = HTTP_LOGIN_BEARER, .token = "secret"};
	struct http_request request = request_to("/echo");
	struct http_response response;

	(void)state;
	request.method = "DELETE";
	request.headers = headers;
	request.access = &access;
	assert_int_equal(http_ask(loop, &request, &response), 0);
	assert_int_equal(response.status, 200);
	assert_string_equal(response.type, "text/plain");
	assert_int_equal(response.retry_after, -1);
	assert_non_null(strstr(response.body.text, "DELETE /echo HTTP/1.1"));
	assert_non_null(strstr(response.body.text, "X-Mine: yes"));
	assert_non_null(strstr(response.body.text, "Authorization: Bearer secret"));
	assert_null(strstr(response.body.text, "Expect"));
	http_response_free(&response);
	request.method = "POST";
	assert_int_equal(http_ask(loop, &request, &response), 0);
	assert_non_null(strstr(response.body.text, "Content-Length: 0"));
	assert_true(response.reused);
	http_response_free(&response);
}

static void test_retry_after(void **state)
{
	struct http_request request = request_to("/busy");
	struct http_response response;

	(void)state;
	assert_int_equal(http_ask(loop, &request, &response), 0);
	assert_int_equal(response.status, 429);
	assert_int_equal(response.retry_after, 7000);
	http_response_free(&response);
}

static void test_refusals(void **state)
{
	struct error error;

	(void)state;
	error = refused_of("/moved", 0, PATIENCE);
	assert_int_equal(error.code, ERROR_PROTOCOL);
	assert_non_null(strstr(error.text, "redirect (HTTP 302) to https://elsewhere.example: refused"));
	error = refused_of("/cut", 0, PATIENCE);
	assert_int_equal(error.code, ERROR_PROTOCOL);
	assert_int_equal(error.step, STEP_LIST);
	assert_non_null(strstr(error.text, "cut off"));
	error = refused_of("/much", 100000, PATIENCE);
	assert_non_null(strstr(error.text, "larger than 100000 bytes"));
	error = refused_of("/headers", 0, PATIENCE);
	assert_non_null(strstr(error.text, "headers are larger than 65536 bytes"));
	error = refused_of("/old", 0, PATIENCE);
	assert_non_null(strstr(error.text, "not HTTP"));
	error = refused_of("/unchanged", 0, PATIENCE);
	assert_non_null(strstr(error.text, "(HTTP 304) to nowhere"));
	error = refused_of("/gone", 0, PATIENCE);
	assert_non_null(strstr(error.text, "cut off"));
	error = refused_of("/slow", 0, CONNECTED);
	assert_int_equal(error.code, ERROR_TIMEOUT);
	assert_int_equal(error.step, STEP_LIST);
	error = refused_of("/echo", 0, 0);
	assert_int_equal(error.code, ERROR_TIMEOUT);
}

static void test_unreachable(void **state)
{
	struct http_request request = request_to("/echo");
	struct http_response response;
	char url[64];

	(void)state;
	snprintf(url, sizeof url, "http://127.0.0.1:%u/", closed_port);
	request.url = url;
	assert_int_equal(http_ask(loop, &request, &response), -1);
	assert_int_equal(response.error.code, ERROR_REFUSED);
	assert_int_equal(response.error.step, STEP_CONNECT);
	request.url = "https://no-such-host.invalid./";
	assert_int_equal(http_ask(loop, &request, &response), -1);
	assert_int_equal(response.error.step, STEP_RESOLVE);
	/* Plain, and not this machine. */
	request.url = "http://192.0.2.1/";
	assert_int_equal(http_ask(loop, &request, &response), -1);
	assert_int_equal(response.error.code, ERROR_CONFIG);
	assert_non_null(strstr(response.error.text, "plain HTTP"));
	request.url = "file:///etc/passwd";
	assert_int_equal(http_ask(loop, &request, &response), -1);
	request.url = "no url at all";
	assert_int_equal(http_ask(loop, &request, &response), -1);
}

/* It goes into texts, which must be UTF-8 and plain. */
static void test_type(void **state)
{
	struct http_request request = request_to("/type");
	struct http_response response;

	(void)state;
	assert_int_equal(http_ask(loop, &request, &response), 0);
	assert_string_equal(response.type, "");
	http_response_free(&response);
}

/* TCP is there, and what listens does not speak TLS. */
static void test_no_tls(void **state)
{
	struct http_request request = request_to("/");
	struct http_response response;
	char url[64];

	(void)state;
	snprintf(url, sizeof url, "https://127.0.0.1:%u/", port);
	request.url = url;
	request.deadline = deadline_in(CONNECTED);
	assert_int_equal(http_ask(loop, &request, &response), -1);
	assert_int_equal(response.error.code, ERROR_TIMEOUT);
	assert_int_equal(response.error.step, STEP_CONNECT);
	assert_non_null(strstr(response.error.text, "accepts connections, but TLS"));
}

static struct error refused_by_proxy(const char *url, unsigned proxy_port)
{
	struct http_access access = {0};
	struct http_request request = request_to("/");
	struct http_response response;
	char proxy[64];

	snprintf(proxy, sizeof proxy, "http://u:secret@127.0.0.1:%u", proxy_port);
	access.proxy = proxy;
	request.url = url;
	request.access = &access;
	assert_int_equal(http_ask(loop, &request, &response), -1);
	assert_null(strstr(response.error.text, "secret"));
	return response.error;
}

/* What the proxy does is not the server's fault. */
static void test_proxy(void **state)
{
	struct http_request request = request_to("/");
	struct http_response response;
	struct error error;
	char proxy[64];

	(void)state;
	error = refused_by_proxy("https://denied.example/", port);
	assert_int_equal(error.step, STEP_CONNECT);
	assert_int_equal(error.native, 403);
	assert_non_null(strstr(error.text, "the proxy refuses to connect to it (HTTP 403)"));
	error = refused_by_proxy("https://asks.example/", port);
	assert_int_equal(error.code, ERROR_AUTH);
	assert_non_null(strstr(error.text, "the proxy wants a login (HTTP 407)"));
	error = refused_by_proxy("https://any.example/", closed_port);
	assert_int_equal(error.code, ERROR_REFUSED);
	assert_non_null(strstr(error.text, "nothing listens at the proxy"));
	/* The environment's: not root's. */
	snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", closed_port);
	setenv("https_proxy", proxy, 1);
	request.url = "https://any.invalid./";
	if (geteuid() == 0) {
		assert_int_equal(http_ask(loop, &request, &response), -1);
		assert_int_equal(response.error.step, STEP_RESOLVE);
		assert_int_equal(seteuid(65534), 0);
	}
	assert_int_equal(http_ask(loop, &request, &response), -1);
	assert_int_equal(response.error.code, ERROR_REFUSED);
	assert_non_null(strstr(response.error.hint, "https_proxy"));
	unsetenv("https_proxy");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

static void count(struct http_response *response, void *context)
{
	unsigned *counted = context;

	counted[response->error.code == ERROR_NONE ? 0 : 1]++;
}

/* More than may be under way at once; those whose turn never comes end by their deadline. */
static void test_many(void **state)
{
	struct http_loop *narrow = http_loop_new(4);
	struct http_request request = request_to("/echo");
	unsigned counted[2] = {0};
	int64_t begun = clock_monotonic();

	(void)state;
	for (int i = 0; i < 200; i++)
		http_start(narrow, &request, count, counted);
	http_run(narrow, NULL);
	assert_int_equal(counted[0], 200);
	request = request_to("/slow");
	request.deadline = deadline_in(SHORT);
	for (int i = 0; i < 20; i++)
		http_start(narrow, &request, count, counted);
	http_run(narrow, NULL);
	assert_int_equal(counted[1], 20);
	assert_true(clock_monotonic() - begun < PATIENCE);
	http_loop_free(narrow);
}

static void note_time(void *context)
{
	*(int64_t *)context = clock_monotonic();
}

static void test_later(void **state)
{
	int64_t begun = clock_monotonic(), at[2] = {0};

	(void)state;
	http_later(loop, 120, note_time, &at[1]);
	http_later(loop, 60, note_time, &at[0]);
	http_run(loop, NULL);
	/* Not before their time, and in their order; how much later is the machine's business. */
	assert_true(at[0] - begun >= 60 && at[1] - begun >= 120 && at[0] <= at[1]);
}

static void test_urls(void **state)
{
	struct arena arena = {0};
	struct error error = {0};

	(void)state;
	assert_true(http_same_origin("https://a.example/x", "HTTPS://A.example:443/y?z"));
	assert_false(http_same_origin("https://a.example/", "http://a.example/"));
	assert_false(http_same_origin("https://a.example/", "https://a.example:8443/"));
	assert_false(http_same_origin("https://a.example/", "https://a.example.evil.example/"));
	assert_false(http_same_origin("https://a.example/", "https://a.example@evil.example/"));
	assert_false(http_same_origin("https://a.example/", "https://user@a.example/"));
	assert_false(http_same_origin("https://a.example/", "/relative"));
	assert_false(http_same_origin("https://a.example/", ""));
	assert_true(http_loopback("http://127.3.2.1:80/"));
	assert_true(http_loopback("http://[::1]:80/"));
	assert_true(http_loopback("http://localhost/"));
	assert_false(http_loopback("http://127.0.0.1.example/"));
	assert_false(http_loopback("http://localhost.example/"));
	assert_string_equal(http_origin(&arena, "https://a.example:8443/x?token=y"), "https://a.example:8443");
	assert_string_equal(http_origin(&arena, "https://a.example/x"), "https://a.example");
	assert_string_equal(http_escape(&arena, "a b/%\n\"ü~"), "a%20b%2F%25%0A%22%C3%BC~");
	assert_string_equal(
	    http_pin_parse("AB:cd:00112233445566778899aabbccddeeff00112233445566778899aabbccdd", &arena, &error),
	    "abcd00112233445566778899aabbccddeeff00112233445566778899aabbccdd");
	assert_null(http_pin_parse("abcd", &arena, &error));
	assert_int_equal(error.code, ERROR_CONFIG);
	arena_free(&arena);
}

struct told {
	struct error error;
	bool reused;
};

static void take(struct http_response *response, void *context)
{
	*(struct told *)context = (struct told){response->error, response->reused};
}

/* The access itself may go as soon as the request is started; what it points to may not. */
static struct error asked_with(const struct tls_server *tls, const struct http_access *access, bool *reused)
{
	struct http_request request = request_to("/");
	struct http_access copy = *access;
	struct told told = {.reused = false};
	char url[64];

	snprintf(url, sizeof url, "https://127.0.0.1:%u/", tls->port);
	request.url = url;
	request.access = &copy;
	http_start(loop, &request, take, &told);
	memset(&copy, 0x55, sizeof copy);
	http_run(loop, NULL);
	*reused = told.reused;
	return told.error;
}

/* What trusts a server: its authority, or the pin alone; and no connection is lent to those who pin another. */
static void test_trust(void **state)
{
	struct tls_server tls = {.pid = 0};
	struct http_access none = {0}, known = {0}, good = {0}, wrong = {0};
	struct arena arena = {0};
	struct error error = {0};
	bool reused, begun;

	(void)state;
	begun = tls_begin(&tls) == 0 && http_blob_load(&known.authorities, tls.certificate, false, &error) == 0;
	tls_forget_files(&tls);
	if (!begun) {
		tls_end(&tls);
		fail_msg("no TLS server: is openssl(1) there?");
	}
	good.pin = http_pin_parse(tls.fingerprint, &arena, &error);
	assert_non_null(good.pin);
	wrong.pin = arena_strdup(&arena, good.pin);
	((char *)wrong.pin)[5] = wrong.pin[5] == '0' ? '1' : '0';
	for (int round = 0; round < 2; round++) {
		error = asked_with(&tls, &none, &reused);
		assert_int_equal(error.code, ERROR_PROTOCOL);
		assert_int_equal(error.step, STEP_CONNECT);
		assert_non_null(strstr(error.text, "not trusted"));
		error = asked_with(&tls, &good, &reused);
		assert_int_equal(error.code, ERROR_NONE);
		assert_int_equal(reused, round > 0);
		error = asked_with(&tls, &wrong, &reused);
		assert_int_equal(error.code, ERROR_PROTOCOL);
		assert_non_null(strstr(error.text, "another certificate than the pinned one"));
		assert_non_null(strstr(error.text, good.pin));
		error = asked_with(&tls, &known, &reused);
		assert_int_equal(error.code, ERROR_NONE);
	}
	http_blob_free(&known.authorities);
	arena_free(&arena);
	tls_end(&tls);
}

/* Files with secrets are read as credentials are. */
static void test_blobs(void **state)
{
	struct test_file file;
	struct http_blob blob;
	struct error error = {0};

	(void)state;
	test_file_make(&file, "secret", 6, 0600);
	assert_int_equal(http_blob_load(&blob, file.path, true, &error), 0);
	assert_string_equal(blob.bytes, "secret");
	http_blob_free(&blob);
	test_file_remove(&file);
	test_file_make(&file, "secret", 6, 0644);
	assert_int_equal(http_blob_load(&blob, file.path, true, &error), -1);
	assert_non_null(strstr(error.text, "others can read"));
	test_file_remove(&file);
	test_file_make(&file, "", 0, 0600);
	memset(&error, 0, sizeof error);
	assert_int_equal(http_blob_load(&blob, file.path, true, &error), -1);
	assert_non_null(strstr(error.text, "empty"));
	test_file_remove(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_request),     cmocka_unit_test(test_retry_after), cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_unreachable), cmocka_unit_test(test_many),        cmocka_unit_test(test_later),
	    cmocka_unit_test(test_type),        cmocka_unit_test(test_no_tls),      cmocka_unit_test(test_proxy),
	    cmocka_unit_test(test_urls),        cmocka_unit_test(test_trust),       cmocka_unit_test(test_blobs),
	};

	return cmocka_run_group_tests(tests, begin, end);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/act/remedy.h"
#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/child/spawn.h"
#include "lib/target/provider.h"
#include "wtsapi/broker/broker.h"
#include "wtsapi/message.h"

enum { EXIT_USAGE = 3, REQUEST_TIME = 10, LAST_RESORT = 2 }; /* s */

static int line = -1; /* the socket to the module */
static volatile sig_atomic_t acting, answering;

void broker_begins_to_act(void)
{
	acting = 1;
}

static bool hung_up(void)
{
	struct pollfd poll_fd = {.fd = line, .events = POLLRDHUP};

	return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* The module does not wait for the answer any more.  Our workers end with us (PR_SET_PDEATHSIG). */
static void on_line(int signal)
{
	int before = errno;

	(void)signal;
	if (hung_up()) {
		if (!acting)
			_exit(1);
		remedy_stop();
	}
	errno = before;
}

static void watch_line(void)
{
	struct sigaction action = {.sa_handler = on_line, .sa_flags = SA_RESTART};

	sigaction(SIGIO, &action, NULL);
	fcntl(line, F_SETOWN, getpid());
	fcntl(line, F_SETFL, O_ASYNC);
	on_line(SIGIO); /* the module may be gone already */
}

static int receive(struct message *request)
{
	char block[4096];
	ssize_t got;

	while (!message_whole(request)) {
		got = recv(line, block, sizeof block, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		message_add(request, block, (size_t)got);
		if (request->failed || request->length > REQUEST_LIMIT)
			return -1;
	}
	return 0;
}

static void answer(struct message *reply)
{
	size_t sent = 0;
	ssize_t got;

	message_end(reply);
	answering = 1;
	while (!reply->failed && sent < reply->length) {
		got = send(line, reply->bytes + sent, reply->length - sent, MSG_NOSIGNAL);
		if (got < 0 && errno != EINTR)
			return;
		sent += got > 0 ? (size_t)got : 0;
	}
}

/* A system call that does not return ends the process, with the reply "timeout". */
static void on_alarm(int signal)
{
	static const char late[] = "protocol=1\0error=timeout\0"; /* with its final NUL */
	_Static_assert(MESSAGE_PROTOCOL == 1, "as in the text above");

	(void)signal;
	if (!answering)
		(void)!send(line, late, sizeof late, MSG_NOSIGNAL | MSG_DONTWAIT);
	_exit(1);
}

static void limit_time(int64_t milliseconds)
{
	const struct sigaction action = {.sa_handler = on_alarm};
	const struct itimerval alarm = {.it_value = {milliseconds / 1000 + LAST_RESORT, 0}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &alarm, NULL);
}

/* The WTS API returns only a number, so the text goes to the system log. */
static void tell(const struct question *question, const char *op, const char *what, const char *why)
{
	const char *caller = message_find(question->request, "caller"),
	           *id = message_find(question->request, "session");
	const char *user = message_find(question->request, "user");

	log_line(LOG_LEVEL_WARNING, "%s for %s (uid %u)%s%s%s%s: %s%s%s", op, caller != NULL ? caller : "?",
	         caller_uid(), id != NULL ? " of session " : "", id != NULL ? id : "", user != NULL ? " of " : "",
	         user != NULL ? user : "", what, why != NULL ? ": " : "", why != NULL ? why : "");
}

static int act(struct question *question, const char *op, struct message *reply, struct error *error)
{
	static const struct {
		const char *op;
		enum act act;
	} acts[] = {{"disconnect", ACT_DISCONNECT}, {"logoff", ACT_LOGOFF}, {"message", ACT_MESSAGE}};
	const char *outcome;

	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		if (strcmp(op, acts[i].op) != 0)
			continue;
		limit_time(question_act_time(question));
		if (broker_act(question, acts[i].act, reply, error) < 0)
			return -1;
		message_end(reply); /* ends the message so that it can be read; answer() sets the end again */
		if (reply->failed)
			return error_set(error, ERROR_SYSTEM, STEP_ACT, "out of memory");
		reply->length--;
		outcome = message_find(reply, "outcome");
		if (outcome != NULL && (strcmp(outcome, "refused") == 0 || strcmp(outcome, "failed") == 0 ||
		                        strcmp(outcome, "forbidden") == 0 || strcmp(outcome, "stopped") == 0))
			tell(question, op, outcome, message_find(reply, "reason"));
		return 0;
	}
	return error_set(error, ERROR_PROTOCOL, STEP_NONE, "unknown request: %.40s", op);
}

static int serve(struct question *question, const struct message *request, struct message *reply, struct error *error)
{
	const char *op = message_find(request, "op");

	limit_time((int64_t)REQUEST_TIME * 1000);
	if (question_prepare(question, request, error) < 0)
		return -1;
	if (op != NULL && strcmp(op, "open") == 0) {
		message_put_number(reply, "list", question_list_time(question));
		message_put_number(reply, "act", question_act_time(question));
		return 0;
	}
	if (op != NULL && strcmp(op, "list") == 0) {
		limit_time(question_list_time(question));
		return broker_list(question, reply, error);
	}
	return act(question, op != NULL ? op : "", reply, error);
}

/* The reply begins with the version of our protocol. */
static void reply_begin(struct message *reply)
{
	message_free(reply);
	message_put_number(reply, "protocol", MESSAGE_PROTOCOL);
}

static void reply_error(const struct message *request, struct message *reply, const struct question *question,
                        const struct error *error)
{
	reply_begin(reply);
	message_put(reply, "error", error_code_name(error->code));
	message_put(reply, "text", error->text);
	if (message_find(request, "session") != NULL || error->code == ERROR_CONFIG)
		tell(question, "a question", "failed", error->text);
}

/* Serves one request, with the socket as standard input; standard output and error catch what a library prints. */
static int serve_line(void *unused)
{
	struct message request = {0}, reply = {0};
	struct question question = {.request = &request};
	struct error error = {0};

	(void)unused;
	line = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (line < 0 || dup2(STDOUT_FILENO, STDIN_FILENO) < 0)
		return EXIT_USAGE;
	limit_time((int64_t)REQUEST_TIME * 1000);
	watch_line();
	if (receive(&request) < 0)
		return EXIT_USAGE;
	reply_begin(&reply);
	if (!message_known(&request)) {
		error_set(&error, ERROR_CONFIG, STEP_NONE,
		          "the module in this program is of another version: restart the program");
		reply_error(&request, &reply, &question, &error);
	} else if (serve(&question, &request, &reply, &error) < 0) {
		reply_error(&request, &reply, &question, &error);
	}
	answer(&reply);
	message_free(&reply);
	message_free(&request);
	question_free(&question);
	return 0;
}

/* The answer comes from a process that is no child of the caller and in no process group of it: the program that
 * uses the module must not find an unknown child, and its ^C must not interrupt an act. */
int main(int argc, char **argv)
{
	struct spawn spawn = {.function = serve_line, .session = true, .unbound = true, .out = -1, .err = -1};
	pid_t pid;

	if (argc != 1) {
		fprintf(stderr, "usage: %s\nThe broker of curfew-wtsapi.so, which starts it: curfew-wtsapi(7).\n",
		        argv[0]);
		return EXIT_USAGE;
	}
	process_harden();
	text_locale_open();
	memory_ends_program();
	log_open("curfew-wtsapi", LOG_LEVEL_WARNING, 0);
	spawn.in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return spawn.in >= 0 && spawn_copy(&spawn, &pid) == 0 ? 0 : 1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"

enum { LOOKUP_STACK = 256 * 1024 };

/* The next address is tried if one does not answer for so many ms. */
enum { CONNECT_TIME = 1000 };

/* A name lookup. getaddrinfo() cannot be cancelled, so it runs in a thread. Thread and probe share this; the last
   one frees it. */
struct lookup {
	pthread_mutex_t lock;
	bool shared; /* both still hold it */
	char *host;
	char port[8];
	int wake; /* the thread's end of a pipe; closed when it is done */
	int code; /* of getaddrinfo() */
	struct addrinfo *list;
};

struct probe {
	struct tevent_context *events;
	struct probe_result result;
	const char *host;
	unsigned port;
	struct lookup *lookup;
	int pipe; /* our end */
	const struct addrinfo *next;
	struct addrinfo numeric;
	struct sockaddr_storage numeric_address;
	int socket;
	struct tevent_fd *watch;
	struct tevent_timer *patience;
	void (*resolved)(void *context);
	void (*done)(void *context);
	void *context;
};

static void lookup_drop(struct lookup *lookup)
{
	bool last;

	pthread_mutex_lock(&lookup->lock);
	last = !lookup->shared;
	lookup->shared = false;
	pthread_mutex_unlock(&lookup->lock);
	if (!last)
		return;
	if (lookup->list != NULL)
		freeaddrinfo(lookup->list);
	pthread_mutex_destroy(&lookup->lock);
	free(lookup->host);
	free(lookup);
}

static void *lookup_run(void *data)
{
	struct lookup *lookup = data;
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

	lookup->code = getaddrinfo(lookup->host, lookup->port, &hints, &lookup->list);
	close(lookup->wake);
	lookup_drop(lookup);
	return NULL;
}

static int probe_free(struct probe *probe)
{
	TALLOC_FREE(probe->watch);
	if (probe->pipe >= 0)
		close(probe->pipe);
	if (probe->socket >= 0)
		close(probe->socket);
	if (probe->lookup != NULL)
		lookup_drop(probe->lookup);
	return 0;
}

static void connect_next(struct probe *probe);

static void socket_close(struct probe *probe)
{
	TALLOC_FREE(probe->watch);
	TALLOC_FREE(probe->patience);
	if (probe->socket >= 0)
		close(probe->socket);
	probe->socket = -1;
}

/* If no address connects, the first one's failure is reported. */
static void connect_failed(struct probe *probe, int number)
{
	struct error *error = &probe->result.error;
	enum error_code code = number == ECONNREFUSED                            ? ERROR_REFUSED
	                       : number == ETIMEDOUT                             ? ERROR_TIMEOUT
	                       : number == EHOSTUNREACH || number == ENETUNREACH ? ERROR_UNREACHABLE
	                                                                         : ERROR_SYSTEM;

	socket_close(probe);
	if (error->code == ERROR_NONE) {
		error_set(error, code, STEP_CONNECT, "%.100s: port %u of %s: %s", probe->host, probe->port,
		          probe->result.address, number == ECONNREFUSED ? "connection refused" : strerror(number));
		error->native = number;
		if (code == ERROR_REFUSED)
			error_hint(error, "does the host share files (service \"Server\")?  Is it the right port?");
	}
	connect_next(probe);
}

static void connect_done(struct tevent_context *events, struct tevent_fd *watch, uint16_t flags, void *data)
{
	struct probe *probe = data;
	int number = 0;
	socklen_t length = sizeof number;

	(void)events;
	(void)watch;
	(void)flags;
	if (getsockopt(probe->socket, SOL_SOCKET, SO_ERROR, &number, &length) < 0)
		number = errno;
	if (number != 0) {
		connect_failed(probe, number);
		return;
	}
	socket_close(probe);
	error_clear(&probe->result.error);
	probe->done(probe->context);
}

static void connect_late(struct tevent_context *events, struct tevent_timer *timer, struct timeval now, void *data)
{
	struct probe *probe = data;

	(void)events;
	(void)timer;
	(void)now;
	probe->patience = NULL; /* freed by who called us */
	connect_failed(probe, ETIMEDOUT);
}

static void show_address(struct probe *probe, const struct addrinfo *address)
{
	if (getnameinfo(address->ai_addr, address->ai_addrlen, probe->result.address, sizeof probe->result.address,
	                NULL, 0, NI_NUMERICHOST) != 0)
		text_copy(probe->result.address, sizeof probe->result.address, "?");
}

static void connect_next(struct probe *probe)
{
	const struct addrinfo *address = probe->next;

	if (address == NULL) {
		probe->done(probe->context);
		return;
	}
	probe->next = address->ai_next;
	show_address(probe, address);
	probe->socket = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (probe->socket < 0 ||
	    (connect(probe->socket, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS)) {
		connect_failed(probe, errno);
		return;
	}
	/* With WRITE alone tevent does not report a refused connection. */
	probe->watch =
	    tevent_add_fd(probe->events, probe, probe->socket, TEVENT_FD_READ | TEVENT_FD_WRITE, connect_done, probe);
	if (probe->next != NULL)
		probe->patience =
		    tevent_add_timer(probe->events, probe, timeval_current_ofs_msec(CONNECT_TIME), connect_late, probe);
}

static void resolve_failed(struct probe *probe, int code)
{
	error_set(&probe->result.error, ERROR_NO_SUCH_HOST, STEP_RESOLVE, "%.100s: %s", probe->host,
	          gai_strerror(code));
	if (code == EAI_AGAIN)
		error_hint(&probe->result.error, "the name servers do not answer: look at /etc/resolv.conf");
	else
		error_hint(&probe->result.error,
		           "is the name right?  Can this machine resolve it (getent hosts NAME)?");
	probe->done(probe->context);
}

void probe_connect(struct probe *probe)
{
	probe->result.step = STEP_CONNECT;
	connect_next(probe);
}

const char *probe_one_address(struct probe *probe)
{
	if (probe->next == NULL || probe->next->ai_next != NULL)
		return NULL;
	show_address(probe, probe->next);
	return probe->result.address;
}

static void lookup_done(struct tevent_context *events, struct tevent_fd *watch, uint16_t flags, void *data)
{
	struct probe *probe = data;

	(void)events;
	(void)watch;
	(void)flags;
	TALLOC_FREE(probe->watch);
	close(probe->pipe);
	probe->pipe = -1;
	if (probe->lookup->code != 0) {
		resolve_failed(probe, probe->lookup->code);
		return;
	}
	probe->next = probe->lookup->list;
	probe->resolved(probe->context);
}

static int lookup_start(struct probe *probe)
{
	struct lookup *lookup = must_alloc(sizeof *lookup);
	pthread_attr_t attributes;
	pthread_t thread;
	int ends[2], failed;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		free(lookup);
		return -1;
	}
	pthread_mutex_init(&lookup->lock, NULL);
	lookup->shared = true;
	lookup->host = must_strdup(probe->host);
	lookup->wake = ends[1];
	snprintf(lookup->port, sizeof lookup->port, "%u", probe->port);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, LOOKUP_STACK);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&thread, &attributes, lookup_run, lookup);
	pthread_attr_destroy(&attributes);
	probe->lookup = lookup;
	probe->pipe = ends[0];
	if (failed != 0) {
		lookup->shared = false;
		close(ends[1]);
		return -1;
	}
	probe->watch = tevent_add_fd(probe->events, probe, probe->pipe, TEVENT_FD_READ, lookup_done, probe);
	return 0;
}

/* A numeric address needs no thread; callbacks still come from the event loop. */
static void numeric_done(struct tevent_context *events, struct tevent_immediate *immediate, void *data)
{
	struct probe *probe = data;

	(void)events;
	(void)immediate;
	probe->resolved(probe->context);
}

static bool numeric_start(struct probe *probe)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *list;

	if (getaddrinfo(probe->host, NULL, &hints, &list) != 0)
		return false;
	memcpy(&probe->numeric_address, list->ai_addr, list->ai_addrlen);
	probe->numeric = (struct addrinfo){.ai_family = list->ai_family, .ai_addrlen = list->ai_addrlen};
	probe->numeric.ai_addr = (struct sockaddr *)&probe->numeric_address;
	freeaddrinfo(list);
	if (probe->numeric.ai_family == AF_INET)
		((struct sockaddr_in *)&probe->numeric_address)->sin_port = htons((uint16_t)probe->port);
	else
		((struct sockaddr_in6 *)&probe->numeric_address)->sin6_port = htons((uint16_t)probe->port);
	probe->next = &probe->numeric;
	tevent_schedule_immediate(tevent_create_immediate(probe), probe->events, numeric_done, probe);
	return true;
}

struct probe *probe_start(TALLOC_CTX *memory, struct tevent_context *events, const char *host, unsigned port,
                          void (*resolved)(void *context), void (*done)(void *context), void *context)
{
	struct probe *probe = talloc_zero(memory, struct probe);

	probe->events = events;
	probe->host = talloc_strdup(probe, host);
	probe->port = port;
	probe->pipe = probe->socket = -1;
	probe->resolved = resolved;
	probe->done = done;
	probe->context = context;
	probe->result.step = STEP_RESOLVE;
	talloc_set_destructor(probe, probe_free);
	if (!numeric_start(probe) && lookup_start(probe) != 0)
		TALLOC_FREE(probe);
	return probe;
}

const struct probe_result *probe_result(const struct probe *probe)
{
	return &probe->result;
}

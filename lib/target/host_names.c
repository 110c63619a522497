/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/target/host_names.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/target/target.h"

/* The most names that are resolved at once, and the longest wait for the resolver, in ms. */
enum { THREADS_MOST = 16, LOOKUP_TIME = 3000 };

/* The data of the resolver threads.  It may outlive the caller, who stops waiting at the deadline: the last one
 * frees it. */
struct asking {
	pthread_mutex_t mutex;
	pthread_cond_t answered;
	char **names, **answers; /* NULL: none yet, or no answer */
	size_t count, next, done, users;
};

char *host_name_fold(struct arena *arena, const char *written)
{
	static const char *const ports[] = {":445", ":5985", ":5986"};
	char *name = arena_strdup(arena, written);
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++)
		if (name[i] >= 'A' && name[i] <= 'Z')
			name[i] = (char)(name[i] + 32);
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		size_t port = strlen(ports[i]);
		char *colon = strchr(name, ':');

		/* A bare IPv6 address contains colons. */
		if (length > port && strcmp(name + length - port, ports[i]) == 0 &&
		    (colon == name + length - port || name[length - port - 1] == ']')) {
			length -= port;
			name[length] = '\0';
		}
	}
	if (length > 2 && name[0] == '[' && name[length - 1] == ']') {
		name[length - 1] = '\0';
		name++;
		length -= 2;
	}
	if (length > 1 && name[length - 1] == '.')
		name[length - 1] = '\0';
	return name;
}

static bool same_address(const struct addrinfo *list, const struct addrinfo *one)
{
	for (; list != NULL; list = list->ai_next)
		if (list->ai_addrlen == one->ai_addrlen && list->ai_family == one->ai_family &&
		    memcmp(list->ai_addr, one->ai_addr, one->ai_addrlen) == 0)
			return true;
	return false;
}

static char *canonical_of(const struct addrinfo *list)
{
	return list->ai_canonname != NULL && list->ai_canonname[0] != '\0' ? strdup(list->ai_canonname) : NULL;
}

/* The name of an address, if that name resolves to the address. */
static char *name_of_address(const struct addrinfo *address)
{
	const struct addrinfo hints = {
	    .ai_family = address->ai_family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME};
	struct addrinfo *list = NULL;
	char name[NI_MAXHOST], *answer = NULL;

	if (getnameinfo(address->ai_addr, address->ai_addrlen, name, sizeof name, NULL, 0, NI_NAMEREQD) != 0 ||
	    getaddrinfo(name, NULL, &hints, &list) != 0)
		return NULL;
	if (same_address(list, address))
		answer = canonical_of(list);
	freeaddrinfo(list);
	return answer;
}

/* The name, by malloc(), or NULL. */
static char *ask(const char *name)
{
	const struct addrinfo number = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME};
	struct addrinfo *list = NULL;
	char *answer = NULL;

	if (getaddrinfo(name, NULL, &number, &list) == 0)
		answer = name_of_address(list);
	else if (getaddrinfo(name, NULL, &hints, &list) == 0)
		answer = canonical_of(list);
	if (list != NULL)
		freeaddrinfo(list);
	return answer;
}

static void asking_leave(struct asking *asking)
{
	bool last;

	pthread_mutex_lock(&asking->mutex);
	last = --asking->users == 0;
	pthread_mutex_unlock(&asking->mutex);
	if (!last)
		return;
	for (size_t i = 0; i < asking->count; i++) {
		free(asking->names[i]);
		free(asking->answers[i]);
	}
	pthread_mutex_destroy(&asking->mutex);
	pthread_cond_destroy(&asking->answered);
	free(asking->names);
	free(asking->answers);
	free(asking);
}

static void *ask_some(void *context)
{
	struct asking *asking = context;

	pthread_mutex_lock(&asking->mutex);
	while (asking->next < asking->count) {
		size_t number = asking->next++;
		char *answer;

		pthread_mutex_unlock(&asking->mutex);
		answer = ask(asking->names[number]);
		pthread_mutex_lock(&asking->mutex);
		asking->answers[number] = answer;
		asking->done++;
		pthread_cond_signal(&asking->answered);
	}
	pthread_mutex_unlock(&asking->mutex);
	asking_leave(asking);
	return NULL;
}

static struct asking *asking_make(struct host_names *names)
{
	struct asking *asking = must_alloc(sizeof *asking);
	pthread_condattr_t monotonic;

	asking->count = names->written.count;
	asking->users = 1;
	asking->names = must_alloc(asking->count * sizeof *asking->names);
	asking->answers = must_alloc(asking->count * sizeof *asking->answers);
	for (size_t i = 0; i < asking->count; i++)
		asking->names[i] = must_strdup(names->canonical[i]);
	pthread_mutex_init(&asking->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&asking->answered, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return asking;
}

static void threads_start(struct asking *asking)
{
	pthread_attr_t detached;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (size_t i = 0; i < THREADS_MOST && i < asking->count; i++) {
		pthread_t thread;

		pthread_mutex_lock(&asking->mutex);
		asking->users++;
		pthread_mutex_unlock(&asking->mutex);
		if (pthread_create(&thread, &detached, ask_some, asking) != 0)
			asking_leave(asking); /* the threads that did start do the work */
	}
	pthread_attr_destroy(&detached);
}

static void answers_wait(struct asking *asking, struct deadline deadline)
{
	const struct timespec end = {deadline.at / 1000, deadline.at % 1000 * 1000000};

	while (asking->done < asking->count && asking->users > 1)
		if (pthread_cond_timedwait(&asking->answered, &asking->mutex, &end) == ETIMEDOUT)
			break;
}

static void written_add(struct host_names *names, const char *host)
{
	size_t number = name_index_find(&names->written, host);

	if (number != NAME_NONE)
		return;
	number = names->written.count;
	names->canonical =
	    arena_grow(&names->arena, names->canonical, number, &names->allocated, sizeof *names->canonical);
	names->canonical[number] = host_name_fold(&names->arena, host);
	name_index_add(&names->written, arena_strdup(&names->arena, host));
}

static bool by_network(const struct visit *visit)
{
	return (visit->target->provider->capabilities & NAMED_BY_NETWORK) != 0 && visit->error.code == ERROR_NONE;
}

void host_names_resolve(struct host_names *names, const struct visit *visits, size_t count, struct deadline deadline)
{
	struct asking *asking;

	memset(names, 0, sizeof *names);
	names->written.arena = &names->arena;
	for (size_t i = 0; i < count; i++) {
		const struct snapshot *snapshot = &visits[i].snapshot;

		for (size_t j = 0; by_network(&visits[i]) && j < snapshot->count; j++)
			written_add(names, snapshot->sessions[j].host);
		if (by_network(&visits[i]) && snapshot->count == 0)
			written_add(names, snapshot->host);
	}
	if (names->written.count == 0)
		return;
	asking = asking_make(names);
	threads_start(asking);
	pthread_mutex_lock(&asking->mutex);
	answers_wait(asking, deadline_earlier(deadline, deadline_in(LOOKUP_TIME)));
	for (size_t i = 0; i < asking->count; i++)
		if (asking->answers[i] != NULL)
			names->canonical[i] = host_name_fold(&names->arena, asking->answers[i]);
	pthread_mutex_unlock(&asking->mutex);
	asking_leave(asking);
}

void host_names_free(struct host_names *names)
{
	arena_free(&names->arena);
}

const char *host_name_of(const struct host_names *names, const char *written, struct arena *arena)
{
	size_t number = names != NULL ? name_index_find(&names->written, written) : NAME_NONE;

	return number != NAME_NONE ? names->canonical[number] : host_name_fold(arena, written);
}

/* A key that no two sessions share: births are times of 100 ns, or random.  "": the session has none. */
static const char *evidence(const struct session *session, struct arena *arena)
{
	if (session->class != CLASS_USER || session->user[0] == '\0' || session->birth[0] == '\0')
		return "";
	return arena_printf(arena, "%s\x1f%s\x1f%s", session->user, session->id, session->birth);
}

/* The sessions seen so far, and the visit that listed each. */
struct seen {
	struct arena arena;
	struct name_index keys;
	const struct visit **by; /* numbered as keys */
	size_t allocated;
};

static const struct visit *seen_add(struct seen *seen, const char *key, const struct visit *visit)
{
	size_t number = name_index_find(&seen->keys, key);

	if (number != NAME_NONE)
		return seen->by[number];
	number = seen->keys.count;
	seen->by = arena_grow(&seen->arena, seen->by, number, &seen->allocated, sizeof *seen->by);
	seen->by[number] = visit;
	name_index_add(&seen->keys, key);
	return visit;
}

static void visit_unify(struct seen *seen, struct visit *visit)
{
	struct snapshot *snapshot = &visit->snapshot;
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->count; i++) {
		const char *key = evidence(&snapshot->sessions[i], &seen->arena);
		const struct visit *first = key[0] != '\0' ? seen_add(seen, key, visit) : visit;

		if (first == visit) {
			snapshot->sessions[kept++] = snapshot->sessions[i];
			continue;
		}
		visit->shared++;
		visit->shared_with = first->target->label;
	}
	snapshot->count = kept;
}

void visits_unify(struct visit *visits, size_t count)
{
	struct seen seen = {.keys.arena = NULL};
	size_t candidates = 0;

	for (size_t i = 0; i < count; i++)
		candidates += by_network(&visits[i]);
	if (candidates < 2)
		return;
	seen.keys.arena = &seen.arena;
	for (size_t i = 0; i < count; i++)
		if (by_network(&visits[i]))
			visit_unify(&seen, &visits[i]);
	arena_free(&seen.arena);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every provider is asked, whatever its system: conformance [--config FILE] TARGET [DEAD].
 * TARGET answers, has at least one session, and is left alone meanwhile; no act
 * that could succeed is tried.  DEAD, if there is one, does not answer.
 *
 * TAP on stdout, run by t/conformance.t, and by each provider's own rig against
 * the real system.  Built with --enable-sanitizers it looks for leaks, too.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/base/utf8.h"
#include "lib/collect/collect.h"
#include "lib/collect/collect_options.h"
#include "lib/config/config.h"
#include "lib/config/config_load.h"
#include "lib/session/names.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "providers/registry.h"

enum { PATIENCE = 10000, SHORT = 300, TOLERANCE = 1000 }; /* ms */

static FILE *tap;
static unsigned asked, failed;

static void check(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void check(bool good, const char *format, ...)
{
	va_list arguments;

	fprintf(tap, "%sok %u - ", good ? "" : "not ", ++asked);
	va_start(arguments, format);
	vfprintf(tap, format, arguments);
	va_end(arguments);
	putc('\n', tap);
	failed += !good;
}

static void note(const struct error *error)
{
	if (error->code != ERROR_NONE)
		fprintf(tap, "# %s: %s: %s\n", step_name(error->step), error_code_name(error->code), error->text);
}

static unsigned open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	while (dir != NULL && readdir(dir) != NULL)
		count++;
	if (dir != NULL)
		closedir(dir);
	return count;
}

/* A list of a newly opened connection, or of the given one. */
static int list_once(const struct target *target, struct connection *connection, struct snapshot *snapshot,
                     struct error *error)
{
	struct visit visit;
	int result;

	visit_init(&visit, target);
	visit.deadline = deadline_in(PATIENCE);
	if (connection == NULL) {
		visit_one(&visit, NULL, NULL);
		result = visit.error.code == ERROR_NONE ? 0 : -1;
	} else {
		trail_begin(&visit.trail);
		result =
		    target->provider->list(connection, &visit.deadline, &visit.trail, &visit.snapshot, &visit.error);
	}
	*snapshot = visit.snapshot;
	*error = visit.error;
	return result;
}

static struct connection *connect_to(const struct target *target)
{
	struct deadline deadline = deadline_in(PATIENCE);
	struct connection *connection = NULL;
	struct error error = {0};
	struct trail trail;

	trail_begin(&trail);
	check(target->provider->open(target, &deadline, &trail, &connection, &error) == 0, "open");
	note(&error);
	return connection;
}

static void ask_row(const struct provider *provider)
{
	bool lower = true;

	for (const char *c = provider->scheme; *c != '\0'; c++)
		lower = lower && !isupper((unsigned char)*c);
	check(lower && *provider->scheme != '\0', "the scheme \"%s\" is lower case", provider->scheme);
	check(provider->summary != NULL && *provider->summary != '\0', "there is a summary");
	check(provider->open != NULL && provider->list != NULL && provider->pin != NULL && provider->act != NULL &&
	          provider->unpin != NULL && provider->close != NULL,
	      "every function is there");
	check(provider->program != NULL ||
	          ((provider->capabilities & MANY_HOSTS) != 0) == (provider->list_many != NULL),
	      "MANY_HOSTS is list_many");
	for (const struct provider_option *option = provider->options; option != NULL && option->name != NULL; option++)
		check(option->help != NULL && *option->help != '\0', "option \"%s\" is explained", option->name);
}

static bool texts_valid(const struct session *session)
{
	const char *const texts[] = {
	    session->provider,    session->host,           session->id,         session->user,
	    session->birth,       session->domain,         session->upn,        session->station,
	    session->client_name, session->client_address, session->collection, session->application,
	    session->state_text,
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i] == NULL || !utf8_valid(texts[i], strlen(texts[i])))
			return false;
	return true;
}

static const struct session *find(const struct snapshot *snapshot, const char *id)
{
	for (size_t i = 0; i < snapshot->count; i++)
		if (strcmp(snapshot->sessions[i].id, id) == 0)
			return &snapshot->sessions[i];
	return NULL;
}

/* Would --exclude-user with this name keep the session? */
static bool keeps(const char *name, const struct session *session)
{
	struct string_list globs = {0};
	struct arena arena = {0};
	enum match match;

	string_list_add(&globs, &arena, name);
	match = names_match(&globs, session).match;
	arena_free(&arena);
	if (match == MATCH_NO)
		fprintf(tap, "# \"%s\" does not keep session %s\n", name, session->id);
	return match != MATCH_NO;
}

static bool is_ascii(const char *text)
{
	while (*text > 0)
		text++;
	return *text == '\0';
}

/* By each name that is told, and by each kind of name that is not; and nobody by another one's. */
static bool every_spelling_keeps(const struct session *session)
{
	struct arena arena = {0};
	bool good = keeps(session->user, session) && strchr(session->user, '\\') == NULL;

	good = good &&
	       keeps(arena_printf(&arena, "%s\\%s", *session->domain != '\0' ? session->domain : "CORP", session->user),
	             session);
	good = good && keeps(arena_printf(&arena, "%s@ad.corp.example", session->user), session);
	good = good && keeps(*session->upn != '\0' ? session->upn : "somebody.else@corp.example", session);
	for (size_t i = 0; i < session->names.count; i++)
		good = good && keeps(session->names.items[i], session);
	if (session->user_cut)
		good = good && keeps(arena_printf(&arena, "%sabcde", session->user), session);
	/* As Windows' tools show it. */
	if (strlen(session->user) > 20 && is_ascii(session->user))
		good = good && keeps(arena_printf(&arena, "%.20s", session->user), session);
	arena_free(&arena);
	return good;
}

static void ask_names(const struct snapshot *snapshot)
{
	struct string_list other = {0};
	struct arena arena = {0};
	bool kept = true, distinct = true;

	string_list_add(&other, &arena, "nobody-is-called-this");
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];

		if (session->class != CLASS_USER)
			continue;
		kept = kept && every_spelling_keeps(session);
		distinct = distinct && (session->user_cut || names_match(&other, session).match == MATCH_NO);
	}
	check(kept, "every spelling of a user's names keeps the session");
	check(distinct, "another one's does not");
	arena_free(&arena);
}

static void ask_snapshot(const struct snapshot *snapshot)
{
	bool valid = true, named = true, unique = true;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];

		valid = valid && texts_valid(session);
		named = named && *session->id != '\0' && *session->provider != '\0' && *session->host != '\0';
		unique = unique && find(snapshot, session->id) == session;
	}
	check(snapshot->count > 0, "there are sessions to look at");
	check(*snapshot->provider != '\0' && *snapshot->host != '\0', "the snapshot says whose it is");
	check(valid, "all text is UTF-8");
	check(named, "every session has a provider, a host and an id");
	check(unique, "no id is there twice");
	check(llabs(clock_now() - snapshot->taken_at) < PATIENCE, "it was taken now");
	check(snapshot->now > 0, "the host's clock is told");
	ask_names(snapshot);
}

/* No bit claims too little; that one claims too much shows in acts only. */
static void ask_capabilities(const struct provider *provider, const struct snapshot *snapshot)
{
	uint32_t seen = 0;
	bool births = true;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];

		if (*session->birth != '\0')
			seen |= HAS_BIRTH;
		else if (session->class == CLASS_USER)
			births = false;
		if (session->last_input.is == MOMENT_KNOWN)
			seen |= HAS_IDLE;
		if (session->disconnect_time.is == MOMENT_KNOWN)
			seen |= HAS_DISCONNECT_TIME;
		if (session->locked != FLAG_UNKNOWN)
			seen |= HAS_LOCK;
	}
	check((seen & ~provider->capabilities) == 0, "nothing is known that the row does not promise (%x)",
	      seen & ~provider->capabilities);
	check(births || (provider->capabilities & HAS_BIRTH) == 0, "HAS_BIRTH: every user's session has one");
}

/* Some systems say how long ago it was, in whole seconds, so two readings of one logon differ a little. */
static bool same_logon(struct moment a, struct moment b)
{
	return a.is == b.is && (a.is != MOMENT_KNOWN || llabs(a.at - b.at) <= 2 * TOLERANCE);
}

static bool same_sessions(const struct snapshot *a, const struct snapshot *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; i < a->count && same; i++) {
		const struct session *x = &a->sessions[i], *y = find(b, x->id);

		same = y != NULL && strcmp(x->user, y->user) == 0 && strcmp(x->birth, y->birth) == 0 &&
		       strcmp(x->host, y->host) == 0 && strcmp(x->provider, y->provider) == 0 &&
		       same_logon(x->logon_time, y->logon_time);
	}
	return same;
}

static void ask_lists(const struct target *target)
{
	struct connection *connection = connect_to(target);
	struct snapshot first, second, third;
	struct error error;

	if (connection == NULL)
		return;
	check(list_once(target, connection, &first, &error) == 0, "list");
	note(&error);
	ask_snapshot(&first);
	ask_capabilities(target->provider, &first);
	check(list_once(target, connection, &second, &error) == 0 && same_sessions(&first, &second),
	      "a second list has the same identities and births");
	check(list_once(target, NULL, &third, &error) == 0 && same_sessions(&first, &third),
	      "so has another connection");
	snapshot_free(&first);
	snapshot_free(&second);
	snapshot_free(&third);
	target->provider->close(connection);
}

static void count_done(struct visit *visit, void *context)
{
	(void)visit;
	++*(unsigned *)context;
}

/* Two visits to one target, by collect() and, where there is one, by list_many(). */
static void ask_many(const struct target *target, const struct snapshot *wanted)
{
	struct collect_options options = {.target_timeout = PATIENCE, .overall = deadline_in(2 * PATIENCE)};
	struct visit visits[2], *places[2] = {&visits[0], &visits[1]};
	unsigned done = 0;

	for (int way = 0; way < 2; way++) {
		if (way == 1 && target->provider->list_many == NULL)
			break;
		for (size_t i = 0; i < 2; i++) {
			visit_init(&visits[i], target);
			visits[i].deadline = deadline_in(PATIENCE);
		}
		options.progress = count_done;
		options.context = &done;
		done = 0;
		if (way == 0)
			collect(visits, 2, &options);
		else
			target->provider->list_many(places, 2, count_done, &done);
		check(done == 2 && visits[0].finished && visits[1].finished, "%s finishes each visit once",
		      way == 0 ? "collect" : "list_many");
		for (size_t i = 0; i < 2; i++) {
			check(visits[i].error.code == ERROR_NONE && same_sessions(&visits[i].snapshot, wanted),
			      "and its list is the same as list's");
			visit_free(&visits[i]);
		}
	}
}

static int pin_id(struct connection *connection, const struct provider *provider, const struct session *wanted,
                  struct pin **pin, struct session *now, struct arena *arena, struct error *error)
{
	struct deadline deadline = deadline_in(PATIENCE);
	int64_t host_now = 0;

	*pin = NULL;
	return provider->pin(connection, wanted, &deadline, pin, now, &host_now, arena, error);
}

static void ask_unknown(struct connection *connection, const struct target *target, const struct session *like)
{
	static const char *const ids[] = {"no-such-session",  "4294967295", "99999999999999999999",
	                                  "../../etc/passwd", "%n%s",       "-1"};

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		struct session wanted = *like, now;
		struct arena arena = {0};
		struct error error = {0};
		struct pin *pin;

		wanted.id = ids[i];
		check(pin_id(connection, target->provider, &wanted, &pin, &now, &arena, &error) < 0 &&
		          error.code == ERROR_GONE && pin == NULL,
		      "an unknown id is gone: %s", ids[i]);
		arena_free(&arena);
	}
}

/* An act that the row does not promise is not supported; the others are not tried. */
static void ask_acts(const struct provider *provider, struct pin *pin)
{
	static const uint32_t bits[] = {
	    [ACT_DISCONNECT] = CAN_DISCONNECT, [ACT_LOGOFF] = CAN_LOGOFF, [ACT_MESSAGE] = CAN_MESSAGE};

	for (enum act act = ACT_DISCONNECT; act <= ACT_MESSAGE; act++) {
		struct action action = {.act = act, .title = "conformance", .text = "conformance"};
		struct deadline deadline = deadline_in(PATIENCE);
		struct outcome outcome = {0};
		struct error error = {0};

		if ((provider->capabilities & bits[act]) != 0)
			continue;
		check(provider->act(pin, &action, &deadline, &outcome, &error) < 0 && error.code == ERROR_UNSUPPORTED,
		      "%s: not promised, not supported", act_name(act));
	}
}

static void ask_pins(const struct target *target, const struct snapshot *snapshot)
{
	struct connection *connection = connect_to(target);
	const struct provider *provider = target->provider;
	struct session now;
	struct pin *pin;
	bool acts_asked = false;

	if (connection == NULL)
		return;
	for (size_t i = 0; i < snapshot->count && i < 20; i++) {
		const struct session *session = &snapshot->sessions[i];
		struct arena arena = {0};
		struct error error = {0};

		if (session->class != CLASS_USER || *session->birth == '\0')
			continue;
		check(pin_id(connection, provider, session, &pin, &now, &arena, &error) == 0 &&
		          session_same_identity(session, &now) && texts_valid(&now),
		      "session %s is pinned as it was listed", session->id);
		note(&error);
		if (pin != NULL && !acts_asked)
			ask_acts(provider, pin);
		acts_asked = true;
		provider->unpin(pin);
		arena_free(&arena);
	}
	ask_unknown(connection, target, &snapshot->sessions[0]);
	provider->unpin(NULL);
	provider->close(connection);
	provider->close(NULL);
}

/* However little time there is, it comes back, with an answer or "timeout". */
static void ask_deadline(const struct target *target, int64_t patience, bool must_fail)
{
	struct visit visit;
	int64_t begun = clock_monotonic(), took;
	bool told;

	visit_init(&visit, target);
	visit.deadline = deadline_in(patience);
	visit_one(&visit, NULL, NULL);
	took = clock_monotonic() - begun;
	told = visit.error.code == ERROR_TIMEOUT || (!must_fail && visit.error.code == ERROR_NONE);
	check(visit.finished && told, "%lld ms: an answer or \"timeout\"", (long long)patience);
	note(&visit.error);
	check(took < patience + TOLERANCE, "%lld ms: it took %lld ms", (long long)patience, (long long)took);
	visit_free(&visit);
}

static void ask_all(const struct target *target, const struct target *dead)
{
	struct snapshot snapshot;
	struct error error;
	unsigned before;

	ask_row(target->provider);
	check(list_once(target, NULL, &snapshot, &error) == 0, "it answers");
	note(&error);
	before = open_files();
	ask_lists(target);
	if (error.code == ERROR_NONE && snapshot.count > 0) {
		ask_many(target, &snapshot);
		ask_pins(target, &snapshot);
	}
	ask_deadline(target, 0, false);
	ask_deadline(target, 1, false);
	if (dead != NULL)
		ask_deadline(dead, SHORT, true);
	check(open_files() == before, "no descriptor is left open");
	check(waitpid(-1, NULL, WNOHANG) < 0, "no process is left");
	snapshot_free(&snapshot);
}

/* From here on a provider's output goes where it can be counted. */
static int silence(void)
{
	int kept = dup(STDOUT_FILENO), sink = memfd_create("output", MFD_CLOEXEC);

	if (kept < 0 || sink < 0 || dup2(sink, STDOUT_FILENO) < 0 || dup2(sink, STDERR_FILENO) < 0)
		exit(3);
	tap = fdopen(kept, "w");
	setvbuf(tap, NULL, _IOLBF, 0);
	return sink;
}

/* One target or two, by URLs or names of the configuration; 0 if it is something else. */
static size_t read_arguments(int argc, char **argv, struct target **targets, struct arena *arena, struct error *error)
{
	struct config config = {.providers = provider_registry};
	struct string_list names = {0};
	size_t count = 0;
	int first = 1;

	if (argc > 2 && strcmp(argv[1], "--config") == 0) {
		if (config_load(&config, provider_registry, argv[2], arena, error) < 0)
			return 0;
		first = 3;
	}
	for (int i = first; i < argc; i++)
		string_list_add(&names, arena, argv[i]);
	if (names.count < 1 || names.count > 2 || config_targets(&config, &names, arena, targets, &count, error) < 0)
		return 0;
	return count;
}

int main(int argc, char **argv)
{
	struct target *targets;
	struct arena arena = {0};
	struct error error = {0};
	size_t count;
	struct stat said = {0};
	int sink;

	text_locale_open();
	process_harden();
	sink = silence();
	count = read_arguments(argc, argv, &targets, &arena, &error);
	if (count == 0) {
		fprintf(tap, "Bail out! usage: conformance [--config FILE] TARGET [DEAD-TARGET]: %s\n", error.text);
		return 3;
	}
	ask_all(&targets[0], count == 2 ? &targets[1] : NULL);
	check(fstat(sink, &said) == 0 && said.st_size == 0, "nothing was printed");
	fprintf(tap, "1..%u\n", asked);
	arena_free(&arena);
	fclose(tap);
	return failed == 0 ? 0 : 1;
}

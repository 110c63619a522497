/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/sim/farm.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "providers/sim/reading.h"

enum { LINE_LIMIT = 4096, SECTION_LIMIT = 48 };

static int mistake(struct reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int mistake(struct reading *reading, const char *format, ...)
{
	char text[160];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	return error_set(reading->error, ERROR_CONFIG, STEP_OPEN, "%s:%u: %s", reading->farm->path, reading->line,
	                 text);
}

/* Fills in what the file leaves out. */
static void session_complete(struct reading *reading)
{
	struct farm_session *session = reading->session;
	bool person = *session->user != '\0';

	if (!reading->class_given)
		session->class = person ? CLASS_USER : CLASS_NONE;
	if (!session->state_given && reading->disconnect_given && session->disconnect.is != MOMENT_NEVER)
		session->state = STATE_DISCONNECTED;
	if (!reading->logon_given && person)
		session->logon = (struct offset){MOMENT_KNOWN, -8 * 3600 * 1000};
	if (!session->connect_given)
		session->connect = session->logon;
	if (!reading->disconnect_given && session->state != STATE_DISCONNECTED)
		session->disconnect.is = MOMENT_NEVER;
	if (!reading->input_given && person) {
		session->busy = session->state == STATE_ACTIVE;
		if (!session->busy)
			session->last_input = session->disconnect;
		if (session->last_input.is == MOMENT_NEVER)
			session->last_input.is = MOMENT_UNKNOWN;
	}
}

static void part_end(struct reading *reading)
{
	if (reading->session != NULL)
		session_complete(reading);
	reading->session = NULL;
}

static struct farm_host *host_add(struct reading *reading, const char *name)
{
	struct farm *farm = reading->farm;
	const char *clean = text_clean(&farm->arena, name, strlen(name), SECTION_LIMIT * 3);
	struct farm_host *host;

	if (name_index_add(&farm->names, clean) < farm->count) {
		mistake(reading, "host %s is there already", name);
		return NULL;
	}
	farm->hosts = arena_grow(&farm->arena, farm->hosts, farm->count, &farm->allocated, sizeof *host);
	host = &farm->hosts[farm->count++];
	memset(host, 0, sizeof *host);
	host->name = clean;
	reading->host = host;
	reading->ids = (struct name_index){.arena = &farm->arena};
	return host;
}

/* "rds 1-1000" */
static int hosts_begin(struct reading *reading, const char *text)
{
	const char *blank = strchr(text, ' '), *dash = blank != NULL ? strchr(blank, '-') : NULL;
	unsigned long long first, last;
	struct arena *arena = &reading->farm->arena;

	if (dash == NULL ||
	    number_parse(arena_strndup(arena, blank + 1, (size_t)(dash - blank - 1)), 999999, &first) < 0 ||
	    number_parse(dash + 1, 999999, &last) < 0 || last < first)
		return mistake(reading, "write [hosts NAME FIRST-LAST]");
	if (host_add(reading, arena_strndup(arena, text, (size_t)(blank - text))) == NULL)
		return -1;
	reading->host->range = true;
	reading->host->first = first;
	reading->host->last = last;
	return 0;
}

static int session_begin(struct reading *reading, const char *id)
{
	struct farm_host *host = reading->host;
	struct arena *arena = &reading->farm->arena;
	const char *clean = text_clean(arena, id, strlen(id), SECTION_LIMIT * 3);
	unsigned long long number;

	if (host == NULL)
		return mistake(reading, "[session %s] stands before any [host]", id);
	if (name_index_add(&reading->ids, clean) < host->count)
		return mistake(reading, "host %s has a session %s already", host->name, id);
	host->sessions = arena_grow(arena, host->sessions, host->count, &host->allocated, sizeof *host->sessions);
	reading->session = &host->sessions[host->count++];
	*reading->session = (struct farm_session){
	    .user = "",
	    .domain = "",
	    .upn = "",
	    .station = "",
	    .client_name = "",
	    .client_address = "",
	    .collection = "",
	    .application = "",
	    .state_text = "",
	    .answer = "",
	    .id = clean,
	    .kind = KIND_DESKTOP,
	    .locked = FLAG_NO,
	    .own = FLAG_NO,
	};
	if (number_parse(id, UINT32_MAX, &number) == 0) {
		reading->session->numbered = true;
		reading->session->number = (uint32_t)number;
	}
	reading->disconnect_given = reading->logon_given = reading->input_given = reading->class_given = false;
	return 0;
}

static int section_begin(struct reading *reading, const char *section)
{
	part_end(reading);
	reading->in_farm = strcmp(section, "farm") == 0;
	if (reading->in_farm)
		return 0;
	if (strncmp(section, "host ", 5) == 0 && section[5] != '\0')
		return host_add(reading, section + 5) != NULL ? 0 : -1;
	if (strncmp(section, "hosts ", 6) == 0)
		return hosts_begin(reading, section + 6);
	if (strncmp(section, "session ", 8) == 0 && section[8] != '\0')
		return session_begin(reading, section + 8);
	return mistake(reading, "no section [%s]; there are [farm], [host NAME], [hosts NAME FIRST-LAST], [session ID]",
	               section);
}

static int key_read(struct reading *reading, const char *key, const char *value)
{
	int known = 1;

	if (reading->session != NULL)
		known = session_key(reading, key, value);
	else if (reading->in_farm)
		known = farm_key(reading, key, value);
	else if (reading->host != NULL)
		known = host_key(reading, key, value);
	if (known > 0)
		return mistake(reading, "no key \"%s\" in [%s]", key, reading->section);
	if (known < 0)
		return mistake(reading, "%s cannot be \"%s\"", key, value);
	return 0;
}

static int line_check(struct reading *reading, const char *line, size_t length)
{
	if (length == LINE_LIMIT - 1 && line[length - 1] != '\n')
		return mistake(reading, "the line is longer than %d bytes", LINE_LIMIT - 2);
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] < ' ' && strchr("\t\r\n", line[i]) == NULL)
			return mistake(reading, "control character 0x%02x", (unsigned char)line[i]);
	return 0;
}

/* "[section]", "key = value", a comment or nothing, blanks at both ends gone. */
static int line_read(struct reading *reading, char *line)
{
	size_t length = strlen(line);
	char *equals = strchr(line, '=');

	if (length == 0 || line[0] == '#' || line[0] == ';')
		return 0;
	if (line[0] == '[' && line[length - 1] == ']') {
		if (length > SECTION_LIMIT)
			return mistake(reading, "the section's name is longer than %d bytes", SECTION_LIMIT - 2);
		reading->section = arena_strndup(&reading->farm->arena, line + 1, length - 2);
		return section_begin(reading, reading->section);
	}
	if (line[0] == '[' || equals == NULL)
		return mistake(reading, "neither [section] nor key = value");
	*equals = '\0';
	return key_read(reading, text_strip(line), text_strip(equals + 1));
}

static int read_all(struct reading *reading, FILE *file)
{
	char line[LINE_LIMIT];

	while (fgets(line, sizeof line, file) != NULL) {
		reading->line++;
		if (line_check(reading, line, strlen(line)) < 0 || line_read(reading, text_strip(line)) < 0)
			return -1;
	}
	if (ferror(file))
		return error_errno(reading->error, errno, STEP_OPEN, "%s", reading->farm->path);
	part_end(reading);
	return reading->farm->count > 0 ? 0 : mistake(reading, "no [host NAME] in it");
}

int farm_read(struct farm *farm, const char *path, struct error *error)
{
	struct reading reading = {.farm = farm, .error = error};
	struct stat status;
	FILE *file;
	int fd, result;

	memset(farm, 0, sizeof *farm);
	farm->names.arena = &farm->arena;
	farm->path = arena_strdup(&farm->arena, path);
	if ((fd = trusted_open(path, false, error)) < 0)
		return -1;
	if (fstat(fd, &status) < 0 || (file = fdopen(fd, "r")) == NULL) {
		close(fd);
		return error_errno(error, errno, STEP_OPEN, "%s", path);
	}
	farm->start_at = (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
	farm->stamp = arena_printf(&farm->arena, "%lld.%09ld:%lld", (long long)status.st_mtim.tv_sec,
	                           status.st_mtim.tv_nsec, (long long)status.st_size);
	result = read_all(&reading, file);
	fclose(file);
	return result;
}

void farm_free(struct farm *farm)
{
	arena_free(&farm->arena);
	memset(farm, 0, sizeof *farm);
}

/* Is name one of a generator's hosts?  "rds7", not "rds007". */
static bool range_has(const struct farm_host *host, const char *name)
{
	size_t prefix = strlen(host->name);
	unsigned long long number;

	return strncmp(host->name, name, prefix) == 0 && (name[prefix] != '0' || name[prefix + 1] == '\0') &&
	       number_parse(name + prefix, host->last, &number) == 0 && number >= host->first;
}

int farm_find(struct farm *farm, const char *name, const struct farm_host **host, const char **full_name,
              struct error *error)
{
	const struct farm_host *first = &farm->hosts[0];
	size_t number = *name == '\0' && farm->count == 1 ? 0 : name_index_find(&farm->names, name);

	if (number != NAME_NONE && !farm->hosts[number].range) {
		*host = &farm->hosts[number];
		*full_name = (*host)->name;
		return 0;
	}
	for (size_t i = 0; i < farm->count; i++)
		if (farm->hosts[i].range && range_has(&farm->hosts[i], name)) {
			*host = &farm->hosts[i];
			*full_name = arena_strdup(&farm->arena, name);
			return 0;
		}
	if (*name == '\0')
		error_set(error, ERROR_USAGE, STEP_RESOLVE, "%s plays several hosts", farm->path);
	else
		error_set(error, ERROR_NO_SUCH_HOST, STEP_RESOLVE, "%s plays no host %s", farm->path, name);
	if (first->range)
		return error_hint(error, "name one behind #, such as sim:%s#%s%llu", farm->path, first->name,
		                  (unsigned long long)first->first);
	return error_hint(error, "name one behind #, such as sim:%s#%s", farm->path, first->name);
}

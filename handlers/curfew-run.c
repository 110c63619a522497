/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curfew-run SECTION check|plan|act: the only program that sudo, sudo-rs, doas or a systemd unit has to start as root
 * (curfew-run(8)).  It reads only the default configuration, runs the program that the section's act names, and passes
 * on only the few options below, none of which can extend what is done.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/trust.h"
#include "lib/config/config.h"
#include "lib/config/config_load.h"
#include "lib/config/section.h"
#include "lib/config/settings.h"
#include "providers/registry.h"

enum { STATUS_UNKNOWN = 3, ARGUMENTS_MOST = 16 };

static const char usage_text[] =
    "usage: curfew-run SECTION check [-v] [--explain] [--diagnose]\n"
    "       curfew-run SECTION plan\n"
    "       curfew-run SECTION act [--service-state STATE --state-type TYPE --attempt NUMBER]\n"
    "                              [--downtime-depth NUMBER ...] [--acknowledged NUMBER]\n"
    "check  check_sessions --section SECTION\n"
    "plan   the handler that the section's act names, with --dry-run\n"
    "act    that handler; it acts if the section says execute = yes\n";

static const struct word {
	const char *mode, *word;
	bool has_value;
} words[] = {
    {"check", "-v", false},          {"check", "--verbose", false}, {"check", "--explain", false},
    {"check", "--diagnose", false},  {"plan", "--dry-run", false},  {"act", "--service-state", true},
    {"act", "--state-type", true},   {"act", "--attempt", true},    {"act", "--downtime-depth", true},
    {"act", "--acknowledged", true},
};

static const struct word *word_find(const char *mode, const char *text)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].mode, mode) == 0 && strcmp(words[i].word, text) == 0)
			return &words[i];
	return NULL;
}

/* Names of letters, digits and "_.-" inside: none of them can be an option. */
static bool name_plain(const char *name)
{
	static const char inside[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

	return strspn(name, inside) == strlen(name) && name[0] != '\0' && strchr("_.-", name[0]) == NULL;
}

/* A state, a type, a number, or what a monitoring server makes of an unknown macro: empty. */
static bool value_plain(const char *value)
{
	return strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == strlen(value);
}

/* Refuses everything but the options of this mode, before anything is read. */
static int arguments_copy(const char **to, size_t *count, const char *mode, char **from, struct error *error)
{
	for (; *from != NULL; from++) {
		const struct word *word = word_find(mode, *from);

		if (word == NULL)
			return error_set(error, ERROR_USAGE, STEP_NONE, "not allowed with %s: %.80s", mode, *from);
		if (word->has_value && from[1] == NULL)
			return error_set(error, ERROR_USAGE, STEP_NONE, "%s needs a value", *from);
		if (word->has_value && !value_plain(from[1]))
			return error_set(error, ERROR_USAGE, STEP_NONE, "%s: not a state, type or number: %.80s", *from,
			                 from[1]);
		if (*count + 3 > ARGUMENTS_MOST)
			return error_set(error, ERROR_USAGE, STEP_NONE, "too many arguments");
		to[(*count)++] = *from;
		if (word->has_value)
			to[(*count)++] = *++from;
	}
	return 0;
}

/* "disconnect_sessions" for a section with act = check, disconnect. */
static int handler_find(const char *section, char *name, size_t size, struct error *error)
{
	struct settings settings;
	const char *act;
	int result = -1;

	settings_init(&settings);
	if (config_load(&settings.config, provider_registry, config_default(), &settings.arena, error) == 0 &&
	    (act = section_handler(&settings, section, error)) != NULL) {
		snprintf(name, size, "%s_sessions", act);
		result = 0;
	}
	settings_free(&settings);
	return result;
}

/* Returns only if it fails. */
static int start(const char *name, const char **arguments, struct error *error)
{
	const char *folder = privileged() ? NULL : getenv("CURFEW_BINDIR");
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof path, "%s/%s", folder != NULL && folder[0] == '/' ? folder : CURFEW_BINDIR, name);
	if ((fd = trusted_open(path, false, error)) < 0)
		return error_hint(error, "install %s (make install, or the package that brings it)", name);
	close(fd);
	/* execve() returns only if it failed. */
	arguments[0] = path; /* cppcheck-suppress autoVariables */
	execve(path, (char *const *)(void *)arguments, environ);
	return error_errno(error, errno, STEP_NONE, "%s", path);
}

static int run(char **argv, struct error *error)
{
	const char *arguments[ARGUMENTS_MOST + 1] = {NULL, "--section", argv[1]};
	const char *mode = argv[2];
	char name[32] = "check_sessions";
	size_t count = 3;
	bool check = strcmp(mode, "check") == 0, plan = strcmp(mode, "plan") == 0;

	if (!check && !plan && strcmp(mode, "act") != 0)
		return error_set(error, ERROR_USAGE, STEP_NONE, "neither check, plan nor act: %.80s", mode);
	if (!name_plain(argv[1]))
		return error_set(error, ERROR_USAGE, STEP_NONE,
		                 "not the name of a section (letters, digits, and . _ - inside)");
	if (plan)
		arguments[count++] = "--dry-run";
	if (arguments_copy(arguments, &count, mode, argv + 3, error) < 0)
		return -1;
	if (!check && handler_find(argv[1], name, sizeof name, error) < 0)
		return -1;
	return start(name, arguments, error);
}

int main(int argc, char **argv)
{
	struct error error = {0};

	process_harden();
	if (argc < 3) {
		fputs(usage_text, stdout);
		return STATUS_UNKNOWN;
	}
	run(argv, &error);
	printf("UNKNOWN: %s%s%s%s\n", error.text, error.hint[0] != '\0' ? " (" : "", error.hint,
	       error.hint[0] != '\0' ? ")" : "");
	if (error.code == ERROR_USAGE)
		fputs(usage_text, stdout);
	return STATUS_UNKNOWN;
}

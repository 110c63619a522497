/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/config/help.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"
#include "lib/config/options_parse.h"
#include "lib/config/programs.h"
#include "lib/config/section.h"
#include "lib/config/settings.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "t/unit/fake.h"
#include "t/unit/file.h"

/* A run of options_parse() and everything it left behind. */
struct run {
	struct settings settings;
	struct error error;
	struct test_file file;
	char *argv[64];
	char config[96];
	int status;
};

/* The line is split at blanks; "''" is an empty argument.  text: the configuration, or NULL for an empty one. */
static struct run *run_parse(const struct program_info *program, const char *text, const char *line)
{
	static char words[1024];
	struct run *run = calloc(1, sizeof *run);
	char *rest = words;
	int argc = 0;

	test_file_make(&run->file, text != NULL ? text : "", text != NULL ? strlen(text) : 0, 0644);
	snprintf(run->config, sizeof run->config, "--config=%s", run->file.path);
	run->argv[argc++] = (char *)(uintptr_t)program->name;
	run->argv[argc++] = run->config;
	snprintf(words, sizeof words, "%s", line);
	for (char *word; (word = strsep(&rest, " ")) != NULL;)
		if (*word != '\0')
			run->argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	run->status = options_parse(program, fake_providers, argc, run->argv, &run->settings, &run->error);
	return run;
}

static void run_free(struct run *run)
{
	test_file_remove(&run->file);
	settings_free(&run->settings);
	free(run);
}

static struct run *run_good(const struct program_info *program, const char *text, const char *line)
{
	struct run *run = run_parse(program, text, line);

	if (run->status != 0)
		fail_msg("%s: %d %s", line, run->status, run->error.text);
	return run;
}

static void assert_refused_as(enum error_code code, const struct program_info *program, const char *text,
                              const char *line, const char *why)
{
	struct run *run = run_parse(program, text, line);

	if (run->status != -1 || strstr(run->error.text, why) == NULL)
		fail_msg("%s %s: %d \"%s\"", program->name, line, run->status, run->error.text);
	assert_int_equal(run->error.code, code);
	run_free(run);
}

static void assert_refused(const struct program_info *program, const char *text, const char *line, const char *why)
{
	assert_refused_as(ERROR_USAGE, program, text, line, why);
}

static void the_line_fills_the_settings(void **state)
{
	struct run *run =
	    run_good(&program_check, NULL,
	             "-T xrdp: --target=sim:a[1-2] -t 7s --target-timeout 250ms --idle-after 1h30m "
	             "--user a* --user CORP\\b --exclude-user c --domain d --client e --collection f "
	             "--state Active,idle --state disconnected --kind remote-app --class console,user "
	             "-w idle=5 -c ~:10 -w @1:2 -vv -v --explain --diagnose --output json --max-output 0");
	const struct settings *settings = &run->settings;

	(void)state;
	assert_int_equal(settings->target_count, 3);
	assert_string_equal(settings->targets[2].url, "sim:a2");
	assert_int_equal(settings->timeout, 7000);
	assert_int_equal(settings->target_timeout, 250);
	assert_int_equal(settings->idle_after, 5400000);
	assert_int_equal(settings->filter.users.count, 2);
	assert_string_equal(settings->filter.users.items[1], "CORP\\b");
	assert_string_equal(settings->filter.exclude_users.items[0], "c");
	assert_string_equal(settings->filter.domains.items[0], "d");
	assert_string_equal(settings->filter.clients.items[0], "e");
	assert_string_equal(settings->filter.collections.items[0], "f");
	assert_int_equal(settings->filter.states.count, 3);
	assert_string_equal(settings->filter.states.items[0], "active");
	assert_string_equal(settings->filter.kinds.items[0], "remote-app");
	assert_int_equal(settings->class_bits, 1 << CLASS_CONSOLE | 1 << CLASS_USER);
	assert_int_equal(settings->warnings.count, 2);
	assert_string_equal(settings->criticals.items[0], "~:10");
	assert_int_equal(settings->verbose, 3);
	assert_true(settings->explain && settings->diagnose);
	assert_int_equal(settings->output, OUTPUT_JSON);
	assert_int_equal(settings->max_output, 0);
	run_free(run);

	run = run_good(&program_logoff, NULL,
	               "3 -T xrdp: 5,9 --id=7 --execute --confirm --pass-thru --force --max-acts 3 --max-percent 100 "
	               "--state-dir /x --service-state critical --state-type HARD --attempt 3 --on soft,warning "
	               "--disconnected-over 4h -- -12");
	settings = &run->settings;
	assert_int_equal(settings->ids.count, 5);
	assert_string_equal(settings->ids.items[0], "3");
	assert_string_equal(settings->ids.items[2], "9");
	assert_string_equal(settings->ids.items[4], "-12");
	assert_true(settings->execute && settings->confirm && settings->pass_thru && settings->force);
	assert_int_equal(settings->max_acts, 3);
	assert_int_equal(settings->max_percent, 100);
	assert_string_equal(settings->state_dir, "/x");
	assert_string_equal(settings->service_state, "CRITICAL");
	assert_string_equal(settings->state_type, "HARD");
	assert_string_equal(settings->attempt, "3");
	assert_string_equal(settings->act_on.items[1], "warning");
	assert_true(settings->disconnected_over.known);
	assert_int_equal(settings->disconnected_over.length, 14400000);
	assert_false(settings->idle_over.known);
	run_free(run);

	run =
	    run_good(&program_message, NULL, "--all --stdin --text hello --title you --answer-wait 10 --idle-over 1m");
	settings = &run->settings;
	assert_true(settings->all && settings->from_stdin && settings->idle_over.known);
	assert_string_equal(settings->text, "hello");
	assert_string_equal(settings->title, "you");
	assert_int_equal(settings->answer_wait, 10000);
	run_free(run);

	run = run_good(&program_agent, NULL,
	               "-T xrdp: --agentx-socket /s --base-oid 1.3.6 --poll-interval 5s --foreground");
	settings = &run->settings;
	assert_string_equal(settings->agentx_socket, "/s");
	assert_string_equal(settings->base_oid, "1.3.6");
	assert_int_equal(settings->poll_interval, 5000);
	assert_true(settings->foreground);
	run_free(run);
}

static void defaults_are_as_documented(void **state)
{
	struct run *check = run_good(&program_check, NULL, "-T xrdp:");
	struct run *handler = run_good(&program_disconnect, NULL, "");

	(void)state;
	assert_int_equal(check->settings.timeout, 10000);
	assert_int_equal(check->settings.target_timeout, 5000);
	assert_int_equal(check->settings.idle_after, 1800000);
	assert_int_equal(check->settings.max_output, 4000);
	assert_int_equal(check->settings.class_bits, COUNT_USERS);
	assert_int_equal(check->settings.output, OUTPUT_TEXT);
	assert_int_equal(handler->settings.timeout, 25000);
	assert_int_equal(handler->settings.max_acts, 10);
	assert_int_equal(handler->settings.max_percent, 50);
	assert_false(handler->settings.execute);
	assert_null(handler->settings.service_state);
	assert_int_equal(handler->settings.target_count, 0);
	run_free(check);
	run_free(handler);
}

static void bad_lines_are_refused(void **state)
{
	static const struct {
		const struct program_info *program;
		const char *line, *why;
	} table[] = {
	    {&program_disconnect, "--idle-over 30x", "--idle-over 30x: not a duration (90s, 30m, 4h, 2d)"},
	    {&program_disconnect, "--idle-over -5", "--idle-over -5: not a duration"},
	    {&program_disconnect, "--idle-over 0s", "--idle-over 0s: must be more than 0"},
	    {&program_disconnect, "--max-acts 0", "must be more than 0"},
	    {&program_disconnect, "--max-acts 1e3", "not a whole number"},
	    {&program_disconnect, "--max-acts 99999999999999999999", "more than 1000000"},
	    {&program_disconnect, "--max-percent 101", "--max-percent 101: more than 100"},
	    {&program_disconnect, "--idle-over 30", "--idle-over 30: a number without a unit"},
	    {&program_logoff, "--disconnected-over 8", "a number without a unit"},
	    {&program_disconnect, "--idle-over 1h30", "--idle-over 1h30: a number without a unit"},
	    {&program_check, "-T xrdp: --idle-after 30", "a number without a unit"},
	    {&program_check, "-T xrdp: -t 1m30", "--timeout 1m30: a number without a unit"},
	    {&program_check, "-T xrdp: -t 5 --target-timeout 20", "--target-timeout is longer than --timeout"},
	    {&program_check, "--help=nothing", "--help nothing: not all"},
	    {&program_disconnect, "--id 3,,4", "empty item"},
	    {&program_disconnect, "3,", "empty item"},
	    {&program_disconnect, "''", "must not be empty"},
	    {&program_disconnect, "--service-state $SERVICESTATE$", "not one of OK, WARNING, CRITICAL, UNKNOWN"},
	    {&program_disconnect, "--on hard", "not one of critical"},
	    {&program_disconnect, "--force", "unknown option"},
	    {&program_disconnect, "--exe", "unknown option"},
	    {&program_disconnect, "--execut", "unknown option"},
	    {&program_disconnect, "--execute=yes", "--execute takes no value"},
	    {&program_disconnect, "--execute 3", "--execute needs a target"},
	    {&program_disconnect, "-w 3", "unknown option"},
	    {&program_disconnect, "--state-dir ''", "must not be empty"},
	    {&program_check, "", "no target"},
	    {&program_agent, "", "no target"},
	    {&program_check, "-T ''", "must not be empty"},
	    {&program_check, "-T", "-T needs a value"},
	    {&program_check, "-T xrdp: --timeout", "--timeout needs a value"},
	    {&program_check, "-T xrdp: -t 0", "must be more than 0"},
	    {&program_check, "-T xrdp: 3", "unexpected argument: 3"},
	    {&program_check, "-T xrdp: -- -v", "unexpected argument: -v"},
	    {&program_check, "-T rds01", "no target or group is named \"rds01\""},
	    {&program_check, "-T xrdp: --user a\x01", "control characters"},
	    {&program_check, "-T xrdp: --user a\xff", "control characters"},
	    {&program_check, "-T xrdp: --output xml", "--output xml: not one of text, json"},
	    {&program_check, "-T xrdp: --execute", "unknown option"},
	    {&program_check, "-T xrdp: -w idle=x", "--warning: idle: \"x\" is not a range"},
	    {&program_check, "-T xrdp: -c nosuch=3", "--critical: there is no metric"},
	    {&program_check, "-T xrdp: -z", "unknown option"},
	    {&program_check, "-H rds01", "--hostname needs --provider"},
	    {&program_check, "-T xrdp: -P tsts", "--provider needs --hostname"},
	    {&program_check, "-H x -P ftp", "no provider for ftp:"},
	    {&program_check, "-T xrdp: --section x", "no such section"},
	    {&program_check, "-T xrdp: --config ''", "must not be empty"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_refused(table[i].program, NULL, table[i].line, table[i].why);
}

static void macros_may_be_empty(void **state)
{
	struct run *run = run_good(
	    &program_disconnect, NULL,
	    "--service-state '' --state-type= --attempt '' --downtime-depth 0 --downtime-depth '' --acknowledged=");

	(void)state;
	assert_string_equal(run->settings.service_state, "");
	assert_string_equal(run->settings.state_type, "");
	assert_string_equal(run->settings.attempt, "");
	assert_int_equal(run->settings.downtime_depths.count, 2);
	assert_string_equal(run->settings.downtime_depths.items[1], "");
	assert_string_equal(run->settings.acknowledged, "");
	run_free(run);
}

static void host_and_provider_make_a_target(void **state)
{
	static const struct {
		const char *line, *url;
	} table[] = {
	    {"-H rds01 -P tsts", "tsts://rds01"},
	    {"-H fe80::1 -P tsts", "tsts://[fe80::1]"},
	    {"-H [fe80::1]:3389 -P tsts", "tsts://[fe80::1]:3389"},
	    {"-H rds01:3389 -P tsts", "tsts://rds01:3389"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct run *run = run_good(&program_check, NULL, table[i].line);

		assert_int_equal(run->settings.target_count, 1);
		assert_string_equal(run->settings.targets[0].url, table[i].url);
		run_free(run);
	}
}

static void the_line_goes_before_the_section_before_the_defaults(void **state)
{
	static const char text[] =
	    "[defaults]\nidle-after = 1m\ntarget-timeout = 1s\nmax-acts = 1\nuser = default\n"
	    "domain = default\ncollection = default\nexclude-user = admin\ntarget = sim:d\n"
	    "[section s]\nact = disconnect\ntarget-timeout = 2s\nmax-acts = 2\nuser = section\nuser = two\n"
	    "domain = section\nexclude-user = backup\ntarget = sim:s\nwarning = 5\n";
	struct run *run = run_good(&program_disconnect, text, "--section s --max-acts 3 --user line --exclude-user me");
	const struct filter *filter = &run->settings.filter;

	(void)state;
	assert_int_equal(run->settings.idle_after, 60000);
	assert_int_equal(run->settings.target_timeout, 2000);
	assert_int_equal(run->settings.max_acts, 3);
	assert_int_equal(filter->users.count, 1);
	assert_string_equal(filter->users.items[0], "line");
	assert_int_equal(filter->domains.count, 1);
	assert_string_equal(filter->domains.items[0], "section");
	assert_string_equal(filter->collections.items[0], "default");
	/* nobody gets out from under an exclusion by naming another one */
	assert_int_equal(filter->exclude_users.count, 3);
	assert_string_equal(filter->exclude_users.items[0], "admin");
	assert_int_equal(run->settings.target_count, 1);
	assert_string_equal(run->settings.targets[0].url, "sim:s");
	assert_int_equal(run->settings.warnings.count, 0); /* the check's, not ours */
	run_free(run);

	run = run_good(&program_disconnect, text, "--section s -H x -P tsts");
	assert_int_equal(run->settings.target_count, 1);
	assert_string_equal(run->settings.targets[0].url, "tsts://x");
	run_free(run);
}

static void only_a_named_section_may_execute(void **state)
{
	static const char section[] =
	    "[defaults]\ntarget = sim:d\n[section go]\nact = disconnect\nexecute = yes\ntarget = sim:a\n"
	    "[section aimless]\nact = disconnect\nexecute = yes\n[section no]\nact = disconnect\nexecute = no\n"
	    "[section brake]\nact = disconnect\nexecute = yes\ndry-run = yes\ntarget = sim:a\n";
	struct run *run = run_good(&program_disconnect, section, "--section go");

	(void)state;
	assert_true(run->settings.execute);
	run_free(run);
	run = run_good(&program_disconnect, section, "--section go --dry-run");
	assert_false(run->settings.execute);
	run_free(run);
	run = run_good(&program_disconnect, section, "--section brake --execute");
	assert_false(run->settings.execute);
	run_free(run);
	run = run_good(&program_disconnect, section, "--dry-run --execute");
	assert_false(run->settings.execute);
	run_free(run);
	run = run_good(&program_disconnect, section, "");
	assert_false(run->settings.execute);
	assert_string_equal(run->settings.targets[0].url, "sim:d");
	run_free(run);
	/* a target of [defaults] is not one that somebody named */
	assert_refused(&program_disconnect, section, "--section aimless", "--execute needs a target");
	assert_refused(&program_disconnect, section, "--execute 3", "--execute needs a target");
	run = run_good(&program_disconnect, section, "--section aimless --stdin");
	assert_true(run->settings.execute);
	run_free(run);
}

static void a_comma_on_the_line_makes_a_list(void **state)
{
	struct run *run = run_good(&program_check, NULL, "-T sim:a --exclude-user carol,grace --user CORP\\*,x");

	(void)state;
	assert_int_equal(run->settings.filter.exclude_users.count, 2);
	assert_string_equal(run->settings.filter.exclude_users.items[1], "grace");
	assert_int_equal(run->settings.filter.users.count, 2);
	assert_string_equal(run->settings.filter.users.items[0], "CORP\\*");
	run_free(run);
	assert_refused(&program_check, NULL, "-T sim:a --exclude-user carol,", "an empty item");
	assert_refused(&program_check, NULL, "-T sim:a --exclude-user carol;grace", "a list has commas");
}

/* What is no name would be an exclusion that keeps nobody.  Icinga passes quotes on, because it starts no shell. */
static void what_is_no_name_is_refused(void **state)
{
	static const struct {
		const char *line, *wrong;
	} lines[] = {
	    {"-T sim:a --exclude-user \"carol\"", "no name has a quote around it"},
	    {"-T sim:a --exclude-user 'carol'", "no name has a quote around it"},
	    {"-T sim:a --user \"carol\"", "no name has a quote around it"},
	    {"-T sim:a --exclude-user \xe2\x80\x9c"
	     "carol\xe2\x80\x9d",
	     "no name has a quote around it"},
	    {"-T sim:a --exclude-user CORP\\", "a backslash stands between domain and name"},
	    {"-T sim:a --exclude-user \\carol", "a backslash stands between domain and name"},
	    {"-T sim:a --exclude-user CORP/carol", "DOMAIN\\name"},
	    {"-T sim:a --exclude-user [carol", "a [ without its ]"},
	    {"-T sim:a --exclude-user alice\xe2\x80\x8b", "an invisible character"},
	    {"-T sim:a --exclude-user \xc2\xa0"
	     "alice",
	     "an invisible character"},
	    {"-T sim:a --exclude-user al\xc2\xad"
	     "ice",
	     "an invisible character"},
	    {"-T sim:a --exclude-user {alice,bob}", "a list has commas"},
	    {"-T sim:a --exclude-user alice|bob", "a list has commas"},
	    {"-T sim:a --exclude-user <alice>", "no name has one of"},
	    {"-T sim:a --exclude-user CN=alice,OU=x", "no name has one of"},
	    {"-T sim:a --exclude-user mailto:alice", "only uid:NUMBER"},
	    {"-T sim:a --exclude-user CORP\\\\\\carol", "three backslashes"},
	    {"-T sim:a --exclude-user CORP\\[ab]*[c", "a [ without its ]"},
	};
	struct run *run =
	    run_good(&program_check, NULL, "-T sim:a --exclude-user o'neill,CORP\\[!a-f]*,x[]]y,CORP\\\\carol,*'");

	(void)state;
	assert_int_equal(run->settings.filter.exclude_users.count, 5);
	run_free(run);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_refused(&program_check, NULL, lines[i].line, lines[i].wrong);
}

/* A line of sudoers allows any section: so a section is for the acts that it names, and for no other. */
static void a_section_is_bound_to_its_act(void **state)
{
	static const char text[] = "[section warn]\ntarget = sim:a\nact = message\ntext = x\nall = yes\n"
	                           "[section both]\ntarget = sim:a\nact = check, Disconnect\nidle-over = 1m\n"
	                           "[section wtsapi]\ntarget = sim:a\nexecute = yes\n";
	static const struct {
		const struct program_info *program;
		const char *line, *why; /* NULL: allowed */
	} table[] = {
	    {&program_message, "--section warn", NULL},
	    {&program_disconnect, "--section warn", ":3: [section warn] is for message, not for disconnect"},
	    {&program_logoff, "--section warn", ":3: [section warn] is for message, not for logoff"},
	    {&program_check, "--section warn", ":3: [section warn] is for message, not for check"},
	    {&program_agent, "--section warn", ":3: [section warn] is for message, not for check"},
	    {&program_check, "--section both", NULL},
	    {&program_agent, "--section both", NULL},
	    {&program_disconnect, "--section both", NULL},
	    {&program_logoff, "--section both", ":8: [section both] is for check, disconnect, not for logoff"},
	    {&program_disconnect, "--section wtsapi", ":10: [section wtsapi] is for wtsapi, not for disconnect"},
	    {&program_check, "--section wtsapi", ":10: [section wtsapi] is for wtsapi, not for check"},
	    {&program_enforce, "--section both", ":8: [section both] is for check, disconnect, not for enforce"},
	    {&program_disconnect, "-T sim:a --act disconnect", "unknown option"},
	};
	struct program_info broker = program_logoff;
	struct run *run;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		if (table[i].why != NULL)
			assert_refused_as(table[i].why[0] == ':' ? ERROR_CONFIG : ERROR_USAGE, table[i].program, text,
			                  table[i].line, table[i].why);
		else
			run_free(run_good(table[i].program, text, table[i].line));
	}
	broker.act = "wtsapi";
	run = run_good(&broker, text, "--section wtsapi");
	assert_true(run->settings.execute);
	run_free(run);
	assert_refused_as(ERROR_CONFIG, &program_check, "[defaults]\nact = check\n", "-T sim:a",
	                  "only in a named [section]");
	assert_refused_as(ERROR_CONFIG, &program_check, "[section a]\nact = enforc\n", "-T sim:a",
	                  "not one of check, disconnect");
	assert_refused_as(ERROR_CONFIG, &program_check, "[section a]\nact = check,,logoff\n", "-T sim:a",
	                  "an empty item");
}

/* Who comes by sudo has root's rights and may name any section. */
static void root_acts_only_by_a_section_that_says_its_act(void **state)
{
	static const char text[] = "[section old]\ntarget = sim:a\nidle-over = 1m\n";
	struct run *run = run_good(&program_check, text, "--section old");
	struct error error = {0};

	(void)state;
	assert_int_equal(section_check(&program_check, &run->settings, true, &error), 0);
	assert_int_equal(section_check(&program_disconnect, &run->settings, false, &error), 0);
	assert_int_equal(section_check(&program_disconnect, &run->settings, true, &error), -1);
	assert_non_null(strstr(error.text, ":1: [section old] does not say its act"));
	assert_non_null(strstr(error.hint, "act = disconnect"));
	run_free(run);
	run = run_good(&program_check, text, "-T sim:a");
	assert_int_equal(section_check(&program_disconnect, &run->settings, true, &error), 0);
	run_free(run);
}

static void only_a_filter_on_the_line_may_be_a_rule(void **state)
{
	static const char text[] = "[defaults]\nkind = desktop\n[section s]\nact = disconnect\nuser = alice\n";
	static const struct {
		const char *line;
		bool on_line;
	} table[] = {
	    {"-T sim:a", false},
	    {"-T sim:a --section s", false},
	    {"-T sim:a --exclude-user x", false},
	    {"-T sim:a --user x", true},
	    {"-T sim:a --domain x", true},
	    {"-T sim:a --client x", true},
	    {"-T sim:a --kind shell", true},
	    {"-T sim:a --state idle", true},
	    {"-T sim:a --collection x", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct run *run = run_good(&program_disconnect, text, table[i].line);

		assert_int_equal(run->settings.filter_on_line, table[i].on_line);
		run_free(run);
	}
}

/* The text that a help function writes, all of it. */
static char *written(void (*function)(const struct program_info *, FILE *), const struct program_info *program)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	function(program, out);
	fclose(out);
	return text;
}

static size_t longest_line(const char *text, size_t *lines)
{
	size_t longest = 0;

	for (*lines = 0; *text != '\0'; (*lines)++) {
		size_t length = strcspn(text, "\n");

		if (length > longest)
			longest = length;
		text += length + (text[length] == '\n');
	}
	return longest;
}

static void a_mistake_prints_two_lines(void **state)
{
	struct error error = {.code = ERROR_USAGE, .text = "a \x1b[31m|\nb", .hint = "do this"};
	char wanted[128];

	(void)state;
	for (size_t i = 0; programs[i] != NULL; i++) {
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		usage_short(programs[i], &error, out);
		fclose(out);
		snprintf(wanted, sizeof wanted, "%s%s: a \\x1b[31m\\x7c\\nb (do this)\nTry: %s --help\n",
		         programs[i]->service != NULL ? programs[i]->service : programs[i]->name,
		         programs[i]->service != NULL ? " UNKNOWN" : "", programs[i]->name);
		assert_string_equal(text, wanted);
		free(text);
	}
}

static void brief_help_fits_a_screen(void **state)
{
	(void)state;
	for (size_t i = 0; programs[i] != NULL; i++) {
		char *help = written(help_brief, programs[i]);
		size_t lines;

		if (longest_line(help, &lines) > 80 || lines > 30)
			fail_msg("%s: %zu lines, one of %zu", programs[i]->name, lines, longest_line(help, &lines));
		assert_true(lines > 15);
		free(help);
	}
}

static void full_help_has_every_option(void **state)
{
	(void)state;
	for (size_t i = 0; programs[i] != NULL; i++) {
		char *help = written(help_full, programs[i]), *man = written(help_man_options, programs[i]);
		char *bash = written(help_bash, programs[i]), *zsh = written(help_zsh, programs[i]);

		for (const struct option_spec *spec = option_table; spec->name != NULL; spec++) {
			char wanted[64], troff[128] = "\\-\\-";
			bool ours = (spec->programs & (unsigned)programs[i]->program) != 0;

			snprintf(wanted, sizeof wanted, " --%s%s", spec->name,
			         (spec->flags & OPTION_VALUE_OPTIONAL) != 0 ? "[="
			         : spec->argument != NULL                   ? "="
			                                                    : "\n");
			assert_int_equal(strstr(help, wanted) != NULL, ours);
			for (const char *at = spec->name; *at != '\0'; at++)
				snprintf(troff + strlen(troff), sizeof troff - strlen(troff), *at == '-' ? "\\-" : "%c",
				         *at);
			snprintf(troff + strlen(troff), sizeof troff - strlen(troff), "\\fR");
			assert_int_equal(strstr(man, troff) != NULL, ours);
			snprintf(wanted, sizeof wanted, "--%s ", spec->name);
			assert_int_equal(strstr(bash, wanted) != NULL, ours);
			snprintf(wanted, sizeof wanted, "--%s%s", spec->name,
			         spec->argument != NULL ? "="
			         : spec->letter != 0    ? "}"
			                                : "[");
			assert_int_equal(strstr(zsh, wanted) != NULL, ours);
		}
		free(help);
		free(man);
		free(bash);
		free(zsh);
	}
}

static void help_tells_each_programs_default(void **state)
{
	char *check = written(help_full, &program_check), *handler = written(help_full, &program_logoff);

	(void)state;
	assert_non_null(strstr(check, "Default: 10s."));
	assert_non_null(strstr(handler, "Default: 25s."));
	assert_non_null(strstr(check, "Default: 30m."));
	assert_non_null(strstr(handler, "Default: 50."));
	free(check);
	free(handler);
}

/* The words of choices stand in settings.c as the sessions' names do in session.c. */
static void choices_are_the_sessions_words(void **state)
{
	const struct option_spec *states = option_find("state", PROGRAM_ALL), *kinds = option_find("kind", PROGRAM_ALL);
	const struct option_spec *classes = option_find("class", PROGRAM_ALL);
	enum session_state session_state;
	enum session_kind kind;
	enum session_class class;
	size_t count = 0;

	(void)state;
	for (; states->choices[count] != NULL; count++)
		if (strcmp(states->choices[count], "idle") != 0)
			assert_int_equal(session_state_parse(states->choices[count], &session_state), 0);
	assert_int_equal(count, STATE_INIT + 1 + 2); /* and idle, other */
	for (count = 0; kinds->choices[count] != NULL; count++)
		assert_int_equal(session_kind_parse(kinds->choices[count], &kind), 0);
	assert_int_equal(count, KIND_SHELL + 1);
	for (count = 0; classes->choices[count] != NULL; count++)
		assert_int_equal(session_class_parse(classes->choices[count], &class), 0);
	assert_int_equal(count, CLASS_GHOST + 1);
}

static void the_table_is_sound(void **state)
{
	(void)state;
	for (const struct option_spec *spec = option_table; spec->name != NULL; spec++) {
		bool flag = spec->kind == OPTION_FLAG || spec->kind == OPTION_COUNT;

		assert_ptr_equal(option_find(spec->name, PROGRAM_ALL), spec);
		assert_int_equal(flag, spec->argument == NULL);
		assert_true(isupper((unsigned char)spec->help[0]));
		assert_int_equal(spec->help[strlen(spec->help) - 1], '.');
		assert_int_equal(spec->programs & ~(unsigned)PROGRAM_ALL, 0);
		assert_non_null(spec->group);
		for (const struct option_spec *other = option_table; other < spec; other++)
			assert_true(spec->letter == 0 || spec->letter != other->letter);
	}
}

static void questions_are_answered(void **state)
{
	static const char *const lines[] = {"--help", "-h", "-?", "-V", "--version", "--list-providers", "-vh"};
	int saved = dup(STDOUT_FILENO);

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct run *run;
		FILE *out = tmpfile();
		struct stat status;

		fflush(stdout);
		dup2(fileno(out), STDOUT_FILENO);
		run = run_parse(&program_check, NULL, lines[i]);
		fflush(stdout);
		dup2(saved, STDOUT_FILENO);
		assert_int_equal(run->status, 1);
		assert_int_equal(fstat(fileno(out), &status), 0);
		assert_true(status.st_size > 20);
		fclose(out);
		run_free(run);
	}
	close(saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_line_fills_the_settings),
	    cmocka_unit_test(defaults_are_as_documented),
	    cmocka_unit_test(bad_lines_are_refused),
	    cmocka_unit_test(macros_may_be_empty),
	    cmocka_unit_test(host_and_provider_make_a_target),
	    cmocka_unit_test(the_line_goes_before_the_section_before_the_defaults),
	    cmocka_unit_test(only_a_named_section_may_execute),
	    cmocka_unit_test(a_comma_on_the_line_makes_a_list),
	    cmocka_unit_test(what_is_no_name_is_refused),
	    cmocka_unit_test(a_section_is_bound_to_its_act),
	    cmocka_unit_test(root_acts_only_by_a_section_that_says_its_act),
	    cmocka_unit_test(only_a_filter_on_the_line_may_be_a_rule),
	    cmocka_unit_test(a_mistake_prints_two_lines),
	    cmocka_unit_test(brief_help_fits_a_screen),
	    cmocka_unit_test(full_help_has_every_option),
	    cmocka_unit_test(help_tells_each_programs_default),
	    cmocka_unit_test(choices_are_the_sessions_words),
	    cmocka_unit_test(the_table_is_sound),
	    cmocka_unit_test(questions_are_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

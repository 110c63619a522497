/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What logind's and utmp's words become.  The words, cgroup lines and records are what real machines had. */
#include "t/unit/test.h"

#include <fcntl.h>
#include <pty.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmpx.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/child/pidfd.h"
#include "lib/judge/classify.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "providers/linux/own.h"
#include "providers/linux/process.h"
#include "providers/logind/act.h"
#include "providers/logind/bus.h"
#include "providers/logind/login.h"
#include "providers/logind/members.h"
#include "providers/logind/terminal.h"
#include "providers/logind/utmp.h"

enum { NOW = 1000000000 }; /* ms */

/* An ssh login as systemd 252 tells it. */
static struct login ssh_login(void)
{
	struct login login;

	login_init(&login);
	login.id = "3";
	login.name = "alice";
	login.birth = "logind:boot:999000000000";
	login.line = "pts/3";
	login.remote_host = "192.0.2.7";
	login.type = "tty";
	login.class = "user";
	login.state = "active";
	login.scope = "session-3.scope";
	login.uid = 1001;
	login.leader = 4711;
	login.remote = true;
	login.logon = (uint64_t)(NOW - 3600000) * 1000;
	login.idle_since = (uint64_t)(NOW - 60000) * 1000;
	return login;
}

static struct session convert(const struct login *login, struct arena *arena)
{
	struct session session;

	session_init(&session);
	login_to_session(login, NOW, &session, arena);
	return session;
}

/* An exclusion by id must not hear that it is root's. */
static void an_account_that_is_not_told_has_no_id(void **state)
{
	struct arena arena = {0};
	struct login login;
	struct session session;

	(void)state;
	login_init(&login);
	login.id = "3";
	login.name = "alice";
	session = convert(&login, &arena);
	assert_int_equal(session.names.count, 0);
	arena_free(&arena);
}

/* A directory's accounts, as winbind and sssd call them. */
static void accounts_have_domains(void **state)
{
	static const struct {
		const char *name, *user, *domain, *other;
	} table[] = {
	    {"alice", "alice", "", "uid:1001"},
	    {"CORP\\alice", "alice", "CORP", "CORP\\alice"},
	    {"CORP+alice", "alice", "CORP", "CORP+alice"},
	    {"alice@corp.example", "alice", "corp.example", "alice@corp.example"},
	    {"CORP\\al+ice", "al+ice", "CORP", "CORP\\al+ice"},
	    {"+alice", "+alice", "", "uid:1001"},
	    {"alice@", "alice@", "", "uid:1001"},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct login login = ssh_login();
		struct session session;

		login.name = table[i].name;
		session = convert(&login, &arena);
		assert_string_equal(session.user, table[i].user);
		assert_string_equal(session.domain, table[i].domain);
		assert_string_equal(session.names.items[0], table[i].other);
		assert_false(session.user_cut);
	}
	arena_free(&arena);
}

static void only_a_distant_person_is_a_user(void **state)
{
	static const struct {
		const char *class, *type, *seat, *host;
		bool remote;
		enum session_class is;
	} table[] = {
	    {"user", "tty", "", "192.0.2.7", true, CLASS_USER},
	    {"user", "tty", "", "ws7.example", false, CLASS_USER},
	    {"user-light", "tty", "", "192.0.2.7", true, CLASS_USER},
	    {"user-early", "tty", "", "192.0.2.7", true, CLASS_USER},
	    {"user", "x11", "", "", false, CLASS_USER},         /* xrdp's */
	    {"user", "x11", "seat0", "", false, CLASS_CONSOLE}, /* the screen on the machine */
	    {"user", "wayland", "seat1", "", false, CLASS_CONSOLE},
	    {"user", "tty", "seat0", "", false, CLASS_CONSOLE}, /* tty1 */
	    {"user", "tty", "", "", false, CLASS_CONSOLE},      /* ttyS0, run0 */
	    {"greeter", "x11", "seat0", "", false, CLASS_SERVICES},
	    {"greeter", "x11", "", "192.0.2.7", true, CLASS_SERVICES}, /* XDMCP */
	    {"lock-screen", "x11", "seat0", "", false, CLASS_SERVICES},
	    {"background", "unspecified", "", "", false, CLASS_SERVICES},
	    {"manager", "unspecified", "", "", false, CLASS_SERVICES},
	    {"manager-early", "unspecified", "", "192.0.2.7", true, CLASS_SERVICES},
	    {"something-new", "tty", "", "192.0.2.7", true, CLASS_SERVICES},
	    {"", "tty", "", "192.0.2.7", true, CLASS_SERVICES},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct login login = ssh_login();
		struct arena arena = {0};

		login.class = table[i].class;
		login.type = table[i].type;
		login.seat = table[i].seat;
		login.remote_host = table[i].host;
		login.remote = table[i].remote;
		assert_int_equal(convert(&login, &arena).class, table[i].is);
		arena_free(&arena);
	}
}

static void idle_is_known_only_where_it_means_something(void **state)
{
	static const struct {
		const char *class, *type, *desktop;
		bool hint;
		int64_t hint_ago, input_ago; /* -1: unknown */
		int64_t idle;                /* -1: unknown */
	} table[] = {
	    {"user", "tty", "", false, 60000, -1, 60000},
	    {"user", "tty", "", true, 60000, 8000, 8000}, /* another terminal of the session was used */
	    {"user", "tty", "", true, 8000, 60000, 8000},
	    {"user", "tty", "", false, -1, 60000, 60000}, /* utmp */
	    {"user", "tty", "", true, -1, -1, -1},
	    {"user", "tty", "", true, 7200000, 7200000, 3600000}, /* read before the login: that was somebody else */
	    {"user", "x11", "GNOME", true, 60000, -1, 60000},
	    {"user", "x11", "GNOME", false, 60000, -1, 0}, /* the desktop says: in use */
	    {"user", "x11", "GNOME", false, -1, -1, -1},   /* it never said anything */
	    {"user", "x11", "", true, 60000, -1, -1},
	    {"user", "wayland", "", false, 60000, 1000, -1},
	    {"user", "unspecified", "", true, -1, -1, -1},
	    {"manager", "unspecified", "", true, 60000, -1, -1}, /* systemd#34844 */
	    {"background", "tty", "", true, 60000, 1000, -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct login login = ssh_login();
		struct arena arena = {0};
		struct span idle;

		login.class = table[i].class;
		login.type = table[i].type;
		login.desktop = table[i].desktop;
		login.idle_hint = table[i].hint;
		login.idle_since = table[i].hint_ago < 0 ? 0 : (uint64_t)(NOW - table[i].hint_ago) * 1000;
		if (table[i].input_ago >= 0)
			login.tty_input = moment_at(NOW - table[i].input_ago);
		{
			struct session session = convert(&login, &arena);

			idle = classify(&session, NOW, 60000, COUNT_USERS).idle;
		}
		assert_int_equal(idle.known, table[i].idle >= 0);
		if (idle.known)
			assert_int_equal(idle.length, table[i].idle);
		arena_free(&arena);
	}
}

static void states_keep_logind_s_word(void **state)
{
	static const struct {
		const char *word;
		enum session_state is;
		const char *text;
	} table[] = {{"active", STATE_ACTIVE, ""},
	             {"online", STATE_ACTIVE, "online"},
	             {"opening", STATE_INIT, "opening"},
	             {"closing", STATE_RESET, "closing"},
	             {"frozen", STATE_OTHER, "frozen"}};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct login login = ssh_login();
		struct arena arena = {0};
		struct session session;

		login.state = table[i].word;
		session = convert(&login, &arena);
		assert_int_equal(session.state, table[i].is);
		assert_string_equal(session.state_text, table[i].text);
		arena_free(&arena);
	}
}

static void a_shell_has_all_its_fields(void **state)
{
	struct login login = ssh_login();
	struct arena arena = {0};
	struct session session = convert(&login, &arena);

	(void)state;
	assert_string_equal(session.id, "3");
	assert_true(session.numbered);
	assert_int_equal(session.number, 3);
	assert_string_equal(session.user, "alice");
	assert_string_equal(session.station, "pts/3");
	assert_string_equal(session.client_address, "192.0.2.7");
	assert_string_equal(session.client_name, "");
	assert_int_equal(session.kind, KIND_SHELL);
	assert_int_equal(session.locked, FLAG_UNKNOWN);
	assert_int_equal(session.own, FLAG_NO);
	assert_true(moment_equal(session.logon_time, moment_at(NOW - 3600000)));
	assert_true(moment_equal(session.connect_time, session.logon_time));
	assert_int_equal(session.disconnect_time.is, MOMENT_NEVER);
	arena_free(&arena);
}

static void a_desktop_without_a_name_tells_little(void **state)
{
	struct login login = ssh_login();
	struct arena arena = {0};
	struct session session;

	(void)state;
	login.id = "c12";
	login.type = "x11";
	login.line = "";
	login.display = ":10";
	login.remote_host = "ws7.example";
	login.own = true;
	session = convert(&login, &arena);
	assert_false(session.numbered);
	assert_string_equal(session.station, ":10");
	assert_string_equal(session.client_name, "ws7.example");
	assert_string_equal(session.client_address, "");
	assert_int_equal(session.kind, KIND_DESKTOP);
	assert_int_equal(session.own, FLAG_YES);
	assert_int_equal(session.locked, FLAG_UNKNOWN);
	assert_int_equal(session.connect_time.is, MOMENT_UNKNOWN);
	assert_int_equal(session.disconnect_time.is, MOMENT_UNKNOWN);
	login.desktop = "KDE";
	assert_int_equal(convert(&login, &arena).locked, FLAG_NO);
	login.locked_hint = true;
	assert_int_equal(convert(&login, &arena).locked, FLAG_YES);
	arena_free(&arena);
}

static void addresses_are_told_from_names(void **state)
{
	static const struct {
		const char *host, *address, *name;
	} table[] = {{"192.0.2.7", "192.0.2.7", ""},
	             {"2001:db8::7", "2001:db8::7", ""},
	             {"::ffff:192.0.2.7", "192.0.2.7", ""},
	             {"fe80::1%eth0", "fe80::1%eth0", ""},
	             {"192.0.2", "", "192.0.2"},
	             {"192.0.2.7.", "", "192.0.2.7."},
	             {"ws7.example", "", "ws7.example"},
	             {"192.0.2.7%x", "", "192.0.2.7%x"},
	             {"::g", "", "::g"}};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct login login = ssh_login();
		struct arena arena = {0};
		struct session session;

		login.remote_host = table[i].host;
		session = convert(&login, &arena);
		assert_string_equal(session.client_address, table[i].address);
		assert_string_equal(session.client_name, table[i].name);
		arena_free(&arena);
	}
}

static void a_session_s_cgroup_is_found(void **state)
{
	static const struct {
		const char *text, *scope, *id, *path; /* path NULL: none */
	} table[] = {
	    {"0::/user.slice/user-1001.slice/session-3.scope\n", "session-3.scope", "3",
	     "/user.slice/user-1001.slice/session-3.scope"},
	    {"10:name=systemd:/user.slice/user-1001.slice/session-3.scope\n4:memory:/x\n0::/\n", "session-3.scope", "3",
	     "/systemd/user.slice/user-1001.slice/session-3.scope"},
	    {"10:name=elogind:/c1\n9:name=systemd:/\n0::/\n", "", "c1", "/elogind/c1"},
	    {"10:name=elogind:/c11\n0::/\n", "", "c1", NULL},
	    {"10:name=elogind:/user.slice/user-1000.slice/session-c1.scope\n0::/\n", "", "c1",
	     "/elogind/user.slice/user-1000.slice/session-c1.scope"},
	    {"10:name=elogind:/user.slice/user-1000.slice/session-c11.scope\n0::/\n", "", "c1", NULL},
	    {"0::/user.slice/user-1001.slice\n", "session-3.scope", "3", NULL},
	    {"0::/user.slice/user-1001.slice/session-33.scope\n", "session-3.scope", "3", NULL},
	    {"0::/\n", "", "", NULL},
	    {"4:memory:/session-3.scope\n", "session-3.scope", "3", NULL},
	    {"0::/../session-3.scope\n", "session-3.scope", "3", NULL},
	    {"nonsense", "session-3.scope", "3", NULL},
	    {"", "session-3.scope", "3", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct login login = ssh_login();
		char path[256] = "";

		login.id = table[i].id;
		login.scope = table[i].scope;
		assert_int_equal(members_path(table[i].text, &login, path, sizeof path), table[i].path != NULL);
		if (table[i].path != NULL)
			assert_string_equal(path, table[i].path);
	}
}

static void the_kernel_s_count_is_read(void **state)
{
	(void)state;
	assert_int_equal(cpu_stat_parse("usage_usec 5123456\nuser_usec 1\nsystem_usec 2\n"), 5123);
	assert_int_equal(cpu_stat_parse("usage_usec 0\n"), 0);
	assert_int_equal(cpu_stat_parse("user_usec 1\nusage_usec 5\n"), -1);
	assert_int_equal(cpu_stat_parse("usage_usec -5\n"), -1);
	assert_int_equal(cpu_stat_parse("usage_usec 99999999999999999999\n"), -1);
	assert_int_equal(cpu_stat_parse(""), -1);
	assert_int_equal(memory_stat_parse("anon 28672\nfile 4096\n"), 28672);
	assert_int_equal(memory_stat_parse("file 4096\nanon 28672\n"), -1);
	assert_int_equal(memory_stat_parse("anon -1\n"), -1);
}

/* Everybody holds delays, and a desktop blocks the keys of its machine: neither says that somebody is at work. */
static void what_keeps_a_host_awake(void **state)
{
	(void)state;
	assert_true(inhibitor_counts("sleep", "block"));
	assert_true(inhibitor_counts("handle-lid-switch:idle", "block"));
	assert_true(inhibitor_counts("shutdown:sleep", "block"));
	assert_false(inhibitor_counts("shutdown:sleep", "delay"));
	assert_false(inhibitor_counts("handle-power-key:handle-suspend-key", "block"));
	assert_false(inhibitor_counts("sleepy:idl", "block"));
	assert_false(inhibitor_counts("", "block"));
}

static void a_message_cannot_command_the_terminal(void **state)
{
	struct buffer out = {0};
	char *body;

	(void)state;
	terminal_format(&out, "ts01", "Idle\033]0;x\a",
	                "Gr\xc3\xbc\xc3\x9f"
	                "e, 100% | C:\\x\nsecond\033[2J\xff\r\xc2\x9b"
	                "31m\n");
	body = strstr(out.text, "***");
	assert_non_null(body);
	assert_string_equal(body, "*** Message from ts01: Idle\\x1b]0;x\\x07 ***\r\n"
	                          "Gr\xc3\xbc\xc3\x9f"
	                          "e, 100% | C:\\x\r\nsecond\\x1b[2J?\\x0d\\u{009b}31m\r\n\r\n");
	buffer_free(&out);
}

static void a_message_is_bounded(void **state)
{
	struct buffer out = {0};
	char *text = malloc(1 << 20);

	(void)state;
	memset(text, 'x', (1 << 20) - 1);
	text[(1 << 20) - 1] = '\0';
	terminal_format(&out, "ts01", text, text);
	assert_true(out.length < TERMINAL_TEXT_LIMIT + 512);
	buffer_free(&out);
	free(text);
}

/* A pseudo-terminal of our own: its name below /dev in line, the other side as the result. */
static int open_pty(int *terminal, char *line, size_t size)
{
	char name[64];
	int master;

	if (openpty(&master, terminal, name, NULL, NULL) != 0)
		return -1;
	assert_memory_equal(name, "/dev/", 5);
	snprintf(line, size, "%.*s", (int)(size - 1), name + 5);
	return master;
}

static void a_message_reaches_only_its_user(void **state)
{
	struct deadline deadline = deadline_in(5000);
	struct error error = {0};
	char line[64], got[16] = "";
	int terminal, master = open_pty(&terminal, line, sizeof line);

	(void)state;
	if (master < 0)
		skip();
	assert_int_equal(terminal_write(line, getuid(), "hello", 5, &deadline, &error), 0);
	assert_int_equal(read(master, got, sizeof got - 1), 5);
	assert_string_equal(got, "hello");
	assert_int_equal(terminal_write(line, getuid() + 1, "hello", 5, &deadline, &error), -1);
	assert_int_equal(error.code, ERROR_CHANGED);
	close(terminal);
	close(master);
}

static void what_is_no_terminal_is_not_written(void **state)
{
	static const char *const lines[] = {"null",        "/dev/null", "../etc/passwd", "",
	                                    "pts/../null", "stdout",    "pts/99999",     "tty"};
	struct deadline deadline = deadline_in(5000);

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct error error = {0};

		assert_int_equal(terminal_write(lines[i], getuid(), "x", 1, &deadline, &error), -1);
		assert_int_equal(error.code, ERROR_UNSUPPORTED);
		assert_int_equal(terminal_input(lines[i]).is, MOMENT_UNKNOWN);
	}
}

static void a_stopped_terminal_costs_no_more_than_the_deadline(void **state)
{
	static char bytes[65536];
	struct error error = {0};
	char line[64];
	int terminal, master = open_pty(&terminal, line, sizeof line);
	const int64_t begun = clock_monotonic();
	struct deadline deadline = deadline_in(150);
	int64_t spent;

	(void)state;
	if (master < 0)
		skip();
	assert_int_equal(tcflow(terminal, TCOOFF), 0);
	assert_int_equal(terminal_write(line, getuid(), bytes, sizeof bytes, &deadline, &error), -1);
	assert_int_equal(error.code, ERROR_TIMEOUT);
	spent = clock_monotonic() - begun;
	assert_true(spent >= 100 && spent <= 5000);
	close(terminal);
	close(master);
}

static void terminals_have_names_and_numbers(void **state)
{
	char line[64], again[64];
	int terminal, master = open_pty(&terminal, line, sizeof line);

	(void)state;
	if (master < 0)
		skip();
	assert_int_not_equal(terminal_device(line), 0);
	assert_int_equal(terminal_name(terminal_device(line), again, sizeof again), 0);
	assert_string_equal(again, line);
	close(terminal);
	close(master);
}

/* A leader that cannot be read may be root's; one that has ended is gone. */
static void only_a_leader_that_is_seen_is_hung_up(void **state)
{
	struct login login;
	struct outcome outcome = {0};
	struct error error = {0};
	pid_t child = fork();
	int pidfd;

	(void)state;
	if (child == 0)
		for (;;)
			pause();
	pidfd = pidfd_of(child);
	login_init(&login);
	login.birth = "utmp:boot:pts/3:900.250000:4720.12345";
	login.uid = getuid();
	assert_int_equal(login_hang_up(&login, pidfd, true, &outcome, &error), -1); /* leader 0 */
	assert_int_equal(error.code, ERROR_UNSUPPORTED);
	assert_false(pidfd_ended(pidfd, 0));
	login.leader = (uint32_t)child;
	assert_int_equal(login_hang_up(&login, pidfd, true, &outcome, &error), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(login_hang_up(&login, pidfd, true, &outcome, &error), 0);
	assert_int_equal(outcome.code, OUTCOME_GONE);
	close(pidfd);
}

static struct utmpx ssh_record(void)
{
	struct utmpx record;

	memset(&record, 0, sizeof record);
	record.ut_type = USER_PROCESS;
	record.ut_pid = 4711;
	record.ut_tv.tv_sec = 900;
	record.ut_tv.tv_usec = 250000;
	memcpy(record.ut_line, "pts/3", 5);
	memcpy(record.ut_user, "alice", 5);
	memcpy(record.ut_host, "192.0.2.7", 9);
	return record;
}

static void utmp_records_become_logins(void **state)
{
	struct utmpx record = ssh_record();
	struct process leader = {.pid = 4720, .start = 12345, .uid = 1001};
	struct arena arena = {0};
	struct session session;
	struct login login;

	(void)state;
	utmp_to_login(&record, 1001, &leader, "boot", &arena, &login);
	login.tty_input = moment_at(901000);
	session = convert(&login, &arena);
	assert_string_equal(session.id, "pts/3");
	assert_string_equal(session.user, "alice");
	assert_string_equal(session.client_address, "192.0.2.7");
	assert_int_equal(session.class, CLASS_USER);
	assert_int_equal(session.kind, KIND_SHELL);
	assert_int_equal(session.logon_time.at, 900250);
	assert_int_equal(session.last_input.at, 901000);
	assert_string_equal(session.birth, "utmp:boot:pts/3:900.250000:4720.12345");
	utmp_to_login(&record, 1001, NULL, "boot", &arena, &login);
	assert_string_equal(login.birth, ""); /* listed, never acted on */
	arena_free(&arena);
}

static void utmp_fields_need_no_end(void **state)
{
	struct utmpx record = ssh_record();
	struct arena arena = {0};
	struct login login;

	(void)state;
	memset(record.ut_user, 'u', sizeof record.ut_user);
	memset(record.ut_line, 'l', sizeof record.ut_line);
	memset(record.ut_host, '\xff', sizeof record.ut_host);
	utmp_to_login(&record, (uint32_t)-1, NULL, "boot", &arena, &login);
	assert_int_equal(strlen(login.name), sizeof record.ut_user);
	assert_true(convert(&login, &arena).user_cut); /* whatever else it may be called */
	assert_int_equal(strlen(login.id), sizeof record.ut_line);
	assert_true(utf8_valid(login.remote_host, strlen(login.remote_host)));
	arena_free(&arena);
}

static void a_window_of_a_local_screen_is_not_remote(void **state)
{
	static const char *const hosts[] = {"", ":0", ":10.0", "tmux(4711).%1", "screen.4711"};

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct utmpx record = ssh_record();
		struct arena arena = {0};
		struct login login;

		memset(record.ut_host, 0, sizeof record.ut_host);
		memcpy(record.ut_host, hosts[i], strlen(hosts[i]));
		utmp_to_login(&record, 1001, NULL, "boot", &arena, &login);
		assert_int_equal(convert(&login, &arena).class, CLASS_CONSOLE);
		arena_free(&arena);
	}
}

static void a_process_may_have_any_name(void **state)
{
	struct process process;

	(void)state;
	prctl(PR_SET_NAME, "x) R 1 1 (", 0, 0, 0);
	assert_int_equal(process_read(getpid(), &process), 0);
	assert_int_equal(process.parent, getppid());
	assert_int_equal(process.session, getsid(0));
	assert_int_equal(process.uid, geteuid());
	assert_true(process.start > 0);
	assert_int_equal(process_read(0, &process), -1);
	assert_int_equal(process_read(-1, &process), -1);
}

static void our_ancestors_are_known(void **state)
{
	struct ancestry ancestry;

	(void)state;
	ancestry_read(&ancestry);
	assert_true(ancestry_has(&ancestry, getpid()));
	assert_true(getppid() == 1 || ancestry_has(&ancestry, getppid()));
	assert_false(ancestry_has(&ancestry, 1));
	assert_false(ancestry_on_terminal(&ancestry, 0));
	assert_true(account_own(getuid()));
	assert_true(process_descends(getpid(), getppid()) || getppid() == 1);
	assert_false(process_descends(getppid(), getpid()));
	assert_false(process_descends(0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_a_distant_person_is_a_user),
	    cmocka_unit_test(accounts_have_domains),
	    cmocka_unit_test(an_account_that_is_not_told_has_no_id),
	    cmocka_unit_test(idle_is_known_only_where_it_means_something),
	    cmocka_unit_test(states_keep_logind_s_word),
	    cmocka_unit_test(a_shell_has_all_its_fields),
	    cmocka_unit_test(a_desktop_without_a_name_tells_little),
	    cmocka_unit_test(addresses_are_told_from_names),
	    cmocka_unit_test(a_session_s_cgroup_is_found),
	    cmocka_unit_test(the_kernel_s_count_is_read),
	    cmocka_unit_test(what_keeps_a_host_awake),
	    cmocka_unit_test(a_message_cannot_command_the_terminal),
	    cmocka_unit_test(a_message_is_bounded),
	    cmocka_unit_test(a_message_reaches_only_its_user),
	    cmocka_unit_test(what_is_no_terminal_is_not_written),
	    cmocka_unit_test(a_stopped_terminal_costs_no_more_than_the_deadline),
	    cmocka_unit_test(terminals_have_names_and_numbers),
	    cmocka_unit_test(only_a_leader_that_is_seen_is_hung_up),
	    cmocka_unit_test(utmp_records_become_logins),
	    cmocka_unit_test(utmp_fields_need_no_end),
	    cmocka_unit_test(a_window_of_a_local_screen_is_not_remote),
	    cmocka_unit_test(a_process_may_have_any_name),
	    cmocka_unit_test(our_ancestors_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

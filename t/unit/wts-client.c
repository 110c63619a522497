/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program that uses WinPR's WTS API, for t/wtsapi*.t.  It does what the lines of
 * its standard input say, and prints a line "key=value" for each thing it is told:
 *
 *   open NAME | close            list | list-ex            [w before either: the wide functions]
 *   info ID CLASS                message ID TITLE SECONDS TEXT   [0: no answer is waited for]
 *   disconnect ID | logoff ID    threads N NAME            await FILE
 *   unsupported                  misuse
 *   streams                      cancel                  forks | forks-at-work
 *
 * An ID of "current" is WTS_CURRENT_SESSION.  Wide texts are turned into UTF-8 by
 * iconv(3), which is not ours.
 */
#include <fcntl.h>
#include <iconv.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <winpr/error.h>
#include <winpr/wtsapi.h>

static HANDLE server = WTS_CURRENT_SERVER_HANDLE;
static bool wide;

static void say(const char *key, const char *value)
{
	printf("%s=%s\n", key, value);
}

static void say_number(const char *key, long long number)
{
	printf("%s=%lld\n", key, number);
}

static void say_wide(const char *key, const WCHAR *text)
{
	iconv_t converter = iconv_open("UTF-8", "UTF-16LE");
	char out[8192], *to = out, *from = (char *)(void *)(WCHAR *)text;
	size_t length = 0, left = sizeof out - 1;

	while (text[length] != 0)
		length++;
	length *= sizeof *text;
	if (iconv(converter, &from, &length, &to, &left) == (size_t)-1)
		say("iconv", "no UTF-16");
	*to = '\0';
	iconv_close(converter);
	say(key, out);
}

static void say_text(const char *key, const void *text)
{
	if (text == NULL)
		say(key, "NULL");
	else if (wide)
		say_wide(key, text);
	else
		say(key, text);
}

static bool done(const char *what, BOOL success)
{
	if (!success)
		printf("%s=error %u\n", what, (unsigned)GetLastError());
	return success;
}

static DWORD id_of(const char *word)
{
	return strcmp(word, "current") == 0 ? WTS_CURRENT_SESSION : (DWORD)strtoul(word, NULL, 10);
}

/* The ABI lets a wide and a narrow structure be read alike but for the texts. */
static void list(void)
{
	WTS_SESSION_INFOA *sessions = NULL;
	DWORD count = 0;
	BOOL success = wide ? WTSEnumerateSessionsW(server, 0, 1, (WTS_SESSION_INFOW **)&sessions, &count)
	                    : WTSEnumerateSessionsA(server, 0, 1, &sessions, &count);

	if (!done("list", success))
		return;
	say_number("count", count);
	for (DWORD i = 0; i < count; i++) {
		say_number("id", sessions[i].SessionId);
		say_number("state", sessions[i].State);
		say_text("station", sessions[i].pWinStationName);
	}
	WTSFreeMemory(sessions);
}

static void list_ex(void)
{
	WTS_SESSION_INFO_1A *sessions = NULL;
	DWORD count = 0, level = 1;
	BOOL success = wide ? WTSEnumerateSessionsExW(server, &level, 0, (WTS_SESSION_INFO_1W **)&sessions, &count)
	                    : WTSEnumerateSessionsExA(server, &level, 0, &sessions, &count);

	if (!done("list-ex", success))
		return;
	say_number("count", count);
	for (DWORD i = 0; i < count; i++) {
		say_number("id", sessions[i].SessionId);
		say_number("state", sessions[i].State);
		say_text("name", sessions[i].pSessionName);
		say_text("host", sessions[i].pHostName);
		say_text("user", sessions[i].pUserName);
		say_text("domain", sessions[i].pDomainName);
		say_text("farm", sessions[i].pFarmName);
	}
	done("free", wide ? WTSFreeMemoryExW(WTSTypeSessionInfoLevel1, sessions, count)
	                  : WTSFreeMemoryExA(WTSTypeSessionInfoLevel1, sessions, count));
}

static void say_bytes(const char *key, const BYTE *bytes, size_t count)
{
	printf("%s=", key);
	for (size_t i = 0; i < count; i++)
		printf("%02x", bytes[i]);
	putchar('\n');
}

#define SAY_TIMES(info)                                                                                                \
	do {                                                                                                           \
		say_number("logon", (info).LogonTime.QuadPart);                                                        \
		say_number("connect", (info).ConnectTime.QuadPart);                                                    \
		say_number("disconnect", (info).DisconnectTime.QuadPart);                                              \
		say_number("last-input", (info).LastInputTime.QuadPart);                                               \
		say_number("now", (info)._CurrentTime.QuadPart);                                                       \
	} while (0)

static void say_info(const void *block)
{
	const WTSINFOA *a = block;
	const WTSINFOW *w = block;

	say_number("id", wide ? w->SessionId : a->SessionId);
	say_number("state", wide ? w->State : a->State);
	say_text("station", wide ? (const void *)w->WinStationName : a->WinStationName);
	say_text("domain", wide ? (const void *)w->Domain : a->Domain);
	say_text("user", wide ? (const void *)w->UserName : a->UserName);
	if (wide)
		SAY_TIMES(*w);
	else
		SAY_TIMES(*a);
}

static void say_info_ex(const void *block)
{
	const WTSINFOEXA *a = block;
	const WTSINFOEXW *w = block;
	const WTSINFOEX_LEVEL1_A *one = &a->Data.WTSInfoExLevel1;
	const WTSINFOEX_LEVEL1_W *wide_one = &w->Data.WTSInfoExLevel1;

	say_number("level", a->Level);
	say_number("id", one->SessionId);
	say_number("state", one->SessionState);
	say_number("flags", one->SessionFlags);
	say_text("station", wide ? (const void *)wide_one->WinStationName : one->WinStationName);
	say_text("user", wide ? (const void *)wide_one->UserName : one->UserName);
	say_text("domain", wide ? (const void *)wide_one->DomainName : one->DomainName);
	if (wide)
		SAY_TIMES(*wide_one);
	else
		SAY_TIMES(*one);
}

#define SAY_CLIENT(client)                                                                                             \
	do {                                                                                                           \
		say_text("client-name", (client)->ClientName);                                                         \
		say_text("domain", (client)->Domain);                                                                  \
		say_text("user", (client)->UserName);                                                                  \
		say_text("program", (client)->InitialProgram);                                                         \
		say_number("family", (client)->ClientAddressFamily);                                                   \
		say_bytes("address", (const BYTE *)(client)->ClientAddress, 16);                                       \
		say_text("work-directory", (client)->WorkDirectory);                                                   \
		say_text("directory", (client)->ClientDirectory);                                                      \
		say_text("device", (client)->DeviceId);                                                                \
		say_number("encryption", (client)->EncryptionLevel);                                                   \
		say_number("width", (client)->HRes);                                                                   \
		say_number("height", (client)->VRes);                                                                  \
		say_number("depth", (client)->ColorDepth);                                                             \
		say_number("build", (client)->ClientBuildNumber);                                                      \
		say_number("hardware", (client)->ClientHardwareId);                                                    \
		say_number("product", (client)->ClientProductId);                                                      \
		say_number("buffers-host", (client)->OutBufCountHost);                                                 \
		say_number("buffers-client", (client)->OutBufCountClient);                                             \
		say_number("buffer-length", (client)->OutBufLength);                                                   \
	} while (0)

static void say_value(WTS_INFO_CLASS class, const void *block, DWORD size)
{
	switch (class) {
	case WTSInitialProgram:
	case WTSApplicationName:
	case WTSUserName:
	case WTSWinStationName:
	case WTSDomainName:
	case WTSClientName:
	case WTSWorkingDirectory:
	case WTSClientDirectory:
		say_text("text", block);
		break;
	case WTSSessionInfo:
		say_info(block);
		break;
	case WTSSessionInfoEx:
		say_info_ex(block);
		break;
	case WTSClientInfo:
		if (wide)
			SAY_CLIENT((const WTSCLIENTW *)block);
		else
			SAY_CLIENT((const WTSCLIENTA *)block);
		break;
	case WTSClientAddress:
		say_number("family", ((const WTS_CLIENT_ADDRESS *)block)->AddressFamily);
		say_bytes("address", ((const WTS_CLIENT_ADDRESS *)block)->Address, 20);
		break;
	default:
		if (size == sizeof(USHORT))
			say_number("number", *(const USHORT *)block);
		else if (size == sizeof(ULONG))
			say_number("number", *(const ULONG *)block);
		else if (size == sizeof(LONGLONG))
			say_number("number", *(const LONGLONG *)block);
		else
			say_bytes("bytes", block, size);
	}
}

static void info(const char *id, WTS_INFO_CLASS class)
{
	void *block = NULL;
	DWORD size = 0;
	BOOL success = wide ? WTSQuerySessionInformationW(server, id_of(id), class, (LPWSTR *)&block, &size)
	                    : WTSQuerySessionInformationA(server, id_of(id), class, (LPSTR *)&block, &size);

	if (!done("info", success))
		return;
	say_number("size", size);
	say_value(class, block, size);
	WTSFreeMemory(block);
}

/* UTF-16 of a test's text; to be freed. */
static WCHAR *to_wide(const char *text, DWORD *size)
{
	iconv_t converter = iconv_open("UTF-16LE", "UTF-8");
	size_t length = strlen(text) + 1, left = 4 * length;
	char *out = calloc(4, length), *to = out, *from = (char *)text;

	if (iconv(converter, &from, &length, &to, &left) == (size_t)-1)
		say("iconv", "no UTF-8");
	iconv_close(converter);
	*size = (DWORD)(to - out);
	return (WCHAR *)(void *)out;
}

static void message(const char *id, char *title, bool wait, DWORD seconds, char *text)
{
	DWORD answer = 4711, title_size = (DWORD)strlen(title) + 1, text_size = (DWORD)strlen(text) + 1;
	BOOL success;

	if (wide) {
		WCHAR *wide_title = to_wide(title, &title_size), *wide_text = to_wide(text, &text_size);

		success = WTSSendMessageW(server, id_of(id), wide_title, title_size, wide_text, text_size, 0, seconds,
		                          &answer, wait);
		free(wide_title);
		free(wide_text);
	} else {
		success =
		    WTSSendMessageA(server, id_of(id), title, title_size, text, text_size, 0, seconds, &answer, wait);
	}
	if (done("message", success))
		say_number("answer", answer);
}

/* Waits for a file, so that a test can do something in between; at most ten seconds. */
static void await(const char *path)
{
	const struct timespec pause = {0, 5000000};

	for (int i = 0; i < 2000 && access(path, F_OK) != 0; i++)
		nanosleep(&pause, NULL);
	say("await", access(path, F_OK) == 0 ? "there" : "not there");
}

/* Everything at once, on shared and own handles: how many calls gave what they should. */
struct job {
	char name[512];
	DWORD count;
	unsigned good, all;
};

static void *work(void *argument)
{
	struct job *job = argument;
	HANDLE own = WTSOpenServerExA(job->name);

	for (unsigned round = 0; round < 6; round++) {
		HANDLE handle = round % 2 == 0 ? server : own;
		WTS_SESSION_INFOA *sessions = NULL;
		DWORD count = 0, size = 0;
		LPSTR user = NULL;

		job->all++;
		if (!WTSEnumerateSessionsA(handle, 0, 1, &sessions, &count) || count != job->count)
			continue;
		if (WTSQuerySessionInformationA(handle, sessions[round % count].SessionId, WTSUserName, &user, &size)) {
			job->good += strncmp(user, "user", 4) == 0;
			WTSFreeMemory(user);
		}
		WTSFreeMemory(sessions);
	}
	WTSCloseServer(own);
	return NULL;
}

static void threads(unsigned count, const char *name)
{
	pthread_t ids[256];
	struct job *jobs = calloc(256, sizeof *jobs);
	unsigned good = 0, all = 0;
	WTS_SESSION_INFOA *sessions = NULL;
	DWORD sessions_there = 0;

	if (done("threads", WTSEnumerateSessionsA(server, 0, 1, &sessions, &sessions_there)))
		WTSFreeMemory(sessions);
	for (unsigned i = 0; i < count; i++) {
		snprintf(jobs[i].name, sizeof jobs[i].name, "%s", name);
		jobs[i].count = sessions_there;
		pthread_create(&ids[i], NULL, work, &jobs[i]);
	}
	for (unsigned i = 0; i < count; i++) {
		pthread_join(ids[i], NULL);
		good += jobs[i].good;
		all += jobs[i].all;
	}
	free(jobs);
	printf("good=%u of %u\n", good, all);
}

/* One of each kind that Curfew has nothing for. */
static void unsupported(void)
{
	WTS_PROCESS_INFOA *processes = NULL;
	DWORD count = 0;
	HANDLE token = NULL;

	SetLastError(0);
	done("processes", WTSEnumerateProcessesA(server, 0, 1, &processes, &count));
	SetLastError(0);
	done("terminate", WTSTerminateProcess(server, 1, 0));
	SetLastError(0);
	done("notify", WTSRegisterSessionNotificationEx(server, NULL, NOTIFY_FOR_ALL_SESSIONS));
	SetLastError(0);
	done("token", WTSQueryUserToken(1, &token));
	SetLastError(0);
	done("channel", WTSVirtualChannelOpen(server, 1, NULL) != NULL);
	SetLastError(0);
	done("shadow", WTSStopRemoteControlSession(1));
	SetLastError(0);
	done("console", WTSGetActiveConsoleSessionId() != UINT32_MAX);
}

/* What a program may get wrong. */
static void misuse(void)
{
	WTS_SESSION_INFO_1A *ex = NULL;
	WTS_SESSION_INFOA *sessions = NULL;
	DWORD count = 0, level = 2;
	HANDLE before = server;

	done("version", WTSEnumerateSessionsA(server, 0, 2, &sessions, &count));
	done("reserved", WTSEnumerateSessionsA(server, 1, 1, &sessions, &count));
	done("nowhere", WTSEnumerateSessionsA(server, 0, 1, NULL, &count));
	done("level", WTSEnumerateSessionsExA(server, &level, 0, &ex, &count));
	done("nothing", WTSQuerySessionInformationA(server, 3, WTSUserName, NULL, &count));
	done("free-processes", WTSFreeMemoryExA(WTSTypeProcessInfoLevel0, NULL, 0));
	WTSFreeMemory(NULL);
	WTSCloseServer(server);
	done("closed", WTSEnumerateSessionsA(before, 0, 1, &sessions, &count));
	WTSCloseServer(before);
	done("invalid", WTSEnumerateSessionsA(INVALID_HANDLE_VALUE, 0, 1, &sessions, &count));
	done("address", WTSEnumerateSessionsA((HANDLE)&count, 0, 1, &sessions, &count));
	server = WTS_CURRENT_SERVER_HANDLE;
}

static void *list_once(void *succeeded)
{
	WTS_SESSION_INFOA *sessions = NULL;
	DWORD count = 0;

	*(BOOL *)succeeded = WTSEnumerateSessionsA(server, 0, 1, &sessions, &count);
	if (!*(BOOL *)succeeded)
		fprintf(stderr, "a list failed: error %u\n", (unsigned)GetLastError());
	WTSFreeMemory(sessions);
	return NULL;
}

/* A list by another thread, begun but hardly ended when this returns. */
static pthread_t list_begin(BOOL *succeeded)
{
	const struct timespec pause = {0, 100000000};
	pthread_t thread;

	pthread_create(&thread, NULL, list_once, succeeded);
	nanosleep(&pause, NULL);
	return thread;
}

/* How many of 0, 1 and 2 are taken during a call when the program has them closed. */
static void streams(void)
{
	int kept[3], used = 0;
	BOOL succeeded = FALSE;
	pthread_t thread;

	fflush(stdout);
	for (int fd = 0; fd < 3; fd++) {
		kept[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
		close(fd);
	}
	thread = list_begin(&succeeded);
	for (int fd = 0; fd < 3; fd++)
		used += fcntl(fd, F_GETFD) >= 0;
	pthread_join(thread, NULL);
	for (int fd = 0; fd < 3; fd++) {
		dup2(kept[fd], fd);
		close(kept[fd]);
	}
	if (succeeded)
		printf("streams=%d used\n", used);
}

/* Waits for the children: how many ended well. */
static int children_good(void)
{
	int good = 0, status;

	while (wait(&status) > 0)
		good += status == 0;
	return good;
}

/* Children that are made while 64 threads are in calls: how many can list, too. */
static void forks(void)
{
	pthread_t threads[64];
	BOOL succeeded[64] = {FALSE};
	int good = 0;

	fflush(stdout);
	for (int i = 0; i < 64; i++)
		pthread_create(&threads[i], NULL, list_once, &succeeded[i]);
	for (int i = 0; i < 16; i++) {
		if (fork() == 0) {
			BOOL listed = FALSE;

			alarm(200); /* a lock that nobody gives back */
			list_once(&listed);
			_exit(listed ? 0 : 1);
		}
	}
	for (int i = 0; i < 64; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 64; i++)
		good += succeeded[i];
	printf("forks=%d good\n", good + children_good());
}

/* Is the session's user told?  From the list that is there, as long as it is fresh. */
static BOOL user_known(void)
{
	LPSTR user = NULL;
	DWORD size = 0;
	BOOL known = WTSQuerySessionInformationA(server, 1, WTSUserName, &user, &size);

	if (!known)
		fprintf(stderr, "no user: error %u\n", (unsigned)GetLastError());
	WTSFreeMemory(user);
	return known;
}

static void *ask_on(void *ended)
{
	while (!*(atomic_bool *)ended)
		user_known();
	return NULL;
}

/* Children that are made while four threads look into the list all the time. */
static void forks_at_work(void)
{
	pthread_t threads[4];
	atomic_bool ended = false;

	fflush(stdout);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, ask_on, &ended);
	for (int i = 0; i < 50; i++) {
		if (fork() == 0) {
			alarm(200); /* a lock that nobody gives back */
			_exit(user_known() ? 0 : 1);
		}
	}
	printf("forks-at-work=%d good\n", children_good());
	ended = true;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

static void cancel(void)
{
	BOOL succeeded = FALSE;
	pthread_t thread = list_begin(&succeeded);

	pthread_cancel(thread);
	pthread_join(thread, NULL);
	say("cancel", succeeded ? "TRUE" : "FALSE");
}

static void open_server(char *name)
{
	if (wide) {
		DWORD size;
		WCHAR *wide_name = to_wide(name, &size);

		server = WTSOpenServerExW(wide_name);
		free(wide_name);
	} else {
		server = WTSOpenServerExA(name);
	}
	done("open", server != NULL && server != INVALID_HANDLE_VALUE);
	say("handle", server == NULL ? "NULL" : server == INVALID_HANDLE_VALUE ? "INVALID" : "good");
}

static void obey(char *line)
{
	char *rest = line, *words[5] = {0};

	for (size_t i = 0; i < 4 && rest != NULL; i++)
		words[i] = strsep(&rest, " ");
	words[4] = rest;
	for (size_t i = 0; i < 5; i++)
		if (words[i] == NULL)
			words[i] = line + strlen(line);
	if (strcmp(words[0], "w") == 0 || strcmp(words[0], "a") == 0)
		wide = words[0][0] == 'w';
	else if (strcmp(words[0], "open") == 0)
		open_server(words[1]);
	else if (strcmp(words[0], "close") == 0)
		WTSCloseServer(server);
	else if (strcmp(words[0], "list") == 0)
		list();
	else if (strcmp(words[0], "list-ex") == 0)
		list_ex();
	else if (strcmp(words[0], "info") == 0)
		info(words[1], (WTS_INFO_CLASS)strtol(words[2], NULL, 10));
	else if (strcmp(words[0], "message") == 0)
		message(words[1], words[2], strcmp(words[3], "0") != 0, (DWORD)strtoul(words[3], NULL, 10), words[4]);
	else if (strcmp(words[0], "disconnect") == 0)
		say("disconnect", done("why", WTSDisconnectSession(server, id_of(words[1]), TRUE)) ? "TRUE" : "FALSE");
	else if (strcmp(words[0], "logoff") == 0)
		say("logoff", done("why", WTSLogoffSession(server, id_of(words[1]), FALSE)) ? "TRUE" : "FALSE");
	else if (strcmp(words[0], "threads") == 0)
		threads((unsigned)strtol(words[1], NULL, 10), words[2]);
	else if (strcmp(words[0], "await") == 0)
		await(words[1]);
	else if (strcmp(words[0], "unsupported") == 0)
		unsupported();
	else if (strcmp(words[0], "misuse") == 0)
		misuse();
	else if (strcmp(words[0], "streams") == 0)
		streams();
	else if (strcmp(words[0], "forks") == 0)
		forks();
	else if (strcmp(words[0], "forks-at-work") == 0)
		forks_at_work();
	else if (strcmp(words[0], "cancel") == 0)
		cancel();
	else
		say("what", words[0]);
	say("done", words[0]);
	fflush(stdout);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, stdin)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		obey(line);
	}
	free(line);
	return 0;
}

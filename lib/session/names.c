/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/session/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/base/buffer.h"
#include "lib/base/text.h"

/* Longer names are not compared. */
enum { SPELLING_SIZE = 2 * 1024 + 8 };

/* In UTF-16 units (MS-TSTS 2.2.2.11). */
enum { USER_MOST = 20, DOMAIN_MOST = 17 };

/* A glob, and the result so far. */
struct question {
	char glob[SPELLING_SIZE];
	char user[SPELLING_SIZE]; /* its part that names a user: behind the first backslash, before the last @ */
	char form;                /* '\\', '@', or 0 for a name alone */
	bool dotted;              /* the domain in it is a DNS name */
	struct names_answer answer;
};

static void doubt(struct question *question)
{
	if (question->answer.match == MATCH_NO)
		question->answer.match = MATCH_UNKNOWN;
}

/* "CORP\\alice" is what users of a shell write.  false: longer than any name. */
static bool glob_take(struct question *question, const char *glob)
{
	const char *slash = strchr(glob, '\\'), *at;
	const char *rest = slash != NULL && slash[1] == '\\' ? slash + 1 : slash;
	char *copy = question->glob;
	size_t first = slash != NULL ? (size_t)(slash - glob) : 0, last = strlen(slash != NULL ? rest : glob) + 1;

	if (first + last > SPELLING_SIZE)
		return false;
	memcpy(copy, glob, first);
	memcpy(copy + first, slash != NULL ? rest : glob, last);
	memcpy(question->user, copy, first + last);
	if ((slash = strchr(copy, '\\')) != NULL) {
		question->form = '\\';
		question->dotted = memchr(copy, '.', (size_t)(slash - copy)) != NULL;
		text_copy(question->user, SPELLING_SIZE, slash + 1);
	} else if ((at = strrchr(copy, '@')) != NULL) {
		question->form = '@';
		question->user[at - copy] = '\0';
	}
	return true;
}

static void matched(struct question *question, const char *name)
{
	question->answer.match = MATCH_YES;
	text_copy(question->answer.name, NAME_TEXT_SIZE, name);
}

/* Compares one name; of a cut one only its beginning is known. */
static void try_name(struct question *question, const char *name, bool cut)
{
	size_t length;
	enum match match;

	if (question->answer.match == MATCH_YES || name[0] == '\0')
		return;
	length = strlen(question->glob);
	match = glob_match(question->glob, name);
	if (match == MATCH_YES && (!cut || question->glob[length - 1] == '*'))
		matched(question, name);
	else if (match != MATCH_NO || (cut && glob_may_go_on(question->glob, name)) || text_damaged(name))
		doubt(question);
}

static bool user_may_match(const struct question *question, const char *user, bool cut)
{
	return glob_match(question->user, user) != MATCH_NO || (cut && glob_may_go_on(question->user, user));
}

/* Compares an account name with its domain, in both spellings.  Whether "CORP" and "corp.example" are the same
 * domain is unknown. */
static void try_qualified(struct question *question, const char *domain, const char *user,
                          const struct session *session, bool cut)
{
	bool domain_dotted = strchr(domain, '.') != NULL;
	char spelling[SPELLING_SIZE];

	if (question->form == 0)
		return;
	if (snprintf(spelling, sizeof spelling, question->form == '\\' ? "%s\\%s" : "%s@%s",
	             question->form == '\\' ? domain : user, question->form == '\\' ? user : domain) >= SPELLING_SIZE) {
		doubt(question);
		return;
	}
	/* In "user@domain" a cut name is missing letters in the middle. */
	if (question->form == '\\' || !cut)
		try_name(question, spelling, cut);
	if ((question->form == '@' ? !domain_dotted || cut
	                           : domain_dotted != question->dotted || session->domain_cut) &&
	    user_may_match(question, user, cut))
		doubt(question);
}

/* Compares a UPN as a whole, and the part before its @ as a name alone.  A glob without @ that matches the whole one
 * ("*example") may have been meant so. */
static void try_upn(struct question *question, const char *upn)
{
	const char *at = strrchr(upn, '@');
	char name[SPELLING_SIZE];

	if (question->form == '@')
		try_name(question, upn, false);
	if (question->form != 0 || at == NULL)
		return;
	if ((size_t)(at - upn) < sizeof name) {
		memcpy(name, upn, (size_t)(at - upn));
		name[at - upn] = '\0';
		try_name(question, name, false);
	}
	if (glob_match(question->glob, upn) != MATCH_NO)
		doubt(question);
}

/* One of session->names: "CORP\alice", "alice@corp.example", or an id. */
static void try_other(struct question *question, const char *name, const struct session *session)
{
	const char *slash = strchr(name, '\\');
	char domain[SPELLING_SIZE];

	if (slash == NULL && strchr(name, '@') != NULL) {
		try_upn(question, name);
	} else if (slash == NULL) {
		try_name(question, name, false);
	} else if ((size_t)(slash - name) < sizeof domain) {
		memcpy(domain, name, (size_t)(slash - name));
		domain[slash - name] = '\0';
		if (question->form == 0)
			try_name(question, slash + 1, false);
		try_qualified(question, domain, slash + 1, session, false);
	}
}

static bool knows_domain(const struct session *session)
{
	if (session->domain[0] != '\0')
		return true;
	for (size_t i = 0; i < session->names.count; i++)
		if (strchr(session->names.items[i], '\\') != NULL)
			return true;
	return false;
}

/* True if user is only the part before the @ of the UPN.  The account name is then unknown. */
static bool only_upn(const struct session *session)
{
	size_t length = strcspn(session->upn, "@");

	return session->upn[0] != '\0' && !session->upn_derived && strlen(session->user) == length &&
	       strncmp(session->user, session->upn, length) == 0;
}

/* An id of a kind that the system does not report: "uid:1000", "S-1-5-21-…". */
static bool is_unknown_id(const char *glob, const struct session *session)
{
	static const char *const kinds[] = {"uid:", "S-1-"};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t length = strlen(kinds[i]), known = 0;

		if (strncasecmp(glob, kinds[i], length) != 0)
			continue;
		while (known < session->names.count && strncasecmp(session->names.items[known], kinds[i], length) != 0)
			known++;
		return known == session->names.count;
	}
	return false;
}

/* The glob has a part that the system does not report. */
static void doubt_unknown(struct question *question, const struct session *session)
{
	if (is_unknown_id(question->glob, session))
		doubt(question);
	if (question->form == '@' && (session->upn[0] == '\0' || session->upn_derived))
		doubt(question);
	if (question->form == '\\' && !knows_domain(session) &&
	    (only_upn(session) || user_may_match(question, session->user, session->user_cut)))
		doubt(question);
}

static size_t utf16_units(const char *character)
{
	return (unsigned char)*character >= 0xf0 ? 2 : (*character & 0xc0) != 0x80;
}

static size_t utf16_length(const char *text)
{
	size_t length = 0;

	for (; *text != '\0'; text++)
		length += utf16_units(text);
	return length;
}

/* Copies at most this many UTF-16 units.  false: the text has no more. */
static bool shorten(char to[SPELLING_SIZE], const char *text, size_t most)
{
	size_t bytes = 0, units = 0;

	for (; text[bytes] != '\0' && bytes + 1 < SPELLING_SIZE; bytes++) {
		units += utf16_units(text + bytes);
		if (units > most)
			break;
	}
	memcpy(to, text, bytes);
	to[bytes] = '\0';
	return text[bytes] != '\0';
}

/* Windows' own tools show only the beginning of a long name, and people copy that into an exclusion. */
static void doubt_shortened(struct question *question, const struct session *session)
{
	char user[SPELLING_SIZE], domain[SPELLING_SIZE];
	bool user_shorter, domain_shorter;
	struct question shown;

	/* A text never has more UTF-16 units than bytes. */
	if (question->answer.match != MATCH_NO ||
	    (strlen(session->user) <= USER_MOST && strlen(session->domain) <= DOMAIN_MOST))
		return;
	user_shorter = shorten(user, session->user, USER_MOST);
	domain_shorter = shorten(domain, session->domain, DOMAIN_MOST);
	if (!user_shorter && !domain_shorter)
		return;
	shown = *question;
	if (question->form == 0)
		try_name(&shown, user, false);
	try_qualified(&shown, session->domain, user, session, false);
	try_qualified(&shown, domain, session->user, session, false);
	try_qualified(&shown, domain, user, session, false);
	if (shown.answer.match != MATCH_NO)
		doubt(question);
}

/* The system reports everything in one name: user is "CORP\alice" or "alice@corp.example". */
static void try_joined(struct question *question, const struct session *session)
{
	try_name(question, session->user, session->user_cut);
	try_other(question, session->user, session);
	if (session->user_cut || (question->form == '\\' && strchr(session->user, '\\') == NULL))
		doubt(question);
}

/* Some systems are set up to join domain and name by another character: "CORP+alice", "CORP/alice". */
static void doubt_joined(struct question *question, const struct session *session)
{
	size_t domain = strcspn(session->user, "+/");

	if (session->user[domain] != '\0' && user_may_match(question, session->user + domain + 1, session->user_cut))
		doubt(question);
}

static void ask(struct question *question, const struct session *session)
{
	doubt_joined(question, session);
	if (strpbrk(session->user, "\\@") != NULL)
		try_joined(question, session);
	else if (question->form == 0)
		try_name(question, session->user, session->user_cut);
	if (session->domain[0] != '\0')
		try_qualified(question, session->domain, session->user, session, session->user_cut);
	if (session->upn[0] != '\0')
		try_upn(question, session->upn);
	for (size_t i = 0; i < session->names.count; i++)
		try_other(question, session->names.items[i], session);
	doubt_unknown(question, session);
	doubt_shortened(question, session);
}

struct names_answer names_match(const struct string_list *globs, const struct session *session)
{
	struct names_answer answer = {0};

	for (size_t i = 0; i < globs->count && answer.match != MATCH_YES; i++) {
		struct question question;

		/* Not {0}: clearing its 4 KB for each glob took most of the time of a policy. */
		question.form = 0;
		question.dotted = false;
		question.answer.match = MATCH_NO;
		question.answer.glob = globs->items[i];
		question.answer.name[0] = '\0';
		if (glob_take(&question, globs->items[i]))
			ask(&question, session);
		else
			doubt(&question);
		if (question.answer.match == MATCH_YES ||
		    (question.answer.match == MATCH_UNKNOWN && answer.match == MATCH_NO))
			answer = question.answer;
	}
	return answer;
}

void names_mark_cut(struct session *session)
{
	session->user_cut = utf16_length(session->user) == USER_MOST;
	session->domain_cut = utf16_length(session->domain) == DOMAIN_MOST;
}

/* Compares without case; the case of letters outside ASCII depends on the locale. */
static bool same_text(const char *a, const char *b)
{
	return text_same(a, b) || (strpbrk(a, "*?[") == NULL && glob_match(a, b) != MATCH_NO);
}

static bool same_beginning(const char *whole, const char *cut)
{
	char beginning[SPELLING_SIZE];

	if (strlen(whole) < strlen(cut) || strlen(cut) >= sizeof beginning)
		return false;
	memcpy(beginning, whole, strlen(cut));
	beginning[strlen(cut)] = '\0';
	return same_text(beginning, cut);
}

/* "user" of "realm", or "user@realm". */
static bool is_upn(const char *domain, const char *user, const char *upn)
{
	size_t length = strlen(user);

	return upn[0] != '\0' && (same_text(user, upn) || (strncmp(upn, user, length) == 0 && upn[length] == '@' &&
	                                                   domain[0] != '\0' && same_text(domain, upn + length + 1)));
}

/* "CORP\alice" and "alice@corp.example" name alice. */
static bool joined_names(const char *joined, const char *user)
{
	const char *slash = strchr(joined, '\\'), *at = strrchr(joined, '@');
	char name[SPELLING_SIZE];

	if (slash != NULL)
		return same_text(slash + 1, user);
	if (at == NULL || (size_t)(at - joined) >= sizeof name)
		return false;
	memcpy(name, joined, (size_t)(at - joined));
	name[at - joined] = '\0';
	return same_text(name, user);
}

enum match account_match(const char *domain, const char *user, const struct session *session)
{
	/* A realm or DNS name cannot be compared with a NetBIOS name. */
	bool comparable = domain[0] != '\0' && session->domain[0] != '\0' && !session->domain_cut &&
	                  strchr(domain, '.') == NULL && strchr(session->domain, '.') == NULL;

	if (user[0] == '\0' || session->user[0] == '\0')
		return MATCH_NO;
	if (is_upn(domain, user, session->upn))
		return MATCH_YES;
	if (joined_names(session->user, user))
		return MATCH_UNKNOWN;
	if (!same_text(user, session->user) && !(session->user_cut && same_beginning(user, session->user)))
		return MATCH_NO;
	if (!comparable)
		return MATCH_UNKNOWN;
	return same_text(domain, session->domain) ? MATCH_YES : MATCH_NO;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a name means a user: an exclusion that cannot be told must hold. */
#include "t/unit/test.h"

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/names.h"
#include "lib/session/session.h"

static struct arena arena;

/* How a system tells a person. */
struct person {
	const char *user, *domain, *upn, *other;
	bool user_cut, domain_cut;
};

static struct session session_of(const struct person *person)
{
	struct session session;

	session_init(&session);
	session.user = person->user;
	session.domain = person->domain;
	session.upn = person->upn;
	session.user_cut = person->user_cut;
	session.domain_cut = person->domain_cut;
	if (person->other != NULL)
		string_list_add(&session.names, &arena, person->other);
	return session;
}

static enum match ask(const char *glob, const struct session *session, char name[NAME_TEXT_SIZE])
{
	struct string_list globs = {0};
	struct names_answer answer;

	string_list_add(&globs, &arena, glob);
	answer = names_match(&globs, session);
	if (name != NULL)
		text_copy(name, NAME_TEXT_SIZE, answer.name);
	return answer.match;
}

static const struct person windows = {"svc_backup", "CORP", "", NULL, false, false}; /* tsts, wts */
static const struct person azure = {"svc_backup", "CORP", "john.doe@corp.example", NULL, false, false};
static const struct person entra = {"john.doe", "", "john.doe@corp.example", NULL, false, false};
static const struct person linux_short = {"svc_backup", "", "", "uid:1000", false, false}; /* sssd, short names */
static const struct person sssd = {"svc_backup", "corp.example", "", "svc_backup@corp.example", false, false};
static const struct person winbind = {"svc_backup", "CORP", "", "CORP+svc_backup", false, false};
static const struct person both = {"svc_backup", "CORP", "", "john.doe@corp.example", false, false};
static const struct person cut = {"PavithraThiruvengada", "AzureAD", "", NULL, true, false};
static const struct person whole = {"PavithraThiruvengadam", "AzureAD", "", NULL, false, false};
static const struct person whole_domain = {"svc_backup", "CORPORATIONHOLDINGS", "", NULL, false, false};
static const struct person cut_domain = {"svc_backup", "CORPORATIONHOLDIN", "", NULL, false, true};
static const struct person untidy = {"CORP\\svc_backup", "", "", NULL, false, false};
static const struct person untidy_upn = {"john.doe@corp.example", "", "", NULL, false, false};
static const struct person joined_plus = {"CORP+alice", "", "", NULL, false, false};
static const struct person joined_slash = {"CORP/alice", "", "", NULL, false, false};
static const struct person untidy_cut = {"AzureAD\\Pavithra", "", "", NULL, true, false};

static void each_spelling_is_compared(void **state)
{
	static const struct {
		const struct person *person;
		const char *glob;
		enum match match;
	} table[] = {
	    {&windows, "svc_backup", MATCH_YES},
	    {&windows, "SVC_*", MATCH_YES},
	    {&windows, "corp\\SVC_backup", MATCH_YES},
	    {&windows, "CORP\\\\svc_backup", MATCH_YES},
	    {&windows, "*\\svc_backup", MATCH_YES},
	    {&windows, "svc_backup@corp", MATCH_YES},
	    {&windows, "CORP\\admin", MATCH_NO},
	    {&windows, "OTHER\\svc_backup", MATCH_NO},
	    {&windows, "admin", MATCH_NO},
	    {&windows, "c*", MATCH_NO}, /* a name alone is none of a domain */
	    {&windows, "corp.example\\svc_backup", MATCH_UNKNOWN},
	    {&windows, "corp.example\\admin", MATCH_NO},
	    {&windows, "svc_backup@corp.example", MATCH_UNKNOWN},
	    {&windows, "john.doe@corp.example", MATCH_UNKNOWN}, /* no UPN is told */
	    {&azure, "svc_backup", MATCH_YES},
	    {&azure, "CORP\\svc_backup", MATCH_YES},
	    {&azure, "john.doe", MATCH_YES},
	    {&azure, "john.doe@corp.example", MATCH_YES},
	    {&azure, "*@CORP.example", MATCH_YES},
	    {&azure, "CORP\\john.doe", MATCH_NO}, /* nobody is called that */
	    {&azure, "jane.doe@corp.example", MATCH_NO},
	    {&azure, "svc_backup@ad.corp.example", MATCH_UNKNOWN}, /* CORP may be ad.corp.example */
	    {&azure, "*.example", MATCH_UNKNOWN},
	    {&entra, "john.doe", MATCH_YES},
	    {&entra, "john.doe@corp.example", MATCH_YES},
	    {&entra, "CORP\\svc_backup", MATCH_UNKNOWN},
	    {&entra, "CORP\\john.doe", MATCH_UNKNOWN},
	    {&entra, "jane@corp.example", MATCH_NO},
	    {&linux_short, "svc_backup", MATCH_YES},
	    {&linux_short, "uid:1000", MATCH_YES},
	    {&linux_short, "CORP\\svc_backup", MATCH_UNKNOWN},
	    {&linux_short, "CORP\\svc*", MATCH_UNKNOWN},
	    {&linux_short, "CORP\\admin", MATCH_NO},
	    {&linux_short, "john.doe@corp.example", MATCH_UNKNOWN},
	    {&sssd, "svc_backup", MATCH_YES},
	    {&sssd, "svc_backup@corp.example", MATCH_YES},
	    {&sssd, "corp.example\\svc_backup", MATCH_YES},
	    {&sssd, "CORP\\svc_backup", MATCH_UNKNOWN},
	    {&sssd, "CORP\\admin", MATCH_NO},
	    {&winbind, "CORP\\svc_backup", MATCH_YES},
	    {&winbind, "CORP+svc_backup", MATCH_YES},
	    {&winbind, "svc_backup", MATCH_YES},
	    {&both, "john.doe@corp.example", MATCH_YES},
	    {&both, "john.doe", MATCH_YES},
	    {&cut, "AzureAD\\PavithraThiruvengadam", MATCH_UNKNOWN},
	    {&cut, "AzureAD\\PavithraThiruvengada", MATCH_UNKNOWN}, /* may be another one's beginning */
	    {&cut, "PavithraThiruvengadam", MATCH_UNKNOWN},
	    {&cut, "*\\Pavithra*", MATCH_YES},
	    {&cut, "Pavithra*dam", MATCH_UNKNOWN},
	    {&cut, "pavithra*", MATCH_YES},
	    {&cut, "PavithraT", MATCH_NO},
	    {&cut, "PavithraX*", MATCH_NO},
	    {&cut, "AzureAD\\Pavel", MATCH_NO},
	    {&whole, "PavithraThiruvengadam", MATCH_YES},
	    {&whole, "AzureAD\\PavithraThiruvengadam", MATCH_YES},
	    {&whole, "AzureAD\\PavithraThiruvengada", MATCH_UNKNOWN}, /* as Windows' tools show it */
	    {&whole, "pavithrathiruvengada", MATCH_UNKNOWN},
	    {&whole, "PavithraThiruvengadaX", MATCH_NO},
	    {&whole, "PavithraThiruvengad", MATCH_NO},
	    {&whole, "OTHER\\PavithraThiruvengada", MATCH_NO},
	    {&whole_domain, "CORPORATIONHOLDINGS\\svc_backup", MATCH_YES},
	    {&whole_domain, "CORPORATIONHOLDIN\\svc_backup", MATCH_UNKNOWN},
	    {&whole_domain, "CORPORATIONHOLDI\\svc_backup", MATCH_NO},
	    {&cut_domain, "CORPORATIONHOLDING\\svc_backup", MATCH_UNKNOWN},
	    {&cut_domain, "CORPORATIONHOLDING\\admin", MATCH_NO},
	    {&untidy, "CORP\\svc_backup", MATCH_YES},
	    {&untidy, "corp\\*", MATCH_YES},
	    {&untidy, "svc_backup", MATCH_YES},
	    {&untidy, "SVC*", MATCH_YES},
	    {&untidy, "admin", MATCH_NO},
	    {&untidy, "OTHER\\svc_backup", MATCH_NO},
	    {&untidy, "corp.example\\svc_backup", MATCH_UNKNOWN},
	    {&untidy, "svc_backup@corp", MATCH_YES},
	    {&untidy, "svc_backup@corp.example", MATCH_UNKNOWN},
	    {&untidy_upn, "john.doe@corp.example", MATCH_YES},
	    {&untidy_upn, "john.doe", MATCH_YES},
	    {&untidy_upn, "CORP\\john.doe", MATCH_UNKNOWN},
	    {&untidy_upn, "jane", MATCH_NO},
	    {&joined_plus, "alice", MATCH_UNKNOWN},
	    {&joined_plus, "CORP\\alice", MATCH_UNKNOWN},
	    {&joined_plus, "CORP+alice", MATCH_YES},
	    {&joined_plus, "bob", MATCH_NO},
	    {&joined_slash, "alice", MATCH_UNKNOWN},
	    {&joined_slash, "CORP?alice", MATCH_YES},
	    {&windows, "uid:1000", MATCH_UNKNOWN},
	    {&windows, "S-1-5-21-1-2-3-512", MATCH_UNKNOWN},
	    {&linux_short, "uid:1001", MATCH_NO},
	    {&linux_short, "S-1-5-21-1-2-3-512", MATCH_UNKNOWN},
	    {&untidy_cut, "PavithraThiruvengadam", MATCH_UNKNOWN},
	    {&untidy_cut, "AzureAD\\PavithraThiruvengadam", MATCH_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct session session = session_of(table[i].person);

		if (ask(table[i].glob, &session, NULL) != table[i].match)
			fail_msg("'%s' of %s\\%s %s: %d", table[i].glob, session.domain, session.user, session.upn,
			         ask(table[i].glob, &session, NULL));
	}
}

/* One name in Unicode's forms C and D: it keeps, and selects nobody. */
static void other_normal_forms_cannot_be_told(void **state)
{
	static const struct {
		const char *glob, *user;
		enum match match;
	} table[] = {
	    {"Zo\u00eb", "Zoe\u0308", MATCH_UNKNOWN},
	    {"Zoe\u0308", "Zo\u00eb", MATCH_UNKNOWN},
	    {"ZOE\u0308", "zo\u00eb", MATCH_UNKNOWN},
	    {"CORP\\Zoe\u0308", "Zo\u00eb", MATCH_UNKNOWN},
	    {"Zo?", "Zoe\u0308", MATCH_UNKNOWN},
	    {"Jose\u0301*", "Jos\u00e9.Garc\u00eda", MATCH_UNKNOWN},
	    {"*\u0301*", "Jos\u00e9", MATCH_UNKNOWN},
	    {"Zo[\u00eb]", "Zoe\u0308", MATCH_UNKNOWN},
	    {"e\u0301e\u0301a", "\u00e9\u00e9a", MATCH_UNKNOWN},
	    {"\u1ea4n", "A\u0302\u0301n", MATCH_UNKNOWN},
	    {"\u1ea4n", "\u00c2\u0301n", MATCH_UNKNOWN},
	    {"\u0414\u043c\u0438\u0442\u0440\u0438\u0439", "\u0414\u043c\u0438\u0442\u0440\u0438\u0438\u0306",
	     MATCH_UNKNOWN},
	    {"\uae40", "\u1100\u1175\u11b7", MATCH_UNKNOWN},
	    {"\u304c", "\u304b\u3099", MATCH_UNKNOWN},
	    {"\u585a", "\ufa10", MATCH_UNKNOWN},
	    {"Zoe\u0308", "Zoe\u0308", MATCH_YES},
	    {"Zo\u00eb", "Zo\u00e8", MATCH_NO}, /* both in form C: they differ */
	    {"J\u00f6rg", "J\u00fcrg", MATCH_NO},
	    {"Zoe\u0308", "Zora", MATCH_NO},
	    {"Zoe\u0308", "Zoe", MATCH_NO},
	    {"Zoe\u0308x", "Zo\u00eb", MATCH_NO},
	    {"alice", "Zoe\u0308", MATCH_NO},
	};
	char name[NAME_TEXT_SIZE];

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (size_t i = 0; i < COUNT(table); i++) {
		const struct person person = {table[i].user, "CORP", "", NULL, false, false};
		struct session session = session_of(&person);

		if (ask(table[i].glob, &session, name) != table[i].match)
			fail_msg("%zu: '%s' of '%s'", i, table[i].glob, table[i].user);
	}
}

static void the_answer_says_which_name(void **state)
{
	struct session session = session_of(&azure);
	char name[NAME_TEXT_SIZE];

	(void)state;
	assert_int_equal(ask("*@corp.example", &session, name), MATCH_YES);
	assert_string_equal(name, "john.doe@corp.example");
	assert_int_equal(ask("corp\\*", &session, name), MATCH_YES);
	assert_string_equal(name, "CORP\\svc_backup");
}

/* What holds is never lost behind what cannot be told, and the other way round. */
static void one_of_several_is_enough(void **state)
{
	struct session session = session_of(&linux_short);
	struct string_list globs = {0};

	(void)state;
	assert_int_equal(names_match(&globs, &session).match, MATCH_NO);
	string_list_add(&globs, &arena, "nobody");
	string_list_add(&globs, &arena, "CORP\\svc_backup");
	string_list_add(&globs, &arena, "OTHER\\svc_backup");
	assert_int_equal(names_match(&globs, &session).match, MATCH_UNKNOWN);
	assert_string_equal(names_match(&globs, &session).glob, "CORP\\svc_backup");
	string_list_add(&globs, &arena, "svc_*");
	assert_int_equal(names_match(&globs, &session).match, MATCH_YES);
}

static void what_is_no_text_cannot_be_told(void **state)
{
	static const struct person damaged = {"adm\xef\xbf\xbdn", "", "", NULL, false, false};
	struct session session = session_of(&damaged);
	static char longer[5000];

	(void)state;
	assert_int_equal(ask("admin", &session, NULL), MATCH_UNKNOWN);
	session = session_of(&windows);
	memset(longer, 'a', sizeof longer - 1);
	assert_int_equal(ask(longer, &session, NULL), MATCH_UNKNOWN);
}

/* Without a locale that knows letters, case cannot be folded. */
static void a_broken_locale_keeps(void **state)
{
	static const struct person admin = {"\xc3\x84"
	                                    "DMIN",
	                                    "CORP",
	                                    "",
	                                    NULL,
	                                    false,
	                                    false};
	struct session session = session_of(&admin);

	(void)state;
	assert_int_equal(ask("\xc3\xa4"
	                     "dmin",
	                     &session, NULL),
	                 MATCH_YES);
	setlocale(LC_CTYPE, "C");
	assert_int_equal(ask("\xc3\xa4"
	                     "dmin",
	                     &session, NULL),
	                 MATCH_UNKNOWN);
	assert_int_equal(ask("bob", &session, NULL), MATCH_UNKNOWN);
	session = session_of(&windows);
	assert_int_equal(ask("bob", &session, NULL), MATCH_NO);
	assert_int_equal(ask("SVC_*", &session, NULL), MATCH_YES);
	setlocale(LC_CTYPE, "C.UTF-8");
}

static void accounts_are_compared_by_every_name(void **state)
{
	static const struct {
		const struct person *person;
		const char *domain, *user;
		enum match match;
	} table[] = {
	    {&windows, "CORP", "SVC_backup", MATCH_YES},
	    {&windows, "OTHER", "svc_backup", MATCH_NO},
	    {&windows, "", "svc_backup", MATCH_UNKNOWN},
	    {&windows, "CORP.EXAMPLE", "svc_backup", MATCH_UNKNOWN},
	    {&windows, "CORP", "bob", MATCH_NO},
	    {&azure, "", "john.doe@corp.example", MATCH_YES},
	    {&azure, "corp.example", "john.doe", MATCH_YES},
	    {&azure, "", "", MATCH_NO},
	    {&cut, "AzureAD", "PavithraThiruvengadam", MATCH_YES},
	    {&cut, "AzureAD", "Pavithra", MATCH_NO},
	    {&cut_domain, "CORPORATIONHOLDING", "svc_backup", MATCH_UNKNOWN},
	    {&untidy, "CORP", "svc_backup", MATCH_UNKNOWN},
	    {&untidy, "CORP", "admin", MATCH_NO},
	    {&untidy_upn, "corp.example", "john.doe", MATCH_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct session session = session_of(table[i].person);

		if (account_match(table[i].domain, table[i].user, &session) != table[i].match)
			fail_msg("%s\\%s of %s", table[i].domain, table[i].user, session.user);
	}
}

/* Kept by what cannot be told, and never meant by it. */
static void the_unknown_excludes_and_never_selects(void **state)
{
	struct session session = session_of(&linux_short);
	struct classification classification = {0};
	struct filter filter = {0};
	struct names_answer exclusion;

	(void)state;
	string_list_add(&filter.exclude_users, &arena, "CORP\\svc_backup");
	assert_int_equal(filter_judge(&filter, &session, &classification, &exclusion), MATCH_UNKNOWN);
	assert_string_equal(exclusion.glob, "CORP\\svc_backup");
	assert_false(filter_match(&filter, &session, &classification));
	filter = (struct filter){0};
	string_list_add(&filter.users, &arena, "CORP\\svc_backup");
	assert_int_equal(filter_judge(&filter, &session, &classification, &exclusion), MATCH_NO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_spelling_is_compared),
	    cmocka_unit_test(other_normal_forms_cannot_be_told),
	    cmocka_unit_test(the_answer_says_which_name),
	    cmocka_unit_test(one_of_several_is_enough),
	    cmocka_unit_test(what_is_no_text_cannot_be_told),
	    cmocka_unit_test(a_broken_locale_keeps),
	    cmocka_unit_test(accounts_are_compared_by_every_name),
	    cmocka_unit_test(the_unknown_excludes_and_never_selects),
	};
	int failed;

	setlocale(LC_CTYPE, "C.UTF-8");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a user is called.  A person has several names: an account name, alone
 * or with its domain (CORP\alice), a UPN (alice@corp.example) that may be quite
 * another name, ids.  A system reports some of them, and some cut short.  So
 * whether a name means a user has three answers.  Pure.
 */
#ifndef CURFEW_NAMES_H
#define CURFEW_NAMES_H

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/session/session.h"

/* The longest part of a name that is kept for display. */
enum { NAME_TEXT_SIZE = 256 };

struct names_answer {
	enum match match;
	const char *glob;          /* YES: what matched; UNKNOWN: the first that may match; else NULL */
	char name[NAME_TEXT_SIZE]; /* YES: by this name of the user */
};

/* Does the glob mean this user?  It is compared with every name that is known:

     alice                 the account name, what stands before the @ of a UPN, an id
     CORP\alice            account name and domain; UNKNOWN if the domain is not known, or is a DNS name
                           where the glob has a NetBIOS name or the other way round, and the rest matches;
                           and where only the UPN is known
     alice@corp.example    the UPN; UNKNOWN if none is known; and where the account name is the same and
                           its domain cannot be compared

   '*', '?' and "[a-z]" are as in fnmatch(3), the backslash is itself, case is folded.  A doubled backslash
   counts as one.  A name that was cut is UNKNOWN to every glob that could go on behind it, and so is a whole one
   to a glob that matches so much of it as Windows' tools show.
   YES if one of the globs matches, else UNKNOWN if one of them may match. */
struct names_answer names_match(const struct string_list *globs, const struct session *session);

/* Marks names that may have been cut: Windows reports at most 20 characters of the user's name and 17 of the
 * domain's (MS-TSTS 2.2.2.11, WCHAR[21] and [18]), so a name of exactly that length may be longer. */
void names_mark_cut(struct session *session);

/* True if the session belongs to this account.  domain may be "" (not known), a DNS name or a realm; user may be a
 * UPN.  UNKNOWN if only the user's name could be compared. */
enum match account_match(const char *domain, const char *user, const struct session *session);

#endif

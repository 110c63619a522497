/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger's tables, as each version made them, and all statements on them. */
#include "lib/ledger/ledger_file.h"
#include "lib/policy/policy.h"

/* The steps from each version to the next.  A released step is never changed. */
const char *const ledger_migrations[LEDGER_VERSION] = {
    /* to 1 */
    "CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), wall INTEGER, uptime INTEGER, boot TEXT) STRICT;"
    "CREATE TABLE target (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, look INTEGER NOT NULL,"
    " looked_at INTEGER NOT NULL, ahead INTEGER NOT NULL) STRICT;"
    "CREATE TABLE session (id INTEGER PRIMARY KEY,"
    " target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE, provider TEXT NOT NULL, host TEXT NOT NULL,"
    " session TEXT NOT NULL, user TEXT NOT NULL, birth TEXT NOT NULL, first_look INTEGER NOT NULL,"
    " state INTEGER NOT NULL, state_since INTEGER NOT NULL, snoozed_until INTEGER NOT NULL DEFAULT 0,"
    " UNIQUE (target, provider, host, session, user, birth)) STRICT;"
    "CREATE TABLE warning (session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, cause INTEGER NOT NULL,"
    " rung INTEGER NOT NULL, began INTEGER NOT NULL, state INTEGER NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (session, cause, rung)) STRICT, WITHOUT ROWID;",
    /* to 2: a life is open as long as its session is there; logon and memory: -1 is unknown */
    "CREATE TABLE life (id INTEGER PRIMARY KEY, target INTEGER NOT NULL REFERENCES target ON DELETE CASCADE,"
    " open_session INTEGER, provider TEXT NOT NULL, host TEXT NOT NULL, session TEXT NOT NULL, user TEXT NOT NULL,"
    " birth TEXT NOT NULL, domain TEXT NOT NULL, client TEXT NOT NULL, address TEXT NOT NULL,"
    " collection TEXT NOT NULL, kind INTEGER NOT NULL, logon INTEGER NOT NULL, memory INTEGER NOT NULL,"
    " usage INTEGER NOT NULL, since INTEGER NOT NULL DEFAULT 0, until INTEGER) STRICT;"
    "CREATE INDEX life_open ON life (target, open_session) WHERE open_session IS NOT NULL;"
    "CREATE INDEX life_until ON life (until) WHERE until IS NOT NULL;"
    "CREATE TABLE episode (life INTEGER NOT NULL REFERENCES life ON DELETE CASCADE, since INTEGER NOT NULL,"
    " usage INTEGER NOT NULL, PRIMARY KEY (life, since)) STRICT, WITHOUT ROWID;",
    /* to 3: CPU time of its programs (ms; -1: unknown), when that was read, and the number of snoozes */
    "ALTER TABLE session ADD COLUMN cpu_time INTEGER NOT NULL DEFAULT -1;"
    "ALTER TABLE session ADD COLUMN cpu_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE session ADD COLUMN snoozes INTEGER NOT NULL DEFAULT 0;",
    /* to 4: the number of tries of a rung */
    "ALTER TABLE warning ADD COLUMN tries INTEGER NOT NULL DEFAULT 1;",
    /* to 5: a warning counts for the policy that gave it, and for what it announced.  Of the older ones that is
       unknown: they are given again. */
    "DROP TABLE warning;"
    "CREATE TABLE warning (session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, policy TEXT NOT NULL,"
    " cause INTEGER NOT NULL, rung INTEGER NOT NULL, began INTEGER NOT NULL, act INTEGER NOT NULL,"
    " end_at INTEGER NOT NULL, state INTEGER NOT NULL, at INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 1,"
    " PRIMARY KEY (session, policy, cause, rung)) STRICT, WITHOUT ROWID;"
    /* when its client connected, as the host reports it; -1: unknown */
    "ALTER TABLE session ADD COLUMN connected INTEGER NOT NULL DEFAULT -1;",
};

_Static_assert(WARNING_UNDELIVERED == 2, "QUERY_WARNED has the number");

const char *const ledger_sentences[QUERY_COUNT] = {
    [QUERY_BEGIN] = "BEGIN IMMEDIATE",
    [QUERY_COMMIT] = "COMMIT",
    [QUERY_ROLLBACK] = "ROLLBACK",
    [QUERY_CLOCK] = "SELECT wall, uptime, boot FROM clock",
    [QUERY_CLOCK_SET] = "INSERT OR REPLACE INTO clock VALUES (1, ?1, ?2, ?3)",
    [QUERY_TARGET] = "SELECT id, look, looked_at, ahead FROM target WHERE url = ?1",
    [QUERY_TARGET_ADD] = "INSERT INTO target (url, look, looked_at, ahead) VALUES (?1, ?2, ?3, ?4)",
    [QUERY_TARGET_SET] = "UPDATE target SET look = ?2, looked_at = ?3, ahead = ?4 WHERE id = ?1",
    [QUERY_TARGET_FORGET] = "DELETE FROM target WHERE looked_at < ?1",
    [QUERY_SESSIONS] = "SELECT id, provider, host, session, user, birth, first_look, state, state_since, snoozed_until,"
                       " cpu_time, cpu_at, snoozes, connected FROM session WHERE target = ?1",
    [QUERY_SESSION_ADD] =
        "INSERT OR IGNORE INTO session (target, provider, host, session, user, birth, first_look, state,"
        " state_since, cpu_time, cpu_at, connected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?9, ?11)",
    [QUERY_SESSION_STATE] = "UPDATE session SET state = ?2, state_since = ?3, connected = ?4 WHERE id = ?1",
    [QUERY_SESSION_CPU] = "UPDATE session SET cpu_time = ?2, cpu_at = ?3 WHERE id = ?1",
    [QUERY_SESSION_SNOOZED] = "UPDATE session SET snoozed_until = ?7, snoozes = snoozes + 1 WHERE id ="
                              " (SELECT session.id FROM session JOIN target ON target.id = session.target"
                              " WHERE url = ?1 AND provider = ?2 AND host = ?3 AND session.session = ?4 AND user = ?5"
                              " AND birth = ?6)",
    [QUERY_SESSION_GONE] = "DELETE FROM session WHERE id = ?1",
    [QUERY_SESSIONS_RENEW] =
        "UPDATE session SET first_look = ?2, state_since = ?3, snoozed_until = 0, cpu_time = -1 WHERE target = ?1",
    [QUERY_WARNINGS] = "SELECT warning.session, policy, cause, rung, began, act, end_at, warning.state, at, tries"
                       " FROM warning JOIN session ON session.id = warning.session WHERE target = ?1",
    [QUERY_WARNINGS_FORGET] = "DELETE FROM warning WHERE session IN (SELECT id FROM session WHERE target = ?1)",
    /* A new episode, or another end: the policy's warnings of before are over. */
    [QUERY_WARNED_BEFORE] = "DELETE FROM warning WHERE policy = ?7 AND cause = ?8"
                            " AND (began NOT BETWEEN ?9 AND ?10 OR act <> ?11) AND session ="
                            " (SELECT session.id FROM session JOIN target ON target.id = session.target WHERE url = ?1"
                            " AND provider = ?2 AND host = ?3 AND session.session = ?4 AND user = ?5 AND birth = ?6)",
    [QUERY_WARNED] = "INSERT INTO warning (session, policy, cause, began, act, end_at, rung, state, at)"
                     " SELECT session.id, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14"
                     " FROM session JOIN target ON target.id = session.target"
                     " WHERE url = ?1 AND provider = ?2 AND host = ?3 AND session.session = ?4 AND user = ?5"
                     " AND birth = ?6 ON CONFLICT (session, policy, cause, rung) DO UPDATE SET began = excluded.began,"
                     " end_at = excluded.end_at, tries = CASE state WHEN 2 THEN tries + 1 ELSE 1 END,"
                     " state = excluded.state, at = excluded.at",
    [QUERY_LIVES] = "SELECT id, open_session, usage, since FROM life WHERE target = ?1 AND open_session IS NOT NULL"
                    " ORDER BY open_session",
    [QUERY_LIFE_ADD] =
        "INSERT INTO life (target, open_session, provider, host, session, user, birth, domain, client, address,"
        " collection, kind, logon, memory, usage, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
        " ?12, ?13, ?14, ?15, ?16)",
    [QUERY_LIFE_USE] = "UPDATE life SET usage = ?2, since = ?3, memory = max(memory, ?4) WHERE id = ?1",
    [QUERY_LIFE_END] = "UPDATE life SET open_session = NULL, until = ?2 WHERE id = ?1",
    [QUERY_LIFE_PRUNE] = "DELETE FROM life WHERE until < ?1",
    [QUERY_EPISODE_ADD] = "INSERT OR REPLACE INTO episode (life, since, usage) VALUES (?1, ?2, ?3)",
    /* An open life was there at the last look at its target. */
    [QUERY_HISTORY] =
        "SELECT life.id, episode.since, episode.usage, url, provider, host, session, user, birth, domain, client,"
        " address, collection, logon, memory, coalesce(until, looked_at), until IS NOT NULL, kind"
        " FROM life CROSS JOIN target ON target.id = life.target CROSS JOIN episode ON episode.life = life.id"
        " WHERE until IS NULL OR until >= ?1 ORDER BY life.id, episode.since",
};

const char *const ledger_columns[QUERY_COUNT] = {
    [QUERY_CLOCK] = "tts",           [QUERY_TARGET] = "nctd", [QUERY_SESSIONS] = "nsssssccttutcd",
    [QUERY_WARNINGS] = "nsccdcdctc", [QUERY_LIVES] = "nncd",  [QUERY_HISTORY] = "ndcssssssssssdudcc",
};

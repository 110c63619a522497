/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of long-running programs (the subagent) and progress on a terminal. */
#ifndef CURFEW_LOG_H
#define CURFEW_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
void log_open(const char *program, enum log_level most, int to_stderr); /* to_stderr false: to syslog */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Shows progress in one line on stderr, which is overwritten.  Only if stderr is a terminal, and after the first
 * second. */
void progress_show(const char *what, unsigned long done, unsigned long of);
void progress_clear(void);

#endif

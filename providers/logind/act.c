/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/logind/act.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "lib/base/buffer.h"
#include "lib/child/pidfd.h"
#include "providers/linux/process.h"
#include "providers/logind/bus.h"
#include "providers/logind/terminal.h"

int login_end(const struct login *login, sd_bus *bus, const struct deadline *deadline, struct outcome *outcome,
              struct error *error)
{
	if (bus_terminate(bus, login->id, deadline, error) == 0)
		return 0;
	if (error->code != ERROR_GONE)
		return -1;
	error_clear(error);
	outcome->code = OUTCOME_GONE;
	return 0;
}

/* Only the user's own shell: a leader of root's (login, su) may belong to another login as well. */
int login_hang_up(const struct login *login, int process, bool force, struct outcome *outcome, struct error *error)
{
	struct process leader;

	if (process < 0 || login->birth[0] == '\0')
		return error_set(error, ERROR_UNSUPPORTED, STEP_ACT, "the process that leads this login is not known");
	if (!pidfd_ended(process, 0) && (process_read((pid_t)login->leader, &leader) != 0 || leader.uid != login->uid))
		return error_set(error, ERROR_UNSUPPORTED, STEP_ACT,
		                 "process %u, which leads this login, is not seen to belong to its user",
		                 login->leader);
	if (pidfd_signal(process, force ? SIGKILL : SIGHUP) == 0)
		return 0;
	if (errno == ESRCH) {
		outcome->code = OUTCOME_GONE;
		return 0;
	}
	if (errno != EPERM)
		return error_errno(error, errno, STEP_ACT, "signal to process %u", login->leader);
	error_set(error, ERROR_ACCESS, STEP_ACT, "process %u may not be signalled by this account", login->leader);
	return error_hint(error, "run as root (contrib/sudoers)");
}

int login_message(const struct login *login, const char *host, const struct action *action,
                  const struct deadline *deadline, struct outcome *outcome, struct error *error)
{
	struct buffer text = {0};
	int result;

	if (login->line[0] == '\0') {
		error_set(error, ERROR_UNSUPPORTED, STEP_ACT, "the session has no terminal to write to");
		return error_hint(error, "logind itself cannot show messages; for xrdp's desktops use xrdp:");
	}
	terminal_format(&text, host, action->title, action->text != NULL ? action->text : "");
	result = terminal_write(login->line, login->uid, text.text, text.length, deadline, error);
	buffer_free(&text);
	if (result == 0)
		snprintf(outcome->detail, sizeof outcome->detail, "written to %.64s%s", login->line,
		         action->answer_wait > 0 ? ", where no answer is possible" : "");
	return result;
}

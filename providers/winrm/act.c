/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/winrm/act.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "providers/http/http.h"
#include "providers/winrm/shell.h"
#include "providers/wsman/ask.h"
#include "providers/wsman/envelope.h"
#include "providers/wsman/fault.h"
#include "providers/wsman/soap.h"

/* The host's answer to the order. */
struct order {
	struct error error;
	bool numbered;
	uint32_t number;
	bool over;
};

static void ordered(struct wsman_reply *reply, void *context)
{
	struct order *order = context;

	order->error = reply->error;
	order->numbered = reply->faulted && reply->fault.numbered;
	order->number = order->numbered ? reply->fault.number : 0;
	order->over = true;
}

static void order_give(const struct found *found, const char *action, const char *body, const struct deadline *deadline,
                       struct order *order)
{
	const struct wsman_pair selector = {"ShellId", found->id};

	wsman_ask(&found->host->service,
	          &(struct wsman_question){
	              .action = action,
	              .resource = found->resource,
	              .selectors = &selector,
	              .selector_count = 1,
	              .body = body,
	              .deadline = *deadline,
	              .step = STEP_ACT,
	          },
	          ordered, order);
	http_run(found->host->service.loop, &order->over);
}

static void looked(struct host *host, void *context)
{
	(void)host;
	*(bool *)context = true;
}

/* The host also returns "no such shell" for a shell that is disconnected already and for a wrong address; the list
   shows which. 0 if the shell has gone or is in the wanted state. */
static int look_again(const struct found *found, enum act act, const struct deadline *deadline, struct outcome *outcome,
                      const struct order *order, struct error *error)
{
	struct arena arena = {0};
	bool over = false;
	struct session now;
	const char *resource = NULL;
	int result = -1;

	host_find(found->host, found->id, &now, &resource, &arena, deadline, looked, &over);
	http_run(found->host->service.loop, &over);
	if (found->host->error.code == ERROR_GONE) {
		outcome->code = OUTCOME_GONE;
		result = 0;
	} else if (found->host->error.code != ERROR_NONE) {
		*error = found->host->error;
		error->step = STEP_ACT;
	} else if (act == ACT_DISCONNECT && now.state == STATE_DISCONNECTED) {
		text_copy(outcome->detail, sizeof outcome->detail, "it was disconnected already");
		result = 0;
	} else {
		error_set(error, ERROR_PROTOCOL, STEP_ACT,
		          "%.100s: the host lists the shell, but answers that there is no such shell",
		          found->host->access.shown);
		error->native = (int64_t)order->number;
	}
	arena_free(&arena);
	return result;
}

static int order_judge(const struct found *found, enum act act, const struct order *order,
                       const struct deadline *deadline, struct outcome *outcome, struct error *error)
{
	if (order->error.code == ERROR_NONE)
		return 0;
	if (order->numbered && act == ACT_DISCONNECT && order->number == WSMAN_DISCONNECT_NOT_GRACEFUL) {
		text_copy(outcome->detail, sizeof outcome->detail,
		          "the host reports that a running command may not have finished");
		return 0;
	}
	if (order->error.code == ERROR_GONE ||
	    (order->numbered && act == ACT_DISCONNECT && order->number == WSMAN_SHELL_DISCONNECTED))
		return look_again(found, act, deadline, outcome, order, error);
	*error = order->error;
	return -1;
}

int act_run(const struct found *found, const struct action *action, const struct deadline *deadline,
            struct outcome *outcome, struct error *error)
{
	struct order order = {.over = false};

	*outcome = (struct outcome){.code = OUTCOME_DONE};
	if (action->act == ACT_MESSAGE)
		return error_set(error, ERROR_UNSUPPORTED, STEP_ACT, "a WinRM shell has no user to read a message");
	if (found->resource[0] == '\0')
		return error_set(error, ERROR_UNSUPPORTED, STEP_ACT,
		                 "%.100s: the host does not report the shell's ResourceUri, so it cannot be addressed",
		                 found->host->access.shown);
	if (action->act == ACT_DISCONNECT && !found->host->may_disconnect) {
		error_set(error, ERROR_UNSUPPORTED, STEP_ACT,
		          "Windows lets only the client itself disconnect its shell");
		return error_hint(error,
		                  "logoff_sessions closes it; disconnect = attempt in the target asks all the same");
	}
	if (action->act == ACT_DISCONNECT && shell_is_cmd(found->resource)) {
		error_set(error, ERROR_UNSUPPORTED, STEP_ACT, "a cmd shell can only be closed, not disconnected");
		return error_hint(error, "logoff_sessions closes it, and ends what runs in it");
	}
	if (action->act == ACT_DISCONNECT)
		order_give(found, NS_SHELL "/Disconnect", "<rsp:Disconnect/>", deadline, &order);
	else
		order_give(found, ACTION_DELETE, "", deadline, &order);
	return order_judge(found, action->act, &order, deadline, outcome, error);
}

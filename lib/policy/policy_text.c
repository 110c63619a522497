/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for causes, steps and reasons. */
#include "lib/policy/policy.h"

const char *policy_cause_name(enum policy_cause cause)
{
	switch (cause) {
	case CAUSE_IDLE:
		return "idle";
	case CAUSE_DISCONNECTED:
		return "disconnected";
	case CAUSE_LENGTH:
		return "length";
	case CAUSE_DEADLINE:
		return "deadline";
	case CAUSE_COUNT:
		break;
	}
	return "?";
}

const char *policy_step_name(enum policy_step step)
{
	switch (step) {
	case POLICY_LEAVE:
		return "leave";
	case POLICY_WARN:
		return "warn";
	case POLICY_DISCONNECT:
		return "disconnect";
	case POLICY_LOGOFF:
		return "log off";
	}
	return "?";
}

const char *policy_reason_text(enum policy_reason reason)
{
	switch (reason) {
	case WHY_DUE:
		return "it is due";
	case WHY_EARLY:
		return "its time has not come";
	case WHY_UNDELIVERED:
		return "its warning could not be delivered, and is tried again later";
	case WHY_NO_LIMIT:
		return "no limit of its policy is about a session in this state";
	case WHY_NONE_MEANS:
		return "no policy matches it";
	case WHY_MEANING_UNKNOWN:
		return "whether this policy matches it is unknown";
	case WHY_NO_USER:
		return "it is not a user session";
	case WHY_OWN:
		return "it is the caller's own session or account";
	case WHY_NO_BIRTH:
		return "it cannot be distinguished from a later session with the same id";
	case WHY_INCOMPLETE:
		return "the host's list was cut short";
	case WHY_EXEMPT:
		return "it is exempt";
	case WHY_EXEMPT_UNKNOWN:
		return "whether it is exempt is unknown";
	case WHY_STATE_UNKNOWN:
		return "its state is unknown";
	case WHY_TIME_UNKNOWN:
		return "the time that the limit counts is unknown";
	case WHY_CLOSED:
		return "it is outside of the policy's times";
	case WHY_CLOSING:
		return "the policy's window closes before the end could come";
	case WHY_NO_WARNING:
		return "its system has no messages, and the policy ends no session without a warning";
	case WHY_UNSUPPORTED:
		return "its system has no such act";
	case WHY_NO_PRESSURE:
		return "its host does not need the room";
	case WHY_BUSY:
		return "its programs are at work";
	case WHY_BUSY_UNKNOWN:
		return "whether its programs are at work is unknown";
	case WHY_FIRST_LOOK:
		return "it was seen only once so far";
	case WHY_CLOCK:
		return "a clock was moved since the last look";
	}
	return "?";
}

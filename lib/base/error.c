/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/error.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

/* Cuts at a whole UTF-8 character: jansson refuses a string that ends in half of one. */
__attribute__((format(printf, 3, 0))) static void format_cut(char *to, size_t size, const char *format,
                                                             va_list arguments)
{
	char whole[1024];

	vsnprintf(whole, sizeof whole, format, arguments);
	text_copy(to, size, whole);
}

__attribute__((format(printf, 5, 0))) static int fill(struct error *error, enum error_code code, enum step step,
                                                      int64_t native, const char *format, va_list arguments)
{
	if (error->code != ERROR_NONE)
		return -1;
	error->code = code;
	error->step = step;
	error->native = native;
	format_cut(error->text, sizeof error->text, format, arguments);
	error->hint[0] = '\0';
	return -1;
}

int error_set(struct error *error, enum error_code code, enum step step, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fill(error, code, step, 0, format, arguments);
	va_end(arguments);
	return -1;
}

int error_errno(struct error *error, int number, enum step step, const char *format, ...)
{
	va_list arguments;
	size_t length;

	if (error->code != ERROR_NONE)
		return -1;
	va_start(arguments, format);
	fill(error, ERROR_SYSTEM, step, number, format, arguments);
	va_end(arguments);
	length = strlen(error->text);
	snprintf(error->text + length, sizeof error->text - length, ": %s", strerror(number));
	return -1;
}

int error_hint(struct error *error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_cut(error->hint, sizeof error->hint, format, arguments);
	va_end(arguments);
	return -1;
}

void error_clear(struct error *error)
{
	memset(error, 0, sizeof *error);
}

void error_show(struct buffer *out, const struct error *error)
{
	text_escape(out, error->text);
	if (error->hint[0] != '\0') {
		buffer_puts(out, "; ");
		text_escape(out, error->hint);
	}
}

/* No default: the compiler then reports a code without a case. */
const char *error_code_name(enum error_code code)
{
	switch (code) {
	case ERROR_NONE:
		return "none";
	case ERROR_USAGE:
		return "usage";
	case ERROR_CONFIG:
		return "configuration";
	case ERROR_NO_SUCH_HOST:
		return "no such host";
	case ERROR_REFUSED:
		return "connection refused";
	case ERROR_UNREACHABLE:
		return "unreachable";
	case ERROR_TIMEOUT:
		return "timeout";
	case ERROR_AUTH:
		return "login failed";
	case ERROR_ACCESS:
		return "access denied";
	case ERROR_GONE:
		return "gone";
	case ERROR_CHANGED:
		return "changed";
	case ERROR_PROTOCOL:
		return "protocol";
	case ERROR_UNSUPPORTED:
		return "not supported";
	case ERROR_CRASHED:
		return "crashed";
	case ERROR_CANCELLED:
		return "cancelled";
	case ERROR_SYSTEM:
		return "system";
	}
	return "?";
}

const char *step_name(enum step step)
{
	switch (step) {
	case STEP_NONE:
		return "none";
	case STEP_RESOLVE:
		return "resolve";
	case STEP_CONNECT:
		return "connect";
	case STEP_LOGIN:
		return "log in";
	case STEP_OPEN:
		return "open";
	case STEP_LIST:
		return "list";
	case STEP_PIN:
		return "pin";
	case STEP_ACT:
		return "act";
	case STEP_VERIFY:
		return "verify";
	}
	return "?";
}

enum error_code error_code_parse(const char *name)
{
	for (int code = ERROR_NONE; code <= ERROR_SYSTEM; code++)
		if (strcmp(name, error_code_name((enum error_code)code)) == 0)
			return (enum error_code)code;
	return ERROR_PROTOCOL;
}

enum step step_parse(const char *name)
{
	for (int step = STEP_NONE; step <= STEP_VERIFY; step++)
		if (strcmp(name, step_name((enum step)step)) == 0)
			return (enum step)step;
	return STEP_NONE;
}

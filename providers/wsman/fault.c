/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "providers/wsman/soap.h"
#include "providers/wsman/xml.h"

enum { TEXT_MOST = 160 };

#define HINT_RIGHT                                                                                                     \
	"the account must be an administrator of the host, or a member of Remote Management Users that RootSDDL lets " \
	"in (winrm get winrm/config/service)"
#define HINT_ENABLE "is it Windows with WinRM set up (winrm quickconfig), and the right port?"
#define HINT_QUOTA  "close unused shells and operations, or raise the quota on the host (winrm get winrm/config/winrs)"

/* By number; for faults without one, by subcode. */
static const struct {
	uint32_t number;     /* 0: none */
	const char *subcode; /* NULL: none */
	enum error_code code;
	const char *text;
	const char *hint; /* may be NULL */
} table[] = {
    {5, "AccessDenied", ERROR_ACCESS, "access denied", HINT_RIGHT},
    {UINT32_C(2147942405), NULL, ERROR_ACCESS, "access denied", HINT_RIGHT},
    {WSMAN_INVALID_SELECTORS, NULL, ERROR_GONE, "there is no such object", NULL},
    {UINT32_C(2150858793), "TimedOut", ERROR_TIMEOUT, "the host could not answer within the time it was given",
     "the service is slow or hangs: look at the host, or raise --target-timeout"},
    {UINT32_C(2150859173), NULL, ERROR_UNREACHABLE, "the account has as many shells as it may have", HINT_QUOTA},
    {UINT32_C(2150859236), NULL, ERROR_UNREACHABLE, "the account has as many shells as it may have", HINT_QUOTA},
    {UINT32_C(2150859174), "QuotaLimit", ERROR_UNREACHABLE, "a quota of the host is used up", HINT_QUOTA},
    {UINT32_C(2150859240), NULL, ERROR_UNREACHABLE, "a quota of the host is used up", HINT_QUOTA},
    {UINT32_C(2150859175), NULL, ERROR_UNREACHABLE, "a quota of the host is used up", HINT_QUOTA},
    {UINT32_C(2150859176), NULL, ERROR_UNREACHABLE, "a quota of the host is used up", HINT_QUOTA},
    {UINT32_C(2150859179), NULL, ERROR_UNREACHABLE, "as many users have shells as may have any", HINT_QUOTA},
    {WSMAN_CLASS_MISSING, NULL, ERROR_UNSUPPORTED, "the host does not have the class that was asked for", NULL},
    {WSMAN_DISCONNECT_NOT_SUPPORTED, NULL, ERROR_UNSUPPORTED, "the shell can only be closed", NULL},
    {UINT32_C(2150859206), NULL, ERROR_ACCESS, "the shell belongs to another client, and only that client may do it",
     "close it, if it must go: logoff_sessions"},
    {UINT32_C(2150859213), NULL, ERROR_ACCESS,
     "the shell is connected to another client, and only that client may do it",
     "close it, if it must go: logoff_sessions"},
    {0, "EncodingLimit", ERROR_PROTOCOL, "the answer is longer than the host may send",
     "raise MaxEnvelopeSizekb on the host"},
    {0, "InvalidResourceURI", ERROR_UNSUPPORTED, "the host does not have what was asked for", NULL},
    {0, "ActionNotSupported", ERROR_UNSUPPORTED, "the host cannot do that", NULL},
    {0, "DestinationUnreachable", ERROR_UNSUPPORTED, "the host does not have what was asked for", NULL},
};

/* The local part of a QName; its place determines the namespace. */
static const char *local_name(const char *text, struct arena *arena)
{
	const char *colon = text == NULL ? NULL : strrchr(text, ':');

	if (text == NULL)
		return "";
	return text_clean(arena, colon != NULL ? colon + 1 : text, strlen(colon != NULL ? colon + 1 : text), TEXT_MOST);
}

/* One line, without the blanks that Windows ends its sentences with. */
static const char *one_line(const char *text, struct arena *arena)
{
	char *clean = text_clean(arena, text, strlen(text), TEXT_MOST), *to = clean;

	for (const char *from = clean; *from != '\0'; from++) {
		bool blank = strchr(" \t\r\n", *from) != NULL;

		if (!blank)
			*to++ = *from;
		else if (to > clean && to[-1] != ' ')
			*to++ = ' ';
	}
	while (to > clean && (to[-1] == ' ' || to[-1] == '.'))
		to--;
	*to = '\0';
	return clean;
}

/* "HRESULT 0x803381a6", as MSFT_WmiError's MessageID has it. */
static void read_hresult(struct wsman_fault *fault, const char *text)
{
	static const char prefix[] = "HRESULT 0x";
	char *end;
	unsigned long long number;

	if (text == NULL || strncmp(text, prefix, sizeof prefix - 1) != 0)
		return;
	text += sizeof prefix - 1;
	if (strlen(text) != 8 || strspn(text, "0123456789abcdefABCDEF") != 8)
		return;
	number = strtoull(text, &end, 16);
	fault->number = (uint32_t)number;
	fault->numbered = number != 0;
}

/* The innermost message is the provider's; the outer ones repeat it. */
static void read_detail(struct wsman_fault *fault, const struct xml_element *detail, struct arena *arena)
{
	const struct xml_element *wsman = xml_child(detail, NS_FAULT, "WSManFault");
	const struct xml_element *wmi = xml_child(detail, NS_WMI_ERROR, "MSFT_WmiError");
	const struct xml_element *message = xml_find(wsman, NS_FAULT, "Message");
	const char *code = xml_attribute(wsman, "", "Code"), *text;
	unsigned long long number;

	/* 0 is ERROR_SUCCESS: such a fault has no number. */
	if (code != NULL && number_parse(code, UINT32_MAX, &number) == 0 && number != 0) {
		fault->number = (uint32_t)number;
		fault->numbered = true;
	}
	while (message != NULL && message->first != NULL)
		message = message->first;
	text = message != NULL ? message->text : NULL;
	if (wmi != NULL) {
		read_hresult(fault, xml_child_text(wmi, NS_WMI_ERROR, "MessageID"));
		text = xml_child_text(wmi, NS_WMI_ERROR, "Message");
	}
	if (text != NULL && text[0] != '\0')
		fault->text = one_line(text, arena);
}

bool fault_read(struct wsman_fault *fault, const struct answer *answer, struct arena *arena)
{
	const struct xml_element *body = xml_child(answer->body, NS_SOAP, "Fault"), *code, *reason;

	*fault = (struct wsman_fault){"", "", "", false, 0};
	if (body == NULL)
		return false;
	code = xml_child(body, NS_SOAP, "Code");
	fault->code = local_name(xml_child_text(code, NS_SOAP, "Value"), arena);
	fault->subcode = local_name(xml_child_text(xml_child(code, NS_SOAP, "Subcode"), NS_SOAP, "Value"), arena);
	reason = xml_child(xml_child(body, NS_SOAP, "Reason"), NS_SOAP, "Text");
	if (reason != NULL)
		fault->text = one_line(reason->text, arena);
	read_detail(fault, xml_child(body, NS_SOAP, "Detail"), arena);
	return true;
}

int fault_error(struct error *error, const struct wsman_fault *fault, enum step step, const char *host)
{
	const char *colon = fault->text[0] != '\0' ? ": " : "";

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		bool same = fault->numbered ? fault->number == table[i].number
		                            : table[i].subcode != NULL && strcmp(fault->subcode, table[i].subcode) == 0;

		if (!same)
			continue;
		/* Only for an act does it mean that the object is gone. */
		error_set(error, table[i].code == ERROR_GONE && step != STEP_ACT ? ERROR_PROTOCOL : table[i].code, step,
		          "%.80s: %s", host, table[i].text);
		error->native = fault->numbered ? (int64_t)fault->number : 0;
		return table[i].hint != NULL ? error_hint(error, "%s", table[i].hint) : -1;
	}
	if (fault->numbered)
		error_set(error, ERROR_PROTOCOL, step, "%.80s: the host refuses with code %lu (0x%08lx)%s%s", host,
		          (unsigned long)fault->number, (unsigned long)fault->number, colon, fault->text);
	else
		error_set(error, ERROR_PROTOCOL, step, "%.80s: the host refuses with %.40s%s%s", host,
		          fault->subcode[0] != '\0' ? fault->subcode : "a fault", colon, fault->text);
	error->native = fault->numbered ? (int64_t)fault->number : 0;
	return -1;
}

static const char *login_name(const struct http_access *access)
{
	switch (access->login) {
	case HTTP_LOGIN_NONE:
		return access->certificate.length > 0 ? "certificate" : "none";
	case HTTP_LOGIN_BEARER:
		return "bearer";
	case HTTP_LOGIN_BASIC:
		return "basic";
	case HTTP_LOGIN_NTLM:
		return "ntlm";
	case HTTP_LOGIN_NEGOTIATE:
		return "negotiate";
	}
	return "?";
}

/* The login was not offered, or not accepted: the advice differs. */
static int unauthorized(struct error *error, const struct http_response *response, const struct http_access *access,
                        const char *host)
{
	bool offered = (access->login == HTTP_LOGIN_BASIC && response->offers_basic) ||
	               (access->login == HTTP_LOGIN_NTLM && response->offers_negotiate) ||
	               (access->login == HTTP_LOGIN_NEGOTIATE && response->offers_negotiate) ||
	               access->login == HTTP_LOGIN_NONE;
	bool any = response->offers_basic || response->offers_ntlm || response->offers_negotiate;

	if (!offered && any) {
		error_set(error, ERROR_AUTH, STEP_LOGIN, "%.80s: it does not take auth = %s; it offers%s%s%s", host,
		          login_name(access), response->offers_negotiate ? " negotiate" : "",
		          response->offers_ntlm ? " ntlm" : "", response->offers_basic ? " basic" : "");
		return error_hint(error, "set auth to one of these, or allow it on the host (winrm get "
		                         "winrm/config/service/auth)");
	}
	error_set(error, ERROR_AUTH, STEP_LOGIN,
	          "%.80s: the login (auth = %s) was not accepted, or the account may not use WinRM", host,
	          login_name(access));
	return error_hint(error, "%s",
	                  access->login == HTTP_LOGIN_NEGOTIATE
	                      ? "look at the tickets (klist) and the host's name; CbtHardeningLevel = Strict cannot be "
	                        "met; " HINT_RIGHT
	                      : "check username, password and domain in the credentials file; " HINT_RIGHT);
}

int status_error(struct error *error, const struct http_response *response, const struct http_access *access,
                 enum step step, const char *host)
{
	switch (response->status) {
	case 200:
		if (response->body.length == 0 && strcmp(response->type, "application/soap+xml") == 0)
			error_set(error, ERROR_PROTOCOL, step, "%.80s: the answer is empty", host);
		else if (response->type[0] == '\0')
			error_set(error, ERROR_PROTOCOL, step, "%.80s: the answer has no valid Content-Type", host);
		else
			error_set(error, ERROR_PROTOCOL, step, "%.80s: the answer is not SOAP but \"%.60s\"", host,
			          response->type);
		error_hint(error, "%s", HINT_ENABLE);
		break;
	case 401:
		unauthorized(error, response, access, host);
		break;
	case 403:
		error_set(error, ERROR_ACCESS, step, "%.80s: forbidden (HTTP 403)", host);
		error_hint(error, "the host wants another login (certificate?), or a filter of addresses (IPv4Filter) "
		                  "keeps this machine out");
		break;
	case 404:
		error_set(error, ERROR_UNSUPPORTED, step,
		          "%.80s: there is no WS-Man service at this address (HTTP 404)", host);
		error_hint(error, "%s", HINT_ENABLE);
		break;
	case 503:
		error_set(error, ERROR_REFUSED, step, "%.80s: the service is not available (HTTP 503)", host);
		error_hint(error,
		           "the service \"Windows Remote Management\" (WinRM) is stopped, or has too much to do");
		break;
	default:
		error_set(error, ERROR_PROTOCOL, step, "%.80s: HTTP %ld without a SOAP fault", host, response->status);
	}
	error->native = response->status;
	return -1;
}

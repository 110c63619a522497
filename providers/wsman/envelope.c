/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/envelope.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/text.h"
#include "providers/wsman/soap.h"

#define ANONYMOUS NS_ADDRESSING "/role/anonymous"

enum { ELEMENTS_MOST = 32000, IDENTITY_MOST = 120 };

/* Windows takes no shorter one. */
enum { TIME_LEAST = 500 };

void message_id_make(char id[MESSAGE_ID_SIZE])
{
	unsigned char bytes[16];

	/* 16 bytes come at once or, before the kernel has any, not at all; an id needs to differ, not to be secret. */
	while (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		;
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	snprintf(id, MESSAGE_ID_SIZE, "uuid:%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X",
	         bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
	         bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]);
}

static void element(struct buffer *out, const char *tag, const char *attributes, const char *text)
{
	buffer_printf(out, "<%s%s>", tag, attributes);
	xml_escape(out, text);
	buffer_printf(out, "</%s>", tag);
}

/* xs:duration. */
static void duration(struct buffer *out, int64_t time)
{
	if (time < TIME_LEAST)
		time = TIME_LEAST;
	buffer_printf(out, "PT%" PRId64 ".%03dS", time / 1000, (int)(time % 1000));
}

static void pairs(struct buffer *out, const char *set, const char *one, const struct wsman_pair *pair, size_t count)
{
	if (count == 0)
		return;
	buffer_printf(out, "<%s>", set);
	for (size_t i = 0; i < count; i++) {
		buffer_printf(out, "<%s Name=\"", one);
		xml_escape(out, pair[i].name);
		buffer_puts(out, "\">");
		xml_escape(out, pair[i].value);
		buffer_printf(out, "</%s>", one);
	}
	buffer_printf(out, "</%.*s>", (int)strcspn(set, " "), set);
}

void envelope_write(struct buffer *out, const struct envelope *envelope)
{
	static const char must[] = " s:mustUnderstand=\"true\"";

	buffer_puts(out, "<s:Envelope xmlns:s=\"" NS_SOAP "\" xmlns:a=\"" NS_ADDRESSING "\" xmlns:n=\"" NS_ENUMERATION
	                 "\" xmlns:x=\"" NS_TRANSFER "\" xmlns:w=\"" NS_WSMAN "\" xmlns:p=\"" NS_MICROSOFT
	                 "\" xmlns:rsp=\"" NS_SHELL "\"><s:Header>");
	element(out, "a:Action", must, envelope->action);
	buffer_puts(out, "<p:DataLocale s:mustUnderstand=\"false\" xml:lang=\"en-US\"/>"
	                 "<w:Locale s:mustUnderstand=\"false\" xml:lang=\"en-US\"/>");
	buffer_printf(out, "<w:MaxEnvelopeSize%s>%d</w:MaxEnvelopeSize>", must, ENVELOPE_MOST);
	element(out, "a:MessageID", "", envelope->id);
	buffer_puts(out, "<w:OperationTimeout>");
	duration(out, envelope->time);
	buffer_printf(out, "</w:OperationTimeout><a:ReplyTo><a:Address%s>" ANONYMOUS "</a:Address></a:ReplyTo>", must);
	element(out, "w:ResourceURI", must, envelope->resource);
	element(out, "p:SessionId", " s:mustUnderstand=\"false\"", envelope->session);
	element(out, "a:To", "", envelope->to);
	pairs(out, "w:OptionSet s:mustUnderstand=\"true\"", "w:Option", envelope->options, envelope->option_count);
	pairs(out, "w:SelectorSet", "w:Selector", envelope->selectors, envelope->selector_count);
	buffer_printf(out, "</s:Header><s:Body>%s</s:Body></s:Envelope>", envelope->body);
}

void body_enumerate(struct buffer *out, const char *wql)
{
	buffer_puts(out, "<n:Enumerate><w:OptimizeEnumeration/>");
	buffer_printf(out, "<w:MaxElements>%d</w:MaxElements>", ELEMENTS_MOST);
	if (wql[0] != '\0')
		element(out, "w:Filter", " Dialect=\"" DIALECT_WQL "\"", wql);
	buffer_puts(out, "</n:Enumerate>");
}

void body_pull(struct buffer *out, const char *context)
{
	buffer_puts(out, "<n:Pull>");
	element(out, "n:EnumerationContext", "", context);
	buffer_printf(out, "<n:MaxElements>%d</n:MaxElements></n:Pull>", ELEMENTS_MOST);
}

void body_release(struct buffer *out, const char *context)
{
	buffer_puts(out, "<n:Release>");
	element(out, "n:EnumerationContext", "", context);
	buffer_puts(out, "</n:Release>");
}

void identify_write(struct buffer *out)
{
	buffer_puts(out, "<s:Envelope xmlns:s=\"" NS_SOAP "\" xmlns:wsmid=\"" NS_IDENTITY
	                 "\"><s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>");
}

int answer_read(struct answer *answer, const char *bytes, size_t length, const char *id, enum step step,
                const char *host, struct arena *arena, struct error *error)
{
	const char *why, *relates;

	*answer = (struct answer){NULL, NULL};
	answer->envelope = xml_parse(bytes, length, arena, &why);
	if (answer->envelope == NULL)
		return error_set(error, ERROR_PROTOCOL, step, "%.100s: the answer cannot be read: %.100s", host, why);
	if (!xml_is(answer->envelope, NS_SOAP, "Envelope"))
		return error_set(error, ERROR_PROTOCOL, step, "%.100s: the answer is not a SOAP envelope", host);
	relates = xml_child_text(xml_child(answer->envelope, NS_SOAP, "Header"), NS_ADDRESSING, "RelatesTo");
	if (id != NULL && relates != NULL && !text_same(relates, id))
		return error_set(error, ERROR_PROTOCOL, step, "%.100s: the answer is to another request", host);
	answer->body = xml_child(answer->envelope, NS_SOAP, "Body");
	if (answer->body == NULL)
		return error_set(error, ERROR_PROTOCOL, step, "%.100s: the answer has no body", host);
	return 0;
}

const char *identity_read(const struct answer *answer, struct arena *arena)
{
	const struct xml_element *identity = xml_child(answer->body, NS_IDENTITY, "IdentifyResponse");
	const char *vendor = xml_child_text(identity, NS_IDENTITY, "ProductVendor");
	const char *version = xml_child_text(identity, NS_IDENTITY, "ProductVersion");
	const char *text;

	if (identity == NULL)
		return NULL;
	text = arena_printf(arena, "%s%s%s", vendor != NULL ? vendor : "",
	                    vendor != NULL && version != NULL ? ", " : "", version != NULL ? version : "");
	return text_clean(arena, text, strlen(text), IDENTITY_MOST);
}

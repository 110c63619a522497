/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/xml.h"

#include <expat.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/base/utf8.h"

/* Between a namespace and a name: no character that XML allows. */
static const char SEPARATOR = '\x1f';

enum { CHUNK = 1024 * 1024 }; /* expat takes an int */

struct reading {
	XML_Parser parser;
	struct arena *arena;
	struct xml_element *root;
	struct xml_element *open;                     /* the innermost one that has begun */
	struct xml_element *last[XML_DEPTH_MOST + 1]; /* the last child so far, by the parent's depth */
	size_t depth, elements;
	struct buffer text; /* since the last tag */
	const char *why;
};

static void refuse(struct reading *reading, const char *why)
{
	if (reading->why == NULL)
		reading->why = why;
	XML_StopParser(reading->parser, XML_FALSE);
}

/* Children are mostly of their parent's namespace, which need not be kept twice. */
static void split(struct reading *reading, const char *expanded, const char **space, const char **name)
{
	const char *end = strchr(expanded, SEPARATOR), *around = reading->open == NULL ? "" : reading->open->space;
	size_t length = end == NULL ? 0 : (size_t)(end - expanded);

	if (strlen(around) == length && memcmp(around, expanded, length) == 0)
		*space = around;
	else
		*space = arena_strndup(reading->arena, expanded, length);
	*name = arena_strdup(reading->arena, end == NULL ? expanded : end + 1);
}

static void add_attributes(struct reading *reading, struct xml_element *element, const XML_Char **pairs)
{
	struct xml_attribute **end = &element->attributes;

	for (size_t i = 0; pairs[i] != NULL; i += 2) {
		struct xml_attribute *attribute = arena_alloc(reading->arena, sizeof *attribute);

		if (i / 2 == XML_ATTRIBUTES_MOST) {
			refuse(reading, "an element has too many attributes");
			return;
		}
		split(reading, pairs[i], &attribute->space, &attribute->name);
		attribute->value = arena_strdup(reading->arena, pairs[i + 1]);
		*end = attribute;
		end = &attribute->next;
	}
}

static void XMLCALL begins(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *reading = data;
	struct xml_element *element;

	if (reading->why != NULL)
		return;
	if (reading->depth == XML_DEPTH_MOST || reading->elements == XML_ELEMENTS_MOST) {
		refuse(reading,
		       reading->depth == XML_DEPTH_MOST ? "elements are nested too deep" : "too many elements");
		return;
	}
	element = arena_alloc(reading->arena, sizeof *element);
	split(reading, name, &element->space, &element->name);
	element->text = "";
	element->parent = reading->open;
	add_attributes(reading, element, attributes);
	if (reading->open == NULL)
		reading->root = element;
	else if (reading->open->first == NULL)
		reading->open->first = element;
	else
		reading->last[reading->depth]->next = element;
	reading->last[reading->depth++] = element;
	reading->elements++;
	reading->open = element;
	reading->text.length = 0;
}

static void XMLCALL ends(void *data, const XML_Char *name)
{
	struct reading *reading = data;

	(void)name;
	if (reading->why != NULL)
		return;
	if (reading->open->first == NULL && reading->text.length > 0)
		reading->open->text = arena_strndup(reading->arena, reading->text.text, reading->text.length);
	reading->text.length = 0;
	reading->open = reading->open->parent;
	reading->depth--;
}

static void XMLCALL characters(void *data, const XML_Char *text, int length)
{
	struct reading *reading = data;

	if (reading->why == NULL && reading->open->first == NULL)
		buffer_add(&reading->text, text, (size_t)length);
}

static void XMLCALL doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                            int subset)
{
	(void)name;
	(void)system;
	(void)public;
	(void)subset;
	refuse(data, "it has a DOCTYPE");
}

static int feed(struct reading *reading, const char *bytes, size_t length)
{
	size_t done = 0;

	do {
		size_t part = length - done < CHUNK ? length - done : CHUNK;

		if (XML_Parse(reading->parser, bytes + done, (int)part, done + part == length) == XML_STATUS_ERROR)
			return -1;
		done += part;
	} while (done < length);
	return 0;
}

static void read_document(struct reading *reading, const char *bytes, size_t length)
{
	/* Whatever encoding the document claims to have. */
	reading->parser = XML_ParserCreateNS("UTF-8", SEPARATOR);
	if (reading->parser == NULL) {
		reading->why = "expat could not be started";
		return;
	}
	XML_SetUserData(reading->parser, reading);
	XML_SetElementHandler(reading->parser, begins, ends);
	XML_SetCharacterDataHandler(reading->parser, characters);
	XML_SetStartDoctypeDeclHandler(reading->parser, doctype);
	if (feed(reading, bytes, length) < 0 && reading->why == NULL)
		reading->why = XML_ErrorString(XML_GetErrorCode(reading->parser));
	XML_ParserFree(reading->parser);
}

struct xml_element *xml_parse(const char *bytes, size_t length, struct arena *arena, const char **why)
{
	struct reading reading = {.arena = arena};

	if (length == 0)
		reading.why = "it is empty";
	else if (length > XML_SIZE_MOST)
		reading.why = "it is too long";
	else if (!utf8_valid(bytes, length))
		reading.why = "it is not UTF-8";
	else
		read_document(&reading, bytes, length);
	buffer_free(&reading.text);
	*why = reading.why;
	return reading.why == NULL ? reading.root : NULL;
}

bool xml_is(const struct xml_element *element, const char *space, const char *name)
{
	return element != NULL && strcmp(element->name, name) == 0 && strcmp(element->space, space) == 0;
}

const struct xml_element *xml_child(const struct xml_element *element, const char *space, const char *name)
{
	const struct xml_element *child = element == NULL ? NULL : element->first;

	while (child != NULL && !xml_is(child, space, name))
		child = child->next;
	return child;
}

const char *xml_child_text(const struct xml_element *element, const char *space, const char *name)
{
	const struct xml_element *child = xml_child(element, space, name);

	return child == NULL ? NULL : child->text;
}

const char *xml_attribute(const struct xml_element *element, const char *space, const char *name)
{
	const struct xml_attribute *attribute = element == NULL ? NULL : element->attributes;

	while (attribute != NULL && (strcmp(attribute->name, name) != 0 || strcmp(attribute->space, space) != 0))
		attribute = attribute->next;
	return attribute == NULL ? NULL : attribute->value;
}

const struct xml_element *xml_find(const struct xml_element *element, const char *space, const char *name)
{
	const struct xml_element *at = element;

	while (at != NULL && !xml_is(at, space, name)) {
		if (at->first != NULL) {
			at = at->first;
			continue;
		}
		while (at != element && at->next == NULL)
			at = at->parent;
		at = at == element ? NULL : at->next;
	}
	return at;
}

/* Of XML 1.0's Char, what is one byte and needs a word of its own; NULL: as it is. */
static const char *written(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return (unsigned char)byte < ' ' ? "\xef\xbf\xbd" : NULL;
	}
}

/* U+FFFE and U+FFFF are well-formed UTF-8 and no characters of XML. */
static bool forbidden(const char *text)
{
	return strncmp(text, "\xef\xbf\xbe", 3) == 0 || strncmp(text, "\xef\xbf\xbf", 3) == 0;
}

void xml_escape(struct buffer *out, const char *text)
{
	struct arena arena = {0};
	const char *clean = text_clean(&arena, text, strlen(text), SIZE_MAX);

	while (*clean != '\0') {
		const char *word = written(*clean);
		size_t length = word == NULL && forbidden(clean) ? 3 : 1;

		if (length == 3)
			word = "\xef\xbf\xbd";
		if (word != NULL)
			buffer_puts(out, word);
		else
			buffer_add(out, clean, length);
		clean += length;
	}
	arena_free(&arena);
}

bool xml_sayable(const char *text)
{
	size_t length = strlen(text);

	if (!utf8_valid(text, length))
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];

		if ((byte < ' ' && strchr("\t\n\r", byte) == NULL) || forbidden(text + i))
			return false;
	}
	return true;
}

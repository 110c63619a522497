/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An XML document that came from elsewhere, as a tree of elements, and the
 * escaping of texts that go the other way.  Pure.
 *
 * expat reads it in namespace mode.  A DOCTYPE is refused, and with it every
 * entity but the five of XML; so is all that is not UTF-8, and whatever is
 * deeper, longer or more than the limits below.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_XML_H
#define CURFEW_PROVIDERS_WSMAN_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"

enum {
	XML_SIZE_MOST = 16 * 1024 * 1024,
	XML_DEPTH_MOST = 64,
	XML_ELEMENTS_MOST = 1000000,
	XML_ATTRIBUTES_MOST = 64, /* of one element */
};

struct xml_attribute {
	const char *space; /* the namespace's URI; "": none */
	const char *name;
	const char *value;
	struct xml_attribute *next;
};

struct xml_element {
	const char *space; /* likewise */
	const char *name;  /* without prefix */
	const char *text;  /* of an element without children, all of it; "" of one that has some */
	struct xml_attribute *attributes;
	struct xml_element *parent, *first, *next; /* the children are first, first->next … */
};

/* The root element, whose memory is all in the arena.  NULL: refused, and why has the reason (static text or
   in the arena). */
struct xml_element *xml_parse(const char *bytes, size_t length, struct arena *arena, const char **why);

/* All of these take a NULL element, and answer NULL for what is not there. */
const struct xml_element *xml_child(const struct xml_element *element, const char *space, const char *name);
const char *xml_child_text(const struct xml_element *element, const char *space, const char *name);
const char *xml_attribute(const struct xml_element *element, const char *space, const char *name);
bool xml_is(const struct xml_element *element, const char *space, const char *name);
/* The first element of that name anywhere below, or the element itself. */
const struct xml_element *xml_find(const struct xml_element *element, const char *space, const char *name);

/* Appends text so that it means itself in an element or an attribute; line ends survive.  What XML 1.0 cannot
   say at all (control characters, bytes that are no UTF-8) becomes U+FFFD: see xml_sayable(). */
void xml_escape(struct buffer *out, const char *text);
bool xml_sayable(const char *text);

#endif

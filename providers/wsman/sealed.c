/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/sealed.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"

#define BOUNDARY "--" SEALED_BOUNDARY
#define END      BOUNDARY "--"

enum { LINE_MOST = 256 };

void sealed_write(struct buffer *out, const struct sealed *sealed)
{
	const char length[4] = {
	    (char)(sealed->signature_length & 0xff),
	    (char)(sealed->signature_length >> 8 & 0xff),
	    (char)(sealed->signature_length >> 16 & 0xff),
	    (char)(sealed->signature_length >> 24 & 0xff),
	};

	buffer_printf(out,
	              BOUNDARY "\r\n\tContent-Type: " SEALED_PROTOCOL
	                       "\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%zu\r\n" BOUNDARY
	                       "\r\n\tContent-Type: application/octet-stream\r\n",
	              sealed->plain_length);
	buffer_add(out, length, sizeof length);
	buffer_add(out, sealed->signature, sealed->signature_length);
	buffer_add(out, sealed->data, sealed->data_length);
	buffer_puts(out, END "\r\n");
}

/* What is left to be read. */
struct rest {
	const char *at;
	size_t length;
};

/* The next line, without the blanks around it.  false: there is none, or a very long one. */
static bool next_line(struct rest *rest, char line[LINE_MOST])
{
	const char *end = memchr(rest->at, '\n', rest->length), *from = rest->at, *to = end;

	if (end == NULL)
		return false;
	while (from < to && strchr(" \t", *from) != NULL)
		from++;
	while (to > from && strchr(" \t\r", to[-1]) != NULL)
		to--;
	if (to - from >= LINE_MOST || memchr(from, '\0', (size_t)(to - from)) != NULL)
		return false;
	memcpy(line, from, (size_t)(to - from));
	line[to - from] = '\0';
	rest->length -= (size_t)(end + 1 - rest->at);
	rest->at = end + 1;
	return true;
}

/* "Name: value": the value, or NULL if it is another one's line. */
static const char *value_of(const char *line, const char *name)
{
	size_t length = strlen(name);

	if (strncasecmp(line, name, length) != 0 || line[length] != ':')
		return NULL;
	line += length + 1;
	return line + strspn(line, " \t");
}

/* "type=application/soap+xml;charset=UTF-8;Length=1234", in any order. */
static bool read_original(const char *text, size_t *plain_length)
{
	bool type = false, charset = false, has_length = false;
	char part[LINE_MOST];

	while (*text != '\0') {
		size_t length = strcspn(text, ";");
		unsigned long long number;

		memcpy(part, text, length);
		part[length] = '\0';
		type |= text_same(part, "type=application/soap+xml");
		charset |= text_same(part, "charset=UTF-8");
		if (strncasecmp(part, "Length=", 7) == 0) {
			if (has_length || number_parse(part + 7, SEALED_PLAIN_MOST, &number) < 0)
				return false;
			has_length = true;
			*plain_length = (size_t)number;
		}
		text += length + (text[length] == ';');
	}
	return type && charset && has_length;
}

/* Both parts' headers: what is left then is the second part's content. */
static int read_headers(struct rest *rest, size_t *plain_length, const char **why)
{
	char line[LINE_MOST];
	const char *value;
	bool protocol = false, original = false;

	*why = "the encrypted answer does not begin as one does";
	if (!next_line(rest, line) || strcmp(line, BOUNDARY) != 0)
		return -1;
	for (;;) {
		*why = "the encrypted answer's first part has no end";
		if (!next_line(rest, line))
			return -1;
		if (strcmp(line, BOUNDARY) == 0)
			break;
		if ((value = value_of(line, "Content-Type")) != NULL)
			protocol |= text_same(value, SEALED_PROTOCOL);
		if ((value = value_of(line, "OriginalContent")) != NULL) {
			if (original || !read_original(value, plain_length))
				break;
			original = true;
		}
	}
	*why = "the encrypted answer does not declare SOAP in UTF-8 and its length";
	if (!original || strcmp(line, BOUNDARY) != 0)
		return -1;
	*why = "the answer is encrypted in another way than SPNEGO's";
	if (!protocol)
		return -1;
	*why = "the encrypted answer's second part is not of bytes";
	if (!next_line(rest, line) || (value = value_of(line, "Content-Type")) == NULL ||
	    !text_same(value, "application/octet-stream"))
		return -1;
	return 0;
}

/* The end is looked for at the end: the bytes before it may be any. */
static bool cut_end(struct rest *rest)
{
	static const char end[] = END;

	if (rest->length >= 2 && memcmp(rest->at + rest->length - 2, "\r\n", 2) == 0)
		rest->length -= 2;
	if (rest->length < sizeof end - 1 ||
	    memcmp(rest->at + rest->length - (sizeof end - 1), end, sizeof end - 1) != 0)
		return false;
	rest->length -= sizeof end - 1;
	return true;
}

int sealed_read(struct sealed *sealed, const char *bytes, size_t length, const char **why)
{
	struct rest rest = {bytes, length};
	const unsigned char *size;
	uint32_t signature;

	memset(sealed, 0, sizeof *sealed);
	if (read_headers(&rest, &sealed->plain_length, why) < 0)
		return -1;
	*why = "the encrypted answer is cut off";
	if (!cut_end(&rest) || rest.length < 4)
		return -1;
	size = (const unsigned char *)rest.at;
	signature = (uint32_t)size[0] | (uint32_t)size[1] << 8 | (uint32_t)size[2] << 16 | (uint32_t)size[3] << 24;
	*why = "the encrypted answer has no signature";
	if (signature == 0 || signature > SEALED_SIGNATURE_MOST || signature > rest.length - 4)
		return -1;
	sealed->signature = rest.at + 4;
	sealed->signature_length = signature;
	sealed->data = sealed->signature + signature;
	sealed->data_length = rest.length - 4 - signature;
	return 0;
}

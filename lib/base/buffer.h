/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing byte string for building output.  text is always NUL-terminated. */
#ifndef CURFEW_BUFFER_H
#define CURFEW_BUFFER_H

#include <stddef.h>

struct buffer {
	char *text; /* NULL before the first byte: read it with buffer_text() */
	size_t length;
	size_t allocated;
};

void buffer_add(struct buffer *buffer, const char *bytes, size_t length);
void buffer_puts(struct buffer *buffer, const char *text);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buffer_text(const struct buffer *buffer); /* never NULL */
void buffer_free(struct buffer *buffer);

#endif

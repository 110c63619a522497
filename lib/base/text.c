/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/text.h"

#include <fnmatch.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/base/normal_form.h"
#include "lib/base/utf8.h"

/* U+FFFD */
static const char replacement[] = "\xef\xbf\xbd";

char *text_clean(struct arena *arena, const char *bytes, size_t length, size_t limit)
{
	struct buffer out = {0};
	char *copy;

	/* Nearly every text is clean. */
	if (length <= limit && utf8_valid(bytes, length) && memchr(bytes, '\0', length) == NULL)
		return arena_strndup(arena, bytes, length);
	for (size_t i = 0; i < length;) {
		uint32_t point;
		size_t bad, step = utf8_decode((const unsigned char *)bytes + i, length - i, &point, &bad);
		bool good = step > 0 && bytes[i] != '\0';

		if (out.length + (good ? step : 3) > limit)
			break;
		if (good)
			buffer_add(&out, bytes + i, step);
		else
			buffer_puts(&out, replacement);
		i += step > 0 ? step : bad;
	}
	copy = arena_strndup(arena, buffer_text(&out), out.length);
	buffer_free(&out);
	return copy;
}

bool text_damaged(const char *text)
{
	return strstr(text, replacement) != NULL;
}

void text_copy(char *to, size_t size, const char *text)
{
	size_t length = strnlen(text, size);

	if (length >= size) {
		length = size - 1;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	memcpy(to, text, length);
	to[length] = '\0';
}

/* Characters that move the cursor, end the line, or change the direction of text. */
static bool unsafe(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029 ||
	       (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) || point == 0x200e ||
	       point == 0x200f || point == 0x061c || point == 0xfeff;
}

/* Invisible characters: with them, two different names look alike.  Texts may have them (Persian needs U+200C, some
 * emoji are joined by U+200D), and so may values. */
static bool invisible(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
	    {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x115f, 0x1160},   {0x17b4, 0x17b5},
	    {0x180b, 0x180f}, {0x200b, 0x200d}, {0x2060, 0x206f},   {0x3164, 0x3164},
	    {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

bool text_visible(const char *text)
{
	size_t left = strlen(text), bad, step;
	uint32_t point = 0;

	for (; left > 0; text += step, left -= step)
		if ((step = utf8_decode((const unsigned char *)text, left, &point, &bad)) == 0 || unsafe(point) ||
		    invisible(point))
			return false;
	return true;
}

static bool is_plain(const char *text, bool lines)
{
	size_t left = strlen(text), bad, step;
	uint32_t point = 0;

	for (; left > 0; text += step, left -= step)
		if ((step = utf8_decode((const unsigned char *)text, left, &point, &bad)) == 0 ||
		    (unsafe(point) && !(lines && point == '\n')))
			return false;
	return true;
}

bool text_plain(const char *text)
{
	return is_plain(text, false);
}

bool text_plain_lines(const char *text)
{
	return is_plain(text, true);
}

void text_escape(struct buffer *out, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		uint32_t point = 0;
		size_t bad, step = utf8_decode((const unsigned char *)text, left, &point, &bad);

		if (step == 0) {
			step = bad;
			for (size_t i = 0; i < bad; i++)
				buffer_printf(out, "\\x%02x", (unsigned char)text[i]);
		} else if (point == '\n') {
			buffer_puts(out, "\\n");
		} else if (point == '\t') {
			buffer_puts(out, "\\t");
		} else if (point == '\\') {
			buffer_puts(out, "\\\\");
		} else if (point == '|' || (point < 0x80 && unsafe(point))) {
			buffer_printf(out, "\\x%02x", (unsigned)point);
		} else if (unsafe(point) || (point >= 0x80 && invisible(point))) {
			buffer_printf(out, "\\u{%04x}", (unsigned)point);
		} else {
			buffer_add(out, text, step);
		}
		text += step;
		left -= step;
	}
}

bool text_same(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		unsigned char x = (unsigned char)*a, y = (unsigned char)*b;

		if (x >= 'A' && x <= 'Z')
			x = (unsigned char)(x + 32);
		if (y >= 'A' && y <= 'Z')
			y = (unsigned char)(y + 32);
		if (x != y)
			return false;
	}
	return *a == *b;
}

int number_parse(const char *text, unsigned long long limit, unsigned long long *number)
{
	unsigned long long value = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		unsigned digit = (unsigned)(*text - '0');

		if (*text < '0' || *text > '9' || value > (limit - digit) / 10 || digit > limit)
			return -1;
		value = value * 10 + digit;
	}
	*number = value;
	return 0;
}

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

void text_locale_open(void)
{
	setlocale(LC_CTYPE, "C.UTF-8"); /* without it glob_match() returns unknown */
}

/* True if the two differ only in their normal forms. */
static bool other_form_may_match(const char *glob, const char *text)
{
	struct buffer glob_outline = {0}, text_outline = {0};
	bool may;

	if (!normal_form_doubted(glob) && !normal_form_doubted(text))
		return false;
	if (strchr(glob, '[') != NULL) /* normal_outline() cannot show what a bracket leaves out */
		return true;
	normal_form_outline(glob, &glob_outline);
	normal_form_outline(text, &text_outline);
	may =
	    fnmatch(buffer_text(&glob_outline), buffer_text(&text_outline), FNM_NOESCAPE | FNM_CASEFOLD) != FNM_NOMATCH;
	buffer_free(&glob_outline);
	buffer_free(&text_outline);
	return may;
}

static bool plain_glob(const char *glob)
{
	return is_ascii(glob) && strchr(glob, '[') == NULL;
}

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* fnmatch() for such a glob and an ASCII text, without fnmatch()'s conversion to wide characters, which took most of
 * the time of a policy.  Backtracks to the last star only. */
static bool plain_match(const char *glob, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text != '\0') {
		if (*glob == '*') {
			star = glob++;
			from = text;
		} else if (*glob == '?' || (*glob != '\0' && lower(*glob) == lower(*text))) {
			glob++;
			text++;
		} else if (star != NULL) {
			glob = star + 1;
			text = ++from;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

enum match glob_match(const char *glob, const char *text)
{
	if (text_same(glob, text))
		return MATCH_YES;
	if (plain_glob(glob) && is_ascii(text))
		return plain_match(glob, text) ? MATCH_YES : MATCH_NO;
	switch (fnmatch(glob, text, FNM_NOESCAPE | FNM_CASEFOLD)) {
	case 0:
		return MATCH_YES;
	case FNM_NOMATCH:
		if (is_ascii(glob) && is_ascii(text))
			return MATCH_NO;
		return MB_CUR_MAX == 1 || other_form_may_match(glob, text) ? MATCH_UNKNOWN : MATCH_NO;
	default: /* out of memory, or an invalid text in this locale */
		return MATCH_UNKNOWN;
	}
}

/* A beginning of the glob matches the whole text; the rest of the glob is for what may follow. */
bool glob_may_go_on(const char *glob, const char *text)
{
	struct buffer part = {0};
	bool may = false;

	for (size_t length = 0; length <= strlen(glob) && !may; length++) {
		buffer_free(&part);
		buffer_add(&part, glob, length);
		may = glob_match(buffer_text(&part), text) != MATCH_NO;
	}
	buffer_free(&part);
	return may;
}

bool glob_may_mean_host(const char *glob, const char *name)
{
	const size_t of_glob = strcspn(glob, "."), of_name = strcspn(name, ".");
	struct buffer first = {0}, label = {0};
	bool may;

	if ((glob[of_glob] == '\0') == (name[of_name] == '\0'))
		return false;
	buffer_add(&first, glob, of_glob);
	buffer_add(&label, name, of_name);
	may = glob_match(buffer_text(&first), buffer_text(&label)) != MATCH_NO;
	buffer_free(&first);
	buffer_free(&label);
	return may;
}

char *text_strip(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\r' ||
	                      text[length - 1] == '\n'))
		text[--length] = '\0';
	return text;
}

const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

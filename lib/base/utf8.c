/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/utf8.h"

#include <string.h>

size_t utf8_decode(const unsigned char *text, size_t left, uint32_t *point, size_t *bad)
{
	static const struct {
		unsigned char first, last, second_low, second_high, length, mask;
	} rows[] = {
	    {0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f}, {0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f}, {0xe1, 0xec, 0x80, 0xbf, 3, 0x0f},
	    {0xed, 0xed, 0x80, 0x9f, 3, 0x0f}, {0xee, 0xef, 0x80, 0xbf, 3, 0x0f}, {0xf0, 0xf0, 0x90, 0xbf, 4, 0x07},
	    {0xf1, 0xf3, 0x80, 0xbf, 4, 0x07}, {0xf4, 0xf4, 0x80, 0x8f, 4, 0x07},
	};

	*bad = 1;
	if (left == 0)
		return 0;
	if (text[0] < 0x80) {
		*point = text[0];
		return 1;
	}
	for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
		if (text[0] < rows[row].first || text[0] > rows[row].last)
			continue;
		*point = text[0] & rows[row].mask;
		for (size_t i = 1; i < rows[row].length; i++) {
			unsigned char low = i == 1 ? rows[row].second_low : 0x80;
			unsigned char high = i == 1 ? rows[row].second_high : 0xbf;

			if (i >= left || text[i] < low || text[i] > high) {
				*bad = i;
				return 0;
			}
			*point = *point << 6 | (text[i] & 0x3f);
		}
		return rows[row].length;
	}
	return 0;
}

bool utf8_valid(const char *text, size_t length)
{
	uint32_t point;
	size_t bad, step;

	for (size_t i = 0; i < length; i += step) {
		step = 1;
		if ((unsigned char)text[i] >= 0x80 &&
		    (step = utf8_decode((const unsigned char *)text + i, length - i, &point, &bad)) == 0)
			return false;
	}
	return true;
}

size_t utf8_next(const char *text, uint32_t *point)
{
	size_t bad;

	return utf8_decode((const unsigned char *)text, strnlen(text, 4), point, &bad);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/normal_form.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/base/buffer.h"
#include "lib/base/utf8.h"

/* NFC_Quick_Check is not Yes (Unicode 14); ranges that are at most 16 apart are joined. */
static const struct {
	uint32_t first, last;
} doubtful[] = {{0x0300, 0x0345},   {0x0374, 0x0387},   {0x0653, 0x0655},   {0x093c, 0x093c},   {0x0958, 0x095f},
                {0x09be, 0x09be},   {0x09d7, 0x09df},   {0x0a33, 0x0a36},   {0x0a59, 0x0a5e},   {0x0b3e, 0x0b3e},
                {0x0b56, 0x0b5d},   {0x0bbe, 0x0bbe},   {0x0bd7, 0x0bd7},   {0x0c56, 0x0c56},   {0x0cc2, 0x0cc2},
                {0x0cd5, 0x0cd6},   {0x0d3e, 0x0d3e},   {0x0d57, 0x0d57},   {0x0dca, 0x0ddf},   {0x0f43, 0x0f81},
                {0x0f93, 0x0fb9},   {0x102e, 0x102e},   {0x1161, 0x1175},   {0x11a8, 0x11c2},   {0x1b35, 0x1b35},
                {0x1f71, 0x1f7d},   {0x1fbb, 0x2001},   {0x2126, 0x212b},   {0x2329, 0x232a},   {0x2adc, 0x2adc},
                {0x3099, 0x309a},   {0xf900, 0xfad9},   {0xfb1d, 0xfb4e},   {0x110ba, 0x110ba}, {0x11127, 0x11127},
                {0x1133e, 0x1133e}, {0x11357, 0x11357}, {0x114b0, 0x114bd}, {0x115af, 0x115af}, {0x11930, 0x11930},
                {0x1d15e, 0x1d164}, {0x1d1bb, 0x1d1c0}, {0x2f800, 0x2fa1d}};

static bool is_doubtful(uint32_t point)
{
	for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++)
		if (point >= doubtful[i].first && point <= doubtful[i].last)
			return true;
	return false;
}

bool normal_form_doubted(const char *text)
{
	uint32_t point = 0;

	for (size_t step; (step = utf8_next(text, &point)) > 0; text += step)
		if (is_doubtful(point))
			return true;
	return false;
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

void normal_form_outline(const char *text, struct buffer *out)
{
	enum { OTHER = 1 };
	const char other = OTHER;
	uint32_t point = 0;

	for (size_t step; (step = utf8_next(text, &point)) > 0; text += step) {
		if (step == 1) {
			buffer_add(out, text, 1);
			continue;
		}
		/* An ASCII letter and the combining mark behind it are one character. */
		if (out->length > 0 && is_letter(out->text[out->length - 1]) && is_doubtful(point))
			out->length--;
		if (out->length == 0 || out->text[out->length - 1] != OTHER)
			buffer_add(out, &other, 1);
	}
}

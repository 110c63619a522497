/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Longer words are not compared: no option, metric, key or target name is longer. */
enum { LONGEST = 64, DISTANCE_MOST = 3, BEGINNING_LEAST = 3 };

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The optimal string alignment distance: letters added, left out, replaced, or two neighbours swapped.  Both words
 * have at most LONGEST letters. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_length; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] =
			    smaller(above[j - 1] + !same_letter(a[i - 1], b[j - 1]), smaller(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]))
				row[j] = smaller(row[j], before[j - 2] + 1);
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[b_length];
}

struct nearest nearest_to(const char *word, size_t length)
{
	return (struct nearest){.word = word, .length = length};
}

static bool begins(const struct nearest *nearest, const char *candidate)
{
	if (nearest->length < BEGINNING_LEAST)
		return false;
	for (size_t i = 0; i < nearest->length; i++)
		if (candidate[i] == '\0' || !same_letter(nearest->word[i], candidate[i]))
			return false;
	return true;
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	size_t length = strlen(candidate), most = smaller(nearest->length / 3, DISTANCE_MOST), distance;

	if (nearest->length == 0 || nearest->length > LONGEST || length == 0 || length > LONGEST)
		return;
	distance = edit_distance(nearest->word, nearest->length, candidate, length);
	if (distance > 1 && begins(nearest, candidate))
		distance = 1;
	if (distance > (most > 0 ? most : 1) || distance >= nearest->length ||
	    (nearest->best != NULL && distance >= nearest->distance))
		return;
	nearest->best = candidate;
	nearest->distance = distance;
}

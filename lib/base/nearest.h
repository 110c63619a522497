/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "Did you mean …?": finds the known word that is most like a mistyped one.  Pure: offer each candidate, then read
 * best.
 */
#ifndef CURFEW_NEAREST_H
#define CURFEW_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word; /* as typed; length bytes of it */
	size_t length;
	const char *best; /* NULL: no candidate is near enough */
	size_t distance;  /* of best */
};

struct nearest nearest_to(const char *word, size_t length);

/* Keeps the candidate if it is nearer than the best so far.  Near enough is a third of the word's letters
   added, left out, replaced or swapped with their neighbours, at least one and at most three; case aside.
   A word of three letters or more is also near a candidate that begins with it. */
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif

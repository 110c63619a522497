/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a manager writes to name one session (curfewSessionKey): a hash of its identity with the birth, its state and
 * its connect time; and the last input.  Another session, another state and later input make it invalid.
 */
#ifndef CURFEW_ORDER_KEY_H
#define CURFEW_ORDER_KEY_H

#include <stdbool.h>

#include "lib/session/session.h"

enum { ORDER_KEY_SIZE = 40 };

/* "" for a session without a birth, on which nothing ever acts. */
void order_key_write(char key[ORDER_KEY_SIZE], const struct session *session);

/* True if it is still the session that this key was made of, in the same state, without input since. */
bool order_key_holds(const char *then, const char *now);

#endif

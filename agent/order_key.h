/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a manager writes to name one very session (curfewSessionKey): its identity with the birth, its state and since
 * when it is connected, as a hash; and the last input.  Another session, another state and later input make it void.
 */
#ifndef CURFEW_ORDER_KEY_H
#define CURFEW_ORDER_KEY_H

#include <stdbool.h>

#include "lib/session/session.h"

enum { ORDER_KEY_SIZE = 40 };

/* "" for a session without a birth: nothing is ever done to it. */
void order_key_write(char key[ORDER_KEY_SIZE], const struct session *session);

/* Is it still the session that this key was made of, in the same state, without input since? */
bool order_key_holds(const char *then, const char *now);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests and answers for lib/tape/tape.h: recorded, or played from a recording without sending anything. */
#ifndef CURFEW_PROVIDERS_HTTP_RECORDED_H
#define CURFEW_PROVIDERS_HTTP_RECORDED_H

#include <stdbool.h>

#include "providers/http/http.h"

/* Every function that sends a request calls this first. true: the answer is played, and done is called from the
   loop. false: send the request to the URL and call *done with *context, which may have been changed. */
bool http_recorded(struct http_loop *loop, const struct http_request *request, const char *url, http_done **done,
                   void **context);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests and answers as lib/tape/tape.h wants them: what goes out and comes back is told to it, or nothing goes out
   and the answers are those of a recording. */
#ifndef CURFEW_PROVIDERS_HTTP_RECORDED_H
#define CURFEW_PROVIDERS_HTTP_RECORDED_H

#include <stdbool.h>

#include "providers/http/http.h"

/* Every way to send a request for somebody begins with this.  true: it is played, and done will be called from the
   loop. false: send it to the URL, and tell *done with *context, which may have been changed. */
bool http_recorded(struct http_loop *loop, const struct http_request *request, const char *url, http_done **done,
                   void **context);

#endif

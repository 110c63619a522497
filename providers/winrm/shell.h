/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Converts an rsp:Shell (MS-WSMV 2.2.4.37) to a struct session. Pure. */
#ifndef CURFEW_PROVIDERS_WINRM_SHELL_H
#define CURFEW_PROVIDERS_WINRM_SHELL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/session/session.h"
#include "providers/wsman/access.h"
#include "providers/wsman/xml.h"

/* An xs:duration of days and less: "PT7200.000S", "P0DT0H0M9S".  0 and ms, or -1 for anything else: years and months,
   which have no length, negative ones, more than 100 years. */
int shell_duration(const char *text, int64_t *milliseconds);

/* The ShellId, NULL if there is none or it is not one to be sent back. */
const char *shell_id(const struct xml_element *shell);
/* What its requests are addressed to; NULL if it does not say. */
const char *shell_resource(const struct xml_element *shell);
/* Is it a cmd shell (winrs), which can only be closed? */
bool shell_is_cmd(const char *resource);

/* Everything but provider and host.  Its times are on our clock, now is when the answer came.  The shell must
   have an id. */
void shell_fill(struct session *session, const struct xml_element *shell, int64_t now,
                const struct wsman_access *access, struct arena *arena);

#endif

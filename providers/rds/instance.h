/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An instance of a WMI class as WS-Man shows it (MS-WSMV 2.2.9.1, DSP0230):
 *
 *   <p:Win32_X xsi:type="p:Win32_X_Type"><p:Name>…</p:Name><p:Time><cim:Datetime>…</cim:Datetime></p:Time>
 *     <p:Other xsi:nil="true"/></p:Win32_X>
 *
 * Names have no case in WMI, and Microsoft's own pages write "SessionID" and "SessionId".  Pure.
 */
#ifndef CURFEW_PROVIDERS_RDS_INSTANCE_H
#define CURFEW_PROVIDERS_RDS_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/session/session.h"
#include "providers/wsman/xml.h"

bool instance_is(const struct xml_element *instance, const char *class);

/* The property's text, or NULL: it is not there, or null. */
const char *instance_text(const struct xml_element *instance, const char *property);
/* The same for people and comparisons: cleaned, "" for NULL. */
const char *instance_clean(const struct xml_element *instance, const char *property, struct arena *arena);
int instance_number(const struct xml_element *instance, const char *property, uint32_t *number);

/* A time of day with its zone, as cim:Datetime (xs:dateTime) or as the text of CIM
   (yyyymmddHHMMSS.mmmmmm+UUU, DSP0004 5.2.4).  One without a zone, and all before 1900, is unknown. */
struct moment instance_time(const struct xml_element *instance, const char *property);
/* Milliseconds: a plain number of them, a cim:Interval (xs:duration) or the text of CIM (ddddddddHHMMSS.mmmmmm:000).
   0, or -1: unknown. */
int instance_span(const struct xml_element *instance, const char *property, int64_t *milliseconds);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samba's public headers, which include one another less than they need, in an order that works. */
#ifndef CURFEW_PROVIDERS_TSTS_SAMBA_H
#define CURFEW_PROVIDERS_TSTS_SAMBA_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>

#define TEVENT_DEPRECATED 1 /* for tevent_loop_allow_nesting() */
#include <talloc.h>
#include <tevent.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <core/ntstatus.h>
#include <core/werror.h>
#include <util/data_blob.h>
#include <util/debug.h>
#include <util/time.h>

#include <credentials.h>
/* Since 4.22 the members of struct dcerpc_pipe are in a structure "internal" unless this is defined. */
#define SOURCE4_LIBRPC_INTERNALS 1
#include <dcerpc.h>
#include <ndr.h>
#include <param.h>
#pragma GCC diagnostic pop

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Providers that only have names, for tests of what names targets.  Such tests do not
   depend on what was configured. */
#include "t/unit/fake.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/target/provider.h"

static const struct provider_option tsts_options[] = {
    {.name = "realm", .argument = "REALM", .help = "The Kerberos realm."},
    {.name = "pin", .argument = "PIN", .help = "A secret.", .secret = true},
    {.name = NULL},
};

static const struct provider sim = {.scheme = "sim", .summary = "a farm"};
static const struct provider xrdp = {.scheme = "xrdp", .summary = "this machine", .status = PROVIDER_EXPERIMENTAL};
static const struct provider tsts = {.scheme = "tsts", .summary = "Windows", .options = tsts_options};

const struct provider *const fake_providers[] = {&sim, &xrdp, &tsts, NULL};

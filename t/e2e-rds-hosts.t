#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The installed programs against a connection broker and the Windows hosts behind it, all on
# loopback: t/servers/wsman (its broker part is made by hand) and a real smbd with t/servers/tsts.
# What the broker alone can tell is in t/e2e-rds.t.
use strict;
use warnings;

use Curfew::Wsman;
use Windows;

-x "$ENV{CURFEW_BUILDDIR}/providers/rds/provider-rds"
    or Windows::skip('the provider rds is not built: it needs libcurl, expat and GSS-API');
my $missing = Curfew::Wsman::missing();
Windows::skip($missing) if defined $missing;
Windows::play('scenario-rds', 600);

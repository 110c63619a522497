#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The installed WTSAPI module and the provider wts, as root, against a Windows host on loopback.
use strict;
use warnings;

use Windows;

-x "$ENV{CURFEW_BUILDDIR}/wtsapi/curfew-wtsapi.so" && -x "$ENV{CURFEW_BUILDDIR}/providers/wts/provider-wts"
    or Windows::skip('the module and the provider wts are not built: they need libwinpr2-dev');
Windows::play('scenario-wts', 120);

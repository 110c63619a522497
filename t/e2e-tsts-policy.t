#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A policy on a Windows host: warned, disconnected, logged off; who comes back stays, and an answer buys more time.
use strict;
use warnings;

use Windows;

-x "$ENV{CURFEW_BUILDDIR}/handlers/enforce_sessions" or Windows::skip('policies were not built');
Windows::play('scenario-tsts-policy', 600);

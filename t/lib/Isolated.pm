# SPDX-License-Identifier: GPL-3.0-or-later
# Isolated - runs the test that uses it in a throw-away root (t/isolate), as root,
# with our programs installed there: privileged programs believe only those.
#
#   use Isolated;
#   my %path = Isolated::enter();    # bindir, sbindir, sysconfdir, localstatedir
#   Isolated::go_inside();           # without our programs
package Isolated;

use strict;
use warnings;

use Carp qw(croak);
use File::Spec::Functions qw(rel2abs);
use Test::More;

use Daemon qw(capture need slurp);

sub enter {
    go_inside();
    return install();
}

# Outside: runs this very test inside and ends as it does.  Inside: returns.
sub go_inside {
    return if $ENV{CURFEW_ISOLATED};
    my $source = $ENV{CURFEW_SRCDIR} // croak "CURFEW_SRCDIR is not set";
    local $ENV{CURFEW_ISOLATED} = 1;
    local $ENV{PERL5LIB} = join q{:}, map { rel2abs($_) } @INC;
    my $status = system 'timeout', '-k5', '1800', "$source/t/isolate/isolate", $^X, '-w', rel2abs($0);
    need('needs a throw-away root: root, CAP_SYS_ADMIN and an overlay of / (t/isolate says which)')
        if $status >> 8 == 77;
    exit($status & 127 ? 1 : $status >> 8);
}

# Inside: make install, and where it went.
sub install {
    my $build = $ENV{CURFEW_BUILDDIR};
    my $said = capture('sh', '-c', 'make -s -C "$1" install 2>&1', 'install', $build);
    $? == 0 or BAIL_OUT("make install: $said");
    my %path = slurp("$build/Makefile") =~ /^(prefix|exec_prefix|\w+dir) = (.*)$/gm;
    for (1 .. 5) {
        s/\$[{(](\w+)[})]/$path{$1} \/\/ q{}/ge for values %path;
    }
    return %path;
}

1;

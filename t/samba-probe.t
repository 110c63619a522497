#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# configure's test of Samba's structures (m4/samba.m4): a Samba that does not fit costs the provider tsts, and the summary says why.
use strict;
use warnings;

use Test::More;

use Curfew;

my $modules = 'dcerpc samba-credentials samba-hostconfig tevent talloc ndr';
plan skip_all => 'autoconf is not installed'   if system('command -v autoconf >/dev/null 2>&1') != 0;
plan skip_all => 'samba-dev is not installed'  if system("pkg-config --exists $modules 2>/dev/null") != 0;
plan skip_all => 'the build is cross-compiled' if read_file(build_dir() . '/config.log') =~ /^cross_compiling='?(?:yes|maybe)/m;
my ($cc) = read_file(build_dir() . '/config.log') =~ /^CC='(.*)'$/m;
chomp(my ($cflags, $libs) = map {qx{pkg-config --$_ $modules}} qw(cflags libs));

# The macros of the real configure, and of the rest nothing.
my $source = source_dir();
my $folder = tempdir();
sub put { my ($name, $text) = @_; return write_file("$folder/$name", $text) }
mkdir "$folder/$_" or die "$folder/$_: $!\n" for qw(m4 providers providers/tsts);
put($_, read_file("$source/$_")) for qw(m4/curfew.m4 m4/samba.m4 providers/tsts/layout.h providers/tsts/samba.h);
put('configure.ac', <<'CONFIGURE');
AC_INIT([probe], [1])
m4_define([AM_CONDITIONAL], [])
m4_define([PKG_CHECK_MODULES], [have_SAMBA=yes])
m4_include([m4/curfew.m4])
m4_include([m4/samba.m4])
AC_CONFIG_SRCDIR([providers/tsts/samba.h])
AC_PROG_CC
CURFEW_SAMBA
CURFEW_PART([tsts], [SAMBA], [Windows session hosts])
m4_foreach([row], m4_dquote(curfew_rows), [_CURFEW_ROW(m4_unquote(m4_split(m4_quote(row), [|])))])
CONFIGURE
my $made = run('/bin/sh', '-c', 'autoconf 2>&1', { dir => "$folder" });
is($made->{status}, 0, 'a configure of it is made') or diag $made->{out};

# The row of the summary.
sub summary {
    my $run = run('/bin/sh', '-c', './configure -q --cache-file=cache 2>&1',
        { dir => "$folder", timeout => 300, env => { CC => $cc // 'cc', SAMBA_CFLAGS => $cflags, SAMBA_LIBS => $libs } });
    my ($row) = $run->{out} =~ /^ +(tsts .*)/m;
    return $row // "no row: $run->{out}";
}

# Changes one file for one summary.
sub changed {
    my ($name, $change) = @_;
    my $path = "$folder/$name";
    my $text = read_file($path);
    local $_ = $text;
    $change->();
    die "$name is as it was\n" if $_ eq $text;
    put($name, $_);
    my $row = summary();
    put($name, $text);
    chmod 0755, $path or die "$path: $!\n";
    return $row;
}

chmod 0755, "$folder/configure" or die "configure: $!\n";
like(summary(), qr/^tsts +built /, 'with this Samba the provider is built');
like(changed('providers/tsts/layout.h', sub {s/^struct layout \{\n/struct layout {\n\tvoid *more;\n/m}),
    qr/^tsts +not built .*needs a Samba like .*struct composite_context has another layout/, 'a member more');
like(changed('providers/tsts/layout.h', sub {s/\tvoid [*]private_data;\n//}), qr/^tsts +not built .*has another layout/, 'a member less');
like(changed('providers/tsts/samba.h', sub {s/(?=\n#endif\n\z)/#define next_context_id no_such_member\n/}),
    qr/^tsts +not built .*config[.]log says where/, 'a member of another name');
like(changed('configure', sub {s/smbXcli_conn_remote_sockaddr/smbXcli_conn_no_such_function/g}),
    qr/^tsts +not built .*port it connected to/, 'a function that is not there');

done_testing;

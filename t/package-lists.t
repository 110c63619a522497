#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Each file that make install installs is in one package, of Debian's and of the RPM spec's: debhelper and rpmbuild
# refuse what is in none, hours later, and would ship twice what is in two.
use strict;
use warnings;

use Test::More;

use Curfew;

plan(skip_all => 'these are the programs that were installed') if $ENV{CURFEW_INSTALLED};

my $dir    = tempdir();
my $source = source_dir();
my $units  = '/usr/lib/systemd/system';
my %macro  = (
    _prefix => '/usr', _bindir => '/usr/bin', _sbindir => '/usr/sbin', _libdir => '/usr/lib/any',
    _datadir => '/usr/share', _mandir => '/usr/share/man', unitdir => $units,
);

# A "make -j check" hands its options down, and to this make they mean nothing.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

# A glob of debian/*.install or of %files, as a regular expression: it names files, or a folder with all in it.
sub pattern {
    my ($glob) = @_;
    my $expression = join q{}, map { $_ eq q{*} ? '[^/]*' : /^\[/ ? $_ : quotemeta } $glob =~ /(\[[^]]*\]|.)/g;
    return qr{^/?$expression(?:/.*)?$};
}

sub debian {
    my %packages = (curfew => [pattern("$units/curfew-enforce*")], 'curfew-agent' => [pattern("$units/curfew-agent.service")]);
    for my $list (glob "$source/debian/*.install") {
        my ($package) = $list =~ m{([^/]+)[.]install$};
        push @{ $packages{$package} }, map { pattern("/$_") } split /\n/, read_file($list);
    }
    return %packages;
}

sub rpm {
    my (%packages, $package);
    for (split /\n/, read_file("$source/contrib/rpm/curfew.spec")) {
        if    (/^%files(?: -n)? ?(.*)/) { $package = $1 ne q{} ? $1 : 'curfew' }
        elsif (/^%changelog/)           { last }
        next if !defined $package || !/^(%exclude |%config\(noreplace\) )?([\/%].*)/ || /^%(dir|doc|license|files)\b/;
        my ($kind, $glob) = ($1 // q{}, $2);
        $glob =~ s/%[{](\w+)[}]/$macro{$1} \/\/ die "%{$1}: what is it?\n"/ge;
        push @{ $packages{ $kind =~ /exclude/ ? "-$package" : $package } }, pattern($glob);
    }
    return %packages;
}

sub held {
    my ($file, $patterns) = @_;
    return scalar grep { $file =~ $_ } @{ $patterns // [] };
}

sub packages_of {
    my ($file, %packages) = @_;
    return grep { !/^-/ && held($file, $packages{$_}) && !held($file, $packages{"-$_"}) } sort keys %packages;
}

my $said = qx(make -s -C ${\build_dir()} install DESTDIR=$dir/root prefix=/usr exec_prefix=/usr sysconfdir=/etc localstatedir=/var \\
    libexecdir=/usr/libexec libdir=/usr/lib/any plugindir=/usr/lib/nagios/plugins unitdir=$units 2>&1);
is($?, 0, 'make install') or diag $said;
my @installed = map { chomp; substr $_, length "$dir/root" } qx(find $dir/root ! -type d);
cmp_ok(scalar @installed, '>', 50, '... installs files');

my %list = (debian => { debian() }, rpm => { rpm() });
cmp_ok(keys %{ $list{$_} }, '>=', 4, "$_: four packages") for sort keys %list;
sub in_one {
    my ($kind, $file) = @_;
    my @packages = packages_of($file, %{ $list{$kind} });
    is(scalar @packages, 1, "$kind: $file is in one package") or diag "it is in: @packages";
    return;
}

for my $file (sort @installed) {
    in_one('debian', $file =~ s{/zsh/site-functions/}{/zsh/vendor-completions/}r);
    # The spec takes the pages from the source.
    in_one('rpm', $file) if $file !~ m{^/usr/share/doc/};
}

# ./quickstart --packages installs what dpkg-buildpackage demands; build-essential is in nobody's Build-Depends.
sub alternatives {
    my ($line) = @_;
    return map { s/^\s+|\s*([(<].*|,)?$//gr } split /[|]/, $line;
}

my ($wanted) = read_file("$source/debian/control") =~ /^Build-Depends:\n((?:[ ].*\n)+)/mx;
my %listed   = map  { $_ => 1 } map { alternatives($_) } map { split /\n/, read_file("$source/tools/packages-$_") } qw(build debian);
my @lacking  = grep { !grep { $listed{ s/-compat$//r } } alternatives($_) } 'build-essential', split /\n/, $wanted;
cmp_ok(scalar(split /\n/, $wanted), '>', 10, 'the packages are built with');
is("@lacking", q{}, '... what ./quickstart --packages installs');

# Where to report is said once: nobody is sent to an address that does not exist.
my $contact = qr/whoever gave you this copy of Curfew/i;
like(run('check_sessions', '--version')->{out}, qr/^Report[ ]problems[ ]to[ ]$contact[.]$/mx, '--version says where to report');
like(read_file("$source/debian/$_"), qr/^(Maintainer:|[ ]--)[ ]$contact[ ]<no-address\@curfew[.]invalid>/mx, "... and debian/$_") for qw(control changelog);
my @false = grep { -f $_ && read_file($_) =~ /[\w-][.]invalid\b/ } map { "$dir/root$_" } @installed;
is("@false", q{}, 'no file that is installed has an address that does not exist');
unlike(read_file("$source/contrib/rpm/curfew.spec"), qr/[.]invalid\b/x, '... nor has the RPM spec');
done_testing();

#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual pages: each is rendered without a complaint, they lead to each other, and every provider has one that
# explains its options.
use strict;
use warnings;

use File::Basename qw(basename);
use Test::More;

use Curfew;

my %page;
for my $path (glob(source_dir() . '/doc/*.[1578]'), glob(build_dir() . '/doc/*.[18]')) {
    my ($name, $section) = basename($path) =~ /^(.+)[.](\d)$/;
    my $text = read_file($path) =~ s/\\-/-/gr;
    my ($also) = $text =~ /^[.]SH SEE ALSO\n(.*)\z/ms;
    $page{$name} = { path => $path, section => $section, text => $text };
    $page{$name}{also} = [ map { /^[.]BR (\S+) [(](\d)[)](,?)$/ ? [ $1, $2, $3 ] : ["cannot be read: $_", 0, q{}] }
            split /\n/, $also // q{} ];
}
cmp_ok(scalar keys %page, '>', 12, 'there are pages');

my @systems = grep { $page{$_}{section} == 7 && $_ ne 'curfew-wtsapi' } sort keys %page;
my %foreign = map { $_ => 1 } qw(loginctl(1) snmpd.conf(5) xrdp.ini(5));
$foreign{"$_(1)"} = 1 for grep { !program($_) } qw(enforce_sessions explain_sessions rehearse_sessions);    # likewise
$foreign{'curfew-agent(8)'} = 1 if !program('agent/curfew-agent');    # its page is made if it is
for my $name (sort keys %page) {
    my @also   = @{ $page{$name}{also} };
    my @names  = map { $_->[0] } @also;
    my @sorted = sort { $a->[1] <=> $b->[1] || $a->[0] cmp $b->[0] } @also;
    is_deeply(\@names, [ map { $_->[0] } @sorted ], "$name: SEE ALSO is in order, by section and name");
    is(join(q{}, map { $_->[2] } @also), q{,} x $#also, '… with commas between');
    my @lost = grep { !$foreign{$_} } map { "$_->[0]($_->[1])" } grep { !$page{ $_->[0] } || $page{ $_->[0] }{section} ne $_->[1] } @also;
    is_deeply(\@lost, [], '… and of pages that there are');
    my @must = $name eq 'curfew.conf' ? () : ('curfew.conf');
    push @must, 'check_sessions' if $name ne 'check_sessions';
    push @must, @systems if $name eq 'curfew.conf';
    my %there = map { $_ => 1 } @names;
    is_deeply([ grep { !$there{$_} } @must ], [], '… and none is left out');
}

# What this build has, but for what only a test asks for: a provider without a page must fail.
my %elsewhere = (local => 'curfew-logind');
for my $scheme (run(program('check_sessions'), '--list-providers')->{out} =~ /^([a-z]+) /mg) {
    my $name = $elsewhere{$scheme} // "curfew-$scheme";
    ok($page{$name} && $page{$name}{text} =~ /^(?:.*[ "])?(?:[.]B[IR]* )?"?\Q$scheme\E:/m, "$name(7) is about $scheme:");
}

for my $system (map { s/^curfew-//r } @systems) {
    my $worker = program("provider-$system") or next;
    my @options = map { $_->{name} } @{ json(run($worker, '--describe')->{out})->{options} // [] };
    is_deeply([ grep { $page{"curfew-$system"}{text} !~ /^[.]B[IR]? (?:.*[ "])?\Q$_\E(?:[ "]|$)/m } @options ], [],
        "curfew-$system(7) explains them");
}

SKIP: {
    my $man = -x '/usr/bin/man' ? '/usr/bin/man' : undef;
    if (!$man) {
        fail('in CI nothing may be skipped: no man (Debian: man-db)') if $ENV{CURFEW_CI};
        skip('no man (Debian: man-db)', scalar keys %page);
    }
    for my $name (sort keys %page) {
        # Not justified: a long prefix leaves few words on a line, which is no fault of the page.
        my $run = run($man, '--warnings', '--nj', '-l', '-', { stdin => read_file($page{$name}{path}), env => { MANWIDTH => 80 } });
        is($run->{err}, q{}, "$name is rendered without a complaint");
    }
}
done_testing;

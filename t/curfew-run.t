#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# curfew-run: one entry for sudo and units, with nothing that its caller could widen.
use strict;
use warnings;

use Test::More;

use Curfew;

my $dir = tempdir();
my $sim = "sim:" . farm(<<'END');
[host ts01]
[session 1]
user = alice
logon = -8h
last-input = -2h
[session 2]
user = bob
logon = -8h
last-input = busy
END
my $rule = "target = $sim\nidle-after = 1h\nstate-dir = $dir/state\n";
my %env  = (env => { CURFEW_CONFIG => write_file("$dir/curfew.conf", <<"END") });
[section farm]
act = check, disconnect
critical = idle=0
idle-over = 1h
execute = yes
$rule
[section dry]
act = logoff
idle-over = 1h
$rule
[section look]
act = check
$rule
[section none]
idle-over = 1h
$rule
[policy forgotten]
target = $sim
idle-over = 1h
[section policies]
act = check, enforce
state-dir = $dir/policies
[section both]
act = disconnect, logoff
idle-over = 1h
$rule
END

sub curfew_run { return run('curfew-run', @_, \%env) }

my @refuse = (
    ['nothing',                     [],                                                     qr/^usage:/],
    ['no word',                     ['farm'],                                               qr/^usage:/],
    ['another word',                [qw(farm disconnect)],                                  qr/neither check, plan nor act/],
    ['a section like an option',    [qw(--execute act)],                                    qr/not the name of a section/],
    ['a path as section',           [qw(../farm act)],                                      qr/not the name of a section/],
    ['an empty section',            [q{}, 'act'],                                           qr/not the name of a section/],
    ['a line break in the section', ["farm\n", 'act'],                                      qr/not the name of a section/],
    ['no such section',             [qw(nowhere act)],                                      qr/there is no \[section nowhere\]/],
    ['--execute',                   [qw(dry act --execute)],                                qr/not allowed with act: --execute/],
    ['--execute with plan',         [qw(dry plan --execute)],                               qr/not allowed with plan: --execute/],
    ['another target',              [qw(farm act -T xrdp:)],                                qr/not allowed with act: -T/],
    ['another target for check',    [qw(look check -T xrdp:)],                              qr/not allowed with check: -T/],
    ['another configuration',       [qw(farm check --config /tmp/x)],                       qr/not allowed with check: --config/],
    ['... with =',                  [qw(farm check --config=/tmp/x)],                       qr/not allowed with check: --config=/],
    ['another state folder',        [qw(farm act --state-dir /tmp)],                        qr/not allowed with act/],
    ['an id',                       [qw(farm act 2)],                                       qr/not allowed with act: 2/],
    ['a state for the check',       [qw(farm check --attempt 1)],                           qr/not allowed with check/],
    ['a state without value',       [qw(farm act --attempt)],                               qr/--attempt needs a value/],
    ['--execute as a value',        [qw(farm act --attempt --execute)],                     qr/attempt/],
    ['many arguments',              ['look', 'check', ('-v') x 40],                         qr/too many arguments/],
    ['no act',                      [qw(none act)],                                         qr/\[section none\] names no act \(say/],
    ['only a check',                [qw(look act)],                                         qr/\[section look\] names no act of a handler \(say/],
    ['two acts',                    [qw(both act)],                                         qr/is disconnect and logoff/],
);
for my $case (@refuse) {
    my ($what, $arguments, $text) = @{$case};
    my $run = curfew_run(@{$arguments});
    is($run->{status}, 3, "refused: $what");
    like($run->{out}, $text, '... and says why');
}
ok(!-e "$dir/state", 'so far nothing was looked at by a handler');

my $run = curfew_run(qw(farm check));
is($run->{status}, 2, 'check is check_sessions');
like($run->{out}, qr/\bidle=1;/, '... of this section');
unlike($run->{out}, qr/alice/, '... with no more than it says by itself');
like(curfew_run(qw(farm check -v))->{out},         qr/alice/, '-v is passed on');
like(curfew_run(qw(farm check --explain))->{out},  qr/alice.*idle/, '--explain, too');
like(curfew_run(qw(farm check --diagnose))->{out}, qr/sim/, '--diagnose, too');

$run = curfew_run(qw(farm plan));
is($run->{status}, 0, 'plan is a dry run') or diag $run->{out};
like($run->{out}, qr/alice.*: disconnect$/m, '... of the handler that the act names');
like($run->{out}, qr/dry run, nothing done/, '... in spite of execute = yes');
like(curfew_run(qw(dry plan --dry-run))->{out}, qr/alice.*: log off$/m, 'act = logoff logs off');
like(curfew_run(qw(dry act))->{out}, qr/dry run, nothing done/, 'act without execute = yes is a dry run');

$run = curfew_run(qw(farm act --service-state CRITICAL --state-type SOFT --attempt 1));
is($run->{status}, 0, 'a SOFT state is nothing to do') or diag $run->{out};
like($run->{out}, qr/nothing to do/, '... and that is said');
$run = curfew_run(qw(farm act --service-state CRITICAL --state-type HARD --attempt 3 --downtime-depth 0 --downtime-depth 1 --acknowledged 0));
is($run->{status}, 0, 'in a downtime it plans') or diag $run->{out};
like($run->{out}, qr/\Adisconnect_sessions: a plan only, --downtime-depth "1"/, '... and says so');
ok(!-e "$dir/state/audit.jsonl", '... and acts on nobody');
$run = curfew_run(qw(farm act --service-state CRITICAL --state-type HARD --attempt 3 --downtime-depth 0 --acknowledged 0));
is($run->{status}, 0, 'HARD CRITICAL: it acts') or diag $run->{out};
like(read_file("$dir/state/audit.jsonl"), qr/"result".*alice|alice.*"result"/, '... and audits');

SKIP: {
    skip 'policies were not built' if !program('enforce_sessions');
    $run = curfew_run(qw(policies plan));
    is($run->{status}, 0, 'act = enforce: plan') or diag $run->{out};
    like($run->{out}, qr/\AENFORCE plan: .*dry run, nothing done/s, '... is that of enforce_sessions');
}

# What people copy from: each section of contrib/curfew.conf does what it says, here on the played farm.
my $example = read_file(source_dir() . '/contrib/curfew.conf.in');
$example =~ s/^url = .*/url = $sim/mg;
%env = (env => { CURFEW_CONFIG => write_file("$dir/example.conf", $example) });
my @sections = $example =~ /^\[section (\S+)\]\nact = (.*)$/mg;
cmp_ok(scalar @sections, '>=', 12, 'contrib/curfew.conf has sections, and each begins with its act');
while (my ($section, $acts) = splice @sections, 0, 2) {
  SKIP: {
        skip "[section $section]: policies were not built" if !program('enforce_sessions') && $section =~ /policies|overdue/;
        if ($acts =~ /check/) {
            like(curfew_run($section, 'check')->{out}, qr/\ASESSIONS (?:OK|WARNING|CRITICAL): /, "[section $section] is checked");
        }
        if ($acts =~ /disconnect|logoff|message|enforce/) {
            like(curfew_run($section, 'plan')->{out}, qr/\A[A-Z ]+ plan: /, "[section $section] has a plan");
        }
    }
}

done_testing();

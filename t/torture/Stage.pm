# SPDX-License-Identifier: GPL-3.0-or-later
#
# Where a run under torture takes place: a small played farm, a state folder, and for policies what the runs before have
# left.  Policies act in the second run (warned by the first), so that one is prepared once for each job, and its state
# copied for each point.  A folder stays where it is, as the ledger knows its target by the farm's path.
package Stage;

use strict;
use warnings;

use English qw(-no_match_vars);
use Exporter qw(import);
use File::Path qw(make_path remove_tree);
use POSIX qw(_exit);
use Time::HiRes qw(sleep);

our @EXPORT_OK = qw(%scenario begin finish place prepare slurp);

my $PATIENCE = 15;    # s

# Two sessions are meant: 3 and 5.
my $FARM = <<'SIM';
[host ts01]
[session 3]
user = alice
last-input = -2h
[session 4]
user = bob
[session 5]
user = carol
last-input = -3h
[session 6]
user = own
own = yes
last-input = -3h
SIM

# The same, and a log-off for 7; 8 is exempt, what 9 does is unknown.  10 comes after the first run, and is to be warned.
my $POLICIES = <<'SIM';
[session 7]
user = dora
state = disconnected
disconnect = -12h
[session 8]
user = admin1
last-input = -5h
[session 9]
user = eve
last-input = unknown
SIM
my $LATE = <<'SIM';
[session 10]
user = fred
last-input = -2h
SIM
my $CONFIG = <<'END';
[policy slow]
target = sim:FARM
user = fred
idle-over = 30m
warn = 20m
[policy office]
target = sim:FARM
exempt-user = admin*
idle-over = 30m
disconnected-over = 4h
warn = 1s
END

my @ACT  = ('--idle-over', '30m', '--execute', '--max-percent', '100', '--max-acts', '100', '--timeout', '4s', '--target-timeout', '3s');
my @ENDS = ('--execute', '--max-percent', '100', '--max-acts', '100', '--timeout', '6s', '--target-timeout', '3s');

# due: the exit status without a fault.  stage: what the runs before have left; such a
# scenario has so many points that calls which repeat are sampled.  judge: by what kind of rules.
our %scenario = (
    check      => { program => 'check_sessions',      scheme => 'sim',        arguments => ['-c', 'idle=1'],                     due => 2, judge => 'check' },
    json       => { program => 'check_sessions',      scheme => 'sim',        arguments => ['-c', 'idle=1', '--output', 'json'], due => 2, judge => 'check' },
    worker     => { program => 'check_sessions',      scheme => 'sim+worker', arguments => ['-c', 'idle=1'],                     due => 2, judge => 'check' },
    disconnect => { program => 'disconnect_sessions', scheme => 'sim',        arguments => \@ACT,                                due => 1, judge => 'acts' },
    filtered   => { program => 'disconnect_sessions', scheme => 'sim', arguments => [@ACT, '--user', 'a*,c*,o*', '--exclude-user', 'b*'], due => 1, judge => 'acts' },
    logoff     => { program => 'logoff_sessions',     scheme => 'sim',        arguments => [@ACT, '--pass-thru'],                due => 1, judge => 'acts' },
    act_worker => { program => 'disconnect_sessions', scheme => 'sim+worker', arguments => \@ACT,                                due => 1, judge => 'acts' },
    enforce_first   => { program => 'enforce_sessions', arguments => \@ENDS, due => 0, judge => 'policy', stage => 'new' },
    enforce_end     => { program => 'enforce_sessions', arguments => \@ENDS, due => 0, judge => 'policy', stage => 'warned' },
    enforce_corrupt => { program => 'enforce_sessions', arguments => \@ENDS, due => 2, judge => 'policy', stage => 'damaged' },
    enforce_plan    => { program => 'enforce_sessions', arguments => [], due => 0, judge => 'read', stage => 'warned' },
    explain         => { program => 'explain_sessions', arguments => ['--user', '*'], due => 0, judge => 'read', stage => 'warned' },
    foresee         => { program => 'check_sessions', arguments => ['--policy', 'all', '-c', 'overdue=0'], due => 2, judge => 'read', stage => 'warned' },
    rehearse => { program => 'rehearse_sessions', arguments => [], due => 0, judge => 'read', stage => 'warned' },
    remember => { program => 'check_sessions', arguments => ['--policy', 'all', '--remember', '-c', 'overdue=0'], due => 2, judge => 'remember', stage => 'warned' },
);

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or return q{};
    local $RS = undef;
    return <$in> // q{};
}

sub spew {
    my ($path, $text) = @_;
    open my $out, '>:raw', $path or die "$path: $ERRNO";
    print {$out} $text or die "$path: $ERRNO";
    close $out or die "$path: $ERRNO";
    return;
}

sub begin {
    my ($programs, $name, $folder, $log, %fault) = @_;
    my $run = $scenario{$name};
    my @to  = ($run->{stage} ? ('--config', "$folder/curfew.conf") : ('-T', "$run->{scheme}:$folder/f.sim"));
    my @state = $run->{judge} eq 'check' ? () : ('--state-dir', "$folder/state");
    my $pid = fork // die "fork: $ERRNO";
    return $pid if $pid;
    local %ENV = (PATH => '/usr/bin:/bin', HOME => $folder, LC_ALL => 'C.UTF-8', CURFEW_LIBEXECDIR => $ENV{CURFEW_LIBEXECDIR}, %fault);
    setpgrp;
    open STDIN,  '<', '/dev/null' or _exit(99);
    open STDOUT, '>', "$folder/$log" or _exit(99);
    open STDERR, '>', "$folder/$log.err" or _exit(99);
    exec { $programs->{ $run->{program} } } $run->{program}, @to, @{ $run->{arguments} }, @state or _exit(98);
}

# The wait status, or undef: it hung, and was killed.
sub finish {
    my ($pid) = @_;
    my $status;
    eval {
        local $SIG{ALRM} = sub { die "late\n" };
        alarm $PATIENCE;
        waitpid $pid, 0;
        $status = $CHILD_ERROR;
        alarm 0;
        1;
    } or do { kill 'KILL', -$pid; waitpid $pid, 0 };
    return $status;
}

# The jobs' folders, with what a first run has left: two looks are further apart than a second, and so is a warning from
# the end.
sub prepare {
    my ($programs, @folders) = @_;
    my %from;
    for my $folder (@folders) {
        my @utc = gmtime;
        my $start = sprintf "[farm]\nstart = %04d-%02d-%02dT%02d:%02d:%02dZ\n", $utc[5] + 1900, $utc[4] + 1, @utc[3, 2, 1, 0];
        make_path("$folder/state", "$folder/warned", { mode => oct 700 });
        spew("$folder/curfew.conf", $CONFIG =~ s{FARM}{$folder/f.sim}gr);
        spew("$folder/f.sim", "$start$FARM$POLICIES");
        my $status = finish(begin($programs, 'enforce_first', $folder, 'out'));
        die "enforce_sessions: " . ($status // 'hangs') . ': ' . slurp("$folder/out") if !defined $status || $status != 0;
        $from{$folder} = "$start$FARM$POLICIES$LATE";
    }
    for my $folder (@folders) {
        spew("$folder/policies.sim", $from{$folder});
        unlink "$folder/f.sim.state";
        copy_all("$folder/state", "$folder/warned");
    }
    sleep 1.5;
    return;
}

sub copy_all {
    my ($from, $to) = @_;
    for my $path (glob "$from/*") {
        spew($to . substr($path, length $from), slurp($path));
    }
    chmod oct 600, glob "$to/*";
    return;
}

# Three ways in which a ledger is damaged.
sub damage {
    my ($path, $number) = @_;
    my $text = slurp($path);
    if    ($number % 3 == 0) { substr $text, 0,    64,   'x' x 64 }
    elsif ($number % 3 == 1) { substr $text, 4096, 4096, "\x{ff}" x 4096 }
    else                     { $text = substr $text, 0, 4096 * 3 }
    spew($path, $text);
    unlink "$path-wal", "$path-shm";
    return;
}

# The folder as it was before the run.  Number: of the point.
sub place {
    my ($name, $folder, $number) = @_;
    my $stage = $scenario{$name}{stage};
    remove_tree("$folder/state");
    unlink "$folder/f.sim.state", glob "$folder/{out,next,beside,count,sites}*";
    make_path("$folder/state", { mode => oct 700 });
    spew("$folder/f.sim", $stage ? slurp("$folder/policies.sim") : $FARM);
    if ($stage && $stage ne 'new') {
        copy_all("$folder/warned", "$folder/state");
        damage("$folder/state/ledger.sqlite", $number) if $stage eq 'damaged';
    }
    return $folder;
}

1;

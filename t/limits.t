#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What keeps handlers from doing too much, and from doing it twice: locks, the
# limits, and the hour that they are counted over.
use strict;
use warnings;

use Math::BigInt ();
use Test::More;
use Time::HiRes qw(sleep);
use Time::Local qw(timegm);

use Curfew;

plan skip_all => 'sim was not built' if !program('provider-sim');

my $state;

# Between tests: another folder, so that the limits of one are not those of the next.
sub fresh_state { return $state = tempdir() }

sub arguments { return ('--idle-over', '30m', '--execute', '--state-dir', "$state", @_) }

# disconnect(TARGET, ARGS…): what is idle there.
sub disconnect {
    my ($target, @more) = @_;
    return run('disconnect_sessions', '-T', $target, arguments(@more));
}

sub session {
    my ($id, %set) = @_;
    $set{user} //= "user$id";
    return "[session $id]\n" . join q{}, map { "$_ = $set{$_}\n" } sort keys %set;
}
sub idle { my ($id, %set) = @_; return session($id, 'last-input' => '-2h', %set) }

# As if all that both records have had been done so many seconds earlier.
sub set_back {
    my ($seconds) = @_;
    my $earlier = sub {
        my ($year, $month, $day, @clock) = @_;
        my @t = gmtime(timegm(reverse(@clock), $day, $month - 1, $year) - $seconds);
        return sprintf '%04d-%02d-%02dT%02d:%02d:%02d', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0];
    };
    my $time = qr/(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/;
    write_file("$state/audit.jsonl", read_file("$state/audit.jsonl") =~ s/"time":"$time/'"time":"' . $earlier->($1, $2, $3, $4, $5, $6)/gexr);
    my ($record) = read_file("$state/allowance") =~ /\A(.*)fnv1a[ ]\w+\n\z/x;
    $record =~ s/"until":"$time/'"until":"' . $earlier->($1, $2, $3, $4, $5, $6)/gex;
    my $sum = Math::BigInt->from_hex('cbf29ce484222325');
    $sum = $sum->bxor($_)->bmul('0x100000001b3')->bmod('0x10000000000000000') for unpack 'C*', $record;
    write_file("$state/allowance", sprintf "%sfnv1a %016s\n", $record, lc substr $sum->as_hex, 2);
    return;
}

sub audit {
    return () if !-e "$state/audit.jsonl";
    return map { json($_) } split /\n/, read_file("$state/audit.jsonl");
}
sub events { my ($event) = @_; return grep { $_->{event} eq $event } audit() }

# A group of hosts of two idle and three busy sessions; on the first host an act takes so long.
sub group {
    my ($slow) = @_;
    return farm(
        join q{}, map {
            my $acts = 'slow ' . ($_ == 1 ? $slow : 0) . 'ms';
            sprintf("[host ts%02d]\n", $_) . join q{}, map({ idle($_, acts => $acts) } 1 .. 2), map { session($_) } 3 .. 5
        } 1 .. 10
    );
}

subtest 'one busy host is left out, and the others are served' => sub {
    fresh_state();
    my ($farm, $played) = (group(0), group(3000));    # a stopped program may hold the lock of the farm that it plays in
    my $busy = start('disconnect_sessions', '-T', "sim:$played#ts01", arguments('--timeout', '60s', '--target-timeout', '50s'));
    wait_for { events('intent') };
    kill 'STOP', $busy->{pid};    # at work until we have seen it
    my ($pid, $run) = ($busy->{pid}, disconnect("sim:$farm#ts[01-10]", '--timeout', '12s', '--max-acts', '40'));
    is($run->{status}, 0, 'exit status') or diag $run->{out};
    like($run->{out}, qr/^left[ ]out:[ ]ts01,[ ]another[ ]handler[ ]is[ ]at[ ]work[ ]on[ ]it,[ ]pid[ ]${pid}\ since[ ]20/xm,
        'which host, who, since when');
    like($run->{out}, qr/OK:[ ]18[ ]of[ ]20[ ]done,[ ]2[ ]left[ ]out/x, 'the nine others are served');
    my $only = disconnect("sim:$farm#ts01", '--timeout', '12s');
    is($only->{status}, 0, 'nothing but a busy host is no failure');
    like($only->{out}, qr/OK:[ ]0[ ]of[ ]2[ ]done,[ ]2[ ]left[ ]out/x, 'and it is said');
    kill 'CONT', $busy->{pid};
    is(finish($busy)->{status}, 0, 'the first one ends as if alone');
};

subtest 'a stopped handler is found out' => sub {
    fresh_state();
    my ($farm, $played) = (group(0), group(2000));    # a stopped program may hold the lock of the farm that it plays in
    my $stuck = start('disconnect_sessions', '-T', "sim:$played#ts01", arguments('--timeout', '1s'));
    wait_for { events('intent') };
    kill 'STOP', $stuck->{pid};
    my ($pid, $run) = ($stuck->{pid}, disconnect("sim:$farm#ts01"));
    is($run->{status}, 0, 'before its deadline it may be at work') or diag $run->{out};
    wait_for { $run = disconnect("sim:$farm#ts[01-02]"); $run->{status} == 2 } 60;
    is($run->{status}, 2, 'after that nobody is content any more');
    like($run->{out}, qr/^left[ ]out:[ ]ts01,.*pid[ ]${pid}\ since.*should[ ]have[ ]ended[ ]by[ ]20.*hangs/xm, 'who, since when');
    like($run->{out}, qr/CRITICAL:.*[1-9][ ]left[ ]out[ ][(]a[ ]handler[ ]hangs/x, 'in the last line too') or diag $run->{out};
    kill 'CONT', $stuck->{pid};
    stop($stuck, 'KILL');
    is(disconnect("sim:$farm#ts01", '--max-percent', '100')->{status}, 0, 'when it has ended, all is well');
};

# One host of so many idle sessions.
subtest 'what was read before a handler was stopped is read again' => sub {
    fresh_state();
    my $folder = tempdir();
    my $farm   = write_file("$folder/back.sim", "[farm]\nstart = first-use\n[host ts01]\ndelay = 3s\n"
          . "[session 1]\nuser = alice\nlast-input = -3h\nat +9s = busy\n");
    my $handler = start('disconnect_sessions', '-T', "sim+worker:$farm", arguments('--timeout', '50s', '--target-timeout', '40s'));
    my $begun = time;
    wait_for { events('plan') };
    sleep 0.8;    # of the 3 s in which she is read
    kill 'STOP', $handler->{pid};
    wait_for { time > $begun + 12 };    # she comes back
    kill 'CONT', $handler->{pid};
    my $run = finish($handler);
    is(scalar(events('plan')), 1, 'she was planned');
    unlike($run->{out}, qr/done$/m, '... and nothing is done to her') or diag $run->{out};
    ok(!-e "$farm.state" || read_file("$farm.state") !~ /disconnect/, '... and her host has seen nothing');
};

sub many {
    my ($count, $host) = @_;
    return farm(sprintf("[host %s]\n", $host // 'ts01') . join q{}, map { idle($_) } 1 .. $count);
}

# Ends ids FIRST .. LAST of it; what the limits leave is up to --max-acts.
sub ids {
    my ($farm, $first, $last, @more) = @_;
    return run('disconnect_sessions', '-T', "sim:$farm", '--execute', '--state-dir', "$state",
        '--id', join(q{,}, $first .. $last), '--max-percent', '100', @more);
}

# What somebody may do to the audit between two runs, and still the hour counts.
sub change_audit {
    my ($how) = @_;
    my $path = "$state/audit.jsonl";
    return write_file($path, "\0" x 4096 . read_file($path)) if $how eq 'NUL bytes in front of it';
    return write_file($path, read_file($path) =~ s/"intent"/"int\0nt"/gxmsr) if $how eq 'NUL bytes inside';
    return write_file($path, q{}) if $how eq 'truncated (logrotate, copytruncate)';
    return rename $path, "$path.1" if $how eq 'renamed (logrotate)';
    return unlink $path if $how eq 'removed';
    die $how;
}

# Both records of the hour are gone.
subtest 'no record at all' => sub {
    fresh_state();
    my $farm = many(40);
    is(ids($farm, 1, 10)->{status}, 0, 'a first run finds none, and ten acts are allowed');
    unlink "$state/audit.jsonl", "$state/allowance" or die "unlink: $!";
    my $next = ids($farm, 11, 20);
    is($next->{status}, 2, 'and no more') or diag $next->{out};
    like($next->{out}, qr{\Q$state\E/allowance[ ]was[ ]removed,.*hour.*remove[ ]allowance[.]lock}x, 'it says why, and what to do');
    unlink "$state/allowance.lock" or die "unlink: $!";
    is(ids($farm, 11, 20)->{status}, 0, 'who removes the witness, too, begins anew');
    unlink "$state/allowance" or die "unlink: $!";
    my $audited = ids($farm, 21, 30);
    is($audited->{status}, 2, 'an audit that began within the hour does not count alone') or diag $audited->{out};
    like($audited->{out}, qr/was[ ]removed/x, '... it may have been rotated');
    write_file("$state/audit.jsonl", qq({"time":"2026-01-02T03:04:05.000Z","event":"end","run":"a"}\n) x 2 . read_file("$state/audit.jsonl"));
    $audited = ids($farm, 21, 30);
    is($audited->{status}, 2, 'one that reaches back does') or diag $audited->{out};
    unlike($audited->{out}, qr/was[ ]removed/x, '... and has the acts of the hour');
    write_file("$state/allowance.lock", "nonsense\n");
    unlink "$state/audit.jsonl", "$state/allowance";
    is(ids($farm, 21, 30)->{status}, 2, 'a witness that cannot be read is one');
};

for my $how ('NUL bytes in front of it', 'NUL bytes inside', 'truncated (logrotate, copytruncate)', 'renamed (logrotate)', 'removed') {
    subtest "the hour counts when the audit is $how" => sub {
        fresh_state();
        my $farm = many(40);
        is(ids($farm, 1, 10)->{status}, 0, 'ten acts are allowed');
        change_audit($how);
        my $next = ids($farm, 11, 20);
        is($next->{status}, 2, 'and no more') or diag $next->{out};
        like($next->{out}, qr/10[ ]planned[ ]and[ ]\d+[ ]in[ ]the[ ]last[ ]hour/x, 'says why');
    };
}

subtest 'a rotated audit does not count alone' => sub {
    fresh_state();
    my $farm = many(40);
    is(ids($farm, 1, 9)->{status}, 0, 'nine acts');
    change_audit('renamed (logrotate)');
    is(ids($farm, 10, 10)->{status}, 0, 'and one');
    unlink "$state/allowance" or die "unlink: $!";
    my $next = ids($farm, 11, 19);
    is($next->{status}, 2, 'no nine more') or diag $next->{out};
    like($next->{out}, qr/allowance[ ]was[ ]removed/x, '... it says why');
};

subtest 'a record that is damaged stops everything' => sub {
    fresh_state();
    my $farm = many(40);
    is(ids($farm, 1, 3)->{status}, 0, 'three acts');
    my $whole = read_file("$state/allowance");
    for my $bad (substr($whole, 0, length($whole) / 2), $whole =~ s/"intended":3/"intended":0/xr, q{}) {
        write_file("$state/allowance", $bad);
        my $run = ids($farm, 4, 5);
        is($run->{status}, 2, 'nothing is done') or diag $run->{out};
        like($run->{out}, qr{CRITICAL:[ ]\Q$state\E/allowance[ ]is[ ]damaged.*remove[ ]the[ ]damaged[ ]file}x, 'which file, and what to do');
    }
    unlink "$state/allowance" or die "unlink: $!";
    write_file("$state/audit.jsonl", qq({"time":"2026-01-02T03:04:05.000Z","event":"end","run":"a"}\n) x 2 . read_file("$state/audit.jsonl"));
    is(ids($farm, 4, 11)->{status}, 2, 'without it the audit counts: eight more are too many');
    is(ids($farm, 4, 10)->{status}, 0, 'and seven are not');
};

subtest 'nothing is begun when the audit has gone in mid-run' => sub {
    for my $how ('removed', 'renamed (logrotate)') {
        fresh_state();
        my $farm = farm("[host ts01]\n" . join q{}, map { idle($_, acts => 'slow 700ms') } 1 .. 4);
        my $run  = start('disconnect_sessions', '-T', "sim:$farm", arguments('--max-percent', '100'));
        wait_for { events('intent') };
        rename "$state/audit.jsonl", "$state/kept" or die "rename: $!";
        unlink "$state/kept" or die "unlink: $!" if $how eq 'removed';
        my $end = finish($run);
        is($end->{status}, 2, $how) or diag $end->{out};
        like($end->{out}, qr/CRITICAL:.*not[ ]attempted.*audit/x, 'what is left, and why');
        $how eq 'removed' or like(read_file("$state/kept"), qr/"event":"result"/x, 'the result of what was begun is kept');
        my $next = disconnect("sim:$farm", '--max-percent', '100', '--max-acts', '4');
        is($next->{status}, 0, 'the next run does the rest') or diag $next->{out};
    }
};

subtest 'nothing is begun when the state folder is another one' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . join q{}, map { idle($_, acts => 'slow 700ms') } 1 .. 4);
    my $place = "$state/s";
    my @line  = ('-T', "sim:$farm", '--idle-over', '30m', '--execute', '--max-percent', '100', '--state-dir', $place);
    my $run   = start('disconnect_sessions', @line);
    wait_for { -e "$place/audit.jsonl" && read_file("$place/audit.jsonl") =~ /"intent"/ };
    rename $place, "$state/kept" or die "rename: $!";
    mkdir $place, 0700 or die "mkdir: $!";
    chown +(stat "$state/kept")[4, 5], $place or die "chown: $!";
    my $end = finish($run);
    is($end->{status}, 2, 'it ends') or diag $end->{out};
    like($end->{out}, qr/CRITICAL:.*not[ ]attempted.*renamed[ ]or[ ]replaced/x, 'and says why');
};

subtest 'a host is not emptied in the shade of others' => sub {
    fresh_state();
    my $farm = farm(
        join q{}, map {
            my $host = $_;
            sprintf("[host ts%02d]\n", $host) . join q{}, map { $host == 1 ? idle($_) : session($_) } 1 .. 10
        } 1 .. 10
    );
    my $dry = run('disconnect_sessions', '-T', "sim:$farm#ts[01-10]", '--idle-over', '30m');
    is($dry->{status}, 2, 'a dry run says so') or diag $dry->{out};
    my $run = disconnect("sim:$farm#ts[01-10]");
    is($run->{status}, 2, 'ten of ten sessions of one host') or diag $run->{out};
    like($run->{out}, qr/--max-percent[ ]50%[ ]of[ ]10[ ]user[ ]sessions[ ]on[ ]ts01/x, 'which limit, which host');
    ok(!events('intent'), 'nothing was done');
};

subtest 'a fuse over all hosts and runs of an hour' => sub {
    fresh_state();
    my $farm = farm(join q{}, map { sprintf("[host ts%03d]\n", $_) . join q{}, map({ idle($_) } 1 .. 5), map { session($_) } 6 .. 10 } 1 .. 100);
    my (%status, $last);
    for my $host (1 .. 14) {
        $last = disconnect(sprintf 'sim:%s#ts%03d', $farm, $host);
        $status{ $last->{status} }++;
    }
    is_deeply(\%status, { 0 => 10, 2 => 4 }, 'with the defaults fifty acts an hour and no more');
    like($last->{out}, qr/5[ ]planned[ ]and[ ]50[ ]in[ ]the[ ]last[ ]hour[ ]are[ ]more[ ]than[ ]--max-acts-total[ ]50,/x, 'says so');
    is(disconnect("sim:$farm#ts020", '--max-acts-total', '55')->{status}, 0, 'it can be set');
    is(disconnect("sim:$farm#ts021", '--max-acts', '60')->{status}, 0, 'a greater --max-acts raises it');
    is(disconnect("sim:$farm#ts022", '--max-acts', '60', '--max-acts-total', '20')->{status}, 2, 'but not one that was set');
};

# A night is from noon to noon by the clock of the machine: TZ makes it begin two hours ago, or in this hour.
subtest 'limits per night, from noon to noon' => sub {
    fresh_state();
    my $farm  = many(40);
    my $hour  = (gmtime)[2];
    my $noon  = sub { my ($ago) = @_; return sprintf 'XXX%+d', $hour - $ago - 12 };    # POSIX: positive is west of Greenwich
    my $zone  = $noon->(2);
    my $night = sub {
        my ($first, $last, @more) = @_;
        return ids($farm, $first, $last, qw(--max-acts 1000 --max-acts-night 10), @more, { env => { TZ => $zone } });
    };
    is($night->(1, 8)->{status}, 0, 'eight of ten') or diag $night->(1, 8)->{out};
    my $more = $night->(9, 12);
    is($more->{status}, 2, 'four more are too many');
    like($more->{out}, qr/4[ ]planned[ ]and[ ]8[ ]in[ ]this[ ]night,[ ]since[ ]\S+T\d\d:00:00[.]000Z,[ ]are[ ]more[ ]than[ ]--max-acts-night[ ]10/x, 'says so')
      or diag $more->{out};
    is(ids($farm, 9, 12, qw(--max-acts 1000 --max-acts-night-total 11))->{status}, 2, 'nor over all hosts');
    my $dry = run('disconnect_sessions', '-T', "sim:$farm", '--id', '20,21,22', '--state-dir', "$state", qw(--max-percent 100 --max-acts-night 2));
    is($dry->{status}, 2, 'a dry run says what it can');

    # Two hours later: the hour has forgotten them, the night has not, whether the audit was rotated away or not.
    set_back(5400);
    $more = $night->(9, 12, '--max-acts', 11);
    like($more->{out}, qr/4[ ]planned[ ]and[ ]8[ ]in[ ]this[ ]night/x, 'an hour and a half later it is the same night');
    rename "$state/audit.jsonl", "$state/audit.jsonl.1" or die "rename: $!";
    $more = $night->(9, 12);
    like($more->{out}, qr/4[ ]planned[ ]and[ ]8[ ]in[ ]this[ ]night/x, 'a rotated audit frees nothing') or diag $more->{out};
    $more = $night->(9, 10);
    is($more->{status}, 0, 'two are left') or diag $more->{out};
    is($night->(11, 11)->{status}, 2, '... and then none');
    is(ids($farm, 11, 14, '--max-acts', '6')->{status}, 0, 'the hour has but those two: who asks for no limit per night is free');
    $zone = $noon->(0);    # noon was in this hour
    $more = $night->(15, 18);
    is($more->{status}, 0, 'after noon it is another night') or diag $more->{out};
};

subtest 'sessions of unknown time are one line in the audit' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . join q{}, map({ session($_, 'last-input' => 'unknown') } 1 .. 2000), idle(3000, own => 'yes'));
    my $run = disconnect("sim:$farm");
    is($run->{status}, 1, 'the own session is refused') or diag substr $run->{out}, -300;
    my ($line) = grep { defined $_->{count} } events('refused');
    is($line->{count}, 2000, 'how many');
    is(scalar @{ $line->{sessions} }, 20, 'some of them by name');
    is_deeply($line->{sessions}[0], { host => 'ts01', id => '1' }, 'by host and id');
    is(scalar events('refused'), 2, 'one line, and one for the session that is protected');
    cmp_ok(-s "$state/audit.jsonl", '<', 4096, 'bytes in all');
};

subtest 'the limits of whoever calls are not ours' => sub {
    plan skip_all => 'no prlimit' if !-x '/usr/bin/prlimit';
    for my $limit ('--fsize=4096:unlimited', '--fsize=1:unlimited', '--cpu=1:unlimited', '--as=1000000000:unlimited') {
        fresh_state();
        my $farm = farm("[host ts01]\n" . join q{}, map { idle($_) } 1 .. 8);
        my $run = run('/usr/bin/prlimit', $limit, program('disconnect_sessions'), '-T', "sim:$farm", arguments('--max-percent', '100'));
        is($run->{status}, 0, $limit) or diag explain $run;
        is(scalar events('result'), scalar events('intent'), 'each intent has its result');
    }
    fresh_state();
    my $farm = farm("[host ts01]\n" . join q{}, map { idle($_) } 1 .. 8);
    my $run  = run('/usr/bin/prlimit', '--fsize=6000:6000', program('disconnect_sessions'), '-T', "sim:$farm", arguments('--max-percent', '100'));
    is($run->{status}, 2, 'a limit that cannot be raised: the run says that it failed') or diag explain $run;
    is($run->{signal}, 0, 'and does not die of it');
    like($run->{out}, qr{cannot[ ]write[ ]\Q$state\E/.*:[ ]File[ ]too[ ]large}x, 'with the file');
};

done_testing();

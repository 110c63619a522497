#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Many targets at once: none of them may cost another one more than time.
use strict;
use warnings;

use Test::More;

use Curfew;

plan skip_all => 'sim was not built' if !program('provider-sim');

my $tool = 't/unit/list-tool';

# Runs the tool and counts what it says: ok, or the word of the error.
sub tally {
    my (@arguments) = @_;
    my $run = run($tool, @arguments, { timeout => 60 });
    my (%count, %seen);
    is($run->{err}, '', 'nothing on stderr');
    for my $line (split /\n/, $run->{out}) {
        my ($target, $code) = $line =~ /^\{"target":"([^"]+)",(?:"error":\{"code":"([^"]+)")?/ or die "what is $line?";
        $count{ $code // 'ok' }++;
        $seen{$target}++;
    }
    is((grep { $_ != 1 } values %seen), 0, 'each target is answered once');
    return (\%count, $run->{seconds});
}

my $big = farm(<<'FARM');
[hosts rds 1-1000]
sessions = 20
delay = 100ms
[hosts dead 1-1000]
fault = hang
[hosts crash 1-3]
fault = crash
[hosts stuck 1-2]
fault = stuck
FARM

for my $scheme ('sim', 'sim+worker') {
    subtest "a thousand hosts by $scheme" => sub {
        my ($count, $seconds) = tally('-t', 60_000, map { "$scheme:$big#rds$_" } 1 .. 1000);
        is_deeply($count, { ok => 1000 }, 'all answer');
        cmp_ok($seconds, '<', 60, 'in a time that is not the sum of theirs');
    };

    subtest "a thousand dead hosts by $scheme" => sub {
        my ($count, $seconds) = tally('-t', 1000, map { "$scheme:$big#dead$_" } 1 .. 1000);
        is_deeply($count, { timeout => 1000 }, 'none answers');
        cmp_ok($seconds, '>=', 1, 'within their deadline');
        cmp_ok($seconds, '<',  60, 'which is the same for all');
    };
}

subtest 'crashes among many' => sub {
    my ($count) = tally(map { "sim+worker:$big#$_" } (map { "rds$_" } 1 .. 30), 'crash1', 'crash2', 'crash3');
    is_deeply($count, { ok => 30, crashed => 3 }, 'cost nobody else');
};

subtest 'a worker that does not come back' => sub {
    my ($count, $seconds) = tally('-t', 3000, map { "sim+worker:$big#$_" } (map { "rds$_" } 1 .. 30), 'stuck1', 'stuck2');
    is_deeply($count, { ok => 30, timeout => 2 }, 'costs nobody else');
    cmp_ok($seconds, '<', 60, 'nor much time');
};

subtest 'few processes' => sub {
    my ($count) = tally('-p', 1, '-t', 2500, map { "sim+worker:$big#$_" } 'stuck1', 'rds1', 'crash1', 'rds2', 'dead1');
    is_deeply($count, { ok => 2, timeout => 2, crashed => 1 }, 'one after the other');
};

subtest 'providers of both kinds at once' => sub {
    my ($count, $seconds) = tally('-t', 3000, (map { ("sim+worker:$big#dead$_", "sim:$big#dead$_") } 1 .. 20),
        (map { ("sim+worker:$big#rds$_", "sim:$big#rds$_") } 1 .. 20));
    is_deeply($count, { ok => 40, timeout => 40 }, 'each by its own');
    cmp_ok($seconds, '<', 60, 'neither waits for the other');
};

subtest 'the deadline of the whole run' => sub {
    for my $scheme ('sim', 'sim+worker') {
        my ($count, $seconds) =
          tally('-t', 30_000, '-o', 2000, map { "$scheme:$big#$_" } 'rds1', 'dead1', 'stuck1', 'dead2');
        my $timeouts = $count->{timeout} // 0;
        cmp_ok($timeouts, '>=', 2, "$scheme: those without an answer");
        is($timeouts + ($count->{ok} // 0) + ($count->{protocol} // 0), 4, 'and nobody is forgotten');
        cmp_ok($seconds, '<', 25, 'in time');
    }
};

subtest 'no process is left' => sub {
    my $program = program('provider-sim');
    ok(wait_for {
            !grep { my $exe = readlink; defined $exe && $exe eq $program } glob '/proc/[0-9]*/exe';
        }, 'none');
};

# Two hundred dead hosts end at the same moment.  On a busy machine their worker needs some time to say so.
subtest 'a worker that answers slowly after its deadline' => sub {
    my $folder = tempdir();
    write_file("$folder/provider-sim", <<"WORKER");
#!/usr/bin/perl
use Time::HiRes qw(sleep);
\$| = 1;
open my \$log, '>>', '$folder/started' or die;
print {\$log} "started\\n";
close \$log;
print '{"id":null,"protocol":2,"version":"0"}', "\\n";
while (<STDIN>) {
    my (\$id) = /"id":(\\d+)/;
    my (\$deadline) = /"deadline":(\\d+)/;
    my \$count = () = /"url"/g;
    sleep \$deadline / 1000 + 1;
    for my \$target (0 .. \$count - 1) {
        print '{"id":', \$id, ',"target":', \$target, ',"error":{"code":"timeout","text":"the worker said so"}}', "\\n";
    }
}
WORKER
    chmod 0755, "$folder/provider-sim" or die "chmod: $!";
    my $run = run($tool, '-t', 500, (map { "sim+worker:$big#dead$_" } 1 .. 200),
        { timeout => 120, env => { CURFEW_LIBEXECDIR => "$folder" } });
    is(scalar(() = $run->{out} =~ /the[ ]worker[ ]said[ ]so/gx), 200, 'all that it says is taken');
    is(read_file("$folder/started"), "started\n", 'no host is asked again in a process of its own');
};

# Descriptors for a few workers at a time are enough for all.
subtest 'few descriptors' => sub {
    my $folder = tempdir();
    my $farm   = farm("[hosts h 1-30]\nsessions = 1\n");
    # Each target has a worker of its own (wts: OWN_PROCESS), which says what sim says.
    write_file("$folder/provider-wts", <<"WORKER");
#!/usr/bin/perl
\$| = 1;
print '{"id":null,"protocol":2,"version":"0"}', "\\n";
while (<STDIN>) {
    my (\$id) = /"id": *(\\d+)/;
    select undef, undef, undef, 0.05;
    print '{"id":', \$id, ',"target":0,"snapshot":{"provider":"wts","host":"h","now":"2026-01-01T00:00:00.000Z","taken_at":"2026-01-01T00:00:00.000Z","complete":true,"sessions":[]}}', "\\n";
}
WORKER
    chmod 0755, "$folder/provider-wts" or die "chmod: $!";
    my $run = run('/bin/sh', '-c', 'ulimit -n 22; exec "$@"', 'sh', '/usr/bin/env', "CURFEW_LIBEXECDIR=$folder",
        program('check_sessions'), '-T', 'wts:/m[1-40]', '-t', '20s', '--target-timeout', '10s', '-c', 'unreachable=0');
    plan skip_all => 'wts was not built' if $run->{out} =~ /unknown[ ]scheme|no[ ]such/xi;
    unlike($run->{out}, qr/Too[ ]many[ ]open/x, 'nobody fails for want of one') or diag $run->{out};
    is($run->{status}, 0, 'all of them answer') or diag $run->{out};
};

done_testing;

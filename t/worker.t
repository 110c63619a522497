#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Worker programs: the protocol by hand, and everything that can go wrong with it.
use strict;
use warnings;

use Test::More;
use Time::HiRes qw(time clock_gettime CLOCK_MONOTONIC);

use Curfew;

plan skip_all => 'sim was not built' if !program('provider-sim');

my $tool = 't/unit/list-tool';

sub answers {
    my ($run) = @_;
    is($run->{err}, '', 'nothing on stderr');
    return { map { my $a = json($_); $a->{target} => $a } split /\n/, $run->{out} };
}

# The processes of a worker program that are still there.
sub workers {
    my @found;
    for my $cmdline (glob '/proc/[0-9]*/cmdline') {
        open my $file, '<', $cmdline or next;
        local $/ = undef;
        my $line = <$file> // '';
        my ($program) = split /\0/, $line;
        push @found, $cmdline =~ /(\d+)/ if defined $program && $program eq program('provider-sim');
    }
    return @found;
}

subtest 'by hand' => sub {
    my $farm = farm("[host h]\n[session 1]\nuser = alice\n[session 2]\nuser = bob\n");
    my $who  = '"provider":"sim","state":"active","class":"user","kind":"desktop"';
    my $run  = run('provider-sim', { stdin => <<"REQUESTS" });
{"id":1,"op":"list","targets":[{"url":"sim:$farm"},{"url":"sim:/no/file"}],"deadline":1000}
{"id":2,"op":"open","target":{"url":"sim:$farm"},"deadline":1000}
{"id":3,"op":"list","deadline":1000}
{"id":4,"op":"pin","session":{"id":"1",$who},"deadline":1000}
{"id":5,"op":"act","action":{"act":"disconnect"},"deadline":1000}
{"id":6,"op":"unpin"}
{"id":7,"op":"act","action":{"act":"disconnect"},"deadline":1000}
{"id":8,"op":"pin","session":{"id":"9",$who},"deadline":1000}
{"id":9,"op":"dance"}
nonsense
{"id":10,"op":"list","targets":7,"deadline":1000}
{"id":11,"op":"list","deadline":-1}
REQUESTS
    is($run->{status}, 0, 'the end of its input is the end of it');
    my @replies  = map { json($_) } split /\n/, $run->{out};
    my $greeting = shift @replies;
    is($greeting->{protocol}, 2, 'the first line says which protocol this is');
    ok($greeting->{version}, '... and of which version the program');
    my %first   = map { $_->{target} => $_ } grep { defined $_->{id} && $_->{id} == 1 } @replies;
    is($first{0}{snapshot}{sessions}[1]{user}, 'bob', 'one target');
    is($first{1}{error}{code}, 'system', 'the other');
    my %by_id = map { $_->{id} // 'none' => $_ } @replies;
    ok($by_id{2}{ok}, 'open');
    is($by_id{3}{snapshot}{host},    'h',     'list of what is open');
    is($by_id{4}{session}{user},     'alice', 'pin');
    is($by_id{5}{outcome}{code},     'done',  'act');
    ok($by_id{6}{ok}, 'unpin');
    is($by_id{7}{error}{code}, 'protocol', 'no act without a pin');
    is($by_id{8}{error}{code}, 'gone',     'no pin without a session');
    is($by_id{$_}{error}{code}, 'protocol', "bad request $_") for 9, 10, 11, 'none';
};

subtest 'it describes itself' => sub {
    my $run = run('provider-sim', '--describe');
    my $row = json($run->{out});
    is($row->{scheme}, 'sim',    'scheme');
    is($row->{status}, 'stable', 'status');
    ok((grep { $_ eq 'has-birth' } @{ $row->{capabilities} }), 'capabilities');
    is($row->{options}[0]{name}, 'state', 'options');
    $run = run('provider-sim', '--frobnicate');
    is($run->{status}, 3, 'a usage error');
    like($run->{err}, qr/usage/, 'is told');
};

subtest 'a worker is the same as the provider in the program' => sub {
    my $farm   = farm("[farm]\nstart = 2026-01-01T08:00:00Z\n[host h]\nsessions = 40\n[session x]\nuser = Zo\x{eb}\n");
    my $run    = run($tool, "sim:$farm", "sim+worker:$farm");
    my $answer = answers($run);
    my ($here, $there) = map { $answer->{"$_:$farm"}{snapshot} } qw(sim sim+worker);
    is_deeply([map { +{ %{$_}, last_input => 0 } } @{ $there->{sessions} }],
        [map { +{ %{$_}, last_input => 0 } } @{ $here->{sessions} }], 'the same sessions');
    cmp_ok($answer->{"sim+worker:$farm"}{steps}, '>=', 2, 'with the steps it took');
};

# A worker that starts late on a busy machine must not be late with its answer, too: its parent waits no longer.
subtest 'the deadline counts from when the request was sent' => sub {
    my $farm = farm("[host h]\nfault = hang\n");
    my $now  = int(1000 * clock_gettime(CLOCK_MONOTONIC));
    my $ask  = sub {
        my ($deadline, $sent) = @_;
        my $request = qq({"id":1,"op":"list","targets":[{"url":"sim:$farm"}],"deadline":$deadline,"sent":$sent}\n);
        my $run     = run('provider-sim', { stdin => $request, timeout => 120 });
        my ($answer) = grep { defined $_->{id} } map { json($_) } split /\n/, $run->{out};
        return ($answer->{error}{code}, $run->{seconds});
    };
    plan skip_all => 'this machine runs for less than 100 seconds' if $now < 100_000;
    my ($code, $seconds) = $ask->(90_000, $now - 89_000);
    is($code, 'timeout', 'so much is over already');
    cmp_ok($seconds, '<', 60, 'and counts');
    ($code, $seconds) = $ask->(1000, $now - 90_000);
    is($code, 'timeout', 'all of it is over');
    ($code, $seconds) = $ask->(1500, $now + 1_000_000);
    is($code, 'timeout', 'a time to come is of another clock');
    cmp_ok($seconds, '>=', 1.4, 'and the deadline counts from now');
    ($code, $seconds) = $ask->(1500, -1);
    cmp_ok($seconds, '>=', 1.4, 'so it does with one that is none');
};

my %faults = (
    crash       => [crashed  => qr/died of signal 6/],
    garbage     => [protocol => qr/unexpected reply/],
    truncated   => [protocol => qr/middle of a line/],
    'wrong-id'  => [protocol => qr/unexpected reply/],
    'too-long'  => [protocol => qr/a line is too long/],
    closed      => [protocol => qr/closed its output/],
    stuck       => [timeout  => qr/did not answer in time/],
    hang        => [timeout  => qr/did not answer in time/],
    denied      => ['access denied' => qr/access denied/],
);

for my $fault (sort keys %faults) {
    subtest "fault: $fault" => sub {
        my ($code, $text) = @{ $faults{$fault} };
        my $farm   = farm("[hosts good 1-5]\nsessions = 2\n[host bad]\nfault = $fault\n");
        my @good   = map { "sim+worker:$farm#good$_" } 1 .. 5;
        my $time   = $code eq 'timeout' ? 700 : 20_000;    # ms
        my $run    = run($tool, '-t', $time, @good[0 .. 2], "sim+worker:$farm#bad", @good[3, 4], { timeout => 60 });
        my $answer = answers($run);
        my $bad    = $answer->{"sim+worker:$farm#bad"}{error};
        is($bad->{code}, $code, "is $code");
        like($bad->{text}, $text, 'in words');
        is_deeply([map { scalar @{ $answer->{$_}{snapshot}{sessions} // [] } } @good], [(2) x 5], 'costs nobody else');
        cmp_ok($run->{seconds}, '<', 20, 'nor much time');

        # The same of one opened host.
        $run = run($tool, '-t', 700, '-a', 'logoff', "sim+worker:$farm#bad", 1, { timeout => 60 });
        is(json($run->{out})->{error}{code}, $code, 'when pinning, too') or diag $run->{out};
        ok(wait_for { !workers() }, 'no worker is left');
    };
}

subtest 'an act that is not answered' => sub {
    my $farm = farm("[host h]\n[session 1]\nuser = a\nacts = crash\n[session 2]\nuser = b\nacts = hang\n");
    my $run  = run($tool, '-t', 500, '-a', 'logoff', "sim+worker:$farm", 1, 2);
    my @did  = map { json($_) } split /\n/, $run->{out};
    is($did[0]{error}{code}, 'crashed', 'died');
    is($did[0]{error}{step}, 'act',     'at the act');
    is($did[1]{error}{code}, 'crashed', 'and is not asked again');
    $run = run($tool, '-t', 500, '-a', 'logoff', "sim+worker:$farm", 2);
    is(json($run->{out})->{error}{code}, 'timeout', 'hangs');
    cmp_ok($run->{seconds}, '<', 15, 'until its deadline');
};

subtest 'a program that is not there' => sub {
    my $farm = farm("[host h]\n");
    my $run  = run($tool, "sim+worker:$farm", { env => { CURFEW_LIBEXECDIR => '/nonexistent' } });
    my ($answer) = values %{ answers($run) };
    is($answer->{error}{code}, 'system', 'is told');
    like($answer->{error}{hint}, qr/install/, 'with what to do');
};

subtest 'what it complains of is in the error' => sub {
    my $dir = tempdir();
    write_file("$dir/provider-sim", "#!/bin/sh\necho first >&2\nprintf 'the \\033[2Jlast|word\\n' >&2\nexit 9\n");
    chmod 0755, "$dir/provider-sim" or die "chmod: $!";
    my $run = run($tool, 'sim+worker:' . farm("[host h]\n"), { env => { CURFEW_LIBEXECDIR => "$dir" } });
    my ($answer) = values %{ answers($run) };
    is($answer->{error}{code}, 'crashed', 'it ended');
    like($answer->{error}{text}, qr/status 9: the \\+x1b\[2Jlast\\+x7cword$/, 'its last line, made harmless');
};

subtest 'a worker dies with its parent' => sub {
    my $farm    = farm("[host h]\nfault = stuck\n");
    my $process = start($tool, '-t', 60_000, '-o', 60_000, "sim+worker:$farm");
    ok(wait_for { workers() == 1 }, 'it is there');
    stop($process, 'KILL');
    ok(wait_for { !workers() }, 'and it is gone');
};

# A worker program of another installation: an upgrade under a running agent, or somebody else's.
subtest 'another version' => sub {
    for my $case (
        ['{"id":null,"protocol":3,"version":"9.9"}',  qr/9[.]9.*version[ ]3.*version[ ]2/x],
        ['{"id":1,"target":0,"error":{"code":"gone"}}', qr/did[ ]not[ ]name/x],
        ['nonsense',                                  qr/did[ ]not[ ]name/x],
      )
    {
        my ($line, $says) = @{$case};
        my $folder = tempdir();
        write_file("$folder/provider-sim", "#!/bin/sh\necho '$line'\nexec cat >/dev/null\n");
        chmod 0755, "$folder/provider-sim" or die "chmod: $!";
        my $farm = farm("[host h]\n[session 1]\nuser = alice\n");
        my $run  = run('/usr/bin/env', "CURFEW_LIBEXECDIR=$folder", program('check_sessions'), '-T', "sim+worker:$farm");
        is($run->{status}, 3, 'nothing is known') or diag explain $run;
        like($run->{out}, $says, 'what it speaks');
        like($run->{out}, qr/different[ ]versions.*restart[ ]curfew-agent/xs, 'and what to do');
    }
};

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# rehearse_sessions on two days of office work that t/unit/past-tool made, and on what enforce_sessions itself wrote.
use strict;
use warnings;

use List::Util qw(sum0);
use Test::More;

use Curfew;

plan skip_all => 'policies were not built' if !program('rehearse_sessions');
my $maker = 't/unit/past-tool';
plan skip_all => "$maker was not built" if !program($maker);

my $dir    = tempdir();
my $state  = "$dir/state";
my $config = write_file("$dir/curfew.conf", <<'END');
[policy office]
exempt-user = user00*
idle-over = 1h
disconnected-over = 4h
warn = 10m, 2m
[policy gentle]
idle-over = 20h
END
my $strict = write_file("$dir/strict.conf", "[policy strict]\nidle-over = 30m\nidle-act = logoff\nwhile = sessions > 3\n");

sub rehearse {
    my (@arguments) = @_;
    return run('rehearse_sessions', '--config', $config, '--state-dir', $state, @arguments);
}

sub found {
    my (@arguments) = @_;
    return json(rehearse('--output', 'json', @arguments)->{out});
}

subtest 'without a history' => sub {
    my $run = rehearse();
    is($run->{status}, 3, 'status 3');
    like($run->{out}, qr/there[ ]is[ ]no[ ]history[ ]in[ ]\S+state[ ][(]enforce_sessions[ ]--execute/x, '... what to do');
    ok(!-e $state, 'and no folder was made');
};

my $made = run($maker, $state, 40, 2, 7, { timeout => 300 });
is($made->{status}, 0, 'two days of forty people') or diag $made->{err};

subtest 'what a policy would have done' => sub {
    my $found  = found('--policy', 'office');
    my $office = $found->{policies}[0];
    is($office->{name}, 'office', 'its name');
    cmp_ok($found->{users}, '<=', 40, 'the people');
    cmp_ok($found->{sessions}, '>=', 30, 'and their sessions');
    is($found->{hosts}, 2, 'on two hosts');
    cmp_ok($office->{$_}, '>', 0, $_) for qw(warned disconnected logged_off session_hours gib_hours);
    for my $list (qw(days hosts users)) {
        for my $key (qw(warned disconnected logged_off regretted returned_later)) {
            is(sum0(map { $_->{$key} } @{ $office->{$list} }), $office->{$key}, "$key over $list");
        }
    }
    is(scalar(grep { $_->{name} =~ /user00/ } @{ $office->{users} }), 0, 'the exempt are not among them');
    cmp_ok($office->{regretted}, '<=', $office->{disconnected} + $office->{logged_off}, 'regret is about ends');
    cmp_ok($office->{warned}, '>=', 2 * $office->{disconnected}, 'each was warned twice before');
};

subtest 'a stricter one ends more' => sub {
    my @sets = @{ found('--policy', 'gentle', '--against', $strict)->{policies} };
    is(scalar @sets, 2, 'side by side');
    cmp_ok($sets[1]{logged_off}, '>', $sets[0]{logged_off} + $sets[0]{disconnected}, 'more');
    is($sets[0]{warned}, 0, 'without warnings nobody is warned');
    is_deeply($sets[1]{notes}, ['policy strict: rehearsed as if its hosts always needed the room'], 'what was not rehearsed');
    cmp_ok($sets[1]{regretted}, '>', 0, 'and somebody would have regretted it');
};

subtest 'as JSON, by its schema' => sub {
    my $faults = by_schema('rehearse', rehearse('--policy', 'office', '--against', $strict, '--output', 'json')->{out});
    plan skip_all => 'needs python3-jsonschema' if !defined $faults;
    is($faults, q{}, 'valid');
    like(by_schema('rehearse', rehearse('--output', 'json')->{out} =~ s/"held_back"/"held"/xr), qr/held_back/, 'and the schema would say what lacks');
};

subtest 'what limits would have held back' => sub {
    my $free   = found('--policy', 'office', '--max-acts', '1000')->{policies}[0];
    my $narrow = found('--policy', 'office', '--max-acts', '1')->{policies}[0];
    is_deeply($free->{held_back}, { later => 0, longest_ms => 0, never => 0, refused_runs => 0 }, 'a wide limit holds nobody back');
    cmp_ok($narrow->{held_back}{$_}, '>', 0, "a narrow one: $_") for qw(later longest_ms never refused_runs);
    my $night = found('--policy', 'office', '--max-acts', '1000', '--max-acts-night', '2')->{policies}[0];
    cmp_ok($night->{held_back}{never}, '>', 0, 'so does one of the night');
    like(rehearse('--policy', 'office', '--max-acts', '1')->{out},
        qr/busiest[ ]hour[ ]has[ ]\d+[ ]ends;[ ]max-acts[ ]1[ ]would[ ]have[ ]held[ ]back[ ]\d+[ ][(]by[ ]up[ ]to[ ].*[)][ ]and[ ]prevented[ ]\d+:[ ]\d+[ ]runs/x, 'in words');
};

subtest 'in words' => sub {
    my $run = rehearse('--policy', 'office', '--against', $strict);
    is($run->{status}, 0, 'status 0');
    like($run->{out}, qr/^REHEARSAL[ ]\d{4}-\d\d-\d\d[ ]\d\d:\d\dZ[ ]to[ ].*:[ ]\d+[ ]sessions[ ]of[ ]\d+[ ]users[ ]on[ ]2[ ]hosts$/mx, 'the first line');
    like($run->{out}, qr/^office[ ]+\d+[ ]+\d+[ ]+\d+/mx, 'a row for each');
    like($run->{out}, qr/regret:[ ]of[ ]\d+[ ]that[ ]it[ ]would[ ]have[ ]ended,[ ]\d+[ ][(][\d.]+%[)]/x, 'regret');
    like($run->{out}, qr/^EXAMPLE\\user\d+/mx, 'who');
    like($run->{out}, qr/^and[ ]\d+[ ]more$/mx, '... the ten most');
};

subtest 'less of it' => sub {
    is(found('--since', '1h')->{policies}[0]{warned}, 0, 'nothing in the last hour') if (gmtime)[2] > 2;
    is(found('--user', 'user01*')->{users}, 10, '--user narrows it');
    is(found('-T',     'sim:/past.sim#ts02')->{hosts}, 1, '-T likewise');
    is(found('-T',     'sim:/other.sim')->{sessions}, 0, '... to nothing');
};

subtest 'mistakes' => sub {
    like(rehearse('--policy', 'ofice')->{out}, qr/there[ ]is[ ]no[ ][[]policy[ ]ofice[]][ ][(]did[ ]you[ ]mean[ ]office/x, 'an unknown policy');
    like(rehearse('--policy', './none.conf')->{out}, qr/none[.]conf/, 'an unknown file');
    like(rehearse('--policy', "$strict,office")->{out}, qr/a[ ]file[ ]stands[ ]alone/x, 'a file and a name');
    is(rehearse('--policy', 'ofice')->{status}, 3, 'status 3');
    write_file("$dir/bad.conf", "[policy a]\nidle-over = soon\n");
    like(rehearse('--policy', "$dir/bad.conf")->{out}, qr/bad[.]conf:2:/, 'a mistake in the file, and where');
};

subtest 'readers need no write access' => sub {
    system 'chmod', '-R', 'a-w', $state;
    is(rehearse()->{status}, 0, 'without any right to write');
    system 'chmod', '-R', 'u+w', $state;
};

done_testing;

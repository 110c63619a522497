#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The handlers on played farms: each safety rule has a test that would catch
# its absence (doc/architecture.md, "How a session is ended").
use strict;
use warnings;

use POSIX ();
use Test::More;

use Curfew;

plan skip_all => 'sim was not built' if !program('provider-sim');

my $state = tempdir();

# disconnect(FARM, ARGS…): --execute on it, with a state folder of our own.
sub order {
    my ($program, $farm, @arguments) = @_;
    return run($program, '-T', "sim:$farm", '--execute', '--state-dir', $state, @arguments);
}

# What a fresh list says: id => state.
sub states {
    my ($farm) = @_;
    my $report = json(run('check_sessions', '-T', "sim:$farm", '--output', 'json')->{out});
    return { map { $_->{id} => $_->{state} } map { @{ $_->{snapshot}{sessions} } } @{ $report->{targets} } };
}

sub audit {
    return [] if !-e "$state/audit.jsonl";
    return [map { json($_) } split /\n/, read_file("$state/audit.jsonl")];
}

sub audit_events { return map { $_->{event} } @{ audit() } }

# Between tests: another folder, so that the limits of one are not those of the next.
sub fresh_state { $state = tempdir(); return; }
my @keep;    # File::Temp folders live as long as we hold them

sub session {
    my ($id, %set) = @_;
    $set{user} //= "user$id";
    return "[session $id]\n" . join q{}, map { "$_ = $set{$_}\n" } sort keys %set;
}

sub office {
    return farm(
        "[host ts01]\n"
          . session(3, user => 'alice', 'last-input' => '-2h')
          . session(5, user => 'bob', 'last-input' => '-1m')
          . session(7, user => 'carol', state => 'disconnected', disconnect => '-5h')
          . session(8, user => 'dave', 'last-input' => 'unknown')
          . session(0, user => q{}, class => 'services')
          . session(1, user => 'eve', class => 'console', 'last-input' => '-9h')
    );
}

# What sudo lets somebody run with any section must not act by chance.
subtest 'a section is bound to its act, and a filter is no rule' => sub {
    my $farm = farm("[host ts01]\n" . join q{}, map { session($_, 'last-input' => '-55m') } 1 .. 8);
    my $common = "target = sim:$farm\nmax-percent = 100\nstate-dir = $state\nexecute = yes\n";
    my $dir = tempdir();
    my $config = write_file("$dir/curfew.conf", "[defaults]\nkind = desktop\n"
          . "[section warn]\nact = message\nidle-over = 50m\ntext = x\n$common"
          . "[section idle]\nact = check, disconnect\nidle-over = 50m\n$common"
          . "[section wide]\nact = disconnect\nuser = *\n$common");
    my @refused = (
        ['disconnect_sessions', 'warn', qr/:4:[ ]\[section[ ]warn\][ ]is[ ]for[ ]message,[ ]not[ ]for[ ]disconnect/x],
        ['logoff_sessions', 'idle', qr/\[section[ ]idle\][ ]is[ ]for[ ]check,[ ]disconnect,[ ]not[ ]for[ ]logoff/x],
        ['disconnect_sessions', 'wide', qr/which[ ]sessions/x],
    );
    for my $case (@refused) {
        my ($program, $section, $why) = @{$case};
        my $run = run($program, '--config', $config, '--section', $section);
        is($run->{status}, 3, "$program --section $section is refused");
        like($run->{out}, $why, '... and says why');
    }
    my $run = run('disconnect_sessions', '--config', $config, '-T', "sim:$farm", '--execute', '--state-dir', $state);
    is($run->{status}, 3, 'a filter in [defaults] is no rule');
    is_deeply([grep { $_ ne 'active' } values %{ states($farm) }], [], 'nobody was disconnected');
    ok(!-e "$state/audit.jsonl", 'nothing was tried');
    is(run('disconnect_sessions', '--config', $config, '--section', 'idle')->{status}, 0, 'its own act is done');
    is_deeply([grep { $_ ne 'disconnected' } values %{ states($farm) }], [], '... on all eight');
    fresh_state();
};

# A person who is called differently is kept by each spelling, and by one that cannot be told; and who asks for a
# name gets nobody whose name cannot be told.
subtest 'an exclusion holds whatever the system calls the user' => sub {
    my @people = (    # what the farm tells; spellings that mean the person; those that cannot be told
        [{ user => 'CORP\\admin' }, ['CORP\\admin', 'corp\\\\ADMIN', 'CORP\\*'], ['admin@corp.example']],
        [{ user => 'admin', domain => 'CORP', name => 'CORP+admin' }, ['CORP\\admin', 'CORP+admin', 'admin'], ['admin@corp.example']],
        [{ user => 'admin' }, ['admin'], ['CORP\\admin', 'john.doe@corp.example']],
        [{ user => 'admin', domain => 'corp.example' }, ['admin', 'admin@corp.example'], ['CORP\\admin']],
        [{ user => 'admin', upn => 'admin@corp.example' }, ['admin', 'admin@corp.example'], ['CORP\\admin', 'CORP\\svc']],
        [
            { user => 'svc_backup', domain => 'CORP', upn => 'john.doe@corp.example' },
            ['svc_backup', 'CORP\\svc_backup', 'john.doe@corp.example', 'john.doe'],
            ['svc_backup@ad.corp.example'],
        ],
        [
            { user => 'PavithraThiruvengada', domain => 'AzureAD', 'user-cut' => 'yes' },
            ['AzureAD\\Pavithra*'],
            ['AzureAD\\PavithraThiruvengadamXYZ', 'PavithraThiruvengadamXYZ', 'pavi@corp.example'],
        ],
        [{ user => '[admin]' }, ['[admin]'], []],
    );
    for my $person (@people) {
        my ($set, $names, $untold) = @{$person};
        my $farm = farm("[host ts01]\n" . session(1, %{$set}, 'last-input' => '-2h'));
        for my $glob (@{$names}, @{$untold}) {
            my $known = grep { $_ eq $glob } @{$names};
            my $run = order('disconnect_sessions', $farm, '--idle-over', '30m', '--exclude-user', $glob);
            is(states($farm)->{1}, 'active', "'$glob' keeps $set->{user}");
            is($run->{status}, 0, '... which is no failure');
            my $says = $run->{out} =~ /kept,[ ]whether[ ]'\Q$glob\E'[ ]matches[ ]this[ ]user[ ]is[ ]unknown$/mx;
            ok($known ? !$says : $says, $known ? '... as it matches' : '... and it is said why') or diag $run->{out};
            $run = run('disconnect_sessions', '-T', "sim:$farm", '--user', $glob);
            my $meant = $run->{out} =~ /:[ ]disconnect(?:$|,[ ]by[ ]the[ ]name[ ])/mx;
            ok($known ? $meant : !$meant, "--user '$glob' selects by a name that is told") or diag $run->{out};
        }
        my $run = run('disconnect_sessions', '-T', "sim:$farm", '--idle-over', '30m', '--exclude-user', 'bob');
        like($run->{out}, qr/:[ ]disconnect$/mx, "$set->{user} is not kept by another one's name");
    }
    my $john = farm("[host ts01]\n" . session(1, user => 'svc', domain => 'CORP', upn => 'john@corp.example'));
    like(run('disconnect_sessions', '-T', "sim:$john", '--user', 'john@*')->{out},
        qr/CORP\\svc,.*:[ ]disconnect,[ ]by[ ]the[ ]name[ ]john\@corp[.]example$/mx, 'a name that is not shown is said');
    my $farm = farm("[host ts01]\n" . session(1, user => 'CORPadmin', 'last-input' => '-2h'));
    unlike(run('disconnect_sessions', '-T', "sim:$farm", '--user', 'CORP\\admin')->{out}, qr/:[ ]disconnect/x, 'the backslash is itself');
    fresh_state();
};

subtest 'two names without a comma are noticed' => sub {
    my $farm = office();
    my $out  = run('disconnect_sessions', '-T', "sim:$farm", '--all', '--exclude-user', 'alice bob', '--exclude-user', 'nobody*')->{out};
    like($out, qr/^note:[ ]exclude-user[ ]'alice[ ]bob'[ ]matched[ ]no[ ]user;[ ]write[ ]a[ ]comma/mx, 'of this one it is said');
    unlike($out, qr/nobody[*]/, '... and not of each that keeps nobody today');
    unlike(run('disconnect_sessions', '-T', "sim:$farm", '--all', '--exclude-user', 'alice,bob')->{out}, qr/^note:/m, 'nor with the comma');
};

subtest 'a dry run shows the plan and does nothing' => sub {
    my $farm = office();
    my $dry  = run('disconnect_sessions', '-T', "sim:$farm", '--idle-over', '30m');
    is($dry->{status}, 0, 'exit status');
    like($dry->{out}, qr/^DISCONNECT[ ]plan:[ ]1[ ]of[ ]4[ ]user[ ]sessions[ ]on[ ]1[ ]host$/xm, 'plan');
    like($dry->{out}, qr/ts01[ ]id[ ]3[ ]alice,[ ]idle[ ]2h[ ]00m:[ ]disconnect$/xm, 'who');
    like($dry->{out}, qr/id[ ]8[ ]dave.*not[ ]known/x,                                'unknown idle is kept');
    unlike($dry->{out}, qr/eve/, 'the console is no candidate');
    is(states($farm)->{3}, 'active', 'nothing was done');
    ok(!-e "$state/audit.jsonl", 'nothing was written');
    is($dry->{err}, q{}, 'nothing on stderr');

    my $wins = order('disconnect_sessions', $farm, '--idle-over', '30m', '--dry-run');
    is(states($farm)->{3}, 'active', '--dry-run wins over --execute');
    my ($plan) = $dry->{out} =~ /\A(.*?)^DISCONNECT[ ](?!plan)/xms;
    is(substr($wins->{out}, 0, length $plan), $plan, 'the same plan');
};

subtest '--execute does it, and the audit says so' => sub {
    fresh_state();
    my $farm = office();
    my $run  = order('disconnect_sessions', $farm, '--idle-over', '30m');
    is($run->{status}, 0, 'exit status') or diag $run->{out};
    like($run->{out}, qr/1[ ]of[ ]1[ ]done/x, 'summary');
    my $now = states($farm);
    is($now->{3}, 'disconnected', 'the idle one');
    is($now->{5}, 'active',       'the busy one');
    is($now->{8}, 'active',       'unknown is never acted on');
    is(join(q{ }, audit_events()), 'refused plan intent result end', 'audit');
    my ($intent) = grep { $_->{event} eq 'intent' } @{ audit() };
    is($intent->{session}{user}, 'alice', 'whom');
    ok($intent->{session}{birth}, 'which very session');
    is((stat "$state/audit.jsonl")[2] & oct 777, oct 600, 'the audit is ours alone');
    my $again = order('disconnect_sessions', $farm, '--idle-over', '30m');
    is($again->{status}, 0, 'run twice');
    like($again->{out}, qr/nothing[ ]to[ ]do/x, 'nothing left to do');
};

subtest 'log off and message' => sub {
    fresh_state();
    my $farm = office();
    my $run  = order('logoff_sessions', $farm, '--disconnected-over', '4h');
    is($run->{status}, 0, 'log off') or diag $run->{out};
    ok(!exists states($farm)->{7}, 'gone');
    is(states($farm)->{3}, 'active', 'idle ones are not meant');
    my $message = order('message_sessions', $farm, '--all', '--text', 'save your work %n', '--title', 'IT');
    is($message->{status}, 0, 'message') or diag $message->{out};
    like($message->{out}, qr/3[ ]of[ ]3[ ]done/x, 'to those who can see it, whatever the limits');
};

# Between list and act.  The script's "at pin" happens when the session is read again.
for my $case (
    ['user typed',          'at pin = input'],
    ['another user got it', 'at pin = user mallory'],
    ['was disconnected',    'at pin = disconnect'],
  )
{
    my ($what, $event) = @{$case};
    subtest "between list and act: $what" => sub {
        fresh_state();
        my ($key, $value) = split / = /, $event;
        my $farm = farm("[host ts01]\n" . session(3, user => 'alice', 'last-input' => '-2h', $key => $value));
        my $run  = order('disconnect_sessions', $farm, '--idle-over', '30m');
        is($run->{status}, 1, 'refused') or diag $run->{out};
        like($run->{out}, qr/no[ ]longer[ ]as[ ]it[ ]was/x, 'says why');
        is(join(q{ }, audit_events()), 'plan refused end', 'no intent, no act');
        isnt(states($farm)->{3}, 'disconnected', 'left alone') if $what ne 'was disconnected';
    };
}

subtest 'gone between list and act is success' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . session(3, 'last-input' => '-2h', 'at pin' => 'logoff'));
    my $run  = order('logoff_sessions', $farm, '--idle-over', '30m');
    is($run->{status}, 0, 'exit status') or diag $run->{out};
    like($run->{out}, qr/1[ ]already[ ]gone/x, 'with a note');
};

subtest 'done means seen to be done' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . session(3, 'last-input' => '-2h', acts => 'ignore'));
    my $run  = order('disconnect_sessions', $farm, '--idle-over', '30m', '--timeout', '3s');
    is($run->{status}, 0, 'a host that has accepted it, and not done it yet') or diag $run->{out};
    like($run->{out}, qr/id[ ]3.*disconnect[ ]ordered:[ ].*not[ ]seen/x,            'is not said to be done');
    like($run->{out}, qr/OK:[ ]0[ ]of[ ]1[ ]done,[ ]1[ ]ordered[ ]and[ ]not[ ]yet/x, 'in the summary too');
    is((grep { $_->{event} eq 'result' } @{ audit() })[0]{outcome}, 'ordered', 'and in the audit');
    my $late = farm("[host ts01]\n" . session(3, 'last-input' => '-2h', acts => 'late 300ms'));
    is(order('disconnect_sessions', $late, '--idle-over', '30m')->{status}, 0, 'one that is late is waited for');
    my $no = farm("[host ts01]\n" . session(3, 'last-input' => '-2h', acts => 'refuse'));
    my $refused = order('disconnect_sessions', $no, '--idle-over', '30m');
    is($refused->{status}, 2, 'one that refuses');
    my ($result) = grep { $_->{event} eq 'result' && $_->{outcome} eq 'failed' } reverse @{ audit() };
    like($result->{reason}, qr/refused/, 'is in the audit');
};

# The worker dies after it has done the second act, before it has said so.
subtest 'an answer that is lost' => sub {
    for my $scheme ('sim', 'sim+worker') {
        fresh_state();
        my @order = ('--idle-over', '30m', '--execute', '--state-dir', $state, '--target-timeout', '1s');
        my %farms = map {
            ($_ => farm("[host ts01]\n" . session(3, 'last-input' => '-2h') . session(4, 'last-input' => '-2h', acts => $_) . session(5, 'last-input' => '-2h')))
        } qw(crash hang);
        my $crash = run('disconnect_sessions', '-T', "$scheme:$farms{crash}", @order);
        is($crash->{status}, 0, "$scheme: a crash affects no other session's act") or diag $crash->{out};
        like($crash->{out}, qr/id[ ]4[ ]user4:[ ]disconnect[ ]done:[ ].*answer/x, "$scheme: what was done is said to be done");
        is(join(q{ }, map { "$_->{session}{id} $_->{outcome}" } grep { $_->{event} eq 'result' } @{ audit() }),
            '3 done 4 done 5 done', "$scheme: in the audit too");
        is_deeply(states($farms{crash}), { map { $_ => 'disconnected' } 3 .. 5 }, "$scheme: and so it is");
        my $hang = run('disconnect_sessions', '-T', "$scheme:$farms{hang}", @order);
        is($hang->{status}, 2, "$scheme: an act that hangs");
        like($hang->{out}, qr/id[ ]4[ ]user4:[ ]disconnect[ ]failed:[ ].*in[ ]time/x, "$scheme: has failed");
        is_deeply(states($farms{hang}), { 3 => 'disconnected', 4 => 'active', 5 => 'disconnected' }, "$scheme: it alone");
    }
};

# Log-offs take their time.  All are ordered first, and then watched together.
subtest 'order first, watch together' => sub {
    fresh_state();
    my $farm = farm(join q{}, map { "[host h$_]\n" . session(3, 'last-input' => '-2h', acts => 'slow 3s') } 1 .. 8);
    my $begun = time;
    my $run   = run('logoff_sessions', '-T', "sim:$farm#h[1-8]", '--idle-over', '30m', '--max-percent', '100', '--execute', '--state-dir', $state);
    is($run->{status}, 0, 'hosts that are slow to answer') or diag $run->{out};
    like($run->{out}, qr/8[ ]of[ ]8[ ]done/x, 'each is done');
    cmp_ok(time - $begun, '<', 20, 'at the same time');
    fresh_state();
    my $late = farm("[host ts01]\n" . join q{}, map { session($_, 'last-input' => '-2h', acts => 'late 3s') } 1 .. 8);
    $begun = time;
    $run = order('logoff_sessions', $late, '--idle-over', '30m', '--max-percent', '100');
    like($run->{out}, qr/8[ ]of[ ]8[ ]done/x, 'log-offs of one host that take three seconds') or diag $run->{out};
    cmp_ok(time - $begun, '<', 20, 'go on at the same time');
    my @order = map { $_->{event} } grep { $_->{event} =~ /intent|result/x } @{ audit() };
    is("@order", join(q{ }, ('intent') x 8, ('result') x 8), 'no order waits for the end of another');
};

subtest 'the next run closes what was ordered' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . session(3, 'last-input' => '-2h', acts => 'late 3s') . session(4, 'last-input' => '-2h'));
    my $first = order('logoff_sessions', $farm, '--id', '3', '--timeout', '1500ms', '--target-timeout', '1s');
    like($first->{out}, qr/log[ ]off[ ]ordered/x, 'ordered') or diag $first->{out};
    wait_for { !exists states($farm)->{3} };
    my $second = order('logoff_sessions', $farm, '--id', '4', '--max-percent', '100');
    is($second->{status}, 0, 'the next run') or diag $second->{out};
    like($second->{out}, qr/id[ ]3[ ]user3:[ ]log[ ]off[ ]done:[ ]an[ ]earlier[ ]run/x, 'says so');
    my @results = map { "$_->{session}{id} $_->{outcome}" } grep { $_->{event} eq 'result' } @{ audit() };
    is("@results", '3 ordered 3 done 4 done', 'and closes it in the audit, once');
    my $again = audit();
    order('logoff_sessions', $farm, '--id', '9', '--max-percent', '100');
    is(scalar(grep { $_->{event} eq 'result' } @{ audit() }), 3, 'not again');
};

# Ten are ordered, which is all that an hour allows; the runs that follow wait for them, and make no noise.
subtest 'a rule does not order twice' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . join q{}, map { session($_, 'last-input' => '-2h', acts => 'late 12s') } 1 .. 10);
    my @rule = ('--idle-over', '30m', '--max-percent', '100');
    my $first = order('logoff_sessions', $farm, @rule, '--timeout', '6s', '--target-timeout', '1s');
    like($first->{out}, qr/OK:[ ]0[ ]of[ ]10[ ]done,[ ]10[ ]ordered/x, 'ordered') or diag $first->{out};
    my $second = order('logoff_sessions', $farm, @rule);
    is($second->{status}, 0, 'the next run is no failure') or diag $second->{out};
    is(scalar(grep { $_->{event} eq 'intent' } @{ audit() }), 10, '... and orders nothing again');
    wait_for { !%{ states($farm) } } 60;
    my $third = order('logoff_sessions', $farm, @rule);
    is($third->{status}, 0, 'when they have gone a run has nothing else to do') or diag $third->{out};
    is(scalar(grep { $_->{event} eq 'result' && $_->{outcome} eq 'done' } @{ audit() }), 10, '... and closes them');
};

# 'slow' hosts answer one order at a time, whatever the number of lanes.
subtest 'one order at a time per host' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . join q{}, map { session($_, 'last-input' => '-2h', acts => 'slow 300ms') } 1 .. 3);
    my $run  = order('disconnect_sessions', $farm, '--idle-over', '30m', '--max-percent', '100');
    is($run->{status}, 0, 'exit status');
    my @at = map { $_->{time} =~ /:(\d\d[.]\d+)Z?\z/x ? $1 : () } grep { $_->{event} eq 'intent' } @{ audit() };
    ok(@at == 3 && ($at[1] - $at[0] > 0.28 || $at[1] < $at[0]), 'the second order waits for the first answer') or diag "@at";
};

subtest 'a busy host is left out, not the others' => sub {
    fresh_state();
    my $farm = farm("[host a]\n" . session(3, 'last-input' => '-2h', acts => 'late 2s') . "[host b]\n" . session(3, 'last-input' => '-2h'));
    my @arguments = ('--idle-over', '30m', '--execute', '--state-dir', $state);
    my $first = start('disconnect_sessions', '-T', "sim:$farm#a", @arguments);
    wait_for { grep { $_ eq 'intent' } audit_events() };
    my $second = run('disconnect_sessions', '-T', "sim:$farm#a", '-T', "sim:$farm#b", @arguments);
    is($second->{status}, 0, 'exit status') or diag $second->{out};
    like($second->{out}, qr/^left[ ]out:[ ]a,[ ]another[ ]handler/xm, 'says which');
    like($second->{out}, qr/1[ ]of[ ]\d[ ]done,[ ]1[ ]left[ ]out/x, 'and does the rest');
    is(finish($first)->{status}, 0, 'the first');
};

subtest 'a reader who leaves ends it between two acts' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . join q{}, map { session($_, 'last-input' => '-2h', acts => 'slow 200ms') } 1 .. 6);
    my $line = join q{ }, program('disconnect_sessions'), '-T', "sim:$farm", '--idle-over', '30m', '--max-percent', '100',
      '--execute', '--state-dir', $state;
    my $run = run('/bin/bash', '-c', "$line | head -n 1; exit \${PIPESTATUS[0]}");
    is($run->{status}, 2, 'no signal ends it') or diag explain $run;
    my @events = audit_events();
    is($events[-1], 'end', 'it frees what it did not begin') or diag "@events";
    is(scalar(grep { $_ eq 'intent' } @events), scalar(grep { $_ eq 'result' } @events), 'and each intent has its result');
};

subtest 'nowhere to write to' => sub {
    my $farm = farm("[host ts01]\n" . session(1, 'last-input' => '-2h'));
    my @line = (program('disconnect_sessions'), '-T', "sim:$farm", '--idle-over', '30m', '--max-percent', '100', '--state-dir', $state);
    for my $where ('>&-', '>/dev/full') {
        fresh_state();
        is(run('/bin/sh', '-c', qq{exec "\$0" "\$@" $where}, @line)->{status}, 2, "$where: a plan that nobody gets is no success");
        is(run('/bin/sh', '-c', qq{exec "\$0" "\$@" $where}, @line, '--execute')->{status}, 2, '... nor is an act');
        is_deeply([audit_events()], [], '... and nothing is done');
    }
};

# What it says would go into the first file that it opens: the audit, the ledger.
subtest 'started without a standard stream' => sub {
    plan skip_all => 'strace may not trace here' if !may_trace();
    fresh_state();
    my $farm = farm("[host ts01]\n" . session(1, 'last-input' => '-2h'));
    my @line = (program('disconnect_sessions'), '-T', "sim:$farm", '--idle-over', '30m', '--max-percent', '100', '--state-dir', $state,
        '--execute');
    my @no_null = qw(/usr/bin/strace -qq -o /dev/null -P /dev/null -e trace=openat -e inject=openat:error=ENOENT);
    for my $closed ('<&-', '>&-', '2>&-', '<&- >&- 2>&-') {
        my $run = run(@no_null, '/bin/sh', '-c', qq{exec "\$0" "\$@" $closed}, @line);
        is($run->{status}, 3, "$closed: nothing is done where /dev/null cannot take its place") or diag explain $run;
        is_deeply([audit_events()], [], '... and no file has its words');
    }
    my $run = run('/bin/sh', '-c', 'exec "$0" "$@" <&- 2>&-', @line);
    is($run->{status}, 0, 'else it is done') or diag explain $run;
    is_deeply([audit_events()], [qw(plan intent result end)], '... and the audit is whole');
};

subtest 'an audit that is lost half-way' => sub {
    plan skip_all => 'strace may not trace here' if !may_trace();
    fresh_state();
    my $farm = farm("[host ts01]\n" . join q{}, map { session($_, 'last-input' => '-2h') } 1 .. 12);
    my $line = join q{ }, program('disconnect_sessions'), '-T', "sim:$farm", '--idle-over', '30m', '--max-percent', '100',
      '--max-acts', '100', '--execute', '--state-dir', $state, '--target-timeout', '5s';
    my $run = run('/usr/bin/strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=ENOSPC:when=5+',
        split / /, $line);
    is($run->{status}, 2, 'exit status') or diag explain $run;
    like($run->{out}, qr/CRITICAL:[ ]\d+[ ]of[ ]12[ ]done,.*\d+[ ]not[ ]attempted;[ ].*audit.*No[ ]space/x, 'says how far it came, and why');
};

subtest 'standard input has the same time limit' => sub {
    push @keep, my $dir = tempdir();
    POSIX::mkfifo("$dir/silence", oct 666) or die "mkfifo: $!";
    chmod 0666, "$dir/silence" or die "chmod: $!";
    # A pipe that it holds open itself says nothing, and does not end.
    my $run = run('/bin/sh', '-c', 'exec "$0" --stdin --timeout 1s <>"$1"', program('disconnect_sessions'), "$dir/silence", { timeout => 15 });
    is($run->{status}, 3, 'a writer that is silent') or diag explain $run;
    like($run->{out}, qr/standard[ ]input/x, 'is told of');
};

subtest 'own, unborn, incomplete' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . session(3, own => 'yes', 'last-input' => '-2h') . session(4, birth => 'none', 'last-input' => '-2h'));
    my $run  = order('logoff_sessions', $farm, '--all');
    is($run->{status}, 1, 'refused');
    like($run->{out}, qr/caller's[ ]own/x,        'own session');
    like($run->{out}, qr/cannot[ ]be[ ]distinguished/x,    'no birth');
    is(scalar keys %{ states($farm) }, 2, 'both live');
    my $cut = farm("[host ts01]\nfault = cut\n" . join q{}, map { session($_, 'last-input' => '-2h') } 3 .. 6);
    my $short = order('logoff_sessions', $cut, '--all');
    is($short->{status}, 1, 'a list that was cut short');
    like($short->{out}, qr/cut[ ]short/x, 'selects nothing');
    is(scalar(grep { $_ eq 'intent' } audit_events()), 0, 'no intent');
};

subtest 'limits: over one, act on none' => sub {
    fresh_state();
    my $many = farm("[host big]\nsessions = 0\n" . join q{}, map { session($_, 'last-input' => '-2h') } 1 .. 11);
    my $run  = order('disconnect_sessions', $many, '--idle-over', '30m', '--max-percent', '100');
    is($run->{status}, 2, 'max-acts') or diag $run->{out};
    like($run->{out}, qr/CRITICAL:[ ]nothing[ ]done:[ ]11[ ]planned.*--max-acts[ ]10/x, 'says so');
    is(scalar(grep { $_ eq 'disconnected' } values %{ states($many) }), 0, 'none');
    my $half = order('disconnect_sessions', $many, '--idle-over', '30m', '--max-acts', '20');
    is($half->{status}, 2, 'max-percent');
    like($half->{out}, qr/--max-percent[ ]50/x, 'says so');
    my $all = order('disconnect_sessions', $many, '--idle-over', '30m', '--max-acts', '20', '--max-percent', '100');
    is($all->{status}, 0, 'raised for this run');
    my $farm = farm("[host big]\n" . join q{}, map { session($_, 'last-input' => '-2h') } 1 .. 11);
    is(order('disconnect_sessions', $farm, '--id', '1', '--max-percent', '100')->{status}, 2, 'the last hour counts');
};

subtest 'no audit, no act' => sub {
    my $farm = office();
    for my $case (
        ['folder of another account', sub { '/' }],
        ['folder others can write to', sub { my $dir = tempdir(); push @keep, $dir; chmod 0777, "$dir"; "$dir" }],
        ['folder is a link', sub { my $dir = tempdir(); push @keep, $dir; symlink $dir, "$dir/link"; "$dir/link" }],
        ['folder is a link, with a slash', sub { my $dir = tempdir(); push @keep, $dir; symlink $dir, "$dir/link"; "$dir/link//" }],
        ['audit is a link', sub { my $dir = tempdir(); push @keep, $dir; symlink '/dev/null', "$dir/audit.jsonl"; "$dir" }],
      )
    {
        my ($what, $make) = @{$case};
        my $dir = $make->();
        my $run = run('disconnect_sessions', '-T', "sim:$farm", '--execute', '--idle-over', '30m', '--state-dir', $dir);
        is($run->{status}, 2, $what) or diag $run->{out};
        is(states($farm)->{3}, 'active', 'nothing done');
    }
};

subtest 'selection' => sub {
    fresh_state();
    my $farm = office();
    my %says = (
        '--id 3'                    => 'alice',
        '3 5'                       => 'alice bob',
        '--id 3,5'                  => 'alice bob',
        '--user ALICE'              => 'alice',
        '--all'                     => 'alice bob dave',
        '--all --exclude-user b*'   => 'alice dave',
        '--state idle'              => 'alice',
        '--idle-over 1m'            => 'alice bob',
        '--disconnected-over 1h'    => q{},
        '--idle-over 30m --user bo*' => q{},
    );
    for my $words (sort keys %says) {    # each a test of its own
        my $run = run('disconnect_sessions', '-T', "sim:$farm", split / /, $words);
        my @who = $run->{out} =~ /id[ ]\S+[ ](\w+),[^\n]*:[ ]disconnect$/gmx;
        is("@who", $says{$words}, "select $words") or diag $run->{out};
    }
    my $gone = run('disconnect_sessions', '-T', "sim:$farm", '99');
    is($gone->{status}, 0, 'an id that is not there');
    like($gone->{out}, qr/id[ ]99:[ ]not[ ]there/x, 'is said');
    is(run('disconnect_sessions', '-T', "sim:$farm", '0')->{status}, 1, 'services by id are refused');
};

subtest 'usage' => sub {
    my $farm = office();
    my @bad = (
        ['which sessions',  '-T', "sim:$farm"],
        ['needs a target',  '--all', '--execute'],
        ['--all and ids',   '-T', "sim:$farm", '--all', '3'],
        ['more than one',   '-T', "sim:$farm", '-T', 'sim:' . office(), '3'],
        ['target',          '-T', q{}, '--all'],
        ['not a duration',  '-T', "sim:$farm", '--idle-over', '30x'],
        ['--service-state', '-T', "sim:$farm", '--all', '--service-state', 'DOWN', '--state-type', 'HARD'],
        ['--confirm',       '-T', "sim:$farm", '--all', '--execute', '--confirm'],
        ['--state-type without --service-state', '-T', "sim:$farm", '--all', '--state-type', 'HARD'],
        ['--attempt without --service-state',    '-T', "sim:$farm", '--all', '--attempt', '3'],
    );
    for my $case (@bad) {
        my ($text, @arguments) = @{$case};
        my $run = run('disconnect_sessions', @arguments);
        is($run->{status}, 3, "$text: exit status") or diag $run->{out};
        like((split /\n/, $run->{out})[0], qr/\Q$text\E/, "$text: first line");
        cmp_ok(scalar(split /\n/, $run->{out}), '<=', 24, "$text: short");
    }
    is(run('message_sessions', '-T', "sim:$farm", '--all')->{status}, 3, 'a message without text');
};

subtest 'as an event handler' => sub {
    fresh_state();
    my @hard = ('--state-type', 'HARD', '--attempt', '3');
    for my $case (
        [0, 'OK', 'HARD'], [0, 'WARNING', 'HARD'], [0, 'UNKNOWN', 'HARD'], [0, 'CRITICAL', 'SOFT'], [1, 'CRITICAL', 'HARD'],
        [1, 'WARNING', 'SOFT', '--on', 'soft,warning'],
      )
    {
        my ($acts, $service, $type, @more) = @{$case};
        my $farm = office();
        my $run  = order('disconnect_sessions', $farm, '--idle-over', '30m', '--service-state', $service, '--state-type', $type, '--attempt', '1', @more);
        is($run->{status}, 0, "$service $type @more");
        is(states($farm)->{3}, $acts ? 'disconnected' : 'active', $acts ? 'acts' : 'does not act');
    }
};

# In a downtime, and while somebody is at it, nobody's session is ended; and not if that cannot be told either.
subtest 'in a downtime, or acknowledged' => sub {
    my @state  = ('--service-state', 'CRITICAL', '--state-type', 'HARD', '--attempt', '3');
    my @depth  = ('--downtime-depth');
    my @nobody = (
        [@depth, '1'], [@depth, '0', @depth, '2'], [@depth, '2', @depth, '0'], [@depth, q{}], [@depth, '$SERVICEDOWNTIME$'],
        ['--acknowledged', '1'], ['--acknowledged', '2'], ['--acknowledged', q{}], [@depth, '0', '--acknowledged', 'no'],
    );
    my %acts = (disconnect_sessions => 'disconnect', logoff_sessions => 'log off', message_sessions => 'message');
    for my $program (sort keys %acts) {
        my @what = ('--idle-over', '30m', $program eq 'message_sessions' ? ('--text', 'x') : ());
        for my $words (@nobody) {
            fresh_state();
            my $farm = office();
            my $run  = order($program, $farm, @what, @state, @{$words});
            is($run->{status}, 0, "$program @{$words}") or diag $run->{out};
            like($run->{out}, qr/\A$program:[ ]a[ ]plan[ ]only,[ ]--(?:downtime-depth|acknowledged)[ ]"/x, '... says so first');
            like($run->{out}, qr/alice,[ ].*:[ ]\Q$acts{$program}\E$/mx, '... and shows the plan');
            ok(!-e "$state/audit.jsonl", '... and does nothing, as it would be written down before');
        }
        fresh_state();
        my $farm = office();
        my $run  = order($program, $farm, @what, @state, @depth, '0', @depth, '0', '--acknowledged', '0');
        like($run->{out}, qr/^[A-Z ]+OK:[ ]1[ ]of[ ]1[ ]done/mx, "$program acts if there is none") or diag $run->{out};
    }
    my $farm = office();
    my $soft = order('disconnect_sessions', $farm, '--idle-over', '30m', @depth, '1', '--service-state', 'OK', '--state-type', 'HARD');
    is($soft->{out}, "disconnect_sessions: nothing to do, the service is HARD OK\n", 'a state that is none to act on is one line');
    my @lines = split /\n/, order('disconnect_sessions', $farm, '--idle-over', '30m', @depth, '1', '--pass-thru')->{out};
    is(json($lines[0])->{note}, 'a plan only, --downtime-depth "1": there is a downtime', 'as JSON, too');
    is((grep { json($_)->{dry_run} } @lines[1 .. $#lines]), $#lines, '... before the plan');
    is(states($farm)->{3}, 'active', 'without a state, too');
    fresh_state();
};

subtest 'sessions on stdin' => sub {
    fresh_state();
    my $farm   = office();
    my $report = json(run('check_sessions', '-T', "sim:$farm", '--output', 'json')->{out});
    my ($alice) = grep { $_->{user} && $_->{user} eq 'alice' } @{ $report->{targets}[0]{snapshot}{sessions} };
    my $text = JSON::PP->new->utf8->encode($alice);
    my $dry = run('disconnect_sessions', '--stdin', { stdin => "$text\n" });
    like($dry->{out}, qr/alice.*:[ ]disconnect$/xm, 'dry run') or diag $dry->{out};
    my $run = run('disconnect_sessions', '--stdin', '--execute', '--state-dir', $state, { stdin => "[$text]" });
    is($run->{status}, 0, 'executed') or diag $run->{out};
    is(states($farm)->{3}, 'disconnected', 'done');
    my $stale = run('logoff_sessions', '--stdin', '--execute', '--state-dir', $state, { stdin => $text });
    is($stale->{status}, 1, 'a list from before is refused') or diag $stale->{out};
    my $another = JSON::PP->new->utf8->encode({ %{$alice}, birth => 'of another' });
    my $lines   = audit_events();
    is(run('logoff_sessions', '--stdin', '--execute', '--state-dir', $state, { stdin => $another })->{status}, 1, 'an id that is another session is refused');
    my $audit = audit()->[-1];
    is(scalar(audit_events()), $lines + 1, 'and that is one line in the audit');
    is(join(q{ }, map { $audit->{$_} } qw(event reason)), 'refused no longer as it was when it was selected', 'which says why');
    for my $bad ('{', '{}', 'null', '[[1]]', encode_report($report)) {
        is(run('disconnect_sessions', '--stdin', '--execute', { stdin => $bad })->{status}, 3, 'not sessions: ' . substr $bad, 0, 20);
    }
    is(run('disconnect_sessions', '--stdin', '--execute', '--state-dir', $state, { stdin => q{} })->{status}, 0, 'none at all');
};

sub encode_report { return JSON::PP->new->utf8->encode($_[0]) }

subtest '--pass-thru' => sub {
    fresh_state();
    my $farm  = office();
    my $run   = order('disconnect_sessions', $farm, '--idle-over', '30m', '--pass-thru');
    my @lines = map { json($_) } split /\n/, $run->{out};
    my ($done) = grep { $_->{outcome} eq 'done' } @lines;
    is($done->{session}{user}, 'alice', 'the session');
    is($done->{action}, 'disconnect', 'the act');
    my $cut = farm("[host h]\nfault = cut\n[session 1]\nuser = a\n[session 2]\nuser = b\n");
    my ($first) = map { json($_) } split /\n/, order('disconnect_sessions', $cut, '--all', '--pass-thru')->{out};
    like($first->{problem}, qr/cut[ ]short/x, 'a list that was cut short is a problem and no error');
    ok(!exists $first->{error}, '... without a code');
    for my $path ('/' . "\xc3\xa9" x 250, '/a' . "\xc3\xa9" x 250) {    # longer than an error's text: cut, but at a character
        my $failed = json(run('disconnect_sessions', '-T', "sim:$path", '--all', '--pass-thru')->{out});
        like($failed->{error}{text}, qr{^/a?\xe9+}, 'an error has a text, however long');
    }
};

subtest 'two handlers at once' => sub {
    fresh_state();
    my $farm = farm("[host ts01]\n" . session(3, 'last-input' => '-2h', acts => 'slow 3s') . session(4, 'last-input' => '-2h'));
    my @arguments = ('-T', "sim:$farm", '--idle-over', '30m', '--execute', '--state-dir', $state);
    my $first = start('disconnect_sessions', @arguments);
    wait_for { grep { $_ eq 'intent' } audit_events() };
    my $second = run('disconnect_sessions', @arguments);
    is($second->{status}, 0, 'the second');
    like($second->{out}, qr/another[ ]handler[ ]is[ ]at[ ]work/x, 'says why');
    is(finish($first)->{status}, 0, 'the first');
    is(scalar(grep { $_ eq 'intent' } audit_events()), 2, 'each session once');
};

# A handler on this farm, held by SIGSTOP since its audit had the event.  Another one, if it was too late by then.
sub held_after {
    my ($event, $lines, $too_late) = @_;
    my ($farm, $run);
    wait_for {
        stop($run, 'KILL') if $run;
        fresh_state();
        $farm = farm($lines);
        $run  = start('disconnect_sessions', '-T', "sim:$farm", '--idle-over', '30m', '--execute', '--state-dir', $state);
        wait_for { grep { $_ eq $event } audit_events() } 10;
        kill 'STOP', $run->{pid};
        wait_for { read_file("/proc/$run->{pid}/stat") =~ /[)][ ][TZ]/x };
        !$too_late->($farm);
    };
    return ($farm, $run);
}

# The host takes its time before an act: when it has done nothing yet, the first act is under way.
subtest 'SIGTERM ends it between two acts' => sub {
    my $lines = "[host ts01]\ndelay = 300ms\n" . join q{}, map { session($_, 'last-input' => '-2h') } 3 .. 5;
    my ($farm, $run) = held_after('intent', $lines, sub { -e "$_[0].state" });
    kill $_, $run->{pid} for qw(TERM CONT);
    my $ended = finish($run);
    is($ended->{status}, 2, 'exit status') or diag explain $ended;
    is(join(q{ }, audit_events()), 'plan intent result end', 'the act under way is finished and recorded');
    like($ended->{out}, qr/2[ ]not[ ]attempted/x, 'says what is left');
};

subtest 'more hosts than descriptors' => sub {
    fresh_state();
    my $farm = farm("[hosts rds 1-100]\nsessions = 1\n");
    my $run  = run('/bin/sh', '-c', 'ulimit -S -n 64; exec "$@"', 'sh', program('message_sessions'),
        '-T', "sim:$farm#rds[1-100]", '--all', '--text', 'hello', '--execute', '--state-dir', $state);
    is($run->{status}, 0, 'each is locked') or diag substr $run->{out}, -300;
    like($run->{out}, qr/100[ ]of[ ]100[ ]done/x, 'and served');
};

# What a process has printed so far; its own place in the file stays as it is.
sub printed { return read_file('/proc/self/fd/' . fileno $_[0]{files}[0]) }

subtest '--confirm' => sub {
    my $asks = sub {
        my ($farm, $answer) = @_;
        fresh_state();
        my $line = join q{ }, 'exec', program('disconnect_sessions'), '-T', "sim:$farm", '--all', '--execute', '--confirm', '--state-dir', $state;
        return start('/usr/bin/script', '-qec', $line, '/dev/null', { stdin => $answer, timeout => 5 }) if defined $answer;
        # A pipe that it holds open itself says nothing, and does not end.
        POSIX::mkfifo("$state/silence", oct 666) or die "mkfifo: $!";
        chmod 0666, "$state/silence" or die "chmod: $!";
        return start('/bin/sh', '-c', 'exec /usr/bin/script -qec "$1" /dev/null <>"$2"', 'sh', $line, "$state/silence", { timeout => 5 });
    };
    for my $case (["y\n", 0, 'disconnected'], ["n\n", 0, 'active'], ["\n", 0, 'active']) {
        my ($answer, $status, $becomes) = @{$case};
        my $farm = farm("[host ts01]\n" . session(3));
        is(finish($asks->($farm, $answer))->{status}, $status, "answer $answer");
        is(states($farm)->{3}, $becomes, $becomes);
    }
    for my $signal (qw(INT TERM HUP)) {
        my $farm = farm("[host ts01]\n" . session(3));
        my $run = $asks->($farm);
        wait_for { printed($run) =~ /\[y\/N\]/ };
        my ($asking) = split q{ }, read_file("/proc/$run->{pid}/task/$run->{pid}/children");
        kill $signal, $asking;
        my $end = finish($run);
        ok(!$end->{timed_out}, "SIG$signal ends the question");
        like($end->{out}, qr/not[ ]confirmed,[ ]nothing[ ]done/x, 'as a no');
        is(states($farm)->{3}, 'active', 'and nothing is done');
    }
};

# Killed at every step of an act: after each the next run copes, and nothing
# was acted on without an intent on the disk.
subtest 'SIGKILL at any moment' => sub {
    my $lines = "[host ts01]\n" . session(3, 'last-input' => '-2h', acts => 'slow 300ms');
    for my $event (qw(plan intent)) {
        my ($farm, $run) = held_after($event, $lines, sub { grep { $_ eq 'result' } audit_events() });
        is(stop($run, 'KILL')->{signal}, 9, "killed after its $event");
        if (states($farm)->{3} eq 'disconnected') {
            ok((grep { $_ eq 'intent' } audit_events()), 'acted on, with an intent');
        }
        my $next = run('disconnect_sessions', '-T', "sim:$farm", '--idle-over', '30m', '--execute', '--state-dir', $state);
        is($next->{status}, 0, 'the next run copes') or diag $next->{out};
        is(states($farm)->{3}, 'disconnected', 'and ends what is left');
    }
};

# The intent must be on the disk before the act.  A user who comes back while a slow disk
# takes it is seen: strace holds the second sync, that of the intent.
subtest 'back while the intent is written' => sub {
    plan skip_all => 'strace may not trace here' if !may_trace();
    fresh_state();
    my $farm  = farm("[farm]\nstart = first-use\n[host ts01]\n" . session(3, 'last-input' => '-2h', 'at +2s' => 'input'));
    my $delay = 'inject=fdatasync:delay_enter=2500000:when=2';
    my $run   = run('/usr/bin/strace', '-qq', '-o', "$state/strace", '-e', 'trace=fdatasync', '-e', $delay,
        program('disconnect_sessions'), '-T', "sim:$farm", '--idle-over', '30m', '--execute', '--state-dir', $state);
    is($run->{status}, 1, 'refused') or diag $run->{out}, $run->{err};
    is(join(q{ }, audit_events()), 'plan intent refused end', 'after the intent, before the act');
    is(states($farm)->{3}, 'active', 'left alone');
};

subtest 'a killed run frees what it did not begin' => sub {
    fresh_state();
    my @arguments = ('--idle-over', '30m', '--execute', '--state-dir', $state);
    my $farm      = farm("[host ts01]\n" . join q{}, map { session($_, 'last-input' => '-2h', acts => 'slow 3s') } 1 .. 4);
    $farm = write_file($farm, read_file($farm) . join q{}, map { session($_) } 5 .. 8);
    my $run       = start('disconnect_sessions', '-T', "sim:$farm", @arguments, '--max-percent', '100');
    wait_for { grep { $_ eq 'intent' } audit_events() };
    stop($run, 'KILL');
    my $next = run('disconnect_sessions', '-T', "sim:$farm", @arguments, '--max-acts', '5', '--max-percent', '100');
    is($next->{status}, 0, 'one intent and up to four acts are five') or diag $next->{out};
};

subtest 'a call that does not come back' => sub {
    my $farm = farm("[host ts01]\nsessions = 3000\n");
    push @keep, my $dir = tempdir();
    my $shell = qq{mkfifo $dir/f; exec 3<>$dir/f; "\$0" "\$@" >$dir/f};
    my $run   = run('/bin/sh', '-c', $shell, program('disconnect_sessions'), '-T', "sim:$farm", '--all', '--timeout', '1s');
    is($run->{status}, 2, 'nobody reads the output: given up') or diag explain $run;
};

subtest 'unreachable and hostile' => sub {
    fresh_state();
    my $dead = farm("[host ts01]\nfault = refused\n" . session(3));
    is(order('disconnect_sessions', $dead, '--all')->{status}, 3, 'no information');
    my $none = run('disconnect_sessions', '-T', 'sim:/nowhere', '--all');
    like($none->{out}, qr/^nowhere:[ ]cannot[ ]be[ ]read:/xm, 'no step is named where there is none');
    my $odd = farm("[host ts01]\n" . session(3, user => q{"x'\"; $(id) %n%s |\u00fc\n"}, 'last-input' => '-2h'));
    my $run = order('disconnect_sessions', $odd, '--idle-over', '30m');
    is($run->{status}, 0, 'a name of quotes and percent signs') or diag $run->{out};
    my ($intent) = grep { $_->{event} eq 'intent' } @{ audit() };
    like($intent->{session}{user}, qr/%n%s/, 'is in the audit as it is');
};

done_testing();

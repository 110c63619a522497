#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# enforce_sessions on played farms: the ladder climbed by real clocks (minutes are seconds here), who is never touched,
# and what becomes of a run whose ledger, clock or disk fails.
use strict;
use warnings;

use Test::More;

use Curfew;

plan skip_all => 'policies were not built' if !program('enforce_sessions');
plan skip_all => 'sim was not built'       if !program('provider-sim');

my ($state, $config, $farm, $dir);
my @keep;    # File::Temp folders live as long as we hold them

# A farm starts at the same moment whenever it is written again.
my ($start, $stamp);

sub begin {
    $start = time;
    my @utc = gmtime $start;
    $stamp = sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ', $utc[5] + 1900, $utc[4] + 1, @utc[3, 2, 1, 0];
    return;
}

sub session {
    my ($id, %set) = @_;
    $set{user}  //= "user$id";
    $set{birth} //= "b$id";
    return "[session $id]\n" . join q{}, map { "$_ = $set{$_}\n" } sort keys %set;
}

sub play {
    my ($host, @sessions) = @_;
    write_file($farm, "[farm]\nstart = $stamp\n[host ts01]\n$host" . join q{}, @sessions);
    return;
}

sub stage {
    my ($policies, @sessions) = @_;
    push @keep, $dir = tempdir();
    begin();
    $state  = "$dir/state";
    $farm   = "$dir/farm.sim";
    play(q{}, @sessions);
    $config = write_file("$dir/curfew.conf", $policies =~ s/FARM/sim:$farm/gr);
    return;
}

sub enforce {
    my (@arguments) = @_;
    return run('enforce_sessions', '--config', $config, '--state-dir', $state, @arguments);
}

sub audit {
    return [] if !-e "$state/audit.jsonl";
    return [map { json($_) } split /\n/, read_file("$state/audit.jsonl")];
}

# "message 3", "disconnect 3", "log off 3" in the order in which they were done; with the time of each.
sub acts {
    return map { { what => "$_->{action} $_->{session}{id}", at => seconds($_->{time}), because => $_->{because} } }
      grep { $_->{event} eq 'result' && $_->{outcome} eq 'done' } @{ audit() };
}

sub seconds {
    my ($time) = @_;
    my ($hour, $minute, $rest) = $time =~ /T(\d+):(\d+):([\d.]+)Z/;
    return $hour * 3600 + $minute * 60 + $rest;
}

sub done { return join ', ', map { $_->{what} } acts() }

my $office = <<'END';
[policy office]
target = FARM
exempt-user = admin*
idle-over = 30m
disconnected-over = 2s
warn = 3s, 1s
text = Hello %user% on %host%,
text = this session will be %ended% in %minutes% minutes (%time%).
END

subtest 'warn, warn, disconnect, log off' => sub {
    stage($office, session(3, 'last-input' => '-2h'), session(4, 'last-input' => '-1m'),
        session(5, 'last-input' => '-2h', user => 'admin7'), session(6, 'last-input' => 'unknown'),
        session(7, 'last-input' => '-2h', class => 'console'));
    my $run;
    wait_for { $run = enforce('--execute'); done() =~ /log[ ]off/ } 120;
    my @acts = acts();
    is(done(), 'message 3, message 3, disconnect 3, log off 3', 'each step once, and nobody else');
    is($run->{status}, 0, 'the last run is content');
    my %from = map { $_ => $acts[$_]{at} + ($acts[$_]{at} < $acts[0]{at} ? 86_400 : 0) } 0 .. 3;
    cmp_ok($from{2} - $from{0}, '>=', 2.9, 'the first warning was in time');
    cmp_ok($from{2} - $from{1}, '>=', 0.9, '... and so was the second');
    cmp_ok($from{3} - $from{2}, '>=', 1.9, 'it was disconnected for so long before it was logged off');
    like($acts[0]{because}, qr/^policy[ ]office:[ ]idle,[ ]warning[ ]1[ ]of[ ]2,/x, 'the audit says why');
    like($acts[3]{because}, qr/^policy[ ]office:[ ]disconnected,[ ]due[ ]since[ ]\d{4}-/x, '... of each act');
};

subtest 'who comes back after the warning stays' => sub {
    stage($office, session(3, 'last-input' => '-2h'));
    wait_for { enforce('--execute'); done() eq 'message 3' } 60;
    my $since = time - $start;
    play(q{}, session(3, 'last-input' => "+${since}s"));
    my $warned = time;
    wait_for { enforce('--execute'); time > $warned + 6 } 60;
    is(done(), 'message 3', 'no more warnings, and no end');
    like(enforce('--explain')->{out}, qr/id[ ]3[ ].*kept,[ ]its[ ]time[ ]has[ ]not[ ]come/x, 'it is explained');
};

subtest 'a plan touches nothing' => sub {
    stage($office, session(3, 'last-input' => '-2h'));
    my $plan = enforce();
    is($plan->{status}, 0, 'status 0');
    like($plan->{out}, qr/^ENFORCE[ ]plan:[ ]1[ ]to[ ]warn,/x, 'the plan');
    like($plan->{out}, qr/warning[ ]1[ ]of[ ]2;[ ]disconnect[ ]in[ ]3s/x, 'what comes, and when');
    like($plan->{out}, qr/dry[ ]run,[ ]nothing[ ]done/x, 'says so');
    ok(!-e "$state/ledger.sqlite", 'no ledger');
    ok(!-e "$state/audit.jsonl",   'no audit');
    my ($item) = map { json($_) } split /\n/, enforce('--pass-thru')->{out};
    is($item->{step},   'warn',       'as JSON: the step');
    is($item->{end},    'disconnect', '... the end');
    is($item->{policy}, 'office',     '... the policy');
    like($item->{text}, qr/\AHello[ ]user3[ ]on[ ]ts01,\nthis[ ]session[ ]will[ ]be[ ]disconnected[ ]in[ ]1[ ]minutes/x,
        '... and the text, in two lines');
};

subtest 'a session is ended only when it was seen twice' => sub {
    stage("[policy quick]\ntarget = FARM\nidle-over = 30m\n", session(3, 'last-input' => '-2h'));
    my $first = enforce('--execute');
    like($first->{out}, qr/kept,[ ]it[ ]was[ ]seen[ ]only[ ]once/x, 'the first run');
    is(done(), q{}, '... does nothing');
    wait_for { enforce('--execute'); done() eq 'disconnect 3' } 60;
    is(done(), 'disconnect 3', 'a later one does');
};

subtest 'a clock that was set' => sub {
    stage("[policy quick]\ntarget = FARM\nidle-over = 30m\n", session(3, 'last-input' => '-2h'));
    enforce('--execute');
    play("skew = +5m\n", session(3, 'last-input' => '-2h'));
    my $run;
    wait_for { $run = enforce('--execute'); $run->{out} =~ /clock/ || done() } 60;
    like($run->{out}, qr/kept,[ ]a[ ]clock[ ]was[ ]moved/x, 'the host is only planned for');
    is($run->{status}, 1, '... which is status 1');
    is(done(), q{}, '... and nothing is done');
    wait_for { enforce('--execute'); done() } 60;
    is(done(), 'disconnect 3', 'two looks later it is as before');
};

subtest 'a deadline: everybody out, warned before' => sub {
    my @now = gmtime(time + 70);
    my $day = (qw(sun mon tue wed thu fri sat))[$now[6]];
    my $at  = sprintf '%02d:%02d-%02d:%02d', @now[2, 1], ($now[2] + 1) % 24, $now[1];
    stage("[policy night]\ntarget = FARM\nzone = UTC\ndeadline = $day $at\ndeadline-act = logoff\nwarn = 15m\n",
        session(3, 'last-input' => 'busy'));
    my $plan = enforce();
    like($plan->{out}, qr/warning[ ]1[ ]of[ ]1;[ ]log[ ]off[ ]in[ ]15m/x,
        'who is told late gets all the time that was promised');
};

subtest 'busy at the keyboard, and over the longest time' => sub {
    stage("[policy shift]\ntarget = FARM\nlength-over = 4h\nlength-act = logoff\n", session(3, 'last-input' => 'busy'));
    wait_for { enforce('--execute'); done() } 60;
    is(done(), 'log off 3', 'input does not help');
};

# CPU time of the programs is a number in the farm file: the farm is written again with another one.
subtest 'whose programs are at work stays' => sub {
    my @quiet = ('last-input' => '-2h');
    stage("[policy quick]\ntarget = FARM\nidle-over = 30m\nprotect = busy 5 %\n",
        session(3, @quiet, load => '50 %'), session(4, @quiet, load => '1 %'), session(5, @quiet),
        session(6, @quiet, load => '0 %', inhibited => 'yes'));
    my $run;
    wait_for { $run = enforce('--execute'); done() } 60;
    is(done(), 'disconnect 4', 'the one that does nothing goes');
    like($run->{out}, qr/3[ ]held[ ]back[ ]\(3[ ]for[ ]their[ ]programs\)/x, 'the others are counted');
    my $why;
    wait_for { $why = enforce('--explain')->{out}; $why =~ /id[ ]3[ ].*kept,[ ]its/x } 60;
    like($why, qr/id[ ]3[ ].*kept,[ ]its[ ]programs[ ]are[ ]at[ ]work/x, 'half a CPU is work');
    like($why, qr/id[ ]5[ ].*kept,[ ]whether[ ]its[ ]programs[ ]are[ ]at[ ]work[ ]is[ ]unknown/x, 'unknown protects');
    like($why, qr/id[ ]6[ ].*kept,[ ]its[ ]programs[ ]are[ ]at[ ]work/x, 'so does what keeps the host awake');
    write_file($config, read_file($config) . "busy-unknown = act\n");
    wait_for { $run = enforce('--execute'); done() =~ /5/ } 60;
    is(done(), 'disconnect 4, disconnect 5', 'unless the policy says otherwise');
};

subtest 'a locked screen is a matter of its own' => sub {
    my @quiet = ('last-input' => '-2h');
    stage("[policy locked]\ntarget = FARM\nidle-over = 30m\nlocked = yes\n", session(3, @quiet, locked => 'yes'),
        session(4, @quiet, locked => 'no'), session(5, @quiet, locked => 'unknown'));
    enforce('--execute');
    wait_for { enforce('--execute'); done() } 60;
    is(done(), 'disconnect 3', 'only the locked one');
    my $why = enforce('--explain')->{out};
    like($why, qr/id[ ]4[ ].*kept,[ ]no[ ]policy[ ]matches[ ]it/x, 'not the other');
    like($why, qr/id[ ]5[ ].*kept,[ ]whether[ ]this[ ]policy[ ]matches[ ]it[ ]is[ ]unknown/x, '... nor where it is unknown');
};

subtest 'an answer buys more time, as often as the policy says' => sub {
    stage("[policy shift]\ntarget = FARM\nlength-over = 4h\nlength-act = logoff\nwarn = 1s\nsnooze = 3s\nsnooze-most = 1\n",
        session(3, 'last-input' => 'busy', answer => 'ok'), session(4, 'last-input' => 'busy', answer => 'cancel'),
        session(5, 'last-input' => 'busy'));
    wait_for { enforce('--execute', '--answer-wait', '300ms'); done() =~ /log[ ]off[ ]3/ } 120;
    my @results = grep { $_->{event} eq 'result' } @{ audit() };
    my $story = sub { my ($id) = @_; return join ', ', map {"$_->{action} $_->{outcome}"} grep { $_->{session}{id} == $id } @results };
    is($story->(3), 'message answered, message done, log off done', 'who asked for it was warned again');
    is($story->(4), 'message answered, log off done', 'who pressed Cancel was not');
    is($story->(5), 'message no answer, message done, log off done', 'no answer: told by a message that stays');
    my @at = map { seconds($_->{time}) } grep { $_->{session}{id} == 3 } @results;
    cmp_ok($at[2] - $at[0] + ($at[2] < $at[0] ? 86_400 : 0), '>=', 3.9, 'the time was given');
    my ($records) = map { read_file($_) } glob "$farm.state";
    like($records, qr/Press[ ]OK[ ]to[ ]have[ ]1[ ]minutes[ ]more/x, 'the question says so');
    is(scalar(() = $records =~ /Press[ ]OK[^"]*"[^}]*/gx), 3, 'each of them was asked once');
};

subtest 'only while the host needs the room, the most idle first' => sub {
    my @five = map { session($_, 'last-input' => "-${_}h") } 1 .. 4;
    stage("[policy full]\ntarget = FARM\nidle-over = 30m\nexempt-user = user4\nwhile = sessions > 3\n", @five);
    enforce('--execute');
    wait_for { enforce('--execute'); done() } 60;
    is(done(), 'disconnect 3', 'one too many: the most idle of those that may go');
    my ($first, $second) = map { my $branch = "$dir/$_"; mkdir $branch; "sim:" . write_file("$branch/farm.sim", "[farm]\n[host ts01]\n" . join q{}, @five[ 0, 1 ]) } qw(a b);
    stage("[policy full]\ntarget = $first, $second\nidle-over = 30m\nwhile = sessions > 3\n", @five);
    is(scalar(() = enforce('--explain')->{out} =~ /does[ ]not[ ]need[ ]the[ ]room/gx), 4, 'hosts of one name behind two targets are not one full host');
    stage("[policy full]\ntarget = FARM\nidle-over = 30m\nwhile = memory-available < 20 %\n", @five);
    play("memory-available = 20 %\n", @five);
    enforce('--execute');
    my $run;
    wait_for { $run = enforce('--execute'); $run->{out} !~ /seen[ ]only[ ]once/ } 60;
    is(done(), q{}, 'memory enough');
    like(enforce('--explain')->{out}, qr/kept,[ ]its[ ]host[ ]does[ ]not[ ]need[ ]the[ ]room/x, '... is said');
    play(q{}, @five);
    enforce('--execute');
    is(done(), q{}, 'memory unknown: the rule does not hold');
    play("memory-available = 19 %\n", @five);
    wait_for { enforce('--execute'); done() } 60;
    is(done(), 'disconnect 4', 'too little: the most idle one, and one only');
};

subtest 'what the options exclude is exempt, and filters narrow' => sub {
    stage("[defaults]\nexclude-user = us*3\n[policy quick]\ntarget = FARM\nidle-over = 30m\n",
        session(3, 'last-input' => '-2h'), session(4, 'last-input' => '-2h'), session(5, 'last-input' => '-2h'));
    enforce('--execute');
    wait_for { enforce('--execute', '--user', 'user[34]'); done() } 60;
    is(done(), 'disconnect 4', 'the one that is neither excluded nor left out');
    like(enforce('--explain')->{out}, qr/id[ ]3[ ].*it[ ]is[ ]exempt/x, 'the other is exempt');
};

# Its members are unknown, so a misspelled name exempts everybody and not nobody.
subtest 'a group that does not exist' => sub {
    my $group  = getgrgid 0;
    my $policy = "[policy p]\ntarget = FARM\nidle-over = 30m\n";
    stage("${policy}exempt-group = no-such-group, $group\n", session(3, user => 'root', 'last-input' => '-2h'));
    like(enforce('--explain')->{out}, qr/id[ ]3[ ]root,[ ]idle[ ]2h[ ]00m:[ ]kept,[ ]it[ ]is[ ]exempt[ ][(]p[)]/x, 'who is in another one of the list is exempt');
    my $other = "[policy q]\ntarget = FARM\nuser = carol\nidle-over = 30m\n";
    for my $key (qw(exempt-group user-group)) {
        stage("$other$policy$key = no-such-group\n", session(3, user => 'nobody', 'last-input' => '-2h'), session(4, user => 'carol', 'last-input' => '-2h'));
        my $run;
        wait_for { $run = enforce('--execute', '--explain', '--max-percent', '100'); done() ne q{} } 60;
        is(done(), 'disconnect 4', "$key: nobody is ended, but by another policy");
        like($run->{out}, qr/id[ ]3[ ]nobody,[ ]idle[ ]2h[ ]00m:[ ]kept,[ ]whether[ ].*[ ]is[ ]unknown/x, '... as it is unknown');
        like($run->{out}, qr/^policy[ ]p:[ ]there[ ]is[ ]no[ ]group[ ]no-such-group[ ]on[ ]this[ ]machine,[ ]so[ ]whom[ ]its[ ]$key[ ]means/mx, '... and said');
        is($run->{status}, 1, '... WARNING');
        my $check = run('check_sessions', '--policy', 'all', '--config', $config, '--state-dir', $state);
        like($check->{out}, qr/^policies:[ ]policy[ ]p:[ ]there[ ]is[ ]no[ ]group[ ]no-such-group/mx, '... by the check, too');
    }
    stage("${policy}exempt-group = $group\n", session(3, user => 'root', 'last-input' => '-2h'), session(4, user => 'nobody', 'last-input' => '-2h'));
    my $run;
    wait_for { $run = enforce('--execute', '--max-percent', '100'); done() ne q{} } 60;
    is(done(), 'disconnect 4', 'and a group that exists exempts its members alone');
    is($run->{status}, 0, '... OK');
};

subtest 'limits hold' => sub {
    stage("[policy quick]\ntarget = FARM\nidle-over = 30m\n", map { session($_, 'last-input' => '-2h') } 1 .. 8);
    enforce('--execute');
    my $run;
    wait_for { $run = enforce('--execute', '--max-acts', '3'); $run->{out} =~ /DISCONNECT/ } 60;
    is($run->{status}, 2, 'over the limit: status 2');
    is(done(), q{}, '... and none is ended');
    like($run->{out}, qr/^ENFORCE[ ]CRITICAL:[ ]8[ ]due,[ ]8[ ]stopped[ ]by[ ]a[ ]limit,[ ]0[ ]held[ ]back/mx, 'what is held back is said');
    my $dry = enforce('--max-acts', '3');
    is($dry->{status}, 2, 'a dry run says so, too');
    like($dry->{out}, qr/^ENFORCE[ ]CRITICAL:[ ]nothing[ ]done:[ ]8[ ]planned[ ]and[ ]0[ ]in[ ]the[ ]last[ ]hour[ ]are[ ]more[ ]than[ ]--max-acts[ ]3/mx,
        '... and which limit') or diag $dry->{out};
};

# R34: over a limit none is acted on.  Four to disconnect, four to log off, and five are allowed: neither of them is.
subtest 'limits are over all that a run does' => sub {
    stage("[policy both]\ntarget = FARM\nzone = UTC\nidle-over = 30m\ndisconnected-over = 30m\n",
        map({ session($_, 'last-input' => '-2h') } 1 .. 4),
        map { session($_, state => 'disconnected', disconnect => '-2h', 'last-input' => '-3h') } 5 .. 8);
    enforce('--execute');
    my $run;
    my @all = ('--execute', '--max-percent', '100');
    wait_for { $run = enforce(@all, '--max-acts', '5'); $run->{out} !~ /seen[ ]only[ ]once/ } 60;
    is(done(), q{}, 'none is ended');
    is($run->{status}, 2, 'status 2');
    like($run->{out}, qr/8[ ]planned[ ]and[ ]0[ ]in[ ]the[ ]last[ ]hour[ ]are[ ]more[ ]than[ ]--max-acts[ ]5/x, 'the plan is one') or diag $run->{out};
    is(scalar(() = $run->{out} =~ /more[ ]than[ ]--max/gx), 1, '... and is judged once');
    $run = enforce(@all, '--max-acts', '1000', '--max-acts-night', '7');
    like($run->{out}, qr/8[ ]planned[ ]and[ ]0[ ]in[ ]this[ ]night,[ ]since[ ]\S+T12:00:00[.]000Z,[ ]are[ ]more[ ]than[ ]--max-acts-night[ ]7/x,
        "a night's limit, from noon in the policy's zone") or diag $run->{out};
    is(done(), q{}, '... and none is ended');
    like(enforce('--max-percent', '50')->{out}, qr/--max-percent[ ]50%[ ]of[ ]8[ ]user[ ]sessions/x, 'the percentage is of both, too');
    $run = enforce(@all, '--max-acts', '8', '--max-acts-night', '8');
    is($run->{status}, 0, 'eight are allowed') or diag $run->{out};
    is(join(q{ }, sort map {/(\d)$/} done() =~ /[^,]+/g), '1 2 3 4 5 6 7 8', '... and all of them are ended');
};

subtest 'a warning that cannot be delivered' => sub {
    stage("[policy quick]\ntarget = FARM\nidle-over = 30m\nwarn = 1s\n", session(3, 'last-input' => '-2h', acts => 'refuse'));
    my $run;
    wait_for { $run = enforce('--execute'); $run->{out} =~ /could[ ]not[ ]be[ ]delivered/x } 60;
    my $tried = sub { return scalar grep { $_->{event} eq 'intent' } @{ audit() } };
    is($tried->(), 2, 'is tried twice, and then a pause begins');
    like($run->{out}, qr/id[ ]3[ ].*kept,[ ]its[ ]warning[ ]could[ ]not[ ]be[ ]delivered,[ ]and[ ]is[ ]tried[ ]again[ ]later[ ].*next[ ]try[ ]in[ ][45]m/x,
        '... which is said') or diag $run->{out};
    enforce('--execute') for 1 .. 3;
    is($tried->(), 2, 'no more lines in the audit');
    is(done(), q{}, 'and nobody is ended without it');
};

subtest 'mistakes in a policy' => sub {
    my @cases = (
        ["idle-ovr = 30m\n",               qr/:3:[ ]unknown[ ]key[ ]in[ ]a[ ]\[policy\].*did[ ]you[ ]mean[ ]idle-over/sx],
        ["idle-over = 30\n",               qr/:3:[ ]idle-over[ ]=[ ]30:[ ]not[ ]a[ ]time[ ]with[ ]its[ ]unit/x],
        ["idle-over = 30m\nidle-act = x\n", qr/:4:[ ]idle-act[ ]=[ ]x:[ ]not[ ]disconnect[ ]or[ ]logoff/x],
        ["idle-act = logoff\nlength-over = 4h\n", qr/:3:[ ]idle-act[ ]without[ ]idle-over/x],
        ["warn = 5m\n",                    qr/:1:[ ]\[policy[ ]p\][ ]ends[ ]nothing/x],
        ["idle-over = 5m\nwarn = 10m\n",   qr/:4:[ ]a[ ]warning[ ]so[ ]long[ ]before/x],
        ["idle-over = 5m\nwarn = 1m, 1m\n", qr/:4:[ ]two[ ]warnings[ ]at[ ]1m/x],
        ["idle-over = 5m\nidle-over = 6m\n", qr/:4:[ ]used[ ]twice/x],
        ["idle-over = 5m\nwhen = monday 18:00-06:00\n", qr/:4:[ ]no[ ]days[ ]in[ ]'monday[ ]18:00-06:00'/x],
        ["idle-over = 5m\nwhen = mon 18:00-06:00\n", qr/:1:[ ]\[policy[ ]p\][ ]has[ ]times[ ]and[ ]no[ ]zone/x],
        ["idle-over = 5m\nzone = Europe/Nowhere\n", qr/:4:[ ]this[ ]system[ ]knows[ ]no[ ]time[ ]zone[ ]'Europe\/Nowhere'/x],
        ["idle-over = 5m\nkind = window\n", qr/:4:[ ]kind[ ]=[ ]window:[ ]not[ ]desktop/x],
        ["idle-over = 5m\ntarget = nowhere\n", qr/:4:[ ]no[ ]target[ ]or[ ]group[ ]is[ ]named[ ]nowhere/x],
        ["idle-over = 5m\nunwarned = yes\n", qr/:4:[ ]unwarned[ ]=[ ]yes:[ ]not[ ]act[ ]or[ ]keep/x],
        ["idle-over = 5m\nholidays = days\n", qr/:4:[ ]holidays[ ]=[ ]days:[ ]not[ ]an[ ]absolute[ ]path/x],
        ["idle-over = 5m\nwhile = sessions > 0\n", qr/:4:[ ]while[ ]=[ ]sessions[ ]>[ ]0:[ ]not[ ]'sessions[ ]>[ ]NUMBER'/x],
        ["idle-over = 5m\nwhile = load > 4\n",     qr/:4:[ ]while[ ]=[ ]load[ ]>[ ]4:[ ]not[ ]'sessions/x],
        ["idle-over = 5m\nprotect = busy\n",       qr/:4:[ ]protect[ ]=[ ]busy:[ ]not[ ]'busy[ ]PERCENT[ ]%'/x],
        ["idle-over = 5m\nbusy-unknown = act\n",   qr/:4:[ ]busy-unknown[ ]without[ ]protect/x],
        ["idle-over = 5m\nlocked = maybe\n",       qr/:4:[ ]locked[ ]=[ ]maybe:[ ]not[ ]yes[ ]or[ ]no/x],
        ["length-over = 5h\nsnooze = 5m\n",        qr/:4:[ ]snooze[ ]without[ ]warn/x],
        ["length-over = 5h\nsnooze-most = 5\n",    qr/:4:[ ]snooze-most[ ]without[ ]snooze/x],
        ["length-over = 5h\nwarn = 5m\nsnooze = 5m\nsnooze-most = 0\n", qr/:6:[ ]snooze-most[ ]=[ ]0:[ ]not[ ]a[ ]number/x],
        ["idle-over = 5h\nwarn = 5m\nsnooze = 5m\n", qr/:5:[ ]snooze[ ]without[ ]length-over[ ]or[ ]deadline/x],
    );
    stage($office, session(3));
    for my $case (@cases) {
        my ($lines, $why) = @{$case};
        $config = write_file("$dir/bad.conf", "[policy p]\ntarget = sim:$farm\n$lines");
        my $run = enforce();
        is($run->{status}, 3, "refused: $lines" =~ s/\n/; /gr);
        like($run->{out}, $why, '... and says why');
    }
    $config = write_file("$dir/bad.conf", "[policy p]\nidle-over = 5m\n");
    like(enforce()->{out}, qr/no[ ]target:[ ]\[policy[ ]p\][ ]names[ ]none/x, 'a policy without a target');
    is(enforce('-T', "sim:$farm")->{status}, 0, '... goes with -T');
    like(enforce('--policy', 'q')->{out}, qr/there[ ]is[ ]no[ ]\[policy[ ]q\]/x, 'a policy that is not there');
    $config = write_file("$dir/bad.conf", "[section s]\nact = enforce\n");
    like(enforce()->{out}, qr/there[ ]is[ ]no[ ]policy/x, 'no policy at all');
    write_file("$dir/days", "# ours\n2026-12-24..2026-12-26\n24.12.\n");
    $config = write_file("$dir/bad.conf",
        "[policy p]\ntarget = sim:$farm\nidle-over = 5m\nwhen = daily 00:00-24:00\nzone = UTC\nholidays = $dir/days\n");
    like(enforce()->{out}, qr/days:3:[ ]no[ ]date/x, 'a mistake in the file of holidays');
};

subtest 'a section for it' => sub {
    stage($office, session(3, 'last-input' => '-2h'));
    write_file($config, read_file($config) . "[section night]\nact = enforce\nexecute = yes\n[section day]\nact = check\n");
    is(enforce('--section', 'night')->{status}, 0, 'act = enforce, execute = yes');
    is(done(), 'message 3', '... acts');
    like(enforce('--section', 'day')->{out}, qr/is[ ]for[ ]check,[ ]not[ ]for[ ]enforce/x, 'another act is refused');
    my $soft = enforce('--section', 'night', '--service-state', 'CRITICAL', '--state-type', 'SOFT');
    like($soft->{out}, qr/nothing[ ]to[ ]do/x, 'a SOFT state is none to act on');
    stage($office, session(3, 'last-input' => '-2h'));
    for my $words (['--downtime-depth', '1'], ['--downtime-depth', q{}], ['--acknowledged', '1']) {
        my $held = enforce('--execute', @{$words});
        like($held->{out}, qr/\Aenforce_sessions:[ ]a[ ]plan[ ]only,.*1[ ]to[ ]warn.*dry[ ]run,[ ]nothing[ ]done/sx, "@{$words}: a plan only");
        is($held->{status}, 0, '... which is no failure');
    }
    is(done(), q{}, '... and nobody was warned');
    ok(!-e "$state/ledger.sqlite", '... and nothing remembered');
    enforce('--execute', '--downtime-depth', '0', '--acknowledged', '0');
    is(done(), 'message 3', 'without either it acts');
};

# Nobody is acted on if a run cannot remember.
subtest 'ledgers that fail' => sub {
    stage($office, session(3, 'last-input' => '-2h'));
    enforce('--execute');
    is(done(), 'message 3', 'a warning');
    my $ledger = "$state/ledger.sqlite";
    my $good   = read_file($ledger);

    write_file($ledger, 'Z' x 8192);
    chmod 0600, $ledger;
    my $run = enforce('--execute');
    is($run->{status}, 2, 'damaged: status 2');
    like($run->{out}, qr/ENFORCE[ ]CRITICAL:[ ]the[ ]ledger[ ]was[ ]damaged[ ]and[ ]is[ ]now[ ].*ledger[.]sqlite[.]damaged-/x,
        '... and says so');
    is(done(), 'message 3', '... and nothing is done');
    is(scalar(grep { !/-(?:wal|shm)$/ } glob "$ledger.damaged-*"), 1, 'it was moved aside');
    $run = enforce('--execute');
    is($run->{status}, 0, 'the next run begins anew');

    my $header = read_file($ledger);
    substr $header, 60, 4, pack 'N', 99;    # user_version (fileformat2.html, 1.3)
    unlink glob "$ledger-*";
    write_file($ledger, $header);
    chmod 0600, $ledger;
    $run = enforce('--execute');
    is($run->{status}, 2, 'of a later version: status 2');
    like($run->{out}, qr/is[ ]of[ ]version[ ]99,[ ]and[ ]this[ ]program[ ]knows[ ]up[ ]to[ ]version[ ]\d/x, '... and says so');

    unlink $ledger;
    symlink '/dev/full', $ledger or die "symlink: $!";
    $run = enforce('--execute');
    is($run->{status}, 2, 'a link in its place: status 2');
    is(done(), 'message 3, message 3', 'none of them did anything, but for the one that began anew');
};

subtest 'two runs at once' => sub {
    stage("[policy slow]\ntarget = FARM\nidle-over = 30m\nwarn = 20m\n", session(3, 'last-input' => '-2h'));
    my @runs = map { start('enforce_sessions', '--config', $config, '--state-dir', $state, '--execute') } 1 .. 4;
    my @ends = map { finish($_) } @runs;
    is(done(), 'message 3', 'one warning');
    is_deeply([grep { $_->{status} != 0 } @ends], [], 'and nobody complains');
};

# What people copy from.
subtest 'the policies and the plan of doc/policy.md' => sub {
    my $page     = read_file(source_dir() . '/doc/policy.md');
    my @policies = $page =~ /^\n((?:[ ]{4}.*\n|\n(?=[ ]{4}))+)/mg;
    @policies = map { s/^[ ]{4}//gmr } grep { /\A[ ]{4}\[policy/ } @policies;
    is(scalar @policies, 3, 'three of them');
    stage(
        q{}, session(3, user => 'alice', 'last-input' => '-150m'), session(5, user => 'carol', 'last-input' => '-90s'),
        session(7, user => 'dora', state => 'disconnected', disconnect => '-12h'),
        session(8, user => 'admin1', 'last-input' => '-5h'), session(9, user => 'eve', 'last-input' => 'unknown')
    );
    my $days = write_file("$dir/holidays", "2026-12-24..2027-01-01\n");
    my $group = getgrgid 0;
    for my $policy (map { s{/etc/curfew/holidays}{$days}r =~ s/on-call/$group/r } @policies) {
        $config = write_file("$dir/curfew.conf", "[target farm]\nurl = sim:$farm\n$policy");
        is(enforce()->{status}, 0, ($policy =~ /^(.*)/)[0] . ' is a policy');
    }
    $config = write_file("$dir/curfew.conf", "[target farm]\nurl = sim:$farm\n$policies[0]");
    my ($shown) = $page =~ /^[ ]{4}\$[ ]enforce_sessions[ ]--explain\n((?:[ ]{4}.*\n)+)/mx;
    my @texts = map { s/^[ ]{4}//gmr =~ s/\b\d+[hms]\b(?:[ ]\d+[ms])?/TIME/gr } $shown, enforce('--explain')->{out} =~ s/^/    /gmr;
    is($texts[1], $texts[0], 'the plan is as it is shown');
};

done_testing();

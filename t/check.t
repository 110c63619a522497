#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# check_sessions from outside, on farms that sim plays.
use strict;
use warnings;
use utf8;

use Curfew;
use Encode qw(decode encode);
use JSON::PP ();
use POSIX    ();
use Test::More;

plan skip_all => 'sim was not built' if !program('provider-sim');
binmode $_, ':encoding(UTF-8)' for map { Test::More->builder->$_ } qw(output failure_output todo_output);

my %STATUS = ( OK => 0, WARNING => 1, CRITICAL => 2, UNKNOWN => 3 );
my @METRICS = qw(total active idle disconnected idle_unknown oldest_idle oldest_disconnected unreachable);
my @BASIC   = qw(total active idle disconnected idle_unknown);

sub session {
    my ( $id, %keys ) = @_;
    return join "\n", "[session $id]", ( map { ( my $key = $_ ) =~ tr/_/-/; "$key = $keys{$_}" } sort keys %keys ), q{};
}

# What holds for every run: quiet stderr, a status that the first line names, lines without controls.
sub check {
    my ( $name, @arguments ) = @_;
    my $run = run( 'check_sessions', @arguments );
    subtest "$name: form" => sub {
        is $run->{err}, q{}, 'nothing on stderr';
        ok !$run->{signal} && !$run->{timed_out}, 'ends by itself';
        my $text = eval { decode( 'UTF-8', $run->{out}, Encode::FB_CROAK ) };
        ok defined $text, 'UTF-8';
        $run->{text} = $text // q{};
        unlike $run->{text}, qr/[^\P{Cc}\n]|[\x{202a}-\x{202e}]/, 'no control characters';
        my ($verdict) = $run->{text} =~ /\ASESSIONS (\w+): /;
        is $run->{status}, $STATUS{ $verdict // q{} }, 'the status is that of the first line';
    };
    ( $run->{first}, $run->{perfdata} ) = $run->{text} =~ /\A(.*?)(?: [|] (.*))?$/m;
    $run->{lines} = [ split /\n/, $run->{text} ];
    return $run;
}

sub perf {
    my ($run) = @_;
    my ( %perf, %twice );
    my $rest = $run->{perfdata} // q{};
    while ( $rest =~ s/\A(?:'((?:[^']|'')+)'|([^' =]+))=(\S*)(?: |\z)// ) {
        my $label = $1 // $2;
        $twice{$label} = 1 if exists $perf{$label};
        $perf{$label} = $3;
    }
    is $rest, q{}, 'performance data is read to its end';
    is_deeply [ sort keys %twice ], [], 'each label is there once';
    return \%perf;
}

my $two = farm( <<'END' . join q{}, map { session( $_, user => "user$_", last_input => "-${_}m" ) } 10 .. 20 );
[host ts02]
fault = refused
[host ts01]
END
my $mixed = farm(
    "[host ts01]\n"
      . session( 3, user => 'alice', domain => 'CORP', station => ':10', client_name => 'PC7', last_input => '-45m' )
      . session( 4, user => 'bob', state        => 'disconnected', disconnect => '-3h' )
      . session( 5, user => 'carol', last_input => '-1m', kind => 'remote-app', collection => 'Office' )
      . session( 6, user => 'dave', last_input  => '-2h', client_address => '::ffff:192.0.2.7' )
      . session( 0, class => 'services', state => 'disconnected' )
      . session( 1, class => 'console', user => 'root', last_input => 'unknown' )
      . session( 65536, class => 'listener', state => 'listen' )
);

# An age in it: SECONDS when it was written, and in what is shown the number that FORM finds, of so many s each.
sub aged {
    my ( $shown, $form, $seconds, $unit, $name ) = @_;
    my ($number) = $shown =~ $form;
    my ( $least, $most ) = map { int $_ / $unit } $seconds, age_by_now( $mixed, $seconds );
    my $fits = defined $number && $least <= $number && $number <= $most;
    ok $fits, $name or diag "$shown: not $least to $most";
    return;
}

subtest 'the first line and its figures' => sub {
    my $run = check( 'mixed', '-T', "sim:$mixed", '--perfdata', 'all' );
    is $run->{first}, 'SESSIONS OK: 4 sessions: 3 active (2 idle), 1 disconnected', 'first line';
    is scalar @{ $run->{lines} }, 1, 'nothing else to say';
    my $perf = perf($run);
    is_deeply [ sort keys %{$perf} ], [ sort @METRICS ], 'all metrics';
    is $perf->{$_}, { total => 4, active => 3, idle => 2, disconnected => 1, idle_unknown => 0, unreachable => 0 }->{$_}
      . ';;;0', $_
      for qw(total active idle disconnected idle_unknown unreachable);
    aged( $perf->{oldest_idle},         qr/\A(\d+)s;;;0\z/, 7200,  1, 'oldest_idle in seconds' );
    aged( $perf->{oldest_disconnected}, qr/\A(\d+)s;;;0\z/, 10800, 1, 'oldest_disconnected in seconds' );
};

subtest 'which metrics the performance data has' => sub {
    my $several = farm("[host ts01]\nsessions = 2\n[host ts02]\nfault = refused\n");
    my @two     = map { ( '-T', "sim:$several#$_" ) } qw(ts01 ts02);
    my $each    = sub { my @is = @_; return ( @is, map { my $host = $_; map {"${host}::$_"} @is } qw(ts01 ts02) ) };
    my $folder  = tempdir();
    my $config  = write_file( "$folder/curfew.conf", "[section all]\ntarget = sim:$mixed\nperfdata = all\n" );
    for my $case (
        [ [@BASIC],                              '-T',     "sim:$mixed" ],
        [ [@BASIC],                              '-T',     "sim:$several#ts02" ],
        [ [ @BASIC, 'oldest_idle' ],             '-T',     "sim:$mixed", '-w', 'oldest_idle=1d' ],
        [ [ @BASIC, 'unreachable' ],             '-T',     "sim:$mixed", '-c', 'unreachable=0' ],
        [ [@METRICS],                            '-T',     "sim:$mixed", '--perfdata', 'all' ],
        [ [@BASIC],                              '-T',     "sim:$mixed", '--perfdata', 'basic' ],
        [ [@METRICS],                            '--config', $config, '--section', 'all' ],
        [ [ $each->( @BASIC, 'unreachable' ) ],  @two ],
        [ [ $each->( @BASIC, qw(oldest_disconnected unreachable) ) ], @two, '-c', 'oldest_disconnected=1d' ],
        [ [ $each->(@METRICS) ],                 @two, '--perfdata', 'all' ],
      )
    {
        my ( $labels, @arguments ) = @{$case};
        my $run = check( "@arguments", @arguments );
        is_deeply [ map {/^([^=]+)=/} split / /, $run->{perfdata} ], $labels, "these, in this order: @arguments";
    }
    is run( 'check_sessions', '-T', "sim:$mixed", '--perfdata', 'some' )->{status}, 3, 'another word is refused';
};

subtest 'thresholds on each metric' => sub {
    my @cases = (
        [ 'OK',       '-w', '4',       '-c', '5' ],
        [ 'WARNING',  '-w', '3' ],
        [ 'CRITICAL', '-w', '3',       '-c', 'total=~:3' ],
        [ 'CRITICAL', '-c', '@4:4' ],
        [ 'WARNING',  '-w', 'active=4:' ],
        [ 'CRITICAL', '-c', 'idle=1' ],
        [ 'OK',       '-c', 'idle=2',  '-w', 'idle_unknown=0' ],
        [ 'WARNING',  '-w', 'disconnected=0' ],
        [ 'CRITICAL', '-w', 'oldest_idle=1h',         '-c', 'oldest_idle=7100' ],
        [ 'WARNING',  '-w', 'oldest_idle=1h',         '-c', 'oldest_idle=3h' ],
        [ 'OK',       '-w', 'oldest_disconnected=4h', '-c', 'unreachable=0' ],
        [ 'WARNING',  '-w', 'oldest_disconnected=@2h:4h' ],
        [ 'OK',       '-w', 'idle=1', '--idle-after', '1h' ],
    );
    for my $case (@cases) {
        my ( $verdict, @arguments ) = @{$case};
        my $run = check( "@arguments", '-T', "sim:$mixed", @arguments );
        like $run->{first}, qr/\ASESSIONS $verdict: /, "$verdict: @arguments";
        cmp_ok length $run->{first}, '<', 80, 'short enough';
    }
    my $run = check( 'reason', '-T', "sim:$mixed", '-w', 'idle=1', '-c', 'oldest_idle=90m' );
    aged( $run->{first}, qr/oldest_idle 2h (\d\d)m \(critical 90m\)/, 0, 60, 'the reason is in the first line' );
    like $run->{text},  qr/^idle is 2: WARNING \(warning 1\)$/m,    'the lesser one below';
    my $perf = perf($run);
    is $perf->{idle}, '2;1;;0', 'ranges in the performance data';
    aged( $perf->{oldest_idle}, qr/\A(\d+)s;;5400;0\z/, 7200, 1, 'in seconds' );
};

subtest 'bad arguments' => sub {
    for my $case (
        [ qr/sessions/, '-T', "sim:$mixed", '-w', 'sessions=5' ],
        [ qr/range/,    '-T', "sim:$mixed", '-c', 'idle=5x' ],
        [ qr/two/,      '-T', "sim:$mixed", '-c', '5', '-c', 'total=6' ],
        [ qr/target/,   '-w', '5' ],
        [ qr/nothing/,  '-T', 'nothing:here' ],
        [ qr/bogus/,    '-T', "sim:$mixed", '--bogus' ],
      )
    {
        my ( $pattern, @arguments ) = @{$case};
        my $run   = run( 'check_sessions', @arguments );
        my @lines = split /\n/, $run->{out} . $run->{err};
        is $run->{status}, 3, "status 3: @arguments";
        like $lines[0], $pattern, 'the first line says what is wrong';
        cmp_ok scalar @lines, '<=', 24, 'and little follows';
        ok !( grep { length > 80 } @lines[ 1 .. $#lines ] ), 'in lines of 80';
    }
    like run( 'check_sessions', '-T', "sim:$mixed", '-w', 'sessions=5' )->{out}, qr/$_/, "names $_" for @METRICS;
    for my $option (qw(--help -h --version -V --list-providers)) {
        my $run = run( 'check_sessions', $option );
        is $run->{status}, 3, "$option ends with 3";
        isnt $run->{out}, q{}, 'and prints something';
    }
    like run( 'check_sessions', '--list-providers' )->{out}, qr/^\s*sim\b/m, 'sim is a provider';
};

subtest 'the customary form' => sub {
    my $run = check( '-H -P', '-H', $mixed, '-P', 'sim' );
    like $run->{first}, qr/: 4 sessions:/, '-H FILE -P sim is -T sim:FILE';
};

subtest 'filters and classes' => sub {
    my @cases = (
        [ 1, '--user',         'ALICE' ],
        [ 1, '--user',         'CORP\alice' ],
        [ 3, '--exclude-user', 'b*' ],
        [ 2, '--user',         '*a*', '--exclude-user', 'dave' ],
        [ 1, '--domain',       'corp' ],
        [ 1, '--client',       'pc*' ],
        [ 1, '--client',       '192.0.2.*' ],
        [ 1, '--collection',   'office' ],
        [ 1, '--kind',         'remote-app' ],
        [ 2, '--state',        'idle' ],
        [ 3, '--state',        'active' ],
        [ 3, '--state',        'idle', '--state', 'disconnected' ],
        [ 1, '--class',        'console' ],
        [ 5, '--class',        'user', '--class', 'console' ],
        [ 0, '--user',         'nobody' ],
    );
    for my $case (@cases) {
        my ( $total, @arguments ) = @{$case};
        my $run = check( "@arguments", '-T', "sim:$mixed", @arguments );
        like $run->{perfdata}, qr/\Atotal=$total;/, "$total: @arguments";
    }
};

subtest 'letters of other alphabets' => sub {
    my $farm = farm( "[host ts01]\n" . session( 1, user => 'ÄDMIN', collection => 'БЮРО' ) . session( 2, user => 'bob', collection => 'office' ) );
    for my $case ( [ 1, '--user', 'ädmin' ], [ 1, '--exclude-user', 'ädm*' ], [ 1, '--collection', 'бю??' ], [ 0, '--user', 'ö*' ] ) {
        my ( $count, @arguments ) = @{$case};
        my $run = check( "@arguments", '-T', "sim:$farm", map { encode( 'UTF-8', $_ ) } @arguments );
        like $run->{first}, qr/\ASESSIONS OK: $count session/, "their case is folded, whatever our locale: @arguments";
    }
};

subtest 'unknown idle times widen' => sub {
    my $farm = farm(
        "[host ts01]\n" . join q{},
        map { session( $_, user => "user$_", last_input => $_ < 4 ? '-1h' : 'unknown' ) } 1 .. 7
    );
    my @cases = (
        [ 'OK',       '-c', 'idle=7' ],
        [ 'UNKNOWN',  '-c', 'idle=5' ],
        [ 'CRITICAL', '-c', 'idle=2' ],
        [ 'CRITICAL', '-c', 'idle=5', '-c', 'total=3' ],
        [ 'UNKNOWN',  '-c', 'oldest_idle=2h' ],
        [ 'CRITICAL', '-c', 'oldest_idle=50m' ],
        [ 'CRITICAL', '-c', 'idle_unknown=0' ],
        [ 'UNKNOWN',  '-c', 'total=5', '--state', 'idle' ],
        [ 'OK',       '-c', 'total=7', '--state', 'idle' ],
    );
    for my $case (@cases) {
        my ( $verdict, @arguments ) = @{$case};
        my $run = check( "@arguments", '-T', "sim:$farm", @arguments );
        like $run->{first}, qr/\ASESSIONS $verdict: /, "$verdict: @arguments";
    }
    my $run = check( 'figures', '-T', "sim:$farm", '-c', 'idle=5' );
    like $run->{first}, qr/idle 3 to 7 \(OK to CRITICAL\)/, 'both figures are in the text';
};

subtest 'several targets, one unreachable' => sub {
    my @targets = map { ( '-T', "sim:$two#$_" ) } qw(ts01 ts02);
    my @cases   = (
        [ 'UNKNOWN' ],
        [ 'UNKNOWN',  '-c', 'total=100' ],
        [ 'CRITICAL', '-c', 'total=10' ],
        [ 'CRITICAL', '-c', 'unreachable=0' ],
        [ 'OK',       '-c', 'unreachable=1' ],
        [ 'UNKNOWN',  '-c', 'unreachable=1', '-w', 'idle=5' ],
        [ 'CRITICAL', '-c', 'unreachable=0', '-w', 'idle=5' ],
    );
    for my $case (@cases) {
        my ( $verdict, @arguments ) = @{$case};
        my $run = check( "unreachable @arguments", @targets, @arguments );
        like $run->{first}, qr/\ASESSIONS $verdict: /, "$verdict: @arguments";
    }
    my $run = check( 'unreachable', @targets, '--perfdata', 'all' );
    like $run->{first}, qr/1 of 2 targets unreachable/, 'said in the first line';
    like $run->{text}, qr/^ts02 did not answer: connect: connection refused: /m, 'and why below';
    my $perf = perf($run);
    is_deeply [ sort keys %{$perf} ], [ sort @METRICS, map { my $m = $_; map {"${_}::$m"} qw(ts01 ts02) } @METRICS ],
      'totals and both targets';
    is $perf->{total},               '11;;;0', 'the total';
    is $perf->{'ts01::total'},       '11;;;0', 'the one that answered';
    is $perf->{'ts02::total'},       'U;;;0',  'unknown is not zero';
    is $perf->{'ts02::unreachable'}, '1;;;0',  'unreachable';
    is join( q{ }, map {/^(\S+)=/} split / /, $run->{perfdata} ) =~ /\Atotal.*unreachable ts01::/, 1, 'totals first';

    my $one = check( 'one unreachable', '-T', "sim:$two#ts02" );
    is $one->{first}, 'SESSIONS UNKNOWN: ts02 did not answer: connect: connection refused', 'alone';
    is perf($one)->{total}, 'U;;;0', 'nothing is known';

    my $farm = farm("[host ts03]\nfault = cut\n" . join q{}, map { session( $_, user => "u$_" ) } 1 .. 6 );
    my $cut = check( 'cut', '-T', "sim:$farm#ts03", '-w', 'total=4' );
    is $cut->{status}, 3, 'a list that was cut short widens';
    like $cut->{text}, qr/total 3 or more \(OK to WARNING\).*^ts03 gave an incomplete list/ms, 'and is named';
};

subtest '-v, --explain, --diagnose' => sub {
    my $run = check( '-v', '-T', "sim:$mixed", '-v' );
    my ( $head, @rows ) = @{ $run->{lines} }[ 1 .. $#{ $run->{lines} } ];
    like $head, qr/\Aid +user +state +for +client +station\z/, 'heading';
    is_deeply [ map {/\A(\d+)/} @rows[ 0 .. 3 ] ], [ 6, 3, 5, 4 ], 'longest idle first, then the disconnected';
    aged( $rows[1], qr/\A3 +CORP\\alice +idle +(\d\d)m +PC7 +:10\z/, 45 * 60, 60, 'a row' );
    is scalar @rows, 7, 'other classes are shown';
    like "@rows", qr/\[console\].*\[services\]|\[services\].*\[console\]/, 'and marked';

    $run = check( '--explain', '-T', "sim:$mixed", '--explain', '--exclude-user', 'bob' );
    like $run->{text}, qr/^4 +bob .*not counted: the filters leave it out$/m,  'why a filtered one is not';
    like $run->{text}, qr/^1 +root .*not counted: the console$/m,              'why the console is not';
    like $run->{text}, qr/^6 +dave .*without input for at least the idle limit$/m, 'why idle';

    $run = check( '--diagnose', '--diagnose', map { ( '-T', "sim:$two#$_" ) } qw(ts01 ts02) );
    like $run->{text}, qr/^ts02 \(.*\): .*connect FAILED: connection refused: /m, 'the step that failed';
    like $run->{text}, qr/^ts01 \(.*\): .*list \d+ ms, done: 11 sessions/m, 'the steps that did not';

    my $skewed = farm( "[host ts01]\nskew = +7m\n" . session( 1, user => 'alice', last_input => '-20m' ) );
    $run = check( 'skew', '-T', "sim:$skewed#ts01" );
    like $run->{text}, qr/^ts01: its clock is [67]m ahead of ours$/m, 'a wrong clock is mentioned';
    like $run->{first}, qr/\(0 idle\)/, 'and does not make anybody idle';
};

subtest 'hostile names' => sub {
    my @names = (
        'x\nSESSIONS OK: all is well | total=0', '\u001b[2J\u001b]0;title\u0007', q{it's "quoted" `id` $(id)},
        '%n%s%x', 'a|b=c;d', 'Jürgen Grüße', '鈴木一郎', '\u202eevil', '\u0085\u2028', 'back\\\\slash',
    );
    my $hosts = farm(
        encode( 'UTF-8', "[host ts01]\n" . join q{},
            map { my $name = $names[$_]; $name =~ s/"/\\"/g;
                session( $_, user => "\"$name\"", station => "\"$name\"", client_name => "\"$name\"" ) } 0 .. $#names )
          . "[session 77]\nuser = \xff\xfe\xc3broken\n"
    );
    my $run = check( 'hostile', '-T', "sim:$hosts", '--explain', '--diagnose', '-v' );
    is $run->{first}, 'SESSIONS OK: 11 sessions: 11 active (0 idle), 0 disconnected', 'first line';
    is scalar( grep {/SESSIONS/ && /\ASESSIONS/} @{ $run->{lines} } ), 1, 'no line is forged';
    unlike join( "\n", @{ $run->{lines} }[ 1 .. $#{ $run->{lines} } ] ), qr/[|]/, 'no performance data either';
    like $run->{text}, qr/鈴木一郎/, 'names in UTF-8 stay';
    like $run->{text}, qr/Jürgen Grüße/,  'umlauts too';
    like $run->{text}, qr/%n%s%x/,    'formats are text';
    is scalar perf($run)->{total}, '11;;;0', 'figures are right';
    my $json = json( run( 'check_sessions', '-T', "sim:$hosts", '--output', 'json' )->{out} );
    my ($session) = grep { $_->{id} eq '7' } @{ $json->{targets}[0]{snapshot}{sessions} };
    is $session->{user}, "\x{202e}evil", 'JSON has the name itself';
};

# An independent validator; Debian's.
subtest 'JSON and its schema' => sub {
    my $python = '/usr/bin/python3';
    plan skip_all => 'needs python3-jsonschema' if system("$python -c 'import jsonschema' 2>/dev/null") != 0;
    my $dir    = tempdir();
    my $script = write_file( "$dir/validate.py", <<'END' );
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
for error in jsonschema.Draft7Validator(schema).iter_errors(json.load(open(sys.argv[2]))):
    print("/".join(map(str, error.absolute_path)), error.message[:200])
END
    my $validate = sub {
        my ($text) = @_;
        my $file = write_file( "$dir/output.json", $text );
        return `$python -W ignore $script @{[source_dir()]}/doc/curfew.schema.json $file 2>&1`;
    };
    my @runs = (
        [ '-T', "sim:$mixed" ],
        [ '-T', "sim:$mixed", '-w', 'idle=@1:2', '-c', 'oldest_idle=4h', '--user', 'a*' ],
        [ '-T', "sim:$two#ts01", '-T', "sim:$two#ts02", '-c', '4' ],
        [ '-T', "sim:$two#ts02", '--class', 'console' ],
    );
    my $last;
    for my $arguments (@runs) {
        my $run = run( 'check_sessions', @{$arguments}, '--output', 'json' );
        is $validate->( $run->{out} ), q{}, "valid: @{$arguments}";
        $last = json( $run->{out} );
        is $run->{status}, $last->{status}, 'the exit status is in it';
        is $run->{status}, run( 'check_sessions', @{$arguments} )->{status}, 'and the text form has the same';
        is $run->{err}, q{}, 'quiet';
    }
    $last->{verdict} = 'FINE';
    $last->{extra}   = 1;
    my $errors = $validate->( JSON::PP->new->utf8->encode($last) );
    like $errors, qr/FINE/,  'the validator finds a wrong word';
    like $errors, qr/extra/, 'and a key that is not documented';
};

subtest 'a thousand hosts in 4000 bytes' => sub {
    my $farm = farm("[hosts rds 1-1000]\nsessions = 20\n[host gone]\nfault = away\n");
    my @targets = ( '-T', "sim:$farm#rds[1-1000]", '-T', "sim:$farm#gone" );
    my $run = check( 'thousand', @targets, '-v' );
    cmp_ok length $run->{out}, '<=', 4000, 'bounded';
    like $run->{first}, qr/20000 sessions.*1 of 1001 targets unreachable/, 'all are counted';
    like $run->{lines}[2], qr/\Agone did not answer: /, 'problems first';
    my ($left) = $run->{lines}[-1] =~ /\A[.]{3} (\d+) lines left out \(--max-output\)\z/;
    is $left + @{ $run->{lines} } - 1, 20_005, 'what was left out is counted';
    like $run->{text}, qr/^the figures of each of the 1001 targets do not fit into 4000 bytes: raise --max-output/m, 'and that they are missing is said';
    unlike $run->{perfdata}, qr/::/, 'no target has figures of its own, as not all can';
    my $all = check( 'all of it', @targets, '-v', '--max-output', '0' );
    is scalar @{ $all->{lines} }, 20_004, 'without a limit everything is there';
    like $all->{perfdata}, qr/ rds1000::total=20;;;0 /, 'figures of all targets too';
};

subtest 'one write' => sub {
    plan skip_all => 'strace may not trace here' if !may_trace();
    my $dir    = tempdir();
    my $trace  = "$dir/trace";
    local $ENV{ASAN_OPTIONS} = 'detect_leaks=0';    # LeakSanitizer is a tracer itself
    my $status = system '/usr/bin/strace', '-f', '-qq', '-e', 'trace=write', '-o', $trace, 'sh', '-c',
      qq{exec "\$0" "\$@" >/dev/null 2>&1}, ( run_user() ? ( 'setpriv', '--reuid=' . run_user(), '--clear-groups' ) : () ),
      program('check_sessions'), '-T', "sim:$mixed", '-v', '--diagnose', '--explain';
    is $status, 0, 'runs';
    my @writes = grep {/write\([12],/} split /\n/, read_file($trace);
    is scalar @writes, 1, 'all output in one write()' or diag @writes;
};

subtest 'nowhere to write to' => sub {
    for my $where ( '>&-', '>/dev/full' ) {
        my $run = run( '/bin/sh', '-c', qq{exec "\$0" "\$@" $where}, program('check_sessions'), '-T', "sim:$mixed" );
        is $run->{status}, 3, "$where: what nobody gets is no OK";
    }
};

subtest 'told to stop' => sub {
    my $farm = farm("[host ts01]\nfault = hang\n");
    my $process = start( 'check_sessions', '-T', "sim:$farm", '-t', '15s', '--target-timeout', '15s' );
    wait_for {    # it has our handler when SIGTERM is caught
        my $caught = eval { read_file("/proc/$process->{pid}/status") } // q{};
        $caught =~ /^SigCgt:\s*([[:xdigit:]]+)$/m && hex( substr $1, -4 ) & 1 << 14
    };
    my $run = stop( $process, 'TERM' );
    is $run->{status}, 3, 'SIGTERM ends it with UNKNOWN';
    is $run->{out}, "SESSIONS UNKNOWN: stopped before all targets had answered\n", 'and one line';
    cmp_ok $run->{seconds}, '<', 14, 'at once';

    # Blocked by whoever starts it.
    my $held = POSIX::SigSet->new( POSIX::SIGTERM(), POSIX::SIGALRM() );
    POSIX::sigprocmask( POSIX::SIG_BLOCK(), $held );
    $process = start( 'check_sessions', '-T', "sim:$farm", '-t', '15s', '--target-timeout', '15s' );
    POSIX::sigprocmask( POSIX::SIG_UNBLOCK(), $held );
    wait_for {
        my $status = eval { read_file("/proc/$process->{pid}/status") } // q{};
        $status =~ /^SigCgt:\s*([[:xdigit:]]+)$/m && hex( substr $1, -4 ) & 1 << 14
    };
    $run = stop( $process, 'TERM' );
    is $run->{out}, "SESSIONS UNKNOWN: stopped before all targets had answered\n", 'blocked at its start: likewise';

    my $late = check( 'time limit', '-T', "sim:$farm#ts01", '-t', '1s' );
    is $late->{status}, 3, 'its own time limit ends it';
    cmp_ok $late->{seconds}, '<', 20, 'in time';
    like $late->{first}, qr/ts01 did not answer: .*timeout/, 'saying who did not answer';
};

subtest 'performance data as another reader sees it' => sub {
    eval { require Monitoring::Plugin::Performance; 1 } or plan skip_all => 'needs libmonitoring-plugin-perl';
    my $many = farm( join q{}, map { "[host ts$_]\n" . session( 1, user => 'alice', last_input => "-${_}h" ) } 1 .. 3 );
    for my $case (
        [ 5,  '-T', "sim:$mixed" ],
        [ 8,  '-T', "sim:$mixed", '-w', 'idle=5:7', '-c', 'oldest_idle=~:4h', '--perfdata', 'all' ],
        [ 24, '-T', "sim:$many#ts[1-3]" ],
      )
    {
        my ( $count, @arguments ) = @{$case};
        my $run = check( "@arguments", @arguments );
        my @read = Monitoring::Plugin::Performance->parse_perfstring( $run->{perfdata} );
        my $ours = perf($run);
        is scalar @read, $count, "$count metrics: @arguments";    # it drops what it cannot read
        for my $one (@read) {
            my $text = $ours->{ $one->label } // q{};
            my ( $value, $unit, $warning, $critical, $min ) = $text =~ /\A([\d.]+)(s?);([^;]*);([^;]*);(\d*)\z/;
            is_deeply [ map { $_ // q{} } $one->value, $one->uom, $one->warning, $one->critical, $one->min ],
              [ map { $_ // q{} } $value, $unit, $warning, $critical, $min ], $one->label;
        }
    }
};

# A reader that does not read: the pipe is full, and the report is larger.
subtest 'nobody reads' => sub {
    my $farm = farm("[hosts h 1-300]\nsessions = 3\n");
    for my $signal (qw(ALRM TERM INT)) {
        my $dir = tempdir();
        POSIX::mkfifo("$dir/pipe", oct 666) or die "mkfifo: $!";
        chmod 0666, "$dir/pipe" or die "chmod: $!";
        my $limit = $signal eq 'ALRM' ? '2s' : '60s';
        my $run = start('/bin/sh', '-c', 'exec "$@" <>"$0" >&0', "$dir/pipe", program('check_sessions'),
            '-T', "sim:$farm#h[1-300]", '--output', 'json', '-t', $limit, '--target-timeout', '2s', { timeout => 20 });
        my $blocked = sub { read_file("/proc/$run->{pid}/wchan") =~ /pipe_w|0/ && read_file("/proc/$run->{pid}/stat") =~ /[)][ ]S/ };
        wait_for { -e "/proc/$run->{pid}/stat" && $blocked->() };
        my $end = $signal eq 'ALRM' ? finish($run) : stop($run, $signal);
        ok(!$end->{timed_out}, "SIG$signal ends it") or diag explain $end;
        is($end->{status}, 3, '... with UNKNOWN');
    }
};

subtest 'an exclusion that means nobody is noticed' => sub {
    my $farm = farm("[host ts01]\n[session 1]\nuser = alice\n[session 2]\nuser = bob\n[host dead]\nfault = denied\n");
    my @exclude = ('--exclude-user', 'alice bob', '--exclude-user', 'al*');
    for my $option ('-v', '--explain') {
        my $text = check('nobody', '-T', "sim:$farm#ts01", @exclude, $option)->{text};
        like($text, qr/^note:[ ]exclude-user[ ]'alice[ ]bob'[ ]matched[ ]no[ ]user$/mx, "$option: this one");
        unlike($text, qr/'al[*]'/, '... and not the other');
    }
    unlike(check('nobody', '-T', "sim:$farm#ts01", @exclude)->{text}, qr/matched no user/, 'not without -v');
    unlike(check('nobody', '-T', "sim:$farm", @exclude, '-v')->{text}, qr/matched no user/, 'not where a host did not answer');
    my $conf = farm("[section a]\ntarget = sim:$farm#ts01\nexclude-user = CORP\\alice CORP\\bob\n");
    like(check('blank', '--config', $conf, '--section', 'a')->{text}, qr/:3:[ ]exclude-user.*a[ ]blank[ ]inside;[ ]write[ ]a[ ]comma/x, 'two names without a comma');
};

subtest 'who may be excluded makes the count uncertain' => sub {
    my $farm = farm("[host ts01]\n[session 1]\nuser = admin\n[session 2]\nuser = bob\n");
    my $run = check('excluded', '-T', "sim:$farm", '--exclude-user', 'CORP\\admin', '-c', 'total=1', '--explain');
    like($run->{text}, qr/not[ ]counted:[ ]whether[ ]'CORP\\+admin'[ ]matches[ ]this[ ]user[ ]is[ ]unknown/x, '... and --explain says why');
    is(check('excluded', '-T', "sim:$farm", '--exclude-user', 'CORP\\admin', '-c', 'total=1')->{status}, 3, 'one or two is not known');
    is(check('excluded', '-T', "sim:$farm", '--exclude-user', 'CORP\\admin', '-c', 'total=2')->{status}, 0, '... and where it does not matter, OK');
    is(check('excluded', '-T', "sim:$farm", '--exclude-user', 'admin',       '-c', 'total=1')->{status}, 0, 'who is excluded is not counted');
    is(check('meant', '-T', "sim:$farm", '--user', 'a@corp.example', '-c', 'total=0')->{status}, 3, 'who may be meant may be there');
};

done_testing;

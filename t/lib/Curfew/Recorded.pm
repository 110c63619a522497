# SPDX-License-Identifier: GPL-3.0-or-later
#
# What every recording must be: whole, for nobody else's eyes, without anybody's name or secret, and as good as the
# hosts when it is played.
#
# With CURFEW_KEEP_RECORDINGS=FOLDER in the environment each is kept there.
#
#   recording_holds('what', ['-T', …], { secrets => [qr/…/, …], env => {…} });   # a subtest; returns the file's text
package Curfew::Recorded;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

use Curfew;

our @EXPORT_OK = qw(recording_holds);

# What a session is, without who it is.
sub shapes {
    my ($report) = @_;
    return [
        sort map {
            my $session = $_;
            join q{ }, map { $_ // 'null' } @{$session}{qw(state class kind)}, $session->{classification}{usage},
              ( $session->{user} ? 'named' : 'nobody' )
        } map { @{ $_->{snapshot}{sessions} // [] } } @{ $report->{targets} }
    ];
}

sub _judge {
    my ($arguments, $options, $file) = @_;
    my $env = { env => $options->{env} // {} };
    my $run = run('check_sessions', @{$arguments}, '--diagnose', '--record', $file, '--output', 'json', $env);
    ok -f $file, 'a file is written' or do { diag $run->{out}, $run->{err}; return q{} };
    is sprintf('%o', (stat $file)[2] & oct 7777), '600', 'for its owner alone';
    my $text = read_file($file);
    like $text, qr/\n\z/, 'whole';
    for my $secret (@{ $options->{secrets} }) {
        unlike $text, qr/$secret/i, "nothing of $secret";
    }
    my $again = run('check_sessions', @{$arguments}, '--diagnose', '--record', $file, $env);
    is $again->{status}, 3, 'what is there is not overwritten' or diag $again->{out};
    like $again->{out}, qr/File exists/, 'but said';
    is read_file($file), $text, 'and left as it is';
    my $played = run('check_sessions', '--replay', $file, '--output', 'json');
    my $before = json($run->{out});
    my $after  = json($played->{out});
    is_deeply shapes($after), shapes($before), 'played, it gives the same sessions' or diag $played->{out}, $text;
    cmp_ok scalar @{ shapes($before) }, '>=', $options->{sessions} // 1, 'which are some';
    is $played->{status}, $run->{status}, 'and the same status' or diag $played->{out};
    return $text;
}

# As a vector for t/replay.t.
sub keep {
    my ($what, $text) = @_;
    write_file("$ENV{CURFEW_KEEP_RECORDINGS}/" . $what =~ s/\W+/-/gr . '.jsonl', $text);
    return;
}

sub recording_holds {
    my ($what, $arguments, $options) = @_;
    my $folder = tempdir();
    my $text;
    subtest "a recording: $what" => sub { $text = _judge($arguments, $options, "$folder/recording.jsonl") };
    keep($what, $text) if $ENV{CURFEW_KEEP_RECORDINGS};
    return $text;
}

1;

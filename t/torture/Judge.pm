# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a run under torture must never have done, judged from outside: by its exit status and text, the audit, the farm's
# own state, and for policies the ledger (read by Python's sqlite3, and not by our own code).
package Judge;

use strict;
use warnings;

use English qw(-no_match_vars);
use Exporter qw(import);
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use IPC::Open2 qw(open2);
use JSON::PP ();
use POSIX qw(:sys_wait_h);

use Stage qw(%scenario slurp);

our @EXPORT_OK = qw(acts judge judge_next normal);

my $json = JSON::PP->new->utf8;

sub audit {
    my ($folder) = @_;
    return map { eval { $json->decode($_) } // { event => 'torn' } } grep { length } split /\n/x, slurp("$folder/state/audit.jsonl");
}

sub acts {
    my ($folder) = @_;
    my $text = slurp("$folder/f.sim.state");
    return () if $text eq q{};
    my $store = eval { $json->decode($text) } // return ({ event => 'damaged', id => '?' });
    return grep { $_->{event} =~ /\A(?:disconnect|logoff)/x } @{ $store->{records} };
}

sub judge_check {
    my ($name, $status, $out) = @_;
    my $due = $scenario{$name}{due};
    my $code = $status >> 8;
    return "exit status $code" if $code != $due && $code != 3;
    return 'a verdict without text' if $code == $due && $out !~ /\S/x;
    return 'a verdict without whole JSON' if $name eq 'json' && $code == $due && !eval { $json->decode($out) };
    return;
}

# Is there a whole intent for this act?
sub intended {
    my ($act, @audit) = @_;
    for my $line (@audit) {
        my $session = $line->{session} // {};
        return 1 if $line->{event} eq 'intent' && ($session->{id} // q{}) eq $act->{id} && $session->{birth} && $session->{user} && $session->{host}
          && $line->{time} && $line->{run} && $line->{target} && $line->{action} && $line->{action} =~ tr/ //dr eq $act->{event} && defined $line->{uid};
    }
    return 0;
}

# What is never right, of whatever run: an act that was not meant, without intent, or twice.
sub judge_each {
    my ($meant, $acts, @audit) = @_;
    my (%times, @wrong);
    for my $act (@{$acts}) {
        push @wrong, "the state of the farm is damaged" if $act->{event} eq 'damaged';
        push @wrong, "act on $act->{id} without its intent" if !intended($act, @audit);
        push @wrong, "$act->{event} of session $act->{id}" if $act->{event} !~ ($meant->{ $act->{id} } // qr/\Adamaged\z/x);
        push @wrong, "session $act->{id} twice" if $times{ $act->{id} }++;
    }
    return (\%times, @wrong);
}

# What an exit status of 0 or 1 says was done.  kinds: of the lines that the audit must have of each act.
sub judge_done {
    my ($code, $times, $meant, $kinds, @audit) = @_;
    # Kept, each with its line, is no lie (a farm whose start cannot be kept has other births at each look).
    my %kept = map { ($_->{session}{id} // q{}) => 1 } grep { $_->{event} eq 'refused' } @audit;
    my @left = grep { !$times->{$_} && !($code == 1 && $kept{$_}) } sort keys %{$meant};
    my @wrong = @left ? "exit status $code, and nothing done about @left" : ();
    for my $kind (@{$kinds}) {
        my %seen = map { ($_->{session}{id} // q{}) => 1 } grep { $_->{event} eq $kind } @audit;
        push @wrong, "exit status $code and a $kind less" if grep { $times->{$_} && !$seen{$_} } keys %{$meant};
    }
    return @wrong;
}

sub judge_acts {
    my ($folder, $name, $status, $out) = @_;
    my @acts = acts($folder);
    my @audit = audit($folder);
    my $meant = { map { $_ => $scenario{$name}{program} =~ /\A(disconnect|logoff)/x ? qr/\A$1/x : undef } 3, 5 };
    my ($times, @wrong) = judge_each($meant, \@acts, @audit);
    return @wrong if !defined $status || WIFSIGNALED($status);
    my $code = WEXITSTATUS($status);
    push @wrong, judge_done($code, $times, $meant, [qw(intent result)], @audit) if $code <= 1;
    push @wrong, "acts, and exit status 3" if $code == 3 && @acts;
    push @wrong, "exit status $code" if $code > 3;
    push @wrong, 'more said to be done than was' if $out =~ /(\d)[ ]of[ ]\d[ ]done/x && $1 > @acts;
    return @wrong;
}

my $READER = <<'PYTHON';
import sqlite3, sys
for line in sys.stdin:
    try:
        db = sqlite3.connect(line.rstrip("\n"))
        rows = db.execute("SELECT session.session, warning.state FROM warning JOIN session ON session.id = warning.session").fetchall()
        db.close()
        print("warned", *(row[0] for row in rows if row[1] == 1), flush=True)
    except sqlite3.Error as error:
        print("error", error, flush=True)
PYTHON
my ($to, $from);

# The sessions that the ledger knows to be warned; undef: it cannot be read.  A copy is read, that nothing is repaired.
sub warned {
    my ($folder) = @_;
    return {} if !-e "$folder/state/ledger.sqlite";
    open2($from, $to, 'python3', '-c', $READER) if !$to;
    make_path("$folder/look");
    for my $path (glob "$folder/state/ledger.sqlite{,-wal}") {
        copy($path, "$folder/look/" . substr $path, length "$folder/state/") if -e $path;
    }
    print {$to} "$folder/look/ledger.sqlite\n" or die "python3: $ERRNO";
    $to->flush;
    my ($kind, @ids) = split q{ }, <$from> // die "python3 says nothing\n";
    remove_tree("$folder/look");
    return $kind eq 'warned' ? { map { $_ => 1 } @ids } : undef;
}

my %MEANT = (3 => qr/\Adisconnect/x, 5 => qr/\Adisconnect/x, 7 => qr/\Alogoff/x);

# A run that was killed, or whose audit could not be written, leaves an intent alone: that is for the run after it.
sub messaged {
    my ($is_next, @audit) = @_;
    my @lines = grep { ($_->{action} // q{}) eq 'message' } @audit;
    return map { $_->{session}{id} => 1 } grep { $is_next ? $_->{event} eq 'intent' : $_->{event} eq 'result' && $_->{outcome} eq 'done' } @lines;
}

# No act without its warning, in the audit and in the ledger.
sub judge_warned {
    my ($folder, $is_next, $acts, @audit) = @_;
    my @due = grep { $_->{event} =~ /\Adisconnect/x } @{$acts} or return;
    my %told = messaged($is_next, @audit);
    my $warned = warned($folder) // return 'acts, and a ledger that cannot be read';
    return map {"session $_ was not warned"} grep { !$told{$_} || !$warned->{$_} } map { $_->{id} } @due;
}

sub judge_policy {
    my ($folder, $name, $status, $out, $is_next) = @_;
    my $stage = $scenario{$name}{stage};
    my @acts = acts($folder);
    my @audit = audit($folder);
    my ($times, @wrong) = judge_each(\%MEANT, \@acts, @audit);
    push @wrong, judge_warned($folder, $is_next, \@acts, @audit);
    push @wrong, 'acts by a damaged ledger' if $stage eq 'damaged' && @acts;
    return @wrong if !defined $status || WIFSIGNALED($status);
    my $code = WEXITSTATUS($status);
    push @wrong, "exit status $code: $out" if $code > 3 || ($code <= 1 && $stage eq 'damaged');
    return @wrong if $code > 1;
    push @wrong, judge_done($code, $times, \%MEANT, $is_next ? ['intent'] : [qw(intent result)], @audit) if $stage eq 'warned';
    my %told = messaged($is_next, @audit);
    my $warned = warned($folder) // {};
    my %kept = map { ($_->{session}{id} // q{}) => 1 } grep { $_->{event} eq 'refused' && $code == 1 } @audit;
    # A warning that could not be delivered is tried again later, and not in the next run.
    $kept{$_} = 1 for map { $_->{session}{id} } grep { $_->{event} eq 'result' && $_->{outcome} eq 'failed' } @audit;
    my @late = grep { !$kept{$_} && (!$told{$_} || !$warned->{$_}) } 3, 5, 10;
    push @wrong, "exit status $code, and nobody warned @late" if @late;
    return @wrong;
}

# Numbers and times aside.
sub normal {
    my ($name, $out) = @_;
    return join q{ }, $out =~ /((?:would_\w+|overdue)=\d+)/gx if $scenario{$name}{program} eq 'check_sessions';
    return $out =~ s/\d[\w.:-]*/N/grx =~ s/N(?:[ ]N)+/N/grx;
}

sub judge_said {
    my ($folder, $name, $status, $out, $good) = @_;
    my @wrong = acts($folder) ? 'acts' : ();
    return @wrong if !defined $status || WIFSIGNALED($status);
    my ($code, $due) = (WEXITSTATUS($status), $scenario{$name}{due});
    push @wrong, "exit status $code" if $code != $due && $code != 2 && $code != 3;
    push @wrong, "another answer: $out" if $code == $due && $code < 2 && normal($name, $out) ne $good;
    push @wrong, "another answer: $out" if $code == $due && $code == 2 && $out !~ /UNKNOWN/x && normal($name, $out) ne $good;
    return @wrong;
}

# Whoever only reads changes nothing.
sub judge_read {
    my ($folder, $name, $status, $out, $good) = @_;
    my @wrong = judge_said($folder, $name, $status, $out, $good);
    for my $path (grep { !/-shm\z/x } glob "$folder/state/*") {
        my $before = "$folder/warned/" . substr $path, length "$folder/state/";
        push @wrong, "$path was changed" if slurp($path) ne slurp($before);
    }
    return @wrong;
}

my %judge = (
    check    => sub { my ($folder, $name, $status, $out) = @_; return WIFSIGNALED($status) ? () : judge_check($name, $status, $out) },
    acts     => \&judge_acts,
    policy   => sub { my ($folder, $name, $status, $out) = @_; return judge_policy($folder, $name, $status, $out, 0) },
    read     => \&judge_read,
    remember => \&judge_said,
);

# status: undef with another run beside it.  good: what normal() made of the text without a fault.
sub judge {
    my ($folder, $name, $status, $out, $good) = @_;
    return $judge{ $scenario{$name}{judge} }->($folder, $name, $status, $out, $good);
}

# The run after it copes, and does what is left.
sub judge_next {
    my ($folder, $name, $status, $good) = @_;
    my ($kind, $stage) = ($scenario{$name}{judge}, $scenario{$name}{stage} // q{});
    return 'the next run hangs' if !defined $status;
    my $code = $status >> 8;
    my $out = slurp("$folder/next");
    my @acts = acts($folder);
    my $said = "the next run: status $code, " . @acts . " acts: $out" . join q{ }, glob "$folder/state/*damaged*";
    return $code > 1 || @acts != 2 ? $said : () if $kind eq 'acts';
    return $said if $stage eq 'warned' && $kind eq 'policy' && ($code > 1 || @acts != 3);
    return $said if $stage eq 'new' && $code > 1;
    return $said if $stage eq 'damaged' && $code > 2;
    if ($kind eq 'remember') {
        my $warned = warned($folder) // {};
        return $said if $code != $scenario{$name}{due} || normal($name, $out) ne $good || !$warned->{3} || !$warned->{5};
        return;
    }
    return if $kind ne 'policy';
    # By a ledger that was begun anew a later run may act.
    return map {"in the next run: $_"} judge_policy($folder, $stage eq 'damaged' ? 'enforce_first' : $name, $stage eq 'damaged' ? undef : $status, $out, 1);
}

1;

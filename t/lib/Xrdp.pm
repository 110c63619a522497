# SPDX-License-Identifier: GPL-3.0-or-later
# Xrdp - the words of t/isolate/xrdp.sh for a test in Perl, inside the throw-away root.
#
#   my $xrdp = Xrdp->new;
#   $xrdp->does('login alice') or BAIL_OUT('…');
#   my $pid = $xrdp->says('program_of alice');
package Xrdp;

use strict;
use warnings;

use Carp qw(croak);
use IPC::Open2 qw(open2);

# A shell that has read xrdp.sh, and answers each line with its output and its status.
my $SHELL = <<'END';
. "$1" || exit
while IFS= read -r line; do
	eval "$line" </dev/null
	printf '\nstatus %d\n' "$?"
done
END

# The Debian packages that this machine lacks.
sub missing {
    my $text = qx{bash -c '. "\$CURFEW_SRCDIR/t/isolate/xrdp.sh" && xrdp_missing'};
    return join q{, }, split q{ }, $text;
}

sub new {
    my ($class) = @_;
    my $pid = open2(my $from, my $to, 'bash', '-c', $SHELL, 'xrdp', "$ENV{CURFEW_SRCDIR}/t/isolate/xrdp.sh");
    return bless {from => $from, to => $to, pid => $pid}, $class;
}

# Runs a line: (status, output).
sub order {
    my ($self, $line) = @_;
    print { $self->{to} } "$line\n";
    $self->{to}->flush;
    my $output = q{};
    while (defined(my $text = readline $self->{from})) {
        if ($text =~ /^status (\d+)$/) {
            chomp $output;
            return ($1, $output =~ s/\n\z//r);
        }
        $output .= $text;
    }
    croak "the shell ended at: $line";
}

sub does {
    my ($self, $line) = @_;
    my ($status) = $self->order($line);
    return $status == 0;
}

sub says {
    my ($self, $line) = @_;
    my (undef, $output) = $self->order($line);
    return $output;
}

1;

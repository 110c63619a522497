#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Our range parser against an independent one, Monitoring::Plugin::Range, on
# generated strings.  Where the two may differ is written in doc/thresholds.md
# and below; any other difference fails, and so does a class that no string hit.
use strict;
use warnings;

use File::Temp;
use Test::More;

BEGIN {
    eval { require Monitoring::Plugin::Range; 1 }
        or plan skip_all => 'needs libmonitoring-plugin-perl';
}

my $STRINGS = 30_000;
my @VALUES = ( -7, -0.5, 0, 1, 5, 9.5, 10, 10.5, 20, 21, 1e6 );
my $NUMBER = qr/[-+]?(?:\d+(?:[.]\d*)?|[.]\d+)(?:e[-+]?\d+)?/;

# Documented differences: in each the judge takes what we refuse.
my @classes = (
    [ 'white space',     sub { $_[0] =~ /\s/ } ],
    [ 'no number',       sub { grep { $_ ne q{} && $_ ne q{~} && !/^$NUMBER$/ } ends( $_[0] ) } ],
    [ 'too large',       sub { grep {/e[+]?\d{3,}$/} ends( $_[0] ) } ],
    [ 'longer than 63',  sub { grep { length > 63 } ends( $_[0] ) } ],
);

sub ends {
    my ($range) = @_;
    $range =~ s/^@//;
    return split /:/, $range;
}

# Mostly well-formed, with a tail of rubbish; the same every time.
srand 20_261_121;

sub pick { return $_[ rand @_ ] }

sub number {
    return pick( int rand 25, int rand 25, int( rand 30 ) - 8, sprintf( '%.1f', rand 25 ), '10', '20',
        '1e1', '+5', '.5', '5.', '1.2.3', '.', '1e400', '-1e999', '2e-1', '1e1.5', '9' x 70 );
}

sub range_string {
    return join q{}, map { pick( 0 .. 9, qw(@ ~ : . - + e), q{ } ) } 1 .. 1 + rand 7 if rand() < 0.25;
    my $string = pick( q{}, q{}, q{@} );
    $string .= pick( q{}, q{~:}, q{:}, number() . q{:}, number() . q{:} ) . pick( q{}, number(), number() );
    substr( $string, rand length $string, 0 ) = pick( q{ }, q{~}, q{@}, q{x}, q{:} ) if rand() < 0.1;
    return $string;
}

my %seen;
$seen{ range_string() } = 1 while keys %seen < $STRINGS;
delete $seen{q{}};
my @questions = map {
    my $string = $_;
    map { [ $string, $_ ] } @VALUES
} sort keys %seen;

my %parsed;    # the judge is slow: each string once (its object is false where it reads "0")

sub judge {
    my ( $string, $value ) = @_;
    local $SIG{__WARN__} = sub { };
    $parsed{$string} //= Monitoring::Plugin::Range->parse_range_string($string) // 0;
    return 'refused' if !ref $parsed{$string};
    return $parsed{$string}->check_range($value) ? 'alert' : 'quiet';
}

sub ask_ours {
    my $input = File::Temp->new;
    print {$input} map {"$_->[0]\t$_->[1]\n"} @_ or die "write: $!";
    close $input or die "close: $!";
    my $tool = "$ENV{CURFEW_BUILDDIR}/t/unit/range-tool";
    open my $output, q{-|}, "$tool <$input" or die "$tool: $!";
    chomp( my @answers = <$output> );
    close $output or die "$tool: status $?";
    return @answers;
}

my @ours = ask_ours(@questions);
is scalar @ours, scalar @questions, 'an answer to each of ' . @questions . ' questions';

my ( %answers, %differences, @unexplained );
for my $i ( 0 .. $#questions ) {
    my ( $string, $value ) = @{ $questions[$i] };
    my $theirs = judge( $string, $value );
    $answers{ $ours[$i] }++;
    next if $ours[$i] eq $theirs;
    my ($class) = grep { $_->[1]->($string) } @classes;
    if ( $class && $ours[$i] eq 'refused' ) {
        $differences{ $class->[0] }++;
    }
    else {
        push @unexplained, "'$string' with $value: ours $ours[$i], theirs $theirs";
    }
}
is_deeply [ @unexplained[ 0 .. ( @unexplained > 10 ? 9 : $#unexplained ) ] ], [], 'no difference but the documented ones';
cmp_ok $answers{$_} // 0, '>', @questions / 20, "a fair part of the answers is '$_'" for qw(alert quiet refused);

# The page names each class, and each class is real.
open my $page, '<', "$ENV{CURFEW_SRCDIR}/doc/thresholds.md" or die "doc/thresholds.md: $!";
my $documentation = do { local $/ = undef; <$page> };
close $page or die "close: $!";
for my $class ( map { $_->[0] } @classes ) {
    cmp_ok $differences{$class} // 0, '>', 0, "'$class' is a difference";
    like $documentation, qr/^[|] \Q$class\E /m, "'$class' is documented";
}
done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# CURFEW-MIB is a good SMIv2 module, whatever the base OID, and says what the agent serves.
#
# smilint exits 0 even with errors, so it is its output that must be empty.  It needs the
# IETF's own modules, which Debian leaves out of libsnmp-base and smitools for their licence;
# its package erlang-snmp ships them (doc/snmp.md).  CURFEW_MIBDIRS may name other folders.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $source  = $ENV{CURFEW_SRCDIR}   // '.';
my $build   = $ENV{CURFEW_BUILDDIR} // '.';
my $scratch = tempdir( CLEANUP => 1 );
my @base    = qw(SNMPv2-SMI SNMPv2-TC SNMPv2-CONF SNMP-FRAMEWORK-MIB INET-ADDRESS-MIB);

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or die "$path: $!";
    local $/ = undef;
    return <$file>;
}

sub spew {
    my ( $path, $text ) = @_;
    open my $file, '>', $path or die "$path: $!";
    print {$file} $text;
    close $file or die "$path: $!";
    return;
}

# The first folder that has all the modules that CURFEW-MIB imports from.
sub base_folder {
    my @folders = (
        split( /:/, $ENV{CURFEW_MIBDIRS} // '' ), glob('/usr/lib/erlang/lib/snmp-*/mibs'),
        qw(/var/lib/mibs/ietf /usr/share/snmp/mibs/ietf /usr/share/mibs/ietf /usr/share/snmp/mibs)
    );
    for my $folder (@folders) {
        my @missing = grep {
            my $name = "$folder/$_";
            !grep { -e "$name$_" } '', '.txt', '.mib'
        } @base;
        return $folder if !@missing;
    }
    return;
}

sub command_output {
    my @command = @_;
    my $pid = open my $pipe, '-|';
    die "fork: $!" if !defined $pid;
    if ( !$pid ) {
        open STDERR, '>&', \*STDOUT or die;
        exec @command or die "$command[0]: $!";
    }
    local $/ = undef;
    my $text = <$pipe>;
    close $pipe;
    return $text // '';
}

sub make_mib {
    my ($oid) = @_;
    my $text = command_output( 'sh', '-c', 'exec sh "$0" "$1" <"$2"', "$source/mibs/make-mib", $oid,
        "$source/mibs/CURFEW-MIB.txt.in" );
    return ( $text, $? >> 8 );
}

# What make-mib takes and refuses.
for my $bad ( '', '1', '2.999', '1.3.', '1..3', '1.3.6.x', '1.3; true' ) {
    my ( undef, $status ) = make_mib($bad);
    is( $status, 3, "make-mib refuses '$bad'" );
}
my ($default) = make_mib('1.3.6.1.4.1.8072.9999.9999.3389');
is( slurp("$build/mibs/CURFEW-MIB.txt"), $default, 'the built module is the one for the default base OID' )
  if -e "$build/mibs/CURFEW-MIB.txt" && slurp("$build/mibs/CURFEW-MIB.txt") =~ /base OID 1\.3\.6\.1\.4\.1\.8072\.9999\.9999\.3389/;

# The agent's columns are numbered by position: compare them with the module's.
my $columns = slurp("$source/agent/columns.h");
for my $part ( [ scalar => 'curfewScalars' ], [ host => 'curfewHostEntry' ], [ session => 'curfewSessionEntry' ] ) {
    my ( $name, $parent ) = @{$part};
    my ($body) = $columns =~ /enum ${name}_column \{(.*?)\}/s or die;
    my $next = 0;
    my %ours;
    for my $entry ( $body =~ /([A-Z_]+(?:\s*=\s*\d+)?),/g ) {
        my ( $word, $number ) = $entry =~ /^([A-Z_]+)(?:\s*=\s*(\d+))?/;
        $next = $number if defined $number;
        ( my $plain = lc $word ) =~ s/^\Q$name\E_|_//g;
        $ours{ $next++ } = $plain;
    }
    my %theirs;
    while ( $default =~ /^curfew(\w+) OBJECT-TYPE\n(?:(?!^\w+ (?:OBJECT|NOTIFICATION)-TYPE).)*?::= \{ $parent (\d+) \}/gms ) {
        my ( $plain, $number ) = ( lc $1, $2 );
        $plain =~ s/^(?:$name|snapshot)//;
        $theirs{$number} = $plain;
    }
    delete $theirs{1} if $name ne 'scalar';    # the index
    is_deeply( \%ours, \%theirs, "columns of $parent" );
}
is_deeply( [ $default =~ /^(\w+) OBJECT-TYPE\n    SYNTAX .*\n(?:    UNITS .*\n)?    MAX-ACCESS read-(?:write|create)/gm ],
    [qw(curfewOrderKey curfewOrderAct curfewOrderText)], 'nothing but orders can be written' );

# So are the notifications and what they carry: WORD => number, the names without what they have in common.
sub enumeration {
    my ( $file, $name, $prefix ) = @_;
    my ($body) = slurp("$source/agent/$file") =~ /enum $name \{(.*?)\}/s or die $name;
    my $next = 0;
    my %numbers;
    for my $entry ( $body =~ /([A-Z_]+(?:\s*=\s*\d+)?)/g ) {
        my ( $word, $number ) = $entry =~ /^([A-Z_]+)(?:\s*=\s*(\d+))?/;
        $next = $number if defined $number;
        ( my $plain = lc $word ) =~ s/^\Q$prefix\E|_//g;
        $numbers{$plain} = $next++;
    }
    return \%numbers;
}

sub arcs {
    my ( $macro, $parent, $prefix ) = @_;
    my %numbers;
    while ( $default =~ /^curfew(\w+) $macro\n(?:(?!^\w+ [A-Z-]+\n).)*?::= \{ $parent (\d+) \}/gms ) {
        my ( $plain, $number ) = ( lc $1, $2 );
        $numbers{ $plain =~ s/^(?:$prefix)//r } = $number;
    }
    return \%numbers;
}
is_deeply( enumeration( 'trap.h', 'trap_kind', 'trap_' ), arcs( 'NOTIFICATION-TYPE', 'curfewNotifications', q{} ), 'the notifications' );
is_deeply( enumeration( 'trap.h', 'act_column', 'act_' ), arcs( 'OBJECT-TYPE', 'curfewActObjects', 'act' ), 'what those of acts carry' );
is_deeply( enumeration( 'acts.h', 'last_act_column', 'last_act_' ), arcs( 'OBJECT-TYPE', 'curfewLastActEntry', 'lastact' ), 'the last act of a session' );
is_deeply( enumeration( 'acts.h', 'host_act_column', 'host_act_' ), arcs( 'OBJECT-TYPE', 'curfewHostActEntry', 'hostact' ), 'acts on a host' );
is_deeply( enumeration( 'orders.h', 'order_column', 'order_' ), arcs( 'OBJECT-TYPE', 'curfewOrderEntry', 'order' ), 'orders' );
is_deeply( { %{ enumeration( 'orders.h', 'order_log_column', 'order_log_' ) }, number => 1 },
    arcs( 'OBJECT-TYPE', 'curfewOrderLogEntry', 'orderlog' ), 'and what became of them' );
is_deeply( enumeration( 'trap_queue.h', 'notify_column', 'notify_' ), arcs( 'OBJECT-TYPE', 'curfewNotify', 'notifications?' ),
    'how many there were' );

SKIP: {
    my $folder = base_folder();
    skip 'no smilint; on Debian: apt-get install smitools', 1 if !grep { -x "$_/smilint" } split /:/, $ENV{PATH};
    skip 'no IETF modules; on Debian: apt-get install erlang-snmp', 1 if !defined $folder;
    local $ENV{SMIPATH} = $folder;
    diag("IETF modules from $folder") if $ENV{HARNESS_IS_VERBOSE};
    for my $oid (qw(1.3.6.1.4.1.8072.9999.9999.3389 .1.3.6.1.4.1.32473.1 1.3.6.1.4.1.32473 1.3.6.1.3.99)) {
        my ($text) = make_mib($oid);
        my $path = "$scratch/CURFEW-MIB.txt";
        spew( $path, $text );
        is( command_output( 'smilint', '-s', '-m', '-l', '6', $path ), '', "smilint has nothing to say, base OID $oid" );
        ( my $plain = $oid ) =~ s/^\.//;
        like( command_output( 'smidump', '-f', 'identifiers', $path ),
            qr/^CURFEW-MIB\s+curfewSessionUser\s+column\s+\Q$plain\E\.1\.3\.1\.3$/m, "and it hangs at $oid" );
    }

    # The check can fail: each of these is one line changed.
    my %broken = (
        'a column is missing in its group'  => [ qr/^        curfewSessionDomain,\n/m,    q{} ],
        'an import is missing'              => [ qr/DateAndTime\n/,                     "DisplayString\n" ],
        'two columns share a number'        => [ qr/\{ curfewHostEntry 3 \}/,           '{ curfewHostEntry 4 }' ],
        'a counter that is no SMIv2 type'   => [ qr/SYNTAX Counter32/,                  'SYNTAX Counter' ],
    );
    for my $name ( sort keys %broken ) {
        my ( $what, $with ) = @{ $broken{$name} };
        ( my $text = $default ) =~ s/$what/$with/;
        isnt( $text, $default, "changed: $name" );
        spew( "$scratch/CURFEW-MIB.txt", $text );
        isnt( command_output( 'smilint', '-s', '-m', '-l', '6', "$scratch/CURFEW-MIB.txt" ), '', "smilint sees it: $name" );
    }
}
done_testing();

# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a connection broker answers to WQL: the sessions of farm hosts, as Microsoft's pages and
# Get-RDUserSession say that the classes are.  Made by hand: no answer of a real broker was to be had.
#
#   my $broker = Broker->new($played, FILE);          # Curfew::Played, and what is deployed:
#
#     collection ALIAS NAME         Win32_RDSHCollection; the name may have blanks
#     virtual ALIAS NAME            Win32_RDMSVirtualDesktopCollection
#     active SERVER                 of several brokers (names in the URL) the one that has the collections; others say so
#     host FARMHOST SERVER [ALIAS]  a host of the farm, as the deployment calls it; in Win32_RDSHServer
#     stray FARMHOST SERVER [ALIAS] the same, but the deployment does not know it
#     server SERVER                 in Win32_RDSHServer, and without sessions
#     ghost SERVER ALIAS ID DOMAIN\USER   a session that the broker alone believes in
#     skew SECONDS                  the broker's clock is ahead by so much
#     set WORD                      base: only Win32_SessionDirectorySession is there; ex-under-base: and it answers
#                                   with instances of the other; dmtf: times are texts of CIM; zoneless: times without a
#                                   zone; no-rdms, no-clock: that cannot be read; broken: an entry that says nothing;
#                                   none: no class at all
#
# The file is read anew for each question.
#
#   $broker->active                           # what GetActiveServer says; undef: there is no such method
#   $broker->query($resource, $wql, $name)    # name: which broker is asked; [ XML … ]; or undef: there is no such class
package Broker;

use strict;
use warnings;

use POSIX qw(strftime);
use Time::HiRes qw(time);
use Time::Local qw(timegm);

use Soap qw(escape);

my $WMI = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/';
my %STATE_WTS  = (active => 0, connected => 1, disconnected => 4, waiting => 5, other => 77);
my %STATE_BASE = (active => 0, disconnected => 1);

sub new {
    my ($class, $played, $file) = @_;
    return bless { played => $played, file => $file }, $class;
}

sub _read {
    my ($self) = @_;
    my %plan = (collections => [], virtual => [], active => undef, hosts => [], servers => [], ghosts => [], skew => 0, set => {});
    open my $file, '<:encoding(UTF-8)', $self->{file} or die "$self->{file}: $!\n";
    while (my $line = <$file>) {
        my ($word, $rest) = $line =~ /^\s*(\S+)\s+(.*?)\s*$/ or next;
        my @part = split q{ }, $rest;
        if    ($word eq 'collection') { push @{ $plan{collections} }, [ split q{ }, $rest, 2 ] }
        elsif ($word eq 'virtual') { push @{ $plan{virtual} }, [ split q{ }, $rest, 2 ] }
        elsif ($word eq 'active')  { $plan{active} = $rest }
        elsif ($word eq 'host' || $word eq 'stray') { push @{ $plan{hosts} }, [ @part[ 0 .. 2 ], $word eq 'stray' ] }
        elsif ($word eq 'server') { push @{ $plan{servers} }, $rest }
        elsif ($word eq 'ghost') { push @{ $plan{ghosts} }, \@part }
        elsif ($word eq 'skew')  { $plan{skew} = $rest }
        elsif ($word eq 'set')   { $plan{set}{$rest} = 1 }
        else                     { die "$self->{file}: $word?\n" }
    }
    close $file or die "$self->{file}: $!\n";
    return \%plan;
}

sub _seconds {
    my ($text) = @_;
    my ($year, $month, $day, $hour, $minute, $second) = ($text // q{}) =~ /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):([\d.]+)Z$/
        or return;
    return timegm(0, $minute, $hour, $day, $month - 1, $year) + $second;
}

# A broker an hour east of Greenwich.
sub _time {
    my ($plan, $seconds) = @_;
    return if !defined $seconds;
    my ($whole, $micro) = (int $seconds, int(($seconds - int $seconds) * 1e6));
    my @local = gmtime $whole + 3600;
    return sprintf '%s.%06d+060', strftime('%Y%m%d%H%M%S', @local), $micro if $plan->{set}{dmtf};
    my $text = sprintf '%s.%06d', strftime('%Y-%m-%dT%H:%M:%S', @local), $micro;
    $text .= '+01:00' if !$plan->{set}{zoneless};
    return \"<cim:Datetime>$text</cim:Datetime>";
}

# A property is a text, XML (a reference), or null.
sub _instance {
    my ($namespace, $class, @properties) = @_;
    my $xml = "<p:$class xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:p=\"$WMI$namespace/$class\""
        . " xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" xsi:type=\"p:${class}_Type\" xml:lang=\"en-US\">";
    while (my ($name, $value) = splice @properties, 0, 2) {
        $xml .=
              !defined $value ? "<p:$name xsi:nil=\"true\"/>"
            : ref $value      ? "<p:$name>${$value}</p:$name>"
            :                   "<p:$name>" . escape($value) . "</p:$name>";
    }
    return "$xml</p:$class>";
}

# What both classes have, in the order of Microsoft's page.
sub _common {
    my ($plan, $row) = @_;
    return (
        ServerName     => uc($row->{server} =~ s/[.].*//sr),
        SessionID      => $row->{id},
        UserName       => $row->{user},
        DomainName     => $row->{domain},
        ServerIPAddress => '192.0.2.10',
        TSProtocol     => 2,
        ApplicationType => $row->{application},
        ResolutionWidth => 1920,
        ResolutionHeight => 1080,
        ColorDepth     => 32,
        CreateTime     => scalar _time($plan, $row->{created}),
        DisconnectTime => scalar _time($plan, $row->{disconnected}),
    );
}

sub _base {
    my ($plan, $row) = @_;
    return _instance('root/cimv2', 'Win32_SessionDirectorySession', _common($plan, $row),
        SessionState => $STATE_BASE{ $row->{state} } // 9);
}

sub _extended {
    my ($plan, $row) = @_;
    return _instance('root/cimv2', 'Win32_SessionDirectorySessionEx', _common($plan, $row),
        SessionState     => $STATE_WTS{ $row->{state} } // 77,
        CollectionAlias  => $row->{alias},
        CollectionType   => 0,
        UnifiedSessionId => $row->{id},
        HostServer       => $row->{server},
        IdleTime         => $row->{idle},
        RemoteFxEnabled  => 'false');
}

# Sessions of a played host on the broker's clock.  One that does not answer leaves none.
sub _rows_of {
    my ($self, $plan, $host, $server, $alias) = @_;
    my $snapshot = $self->{played}->list($host);
    return if $snapshot->{error};
    my $shift = time + $plan->{skew} - _seconds($snapshot->{now});
    my @rows;
    for my $session (grep { $_->{class} eq 'user' && $_->{id} =~ /^\d+$/ } @{ $snapshot->{sessions} }) {
        my ($logon, $left, $input) = map { scalar _seconds($session->{$_}) } qw(logon_time disconnect_time last_input);
        push @rows, {
            server => $server, alias => $alias, id => $session->{id}, user => $session->{user},
            domain       => $session->{domain},
            application  => $session->{kind} eq 'remote-app' ? 'rdpinit.exe' : q{},
            state        => $session->{state},
            created      => defined $logon ? $logon + $shift : undef,
            disconnected => $session->{state} eq 'disconnected' && defined $left ? $left + $shift : undef,
            idle         => $session->{state} eq 'active' && defined $input
                ? int(1000 * (_seconds($snapshot->{now}) - $input)) : undef,
        };
    }
    return @rows;
}

sub _rows {
    my ($self, $plan) = @_;
    my @rows = map { $self->_rows_of($plan, @{$_}[ 0 .. 2 ]) } @{ $plan->{hosts} };
    for my $ghost (@{ $plan->{ghosts} }) {
        my ($server, $alias, $id, $name) = @{$ghost};
        my ($domain, $user) = split /\\/, $name, 2;
        push @rows, {
            server => $server, alias => $alias, id => $id, user => $user, domain => $domain, application => q{},
            state  => 'disconnected', created => time - 86_400, disconnected => time - 7200,
        };
    }
    return @rows;
}

my %CLASS = (
    'root/cimv2/Win32_SessionDirectorySessionEx' => sub {
        my ($self, $plan) = @_;
        return if $plan->{set}{base} || $plan->{set}{none} || $plan->{set}{'ex-under-base'};
        return [ (map { _extended($plan, $_) } $self->_rows($plan)),
            $plan->{set}{broken} ? _instance('root/cimv2', 'Win32_SessionDirectorySessionEx', UserName => 'nowhere') : () ];
    },
    'root/cimv2/Win32_SessionDirectorySession' => sub {
        my ($self, $plan) = @_;
        return if $plan->{set}{none};
        my $write = $plan->{set}{base} ? \&_base : \&_extended;
        return [ map { $write->($plan, $_) } $self->_rows($plan) ];
    },
    'root/cimv2/rdms/Win32_RDSHCollection' => sub {
        my (undef, $plan) = @_;
        return if $plan->{set}{'no-rdms'};
        return [ map { _instance('root/cimv2/rdms', 'Win32_RDSHCollection', Alias => $_->[0], Name => $_->[1],
            Description => undef, Type => 2) } @{ $plan->{collections} } ];
    },
    'root/cimv2/rdms/Win32_RDMSVirtualDesktopCollection' => sub {
        my (undef, $plan) = @_;
        return if $plan->{set}{'no-rdms'};
        return [ map { _instance('root/cimv2/rdms', 'Win32_RDMSVirtualDesktopCollection', Alias => $_->[0], Name => $_->[1],
            Description => undef, Type => 1) } @{ $plan->{virtual} } ];
    },
    'root/cimv2/rdms/Win32_RDSHServer' => sub {
        my (undef, $plan) = @_;
        return if $plan->{set}{'no-rdms'};
        return [ map { _instance('root/cimv2/rdms', 'Win32_RDSHServer', Name => uc $_->[1], ConnectionBroker => 'BROKER',
            CollectionAlias => $_->[2], ServerState => 3) } grep { !$_->[3] } @{ $plan->{hosts} },
            map { [ undef, $_, q{} ] } @{ $plan->{servers} } ];
    },
    'root/cimv2/Win32_OperatingSystem' => sub {
        my (undef, $plan) = @_;
        return if $plan->{set}{'no-clock'};
        return [ _instance('root/cimv2', 'Win32_OperatingSystem', Caption => 'Microsoft Windows Server 2022 Standard',
            CurrentTimeZone => 60, InstallDate => undef, LocalDateTime => scalar _time($plan, time + $plan->{skew}),
            Version => '10.0.20348') ];
    },
);

sub query {
    my ($self, $resource, $wql, $name) = @_;
    my ($namespace) = $resource =~ m{^\Q$WMI\E(.*)/[*]$} or return;
    my ($class) = $wql =~ /^SELECT [*] FROM (\w+)$/ or return;
    my $answer = $CLASS{"$namespace/$class"} or return;
    my $plan = $self->_read;
    return if $namespace =~ /rdms$/ && defined $plan->{active} && ($plan->{active} =~ s/[.].*//r) ne $name;
    return $answer->($self, $plan);
}

sub active { my ($self) = @_; return $self->_read->{active} }

1;

# SPDX-License-Identifier: GPL-3.0-or-later
#
# SOAP as a WinRM of Windows Server 2016 writes it (t/vectors/wsman), and a strict reader of requests.
package Soap;

use strict;
use warnings;

use Exporter qw(import);
use XML::LibXML;

our @EXPORT_OK = qw(read_request envelope fault escape uuid);

our %SPACE = (
    s     => 'http://www.w3.org/2003/05/soap-envelope',
    a     => 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
    x     => 'http://schemas.xmlsoap.org/ws/2004/09/transfer',
    e     => 'http://schemas.xmlsoap.org/ws/2004/08/eventing',
    n     => 'http://schemas.xmlsoap.org/ws/2004/09/enumeration',
    w     => 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
    p     => 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd',
    rsp   => 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell',
    f     => 'http://schemas.microsoft.com/wbem/wsman/1/wsmanfault',
    wsmid => 'http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd',
);
my $ANONYMOUS = "$SPACE{a}/role/anonymous";
my $FAULT     = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/fault';

sub escape {
    my ($text) = @_;
    my %word = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;', "\r" => '&#13;');
    $text =~ s/([&<>"\r])/$word{$1}/g;
    return $text;
}

sub uuid {
    my @part = map { sprintf '%04X', int rand 65536 } 1 .. 8;
    return "$part[0]$part[1]-$part[2]-$part[3]-$part[4]-$part[5]$part[6]$part[7]";
}

# A hash of what a request says, with ->{find}->(XPATH) for the rest; undef if it is no SOAP.
sub read_request {
    my ($bytes) = @_;
    my $document = eval { XML::LibXML->new(no_network => 1, expand_entities => 0)->parse_string($bytes) };
    return if !$document;
    my $context = XML::LibXML::XPathContext->new($document);
    $context->registerNs($_ => $SPACE{$_}) for keys %SPACE;
    return if !$context->exists('/s:Envelope/s:Body');
    my $header = '/s:Envelope/s:Header';
    my %selectors;
    for my $selector ($context->findnodes("$header/w:SelectorSet/w:Selector")) {
        $selectors{ $selector->getAttribute('Name') } = $selector->textContent;
    }
    return {
        action    => $context->findvalue("$header/a:Action"),
        id        => $context->findvalue("$header/a:MessageID"),
        resource  => $context->findvalue("$header/w:ResourceURI"),
        timeout   => $context->findvalue("$header/w:OperationTimeout"),
        envelope  => $context->findvalue("$header/w:MaxEnvelopeSize"),
        selectors => \%selectors,
        find      => sub { return $context->findvalue("/s:Envelope/s:Body/$_[0]") },
        has       => sub { return $context->exists("/s:Envelope/s:Body/$_[0]") },
    };
}

# envelope(prefixes => [..], action => URI, relates => ID, body => XML)
sub envelope {
    my (%given) = @_;
    my $spaces  = join q{ }, map {"xmlns:$_=\"$SPACE{$_}\""} @{ $given{prefixes} };
    my $action  = $given{action};
    my $activity = $action =~ /fault$/ ? q{} : '<p:ActivityId>' . uuid() . '</p:ActivityId>';
    return
          "<s:Envelope xml:lang=\"en-US\" $spaces><s:Header><a:Action>$action</a:Action>"
        . '<a:MessageID>uuid:' . uuid() . "</a:MessageID>$activity<a:To>$ANONYMOUS</a:To>"
        . '<a:RelatesTo>' . escape($given{relates}) . "</a:RelatesTo></s:Header><s:Body>$given{body}</s:Body></s:Envelope>";
}

# fault(relates => ID, code => 's:Sender', subcode => 'w:InvalidSelectors', text => TEXT, detail => XML, number => N)
sub fault {
    my (%given) = @_;
    my $detail  = $given{detail} // q{};
    if (defined $given{number}) {
        $detail .= "<f:WSManFault xmlns:f=\"$SPACE{f}\" Code=\"$given{number}\" Machine=\"127.0.0.1\"><f:Message>"
            . escape($given{text}) . '</f:Message></f:WSManFault>';
    }
    return envelope(
        prefixes => [qw(s a x e n w p)],
        action   => $FAULT,
        relates  => $given{relates},
        body     => "<s:Fault><s:Code><s:Value>$given{code}</s:Value><s:Subcode><s:Value>$given{subcode}</s:Value>"
            . '</s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">' . escape($given{text})
            . '</s:Text></s:Reason>' . ($detail eq q{} ? q{} : "<s:Detail>$detail</s:Detail>") . '</s:Fault>',
    );
}

1;

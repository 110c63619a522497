#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The pages: every link of a page leads to a file of the tree, or to a heading that is there; every page is installed,
# and README.md or doc/architecture.md leads to it.
use strict;
use warnings;

use File::Basename qw(dirname);
use File::Spec;
use Test::More;

use Curfew;

my $source = source_dir();

sub slug_of {
    my ($heading) = @_;
    return lc($heading) =~ s/[^\w\s-]//gr =~ s/\s/-/gr;
}

# "doc/design/../json.md" as "doc/json.md".
sub plain_path {
    my ($path) = @_;
    my @part;
    for my $part (split m{/}, $path) {
        if   ($part eq q{..}) { pop @part }
        else                  { push @part, $part }
    }
    return join q{/}, @part;
}

my %page;
for my $path (glob("$source/*.md $source/doc/*.md $source/doc/*/*.md")) {
    my $text = read_file($path);
    my $name = File::Spec->abs2rel($path, $source);
    $page{$name} = {
        links    => [ $text =~ /\]\(([^()\s]+)\)/g ],
        headings => { map { slug_of($_) => 1 } $text =~ /^#+ (.*\S)\s*$/mg },
    };
}
cmp_ok(scalar keys %page, '>', 20, 'there are pages');

my %led_to;
for my $name (sort keys %page) {
    my @lost;
    for my $link (grep { !/^https?:/ } @{ $page{$name}{links} }) {
        my ($path, $anchor) = split /#/, $link, 2;
        my $to = $path eq q{} ? $name : plain_path(dirname($name) . "/$path") =~ s{^[.]/}{}r;
        $led_to{$to}{$name} = 1 if $to ne $name;
        my $there = $anchor ? $page{$to} && $page{$to}{headings}{$anchor} : -e "$source/$to";
        push @lost, $link if !$there;
    }
    is_deeply(\@lost, [], "$name: its links lead somewhere");
}

my $installed = join "\n", map { read_file($_) } "$source/doc/doc.mk", glob "$source/providers/*/*.mk";
for my $name (sort grep { m{^doc/} } keys %page) {
    ok($installed =~ /^(?:\t|dist_designdoc_DATA [+]= )\Q$name\E(?: \\)?$/m, "$name is installed");
    my @from = grep { $led_to{$name}{$_} } 'README.md', 'doc/architecture.md';
    ok(@from > 0, '… and README.md or doc/architecture.md leads to it');
}

# What may stand as an outcome in the audit and in the handlers' JSON, by the sources.
my %word = map { $_ => 1 } map { read_file("$source/$_") =~ /_name\(const struct remedy_result.*?^}|outcome_name\(enum.*?^}/msg }
  'lib/act/remedy_result.c', 'lib/target/provider.c';
my @outcomes = map { /return "([a-z ]+)"/g } keys %word;
cmp_ok(scalar @outcomes, '>=', 7, 'there are outcomes');
for my $name ('doc/audit.md', 'doc/json.md') {
    my $text = read_file("$source/$name");
    is_deeply([ grep { index($text, "`$_`") < 0 } @outcomes ], [], "$name tells of each outcome");
}
done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# tables.pl SEED LINES FILE - write a random table in postmap's syntax to FILE
# and keys to ask it for to FILE.keys: those that are in it, in other cases,
# and others.  With a FILE that ends in "texthash", only lines that we take;
# else also what postmap leaves out with a warning.
use strict;
use warnings;

my ($seed, $lines, $file) = @ARGV;
my $strict = $file =~ /texthash$/;
srand $seed;

sub one { $_[rand @_] }
sub some { join '', map { one(@_) } 1 .. 1 + rand 8 }

my @letters = ('a' .. 'g', 'A' .. 'G', 0 .. 9);
my @odd = (@letters, split(//, q{+-._=/!%&'*?^`{|}~:,;<>#[]()}),
    "\xc3\xa4", "\xc3\x96", "\xc3\x9f", "\xce\xa3", "\xe2\x82\xac");

sub address
{
	my $local = one(sub { some(@letters) }, sub { 'a' . some(@odd) },
	    sub { some(@letters) . '+' . some(@letters) },
	    sub { '"' . some(@odd, ' ', "\t", '\\"', '\\\\') . '"' },
	    sub { some(@letters) . '\\ ' . some(@letters) })->();
	my $domain = join '.', map { some(@letters) } 1 .. 1 + rand 3;
	return one("$local\@$domain", "$local\@$domain", "$local\@", $domain,
	    ".$domain", "<>");
}

sub value
{
	my @words = map { some(@odd) } 1 .. 1 + rand 3;
	push @words, 'x' x (1 + rand 9000) if rand() < 0.01;
	return join one(' ', "\t", '  ', "\n ", "\n\t\t", "\n# no\n  "), @words;
}

sub junk
{
	return one('', ' ', "\t", '# comment', ' # comment', "#\t")
	    if $strict || rand() < 0.5;
	return one('key-without-value', '"open quotation b@x NO');
}

my @keys;
open my $out, '>:raw', $file or die "$file: $!";
for (1 .. $lines) {
	my $key = rand() < 0.1 && @keys ? one(@keys) : address();
	print $out junk(), "\n" if rand() < 0.2;
	print $out $key, one(' ', "\t", "  \t"), value(),
	    one('', '', ' ', "\t", "\r"), "\n";
	push @keys, $key;
}
print $out "last\@line.example no newline" if rand() < 0.5;
close $out or die;

push @keys, map { address() } 1 .. 50 + $lines / 2;
push @keys, 'last@line.example', 'key-without-value';
open my $ask, '>:raw', "$file.keys" or die;
for my $key (@keys) {
	my $other = $key;
	utf8::decode($other);
	$other = one(lc $other, uc $other);
	utf8::encode($other);
	print $ask one($key, $key, $other), "\n";
	print $ask "$key\n";
}
close $ask or die;

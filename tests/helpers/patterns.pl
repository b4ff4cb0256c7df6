#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# patterns.pl SEED LINES TYPE FILE - write a random table of patterns (pcre,
# regexp, cidr) to FILE, all of whose lines are good ones, and keys to ask it
# for to FILE.keys
use strict;
use warnings;

my ($seed, $lines, $type, $file) = @ARGV;
srand $seed;

sub one { $_[rand @_] }
sub some { join '', map { one(@_) } 1 .. 1 + rand 6 }

my @letters = ('a' .. 'd', 'A' .. 'C', '@', '.', '-', '1');
my @networks;

sub atom
{
	my @atoms = (@letters, '\\.', '[ab]', '[^a]', '[a-c]+', '.', '.*', 'a*',
	    'b?', 'c+', 'a{1,2}', '(a)', '(b|c)', '(.)', '(a*)', '([ab]+)',
	    '(.*)');
	push @atoms, ' ', '(?:ab)', '(?=a)', '(?!b)', '.*?', '\\d',
	    '\\bA', '(?i)a', '(a)?'
	    if $type eq 'pcre';
	return one(@atoms);
}

# expression - with flags; what $n there can be
sub expression
{
	my $text = one('', '^', '^') . join('', map { atom() } 1 .. 1 + rand 4) .
	    one('', '', '$');
	my $flags = join '', map { rand() < 0.15 ? $_ : '' }
	    ($type eq 'pcre' ? qw(i m s x A E U) : qw(i m x));
	my $groups = () = $text =~ /\((?!\?)/g;
	my $delimiter = one('/', '/', '/', '%', '~');

	# without "extended" a parenthesis is one
	$groups = 0 if $type eq 'regexp' && $flags =~ /x/;
	return ("$delimiter$text$delimiter$flags", $groups);
}

sub address
{
	return join '.', one(10, 10, 192), int rand 4, int rand 4, int rand 256
	    if rand() < 0.6;
	return sprintf '2001:db8:%x::%x', rand 4, rand 20;
}

sub network
{
	my $address = address();
	my $six = $address =~ /:/;
	my $most = $six ? 128 : 32;
	my $bits = one(0, 8, 12, 16, 24, 30, $most, int rand $most + 1);

	$bits = one(32, 33, 46, 48, 64, 128) if $six && rand() < 0.8;
	return one($address, $six ? "[$address]" : $address)
	    if rand() < 0.3;
	if ($six) {
		my ($third, $last) = $address =~ /db8:(.*)::(.*)/;
		$third = hex $third;
		$third = $bits < 32 ? 0 : $bits >= 48 ? $third :
		    $third & ~((1 << 48 - $bits) - 1);
		$address = $bits < 32 ? '::' : sprintf '2001:db8:%x::', $third;
		$bits = 0 if $bits < 32;
	} else {
		my $number = unpack 'N', pack 'C4', split /\./, $address;
		$number &= $bits == 0 ? 0 : ~((1 << 32 - $bits) - 1);
		$address = join '.', unpack 'C4', pack 'N', $number;
	}
	return one("$address/$bits", "[$address]/$bits", "[$address/$bits]");
}

sub pattern
{
	return (network(), 0) if $type eq 'cidr';
	return expression();
}

sub result
{
	my ($groups) = @_;
	my @words = map { some(@letters) } 1 .. 1 + rand 2;

	return join ' ', @words, one('', '$1', '$$') if $type eq 'cidr';
	for (1 .. 3) {
		my $n = 1 + int rand($groups || 1);
		push @words, one("\$$n", "\${$n}", "\$($n)", "x\${$n}y")
		    if $groups && rand() < 0.5;
	}
	push @words, '$$' if rand() < 0.2;
	return join one(' ', "\t", "\n  ", "\n# no\n "), @words;
}

my $open = 0;
open my $out, '>:raw', $file or die "$file: $!";
for (1 .. $lines) {
	my $not = one('', '', '', '', '!', $type eq 'cidr' ? '!!' : '! !', '!!!');
	my ($pattern, $groups) = pattern();

	print $out one('', '# comment', "  \t", ' # comment'), "\n"
	    if rand() < 0.1;
	if (rand() < 0.12) {
		print $out one('if', 'IF', 'If'), " $not$pattern\n";
		$open++;
	} elsif ($open && rand() < 0.25) {
		print $out one('endif', 'ENDIF'), "\n";
		$open--;
	} else {
		$groups = 0 if $not =~ tr/!// % 2;
		print $out "$not$pattern", one(' ', "\t  "), result($groups),
		    one('', ' ', "\r"), "\n";
	}
}
print $out "endif\n" while $open-- > 0;
close $out or die;

open my $ask, '>:raw', "$file.keys" or die;
for (1 .. 60) {
	print $ask $type eq 'cidr' ? one(address(), address(), address(),
	    some(@letters), '::ffff:10.1.2.3', '10.1.2', '[10.1.2.3]') :
	    some(@letters) . one('', some(@letters)), "\n";
}
close $ask or die;

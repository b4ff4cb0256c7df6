#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# addresses.pl make SEED COUNT KEYS	print random mail addresses, and write
#					an access table of some of their keys
# addresses.pl ask PORT MAIL|RCPT	which key does an smtpd(8) with that
#					table find?  Addresses from stdin
#
# The table has "KEY REJECT key=[KEY]", with what would not go through a reply
# as it is in hexadecimal: "ask" prints "address<TAB>key" where one was found.
# Of a table of patterns it prints a "seen=[...]" that $1 was put in.
use strict;
use warnings;
use feature 'fc';
use IO::Socket::INET;

sub one { $_[rand @_] }

sub make
{
	my ($seed, $count, $file) = @_;
	my (%keys, @addresses);

	srand $seed;
	my @labels = (qw(a b c example tld x-1), "b\xc3\xbccher");
	my @atoms = (qw(a b bob), 'owner-a', 'b-request', 'Owner', 'request',
	    'postmaster', 'mailer-daemon', 'double-bounce', 'a.b',
	    "\xc3\x84rger", "stra\xc3\x9fe");
	my @quoted = ('a b', 'b\\"c', 'a@b', 'a..b', '.a', 'a,b');
	for (1 .. $count) {
		my $local = one(@atoms);
		$local .= one('', '', '+', '-', '+-') . one('', @atoms)
		    if rand() < 0.6;
		$local = one('+', '-') . $local if rand() < 0.1;
		$local = '"' . one(@quoted) . one('', '+x', '-y') . '"'
		    if rand() < 0.25;
		$local = qq("$local") if $local !~ /"/ && rand() < 0.1;
		$local = uc $local if rand() < 0.2;
		my $domain = join '.', map { one(@labels) } 1 .. 1 + rand 4;
		$domain = one('[192.0.2.1]', '[IPv6:2001:db8::1]')
		    if rand() < 0.05;
		push @addresses, "$local\@$domain";
		$keys{folded($_)} = 1 for keys_of($local, $domain);
	}
	open my $out, '>', $file or die "$file: $!";
	for my $key (sort keys %keys) {
		# what can stand in a text file
		next if rand() < 0.6 ||
		    $key !~ /^("(\\.|[^"\\])*"|[^"\s])[^"\s]*$/;
		print $out "$key REJECT key=[", unpack('H*', $key), "]\n";
	}
	print "$_\n" for @addresses;
}

# folded - as postmap folds a key
sub folded
{
	my ($key) = @_;

	utf8::decode($key);
	$key = fc $key;
	utf8::encode($key);
	return $key;
}

# keys_of - more than will be asked for: also those that would be wrong
sub keys_of
{
	my ($local, $domain) = @_;
	my @locals = ($local);
	my @keys;

	if ($local =~ /^"(.*)"$/) {
		push @locals, "$1" =~ s/\\(.)/$1/gr;
	}
	for my $l (@locals) {
		my $quote = $l =~ /^"/ ? '"' : '';
		push @locals, "$1$quote" while $l =~ /[-+]/g &&
		    substr($l, 0, pos($l) - 1) =~ /^(.+)$/ && @locals < 40;
	}
	push @keys, "$_\@$domain", "$_\@", $_ for @locals;
	# of a literal smtpd tries "0.2.1]" and the like, we do not
	my @parts = $domain =~ /^\[/ ? $domain : split /\./, $domain;
	while (@parts) {
		my $parent = join '.', @parts;
		push @keys, $parent, ".$parent", "\@$parent";
		shift @parts;
	}
	return @keys;
}

sub ask
{
	my ($port, $verb) = @_;
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") or die $!;
	my $say = sub {
		print $s "$_[0]\r\n" if defined $_[0];
		my $reply = '';
		do { $reply = <$s> // die "the server hung up" }
		    while $reply =~ /^\d\d\d-/;
		return $reply;
	};
	my $no = 0;

	$say->();
	$say->('EHLO client.example');
	$say->('MAIL FROM:<zz@zz.invalid> SMTPUTF8') if $verb eq 'RCPT';
	while (my $address = <STDIN>) {
		chomp $address;
		my $reply = $say->($verb eq 'RCPT' ? "RCPT TO:<$address>" :
		    "MAIL FROM:<$address> SMTPUTF8");
		if ($reply =~ /key=\[([0-9a-f]*)\]/) {
			print "$address\t", pack('H*', $1), "\n";
		} elsif ($reply =~ /(seen=\[.*\])/) {
			print "$address\t$1\n";
		} elsif ($reply !~ /^2/) {
			print "$address\t?? $reply";
		}
		$say->('RSET') if $verb eq 'MAIL';
	}
}

my $what = shift;
$what eq 'make' ? make(@ARGV) : ask(@ARGV);

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# clients.pl make SEED COUNT KEYS	print random clients, "NAME ADDRESS", and
#					write an access table of some keys
# clients.pl ask PORT CLIENT|HELO	which key does an smtpd(8) with that
#					table find for each?  Clients, or HELO
#					names, from stdin
#
# The table has "KEY REJECT key=[KEY]", KEY in hexadecimal there.  "ask" tells
# smtpd by XCLIENT who the client is, and prints "line<TAB>key" where one was
# found; of a table of patterns, a "seen=[...]" that $1 was put in.
use strict;
use warnings;
use IO::Socket::INET;

sub one { $_[rand @_] }

sub make
{
	my ($seed, $count, $file) = @_;
	my (%keys, @clients);

	srand $seed;
	my @labels = qw(a b mx example tld x-1 Host);
	for (1 .. $count) {
		my $name = join '.', map { one(@labels) } 1 .. 1 + rand 5;
		my $address = rand() < 0.5 ?
		    join '.', 10, int rand 3, int rand 3, int rand 256 :
		    one('2001:db8::' . int(rand 9), '::1', '2001:db8:1:2::a',
		    '2001:db8::1:2:3:' . int(rand 9), 'fe80::1:2');

		$name = 'unknown' if rand() < 0.1;
		push @clients, "$name $address";
		my @parts = split /\./, lc $name;
		while (@parts) {
			my $parent = join '.', @parts;
			$keys{$_} = 1 for $parent, ".$parent";
			shift @parts;
		}
		for my $part (qw(\. :)) {
			my $network = $address;
			do { $keys{$network} = 1 if length $network }
			    while $network =~ s/$part[^$part]*$//;
		}
	}
	open my $out, '>', $file or die "$file: $!";
	for my $key (sort keys %keys) {
		print $out "$key REJECT key=[", unpack('H*', $key), "]\n"
		    unless rand() < 0.7;
	}
	print "$_\n" for @clients;
}

sub ask
{
	my ($port, $what) = @_;
	my $s;
	my $begin = sub {
		$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")
		    or die $!;
	};
	my $say = sub {
		print $s "$_[0]\r\n" if defined $_[0];
		my $reply = '';
		do { $reply = <$s> // die "the server hung up" }
		    while $reply =~ /^\d\d\d-/;
		return $reply;
	};

	$begin->();
	$say->();
	$say->('EHLO client.invalid');
	while (my $line = <STDIN>) {
		chomp $line;
		my ($name, $address) = split / /, $line;
		my $reply;

		if ($what eq 'HELO') {
			$reply = $say->("EHLO $line");
		} else {
			$name = '[UNAVAILABLE]' if $name eq 'unknown';
			$address = "IPV6:$address" if $address =~ /:/;
			$reply = $say->("XCLIENT NAME=$name ADDR=$address");
			# smtpd answers at RCPT TO
			$say->('EHLO client.invalid');
			$say->('MAIL FROM:<>');
			$reply = $say->('RCPT TO:<user@corp.example>');
			$say->('QUIT');
			$begin->();
			$say->();
			$say->('EHLO client.invalid');
		}
		if ($reply =~ /key=\[([0-9a-f]*)\]/) {
			print "$line\t", pack('H*', $1), "\n";
		} elsif ($reply =~ /(seen=\[.*\])/) {
			print "$line\t$1\n";
		} elsif ($reply !~ /^2/) {
			print "$line\t?? $reply";
		}
	}
}

my $what = shift;
$what eq 'make' ? make(@ARGV) : ask(@ARGV);

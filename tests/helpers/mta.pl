#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# mta - give very many messages to a milter, as Postfix does
#
#	mta.pl SOCKET COUNT [SESSIONS]
#
# Speaks the milter protocol, version 6, packets in batches as Postfix sends
# them to a milter that wants to reply to DATA and to the end of the message
# alone.  A session lasts for 100 messages.  Of each hundred of them
#
#	20	are to none@corp.example, which the milter is to let go at DATA
#	80	are to user@corp.example; of these
#	16		are given up, after the envelope or in the body
#	 8		are to two@corp.example as well
#	 1		has 200 kB
#
# Prints how many of each kind the milter took to the end, for a hundred
# "none 20 user 64 two 8".
use strict;
use warnings;
use IO::Socket::UNIX;

my ($socket, $count, $sessions) = @ARGV;

sub packet {
	my ($command, $data) = @_;
	return pack 'N a a*', 1 + length $data, $command, $data;
}

sub macros {
	my ($command, @macros) = @_;
	return packet('D', $command . join '', map { "$_\0" } @macros);
}

sub reply {
	my ($s) = @_;
	my $bytes = '';
	while (length $bytes < 4 ||
	    length $bytes < 4 + unpack 'N', $bytes) {
		sysread($s, $bytes, 65536, length $bytes)
		    or die "the milter hung up\n";
	}
	return substr $bytes, 4;
}

sub say_to {
	my ($s, $bytes) = @_;
	my $done = 0;
	while ($done < length $bytes) {
		$done += syswrite($s, $bytes, length($bytes) - $done, $done)
		    // die "write: $!\n";
	}
}

# hello - a new session
sub hello {
	my $s = IO::Socket::UNIX->new(Peer => $socket) or die "$socket: $!\n";
	say_to($s, packet('O', pack 'NNN', 6, 0x1ff, 0x1fffff));
	my (undef, undef, undef, $steps) = unpack 'a N N N', reply($s);
	# SMFIP_NR_*: all of them but that of DATA
	($steps & 0xdf080) == 0xcf080 or die sprintf "other replies than wanted: %x\n", $steps;
	say_to($s, macros('C', 'j', 'gateway.example', '{daemon_name}', 'smtpd') .
	    packet('C', "client.example\0" . '4' . pack('n', 4711) .
	    "192.0.2.10\0") .
	    macros('H') . packet('H', "client.example\0"));
	return $s;
}

my $line = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-=';
my $body = "$line\r\n" x 20;

# transact - message $n of its hundred; the kinds that were taken
sub transact {
	my ($s, $n, $id) = @_;
	my @to = $n < 20 ? 'none' : $n % 10 == 2 ? ('user', 'two') : 'user';
	my $given_up = $n % 10 == 3 ? 'envelope' : $n % 10 == 4 ? 'body' : '';

	$given_up = '' if $n < 20;
	say_to($s, macros('M') . packet('M', "<sender\@client.example>\0") .
	    join('', map { macros('R') . packet('R', "<$_\@corp.example>\0") }
	    @to) .
	    ($given_up eq 'envelope' ? packet('A', '') :
	    macros('T', 'i', $id) . packet('T', '')));
	return () if $given_up eq 'envelope';
	my $answer = reply($s);
	if ($answer eq 'a') {
		return 'none' if $to[0] eq 'none';
		die "accepted at DATA\n";
	}
	$answer eq 'c' or die "DATA: $answer\n";
	say_to($s, join('', map { packet('L', "$_\0") } "From\0 a\@b.example",
	    "To\0 user\@corp.example", "Subject\0 message $id",
	    "Message-ID\0 <$id\@client.example>") . packet('N', '') .
	    packet('B', $body) x ($n == 50 ? 160 : 1) .
	    ($given_up ? packet('A', '') : macros('E') . packet('E', '')));
	return () if $given_up;
	$answer = reply($s);
	$answer eq 'a' or die "end: $answer\n";
	return @to;
}

# session - give the hundreds that are this process' share
sub session {
	my ($share) = @_;
	my %taken;
	for (my $i = $share; $i < $count / 100; $i += $sessions) {
		my $s = hello();
		for my $n (0 .. 99) {
			$taken{$_}++
			    for transact($s, $n, sprintf 'Q%06d%02d', $i, $n);
		}
		say_to($s, packet('Q', ''));
	}
	return \%taken;
}

$sessions //= 4;
my @pipes;
for my $share (0 .. $sessions - 1) {
	my $pid = open(my $pipe, '-|') // die "fork: $!\n";
	if ($pid == 0) {
		my $taken = session($share);
		print map { "$_ $taken->{$_}\n" } keys %$taken;
		exit;
	}
	push @pipes, $pipe;
}
my %taken;
for my $pipe (@pipes) {
	while (<$pipe>) {
		my ($kind, $n) = split;
		$taken{$kind} += $n;
	}
	close $pipe or die "a session failed\n";
}
print join(' ', map { "$_ " . ($taken{$_} // 0) } qw(none user two)), "\n";

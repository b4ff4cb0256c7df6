#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# silent - hold connections: silent.pl [udp:]ADDRESS PORT [COUNT]
#
# Without COUNT, listens there, fills its own queue, and so drops whatever
# else comes; or just never answers, by UDP.  With it, opens so many connections to that place and holds
# them.  Either says "silent" when it is done, and stays until it is killed;
# what it holds is then reset, so that its ports are free at once.
use strict;
use warnings;
use IO::Socket::IP;
use Socket qw(SOL_SOCKET SO_LINGER SOMAXCONN);

my ($address, $port, $count) = @ARGV;
my (@held, $listener);

if ($address =~ s/^udp://) {
	$listener = IO::Socket::IP->new(LocalHost => $address,
	    LocalPort => $port, Proto => "udp") or die "silent: bind: $@\n";
	$count = 0;
}
if (!defined $count) {
	$listener = IO::Socket::IP->new(LocalHost => $address,
	    LocalPort => $port, Listen => 1, ReuseAddr => 1)
	    or die "silent: listen: $@\n";
	listen $listener, 0 or die "silent: $!\n";
}
for (1 .. $count // 8) {
	# those that find the queue full never succeed
	my $socket = IO::Socket::IP->new(PeerHost => $address,
	    PeerPort => $port, Blocking => defined $count)
	    or die "silent: connect: $@\n";
	setsockopt $socket, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0);
	push @held, $socket;
}
$| = 1;
print "silent\n";
$SIG{TERM} = sub { exit 0 };
sleep;

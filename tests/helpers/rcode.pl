#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# rcode - a name server that has one answer: rcode.pl ADDRESS PORT RCODE
#
# Answers every question, by UDP, with that RCODE (2: SERVFAIL, 5: REFUSED) and
# no record.  "ready" on standard output means what it says.
use strict;
use warnings;
use IO::Socket::IP;

my ($address, $port, $rcode) = @ARGV;
my $door = IO::Socket::IP->new(LocalHost => $address, LocalPort => $port,
    Proto => 'udp') or die "rcode: bind: $@\n";
$| = 1;
print "ready\n";
while (my $from = $door->recv(my $bytes, 65536)) {
	next if length $bytes < 12;
	my ($id, $flags) = unpack 'nn', $bytes;
	# the question without what is after it: header, name, type, class
	my ($name) = substr($bytes, 12) =~ /^((?:[^\0][^\0]*)?\0.{4})/s or next;
	$door->send(pack('n6', $id, $flags & 0x7900 | 0x8080 | $rcode, 1, 0, 0,
	    0) . $name, 0, $from);
}

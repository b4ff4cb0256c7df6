#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# http - say something, print what comes back: http.pl ADDRESS PORT TEXT [COUNT]
#
# TEXT has \r, \n and \0; COUNT times more "x" follow it.  The other end is left
# to close.  "(no answer)" and the seconds that it took, when it says nothing.
use strict;
use warnings;
use IO::Socket::IP;
use Time::HiRes qw(time);

my ($address, $port, $text, $count) = @ARGV;
my $start = time;
my $connection = IO::Socket::IP->new(PeerHost => $address, PeerPort => $port)
    or die "http: connect: $@\n";

$SIG{PIPE} = "IGNORE";
$text =~ s/\\([rn0])/{ r => "\r", n => "\n", 0 => "\0" }->{$1}/ge;
$connection->autoflush(1);
print $connection $text, "x" x ($count // 0);
my $said = do { local $/; <$connection> } // "";
$said = sprintf "(no answer) %.0f\n", time - $start if $said eq "";
print $said;

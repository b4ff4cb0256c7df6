#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# inetd - a process for each connection: inetd.pl ADDRESS PORT COMMAND...
#
# As inetd(8) does, and systemd for a socket unit with Accept=yes: the
# connection is the standard input and output of the command.  Says "listening"
# when it does.
use strict;
use warnings;
use IO::Socket::IP;

my ($address, $port, @command) = @ARGV;
my $listener = IO::Socket::IP->new(LocalHost => $address, LocalPort => $port,
    Listen => 64, ReuseAddr => 1) or die "inetd: listen: $@\n";

$SIG{CHLD} = "IGNORE";
$| = 1;
print "listening\n";
for (;;) {
	my $connection = $listener->accept or next;

	if (fork == 0) {
		$SIG{CHLD} = "DEFAULT";
		open STDIN, "<&", $connection or die "inetd: $!\n";
		open STDOUT, ">&", $connection or die "inetd: $!\n";
		close $connection;
		exec @command or die "inetd: $command[0]: $!\n";
	}
	close $connection;
}

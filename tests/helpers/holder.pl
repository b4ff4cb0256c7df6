#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# holder - hold a listening socket for a program, and start the program again
# whenever it ends, as systemd does with a .socket unit
#
#	holder.pl PATH COUNT COMMAND...
#
# COUNT such sockets are given to it, the further ones at PATH.2 and so on.  A
# line is printed for each time, "started PID" and "ended STATUS"; after SIGTERM
# the program is ended, and not started again.
use strict;
use warnings;
use Fcntl;
use IO::Socket::UNIX;
use POSIX ();

my ($path, $count, @command) = @ARGV;
my @sockets;
for my $n (1 .. $count) {
	my $name = $n == 1 ? $path : "$path.$n";
	unlink $name;
	my $s = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $name,
	    Listen => 4096) or die "$name: $!\n";
	chmod 0666, $name;
	push @sockets, $s;
}

my ($pid, $over);
$SIG{TERM} = sub { $over = 1; kill TERM => $pid if $pid };
$| = 1;
until ($over) {
	$pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		my @high = map { fcntl($_, F_DUPFD, 50) // die "$!\n" } @sockets;
		POSIX::dup2($high[$_], 3 + $_) // die "$!\n" for 0 .. $#high;
		@ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} =
		    ($$, $count, join ':', ('tdc-milter.socket') x $count);
		exec @command or die "$command[0]: $!\n";
	}
	print "started $pid\n";
	1 until waitpid($pid, 0) == $pid;
	print "ended ", $? >> 8, "\n";
	select undef, undef, undef, 0.1;	# RestartSec
}

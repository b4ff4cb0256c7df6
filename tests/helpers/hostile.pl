#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# hostile - letters that try to be two (SMTP smuggling), and what is the same
#
#	hostile.pl make DIR	one file for each trick
#	hostile.pl same A B	which files of directory A are not the same in
#				B?  A lone dot may have been doubled.
#	hostile.pl alike A B	which are not, when line ends of any kind and
#				number, and blanks, are all one: servers change
#				them
#
# Each trick stands at the start of the body, and then so often, in lines of
# all lengths, that it lies across the edges of whatever pieces the letter is
# sent in.  Behind it stand the commands of another letter.
use strict;
use warnings;

my %tricks = (
	'lf-lf' => "\n.\n", 'lf-crlf' => "\n.\r\n", 'crlf-lf' => "\r\n.\n",
	'cr-cr' => "\r.\r", 'cr-crlf' => "\r.\r\n", 'crlf-cr' => "\r\n.\r",
	'lf-cr' => "\n.\r", 'cr-lf' => "\r.\n", 'crcrlf' => "\r\r\n.\r\r\n",
	'crlf' => "\r\n.\r\n", 'dots' => "\r\n..\r\n", 'lf-dots' => "\n..\n",
	'nul-before' => "\r\n\0.\r\n", 'nul-behind' => "\r\n.\0\r\n",
	'nul-lf' => "\n\0.\n", 'nul-in-crlf' => "\r\0\n.\r\0\n",
	'lflf' => "\n\n.\n\n", 'lfcr' => "\n\r.\n\r",
);
my $evil = "MAIL FROM:<evil\@client.example>\r\n" .
    "RCPT TO:<victim\@intake.example>\r\nDATA\r\n" .
    "Subject: smuggled\r\n\r\nevil\r\n.\r\nQUIT\r\n";

sub put {
	my ($path, $body) = @_;
	open my $file, '>:raw', $path or die "$path: $!\n";
	print $file "From: sender\@client.example\r\nSubject: hostile\r\n",
	    "Message-ID: <hostile\@client.example>\r\n\r\n$body";
	close $file or die "$path: $!\n";
}

sub make {
	my ($dir) = @_;
	for my $name (sort keys %tricks) {
		my $trick = $tricks{$name};
		my $long = join '', map { 'x' x ($_ % 67) . $trick } 1 .. 4000;
		put("$dir/$name", "text$trick$evil");
		put("$dir/$name-first", "$trick$evil");
		put("$dir/$name-often", "$long$evil");
	}
	put("$dir/dot", '.');
	put("$dir/dot-crlf", ".\r\n");
	put("$dir/dot-last", "text\r\n.");
	put("$dir/dot-after-lf", "text\n.");
	put("$dir/dot-after-cr", "text\r.");
	put("$dir/cr-last", "text\r");
	put("$dir/lf-last", "text\n");
	put("$dir/crlf-dot-cr-last", "text\r\n.\r");
	put("$dir/nothing", '');
	put("$dir/nul", "\0" x 3 . "\r\n\0\r\n");
}

sub content {
	my ($path, $alike) = @_;
	open my $file, '<:raw', $path or return 'not there';
	my $bytes = do { local $/; <$file> };
	$bytes =~ s/[\r\n ]+/ /g, $bytes =~ s/ \z// if $alike;
	$bytes =~ s/([\r\n ]\0*)\.\.?(?=[\r\n \0]|\z)/$1./g;
	return $bytes;
}

my ($verb, @args) = @ARGV;
if ($verb eq 'make') {
	make(@args);
} else {
	my ($one, $other) = @args;
	for (glob "$one/*") {
		my $name = s{.*/}{}r;
		print "$name\n" if content($_, $verb eq 'alike') ne
		    content("$other/$name", $verb eq 'alike');
	}
}

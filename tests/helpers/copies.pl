#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# copies - what reached an intake of the messages of tests/tools/send
#
#	copies.pl DIR SIZE	one line "NUMBER MID" for each whole copy;
#				"damaged FILE WHY" for any other
#	copies.pl twice DIR	one line "CONNECTION COUNT" for each that
#				brought copies which came again later
#	copies.pl ticks DIR	one line "NUMBER MID TICK" for each copy, of
#				an intake with -k
use strict;
use warnings;

sub content {
	my ($path) = @_;
	open my $file, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar <$file>;
}

sub twice {
	my ($dir) = @_;
	my (%last, %count);
	for my $path (sort glob "$dir/[0-9]*.eml") {
		my ($mid) = content($path) =~
		    /^Message-ID: <([0-9a-f]{16})\./m or die "$path: no MID\n";
		my ($connection) = content($path =~ s/eml$/env/r) =~
		    /^connection (\d+)$/m or die "$path: no connection\n";
		$count{$last{$mid}}++ if defined $last{$mid};
		$last{$mid} = $connection;
	}
	print "$_ $count{$_}\n" for sort { $a <=> $b } keys %count;
	exit;
}
twice($ARGV[1]) if $ARGV[0] eq 'twice';

sub ticks {
	my ($dir) = @_;
	for my $path (sort glob "$dir/[0-9]*.eml") {
		my $report = content($path);
		my ($number) = $report =~ /^Subject: message (\d+)\r\n/m
		    or die "$path: no number\n";
		my ($mid) = $report =~ /^Message-ID: <([0-9a-f]{16})\./m
		    or die "$path: no MID\n";
		my ($tick) = content($path =~ s/eml$/env/r) =~ /^tick (\d+)$/m
		    or die "$path: no tick\n";
		print "$number ", hex $mid, " $tick\n";
	}
	exit;
}
ticks($ARGV[1]) if $ARGV[0] eq 'ticks';

my ($dir, $size) = @ARGV;
my $line = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-=';
my $body = "$line\r\n" x (1 + int(($size - 1) / (length($line) + 2)));

sub look {
	my ($path) = @_;
	my $report = content($path);
	my ($number) = $report =~ /^Subject: message (\d+)\r\n/m
	    or return 'has no number';
	my ($mid) = $report =~ /^Message-ID: <([0-9a-f]{16})\./m
	    or return 'has no MID';
	my ($boundary) = $report =~ /^\tboundary="([^"]+)"\r\n/m
	    or return 'has no boundary';
	$report =~ /^Subject: message $number\r\nMessage-ID: <$number\.\d+\@client\.example>\r\n\r\n(.*?)\r\n--\Q$boundary\E--\r\n\z/ms
	    or return 'has no whole original';
	$1 eq $body or return 'has another body';
	print "$number ", hex $mid, "\n";
	return '';
}

for my $path (glob "$dir/[0-9]*.eml") {
	my $why = look($path);
	print "damaged $path $why\n" if $why ne '';
}

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# remembers - which of these texts a core dump of a process would have in it
#
#	perl remembers.pl PID TEXT...
#
# One line for each that stands in its memory; what MADV_DONTDUMP keeps out of
# dumps ("dd" in smaps) is not looked at.
use strict;
use warnings;
no warnings "portable";

my ($pid, @texts) = @ARGV;
my (@areas, $area, %found);

open(my $maps, '<', "/proc/$pid/smaps") or die "smaps: $!\n";
while (<$maps>) {
	if (/^([0-9a-f]+)-([0-9a-f]+) r\S* .*?(\[v\w+\])?$/) {
		$area = $3 ? undef : [hex $1, hex $2];
	} elsif (/^[0-9a-f]+-/) {
		undef $area;
	} elsif (/^VmFlags:(.*)/ && $area) {
		push @areas, $area unless $1 =~ /\bdd\b/;
	}
}
open(my $memory, '<:raw', "/proc/$pid/mem") or die "mem: $!\n";
my $octets = 0;
for (@areas) {
	my ($from, $to) = @$_;
	sysseek($memory, $from, 0) or next;
	my $got = sysread($memory, my $bytes, $to - $from) or next;
	$octets += $got;
	index($bytes, $_) < 0 or $found{$_} = 1 for @texts;
}
die "nothing read\n" if $octets < 100000;
print "$_\n" for sort keys %found;

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# remembers - which of these texts a core dump of a process would have in it
#
#	perl remembers.pl [-w] PID TEXT...
#
# One line for each that stands in its memory; what MADV_DONTDUMP keeps out of
# dumps ("dd" in smaps) is not looked at.
#
# -w	looks again, for ten seconds, until none does: a request that is under way
#	has what it is made with
use strict;
use warnings;
no warnings "portable";

my $until = time + (@ARGV && $ARGV[0] eq '-w' && shift @ARGV ? 10 : 0);
my ($pid, @texts) = @ARGV;

# areas - from where to where a dump would have what is there
sub areas {
	my (@areas, $area);

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
	return @areas;
}

# found - those of the texts that are there now
sub found {
	my ($octets, %found) = (0);

	open(my $memory, '<:raw', "/proc/$pid/mem") or die "mem: $!\n";
	for (areas()) {
		my ($from, $to) = @$_;
		sysseek($memory, $from, 0) or next;
		my $got = sysread($memory, my $bytes, $to - $from) or next;
		$octets += $got;
		index($bytes, $_) < 0 or $found{$_} = 1 for @texts;
	}
	die "nothing read\n" if $octets < 100000;
	return sort keys %found;
}

my @found = found();
while (@found && time < $until) {
	select(undef, undef, undef, 0.2);
	@found = found();
}
print "$_\n" for @found;

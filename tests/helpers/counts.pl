#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# counts.pl - what "tdcctl status --json" and "tdcctl metrics" told, one after
# the other, on standard input: each must hold together by itself
#
# Prints how many there were of each, and each that does not, with why.
use strict;
use warnings;
use JSON::PP;
use List::Util qw(sum0);

my %seen = (status => 0, metrics => 0);

sub holds {
	my ($where, $n, $true) = @_;
	print "$where: $n\n" if !$true;
}

sub status {
	my ($n) = @_;
	my $parts = sub {
		my ($prefix) = @_;
		return sum0 map { $n->{$_} } grep { /^\Q$prefix\E/ } keys %$n;
	};
	my $fates = $n->{journaled} + $n->{failed_open} +
	    $n->{failed_tempfail} + $n->{aborted} + $parts->("skipped_");
	my $delays = sum0 map { $n->{$_} }
	    grep { /^delivery_/ && $_ ne "delivery_time" } keys %$n;
	my $gone = $n->{delivered} + $n->{hard_bounced};

	$seen{status}++;
	holds("messages", "$n->{messages} $fates", $n->{messages} == $fates);
	holds("hard", $n->{hard_bounced},
	    $n->{hard_bounced} == $parts->("hard_bounced_"));
	holds("soft", $n->{soft_bounced},
	    $n->{soft_bounced} >= $parts->("soft_bounced_"));
	holds("delivered", "$n->{delivered} > $n->{enqueued}",
	    $n->{delivered} <= $n->{enqueued});
	holds("gone", "$gone > $n->{enqueued}", $gone <= $n->{enqueued});
	holds("journaled", $n->{journaled}, $n->{journaled} <= $n->{enqueued});
	holds("delays", "$delays > $n->{delivered}", $delays <= $n->{delivered});
}

sub metrics {
	my ($n) = @_;
	my $fates = sum0 map { $n->{$_} }
	    grep { /^tdc_messages_(journaled|failed|aborted|skipped)/ } keys %$n;

	$seen{metrics}++;
	holds("tdc_messages_total", "$n->{tdc_messages_total} $fates",
	    $n->{tdc_messages_total} == $fates);
	holds("tdc_copies_delivered_total", $n->{tdc_copies_delivered_total},
	    $n->{tdc_copies_delivered_total} <=
	    $n->{tdc_copies_enqueued_total});
	holds("tdc_delivery_seconds_count", $n->{tdc_delivery_seconds_count},
	    $n->{tdc_delivery_seconds_count} <=
	    $n->{tdc_copies_delivered_total});
}

my ($object, %numbers) = ("");
while (<STDIN>) {
	$object .= $_ if /^\{/ .. /^\}/;
	$numbers{$1} = $2 if /^(tdc_\S+) ([0-9.]+)$/;
	if (/^\}/) {
		status(JSON::PP->new->decode($object)->{counters});
		$object = "";
		metrics({ %numbers }) if exists $numbers{tdc_messages_total};
		%numbers = ();
	}
}
print "status $seen{status} metrics $seen{metrics}\n";

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# stories - what a log tells of copies that failed, each at an intake with an
# address of its own
#
#	stories.pl MID NAMES <LOG
#
# NAMES has a line "NAME ADDRESS" for each copy, in the order of their MIDs,
# from MID on; LOG is what rig_log prints.  Prints a line for each: the name,
# and a word for each line of the log that tells of failure:
#
#	start			Delivery start
#	lost, timeout,		Connection Error: nobody is there, or no more;
#	garbled, CODE		silence; what is no SMTP; this reply
#	tls			TLS failed
#	delayed:CODE		Delayed, with this reply; 000 is none
#	last			last attempt failed
#	HARD, SOFT, NETWORK,	delivery failed
#	TLS, EXPIRED
#	bounced:CODE		Bounced, with this reply
#	aborted, done		Message finished
#
# A line that is not as it should be stands there as it is.
use strict;
use warnings;

my ($mid, $names) = @ARGV;
my (@order, %name_at, %name_of, %on, %story);
my $answer = qr/\d\.\d\.\d - .+ \('(\d+)', \[.+\]\)/;
my $seti = 'Cisco Secure Email Threat Defense';
my %class = ('Hard Bounced' => 'HARD', 'Retries Exhausted' => 'SOFT',
    'Connection Error' => 'NETWORK', 'Expired' => 'EXPIRED');

sub trouble {
	my ($details, $reason) = @_;
	my %is = (
		'connection timed out' => qr/^(timeout)$/,
		'network error' => qr/^(EOF|\[Errno (?:32|101|104|111)\] .+)$/,
		'unexpected SMTP response' =>
		    qr/^(no SMTP reply after|un\w+ reply|\d+(?=-'.*'$))/,
	);
	return "$details, $reason" if !defined $is{$reason} ||
	    $details !~ $is{$reason};
	return $1 if $1 =~ /^(timeout|\d+)$/;
	return $reason eq 'network error' ? 'lost' : 'garbled';
}

sub word {
	local ($_) = @_;
	return 'start' if /^Delivery start /;
	return trouble($1, $2) if
	    /^Connection Error: .* details: (.+) interface: \S+ reason: (.+)$/;
	return 'tls' if / TLS failed: ./;
	return "delayed:$1" if /^Delayed: .* to RID 0 - $answer$/;
	return 'last' if /^MID \d+ last attempt failed: DCID \d+ to \S+: ./;
	return 'TLS' if /delivery failed to $seti:TLS Error\.$/;
	return $class{$1} // $_ if /delivery failed to $seti: (.+)\.$/;
	return "bounced:$1" if /^Bounced: .* RID 0 - Bounced by destination server with response: $answer$/;
	return $1 if /^Message finished MID \d+ (.+)$/;
	return '' if /( TLS trust: | TLS success | close$|^New SMTP )/;
	return $_;
}

open my $list, '<', $names or die "$names: $!\n";
while (<$list>) {
	my ($name, $address) = split;
	push @order, $name;
	$name_at{$address} = $name;
	$name_of{$mid++} = $name;
}
while (<STDIN>) {
	chomp;
	s/^TDC: //;
	$on{$1} = $name_at{$2} if
	    /^New SMTP DCID (\d+) interface \S+ address (\S+) port \d+$/ ||
	    /^Connection Error: DCID (\d+) domain: \S+ IP: (\S+) /;
	# at the start: behind it a reply may speak of others
	my $name = /^(?:\w+:? )*(?:DCID \d+ )?MID (\d+) / ? $name_of{$1} :
	    /^(?:\w+:? )*DCID (\d+) / ? $on{$1} : undef;
	next if !defined $name;
	my $word = word($_);
	push @{$story{$name}}, $word if $word ne '';
}
print join(' ', $_, @{$story{$_} // []}), "\n" for @order;

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# dkim - signatures by another hand than opendkim's (Mail::DKIM)
#
#	dkim.pl seal SETS DOMAIN SELECTOR KEYFILE FROM TO
#		the letters of one directory into another, as if so many hops
#		had passed them on: with that many ARC sets (RFC 8617), each of
#		which covers those before it
#	dkim.pl verify PORT FILE...
#		one line for each, "NAME dkim=RESULT[,RESULT] arc=RESULT"; the
#		keys are asked of the DNS server at that port
use strict;
use warnings;
use Mail::DKIM;
use Mail::DKIM::ARC::Signer;
use Mail::DKIM::ARC::Verifier;
use Mail::DKIM::Verifier;
use Net::DNS::Resolver;

sub content {
	my ($path) = @_;
	open my $file, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar <$file>;
}

# pass_on - what one more hop makes of a letter
sub pass_on {
	my ($letter, $result, $domain, $selector, $key) = @_;
	my $signer = Mail::DKIM::ARC::Signer->new(Algorithm => 'rsa-sha256',
	    Chain => 'ar', Domain => $domain, SrvId => $domain,
	    Selector => $selector, KeyFile => $key);
	$letter = "Authentication-Results: $domain; arc=$result\r\n$letter";
	$signer->PRINT($letter);
	$signer->CLOSE;
	my @fields = $signer->as_strings;
	@fields == 3 or die 'not sealed: ', $signer->{details} // '', "\n";
	return join('', map { s/\r?\n/\r\n/gr . "\r\n" } @fields) . $letter;
}

sub seal {
	my ($sets, $domain, $selector, $key, $from, $to) = @_;
	for my $path (glob "$from/*") {
		my $letter = content($path);
		$letter = pass_on($letter, $_ == 1 ? 'none' : 'pass', $domain,
		    $selector, $key) for 1 .. $sets;
		my $sealed = $path =~ s|.*/|$to/|r;
		open my $file, '>:raw', $sealed or die "$sealed: $!\n";
		print $file $letter;
		close $file or die "$sealed: $!\n";
	}
}

sub verify {
	my ($port, @files) = @_;
	Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(
	    nameservers => ['127.0.0.1'], port => $port));
	for my $path (@files) {
		my $letter = content($path);
		my ($dkim, $arc) = map { my $verifier = $_;
		    $verifier->PRINT($letter); $verifier->CLOSE; $verifier }
		    Mail::DKIM::Verifier->new, Mail::DKIM::ARC::Verifier->new;
		print $path =~ s|.*/||r, ' dkim=',
		    join(',', map { $_->result } $dkim->signatures) || 'none',
		    ' arc=', $arc->result, "\n";
	}
}

my $verb = shift;
$verb eq 'seal' ? seal(@ARGV) : verify(@ARGV);

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# recipients - one message to very many, and what becomes of it
#
#	recipients.pl DIR COUNT	make in DIR
#		table		for postmap(1): domains, some addresses, intakes
#		letter		whose To: and Cc: name some of them
#		rcpt		the recipients, one a line, some of them twice
#		wanted.LOCAL	the lines that the report to the intake address
#				LOCAL@intake.example has to have, in order
use strict;
use warnings;

my ($dir, $count) = @ARGV;

# By domain; "-" is NO.
my %domain = ('a.example' => 'journal', 'b.example' => 'emea',
    'c.example' => '-', 'd.example' => 'apac');
my @domains = (sort(keys %domain), 'e.example');	# which has no policy
# By address: every 13th goes elsewhere.
my @others = qw(journal emea apac us -);

sub value {
	my ($intake) = @_;
	return $intake eq '-' ? 'NO' : $intake eq 'journal' ? 'DEFAULT' :
	    "$intake\@intake.example name=\U$intake";
}

sub content {
	my ($name, @lines) = @_;
	open my $file, '>:raw', "$dir/$name" or die "$dir/$name: $!\n";
	print $file @lines;
	close $file or die "$dir/$name: $!\n";
}

my (@table, @to, @cc, @rcpt, %wanted);
push @table, map { "$_\t" . value($domain{$_}) . "\n" } sort keys %domain;
for my $i (0 .. $count - 1) {
	my $address = "user$i\@$domains[$i % @domains]";
	my $intake = $domain{$domains[$i % @domains]} // '-';

	if ($i % 13 == 5) {
		$intake = $others[$i / 13 % @others];
		push @table, "$address\t" . value($intake) . "\n";
	}
	push @to, $address if $i % 7 == 0;
	push @cc, "<$address>" if $i % 7 == 1;
	push @rcpt, "$address\n";
	push @rcpt, "$address\n" if $i % 49 == 7;
	push @{$wanted{$intake}}, "Recipient: $address\n";
}
push @rcpt, $rcpt[0], $rcpt[2];

# fields - several of a name, each folded
sub fields {
	my ($name, @addresses) = @_;
	my @fields;
	push @fields, "$name: " . join(",\r\n ", splice @addresses, 0, 60) .
	    "\r\n" while @addresses;
	return @fields;
}

delete $wanted{'-'};
content('table', @table);
content('letter', "From: sender\@client.example\r\n", fields('To', @to),
    "Subject: many\r\n", fields('Cc', @cc),
    "Resent-To: user3\@d.example\r\nX-To: user4\@e.example\r\n",
    "Message-ID: <many\@client.example>\r\n\r\nDear all,\r\n");
content('rcpt', @rcpt);
content("wanted.$_", @{$wanted{$_}}) for keys %wanted;

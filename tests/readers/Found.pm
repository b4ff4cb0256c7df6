# SPDX-License-Identifier: BSD-2-Clause
#
# Found - what a reader finds in copies, for the readers in Perl (see found.py)
#
#	my ($mode, @files) = arguments();
#	tell('reader', $_, sub { ... return { ... } }) for @files;
package Found;
use strict;
use warnings;
use Digest::SHA 'sha256_hex';
use Encode 'encode_utf8';
use Exporter 'import';
use File::Basename;
use JSON::PP;

our @EXPORT = qw(arguments content digest lines listed tell_of);

sub arguments {
	return $ARGV[0] =~ /^-[bm]$/ ? @ARGV : ('', @ARGV);
}

sub content {
	my ($path) = @_;
	open my $file, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar <$file> // '';
}

sub digest {
	return sha256_hex(map { utf8::is_utf8($_) ? encode_utf8($_) : $_ } @_);
}

sub tell_of {
	my ($reader, $path, $read) = @_;
	my $found = eval { $read->($path) } || { refused => "$@" };
	print JSON::PP->new->canonical->ascii->encode({ %$found,
	    reader => $reader, case => basename($path, '.eml') }), "\n";
}

# lines - the text of a report: each field once, but for one recipient or more
sub lines {
	my ($text) = @_;
	my %values;
	for (grep { /\S/ } split /\r?\n/, $text) {
		my ($name, $value) =
		    /^(Sender|Subject|Message-Id|Recipient):\s*(.*?)\s*$/
		    or die "a line '$_'\n";
		push @{ $values{$name} }, $value;
	}
	for (qw(Sender Subject Message-Id)) {
		my $count = @{ $values{$_} // [] };
		$count == 1 or die "$count lines $_\n";
	}
	return (sender => $values{Sender}[0], subject => $values{Subject}[0],
	    recipients => $values{Recipient} // []);
}

# listed - the addresses of X-CSE-RcptTo
sub listed {
	my ($value) = @_;
	return [ map { s/^\s+|\s+$//gr }
	    $value =~ /((?:"(?:[^"\\]|\\.)*"|[^",])+)/g ];
}

1;

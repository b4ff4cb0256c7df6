#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# ripmime - copies as ripmime(1) takes them apart (see found.py)
#
# It writes the text of every part into a file, of an attached message too, with
# more or fewer line ends at the end, and no header of any.  So the first text
# is the report's, and the others must be those that it writes for the message
# alone.  There is no -b.
use strict;
use warnings;
use Encode qw(decode FB_CROAK);
use File::Temp 'tempdir';
use FindBin;
use lib $FindBin::Bin;
use Found;

my $dir = tempdir(CLEANUP => 1);

# number - which part a file is; those that have a name come last
sub number {
	my ($path) = @_;
	return $path =~ /(\d+)$/ ? $1 : 1e9;
}

# written - the files that are not empty, in their order
sub written {
	my ($path) = @_;
	system('ripmime', '-q', '--name-by-type', '--paranoid', '-i', $path,
	    '-d', $dir) != -1 or die "ripmime: $!\n";
	my @texts;
	for (sort { number($a) <=> number($b) } glob "$dir/*") {
		my $text = content($_);
		unlink $_;
		$text =~ s/[\r\n]+\z//;
		push @texts, $text if $text ne '';
	}
	return @texts;
}

sub report {
	my ($path) = @_;
	my ($text, @attached) = written($path);
	my ($charset) = content($path) =~ /\r\n\r\n--.*?charset="(.*?)"/s;
	return { lines(decode($charset // 'us-ascii', $text, FB_CROAK)),
	    attached => [ digest(join "\n", @attached) ], as => 'alone' };
}

sub alone {
	return { message => digest(join "\n", written(@_)) };
}

my ($mode, @files) = arguments();
tell_of('ripmime', $_, $mode eq '-m' ? \&alone : \&report) for @files;

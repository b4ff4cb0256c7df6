#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# mime_parser - copies as Perl's MIME::Parser reads them (see found.py)
#
# It takes mail as MTAs hand it to programs on Unix, with LF; so that is how it
# gets these files.
use strict;
use warnings;
use Encode qw(decode FB_CROAK);
use FindBin;
use lib $FindBin::Bin;
use MIME::Parser;
use Found;

my $parser = MIME::Parser->new;
$parser->extract_nested_messages(0);
$parser->output_to_core(1);
$parser->tmp_to_core(1);

sub parse {
	my ($path) = @_;
	return $parser->parse_data(content($path) =~ s/\r\n/\n/gr);
}

sub of_type {
	my ($part, $type) = @_;
	$part->mime_type eq $type or die $part->mime_type, " for $type\n";
	return $part;
}

sub report {
	my ($text, @attached) = of_type(parse(@_), 'multipart/mixed')->parts;
	my $charset = of_type($text, 'text/plain')
	    ->head->mime_attr('content-type.charset');
	return { lines(decode($charset, $text->bodyhandle->as_string,
	    FB_CROAK)), as => 'lines', attached => [ map {
	    digest(of_type($_, 'message/rfc822')->bodyhandle->as_string)
	} @attached ] };
}

# field - decoded, in one line
sub field {
	my ($entity, $name) = @_;
	my $value = $entity->head->get($name) // '';
	$value =~ s/\n(?=[ \t])//g;
	if ($value =~ /=\?/) {
		$value = decode('MIME-Header', $value);
	} else {
		utf8::decode($value);	# RFC 6532
	}
	return $value =~ s/^\s+|\s+$//gr;
}

# shown - all that it keeps, but for the first fields
sub shown {
	my ($entity, $without) = @_;
	my @fields = @{ $entity->head->header };
	splice @fields, 0, $without;
	return digest(@fields, "\n", $entity->stringify_body);
}

sub plain {
	my $entity = parse(@_);
	my @fields = @{ $entity->head->header };
	my $ours = 0;
	$ours++ while $fields[$ours] =~ /^X-CSE-/;
	return { sender => field($entity, 'X-CSE-MailFrom'),
	    subject => field($entity, 'Subject'),
	    recipients => listed(field($entity, 'X-CSE-RcptTo')),
	    message => shown($entity, $ours + 1) };
}

sub alone {
	my $entity = parse(@_);
	return { subject => field($entity, 'Subject'),
	    message => shown($entity, 0) };
}

my ($mode, @files) = arguments();
my $read = { '' => \&report, '-b' => \&plain, '-m' => \&alone }->{$mode};
tell_of('MIME::Parser', $_, $read) for @files;

#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# examples.pl [-l] [HEADER...] - compile the example that stands in each header
#
# The first block of a header's first comment that is indented by a tab is its
# example, up to the first paragraph that is no C (grammars and tables are
# not).  It is compiled as the body of a function, after the header and those
# that declare what else is called in it:
#
#	-- text		is a comment, up to the end of the line
#	... text ...	stands for code, or for a condition; so does ...
#	name		that is declared nowhere gets the type that a call
#			wants of it; else that in %known below; else it is a
#			struct NAME, or a pointer to one, as it is used
#
# So what is checked is that functions and members exist, and which arguments
# they take.  One line for each error, "HEADER: text"; exit status 1 when there
# is one.  -l lists the headers that have an example.
use strict;
use warnings;

delete $ENV{LANG};
$ENV{LC_ALL} = 'C';
# Where libxml2 has its headers.
chomp(my $xml2 = `pkg-config --cflags libxml-2.0 2>/dev/null`);
my $compiler = ($ENV{CC} // 'cc') . ' -std=gnu17 -I. -D_GNU_SOURCE ' .
    ($xml2 || '-I/usr/include/libxml2') .
    ' -fsyntax-only -x c -Werror=incompatible-pointer-types' .
    ' -Werror=int-conversion -Werror=implicit-function-declaration' .
    ' -fno-diagnostics-show-caret' .
    ' -fdiagnostics-color=never -';

# Names whose type no call tells.
my %known = (
	argc => 'int argc', argv => 'char **argv', i => 'size_t i',
	at => 'size_t at', count => 'size_t count',
	fd => 'int fd', n => 'size_t n', now => 'int64_t now',
	why => 'const char *why', out_fd => 'int *out_fd',
	text => 'struct buf text', out => 'struct buf out',
);

my %headers;		# FUNCTION => [HEADER...] that declare it
my %structs;		# STRUCT => [HEADER...] that have its members

sub contents
{
	my ($file) = @_;
	open my $in, '<', $file or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

# example HEADER - its text, or nothing
sub example
{
	my ($text) = contents($_[0]) =~ m{^/\*\n(.*?)\*/}ms or return;
	my ($block) = $text =~ /((?:^ \*\t.*\n(?:^ \*\n(?=^ \*\t))*)+)/m
	    or return;
	$block =~ s/^ \*\t?//mg;
	my @c;
	for (split /(?<=\n)\n/, $block) {
		my $bare = s/(?:^|\s+)--\s.*$//mgr;
		last if $bare !~ /[;{]$|^\s*[}.]|\) +\.\.\.$|^\w+\(.*\)$/m;
		push @c, $_;
	}
	return @c ? join("\n", @c) : ();
}

# code TEXT - C, in as many lines
sub code
{
	my ($text) = @_;
	$text =~ s/(?:^|\s)\K--\s.*$//mg;
	$text =~ s/^static //mg;
	my $elided = qr/\.\.\.(?: +(?!&&|\|\||\))\S[^\n]*?(?:\n[^\n]*?){0,2}?\.\.\.)?/;
	$text =~ s{($elided)}{
		my ($lines, $before, $after) =
		    (($1 =~ tr/\n//), $`, $');
		($before =~ /[(&|=,!]\s*$/ || $after =~ /^\s*(?:&&|\|\||\))/ ?
		    'elided' : ';') . "\n" x $lines
	}ge;
	return $text;
}

# prototype FUNCTION TEXT - what it returns, and its parameters' types
sub prototype_of
{
	my ($function, $text) = @_;
	my ($type, $list) = $text =~
	    /^([a-z][\w \t]*?[\s*]+)\b$function\(((?:[^();]|\([^()]*\))*)\)/m
	    or return;
	$type =~ s/\b(?:static|inline|extern)\s+//g;
	my @types;
	for (split /,/, $list) {
		s/^\s+|\s+$//g;
		s/\s+/ /g;
		s/\w* ?\[\w*\]$/*/;
		s/(?<=[\w*])\s*\b(?!(?:char|int|bool|void|long|unsigned|\w+_t)\b)\w+$//
		    if /\w[ *]+\w+$/ && !/^(?:const )?(?:struct|enum) \w+$/;
		push @types, $_;
	}
	return $type, @types;
}

# by_call NAME CODE TEXT - the type that a call in this code wants of a name
sub by_call
{
	my ($name, $code, $text) = @_;
	if ($code =~ /\b$name = (\w+)\(/) {
		my ($type) = prototype_of($1, $text);
		return $type if defined $type && $type !~ /^(?:void|int)\s*$/;
	}
	while ($code =~ /\b(\w+)(\((?:[^()]|(?2))*\))/g) {
		my ($function, $list) = ($1, $2);
		pos($code) -= length($list) - 1;	# calls in calls
		$list =~ s/^\(|\)$|"(?:[^"\\]|\\.)*"//g;
		my @given = split /,/, $list;
		my ($type, @types) = prototype_of($function, $text);
		for my $i (0 .. $#given) {
			last if $i > $#types;
			$given[$i] =~ s/^\s+|\s+$//g;
			return $types[$i] if $given[$i] eq $name;
			next if $given[$i] ne "&$name";
			my $type = $types[$i] =~ s/ ?\*$//r;
			return $type =~ /\*/ ? $type : $type =~ s/^const //r;
		}
	}
	return;
}

# declaration NAME CODE HEADERS - of a name in this code, or nothing
sub declaration
{
	my ($name, $code, $text) = @_;
	$text =~ s{/\*.*?\*/}{}gs;
	my $type = by_call($name, $code, $text);
	return "$type $name;" if defined $type && $type !~ /\.\.\./;
	return "$known{$name};" if exists $known{$name};
	return "void *$name;" if "$text$code" !~ /\bstruct $name\b/;
	return $code =~ /&$name\b(?!->|\.|\[)|\b$name\.|\b$name = \(struct/ ?
	    "struct $name $name;" : "struct $name *$name;";
}

# home HEADER NAME TEXT - the header that has the members of struct NAME, if
# this text does not: one of the same folder, if there is one
sub home
{
	my ($header, $name, $text) = @_;
	my $from = $structs{$name} or return;
	return if exists $known{$name} || $text =~ /^struct $name \{/m;
	my ($folder) = $header =~ m{(.*)/};
	return (grep { m{^$folder/} } @$from)[0] // $from->[0];
}

sub compile
{
	my ($source) = @_;
	my $pid = open my $out, '-|';
	defined $pid or die "fork: $!\n";
	if ($pid == 0) {
		open STDERR, '>&', \*STDOUT or die;
		open my $in, '|-', $compiler or die;
		print $in $source;
		close $in;
		exit 0;
	}
	my @errors = grep { /error:/ } <$out>;
	close $out;
	return @errors;
}

# try HEADER CODE - what is wrong with it
sub try
{
	my ($header, $code) = @_;
	my (%include, %declared);
	my $structs = join '', $code =~ /^struct \w+ \{[^}]*\};\n/mg;
	$code =~ s/^struct \w+ \{[^}]*\};$//mg;
	for (1 .. 4) {
		my $includes = join '', map { "#include \"$_\"\n" } $header,
		    sort keys %include;
		my @errors = compile(
		    "#include <fcntl.h>\n#include <poll.h>\n" .
		    "#include <stdio.h>\n#include <stdlib.h>\n" .
		    "#include <string.h>\n$includes" .
		    "int example(void);\nint\nexample(void)\n{\n$structs" .
		    "int elided = 0; (void)elided;\n" .
		    join('', map { "$_\n" } map { $declared{$_} }
		    sort keys %declared) .
		    "#line 1 \"example\"\n{ $code\n;} return 0; }\n");
		my $more = 0;
		my $text = join '', $structs, map { contents($_) } $header,
		    sort keys %include;
		for (@errors) {
			/'(\w+)' undeclared/ && !$declared{$1} or next;
			my $name = $1;
			$more = 1;
			if (my $from = home($header, $name, $text)) {
				$include{$from} = 1;
				next;
			}
			$declared{$name} = declaration($name, $code, $text);
		}
		for my $call ($code =~ /\b(\w+)\(/g) {
			my $from = $headers{$call} or next;
			next if grep { $_ eq $header || $include{$_} } @$from;
			$include{$from->[0]} = 1;
			$more = 1;
		}
		return @errors if !$more;
	}
	return 'error: no end of what is not declared';
}

my @all = glob '{base,policy,journal,milter,forward,control,history,remediate}/{,*/}*.h';
for my $header (@all) {
	my $text = contents($header);
	$text =~ s{/\*.*?\*/}{}gs;
	push @{$headers{$_}}, $header for $text =~ /^[\w \t*]*\b(\w+)\(/mg;
	push @{$headers{$_}}, $header for $text =~ /^#define (\w+)\(/mg;
	push @{$structs{$_}}, $header for $text =~ /^struct (\w+) \{/mg;
}
my $list = @ARGV && $ARGV[0] eq '-l' && shift;
my $failed = 0;
for my $header (@ARGV ? @ARGV : @all) {
	my $text = example($header) // next;
	print "$header\n" if $list;
	next if $list;
	for (try($header, code($text))) {
		s/^.*?error: //;
		s/ \[-W.*//;
		s/; did you mean .*//;
		s/\s+\z//;
		print "$header: $_\n";
		$failed = 1;
	}
}
exit $failed;

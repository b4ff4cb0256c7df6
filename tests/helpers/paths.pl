#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# paths - the many ways to write a mailbox in MAIL FROM and RCPT TO
#
#	paths.pl make SEED COUNT DIR	DIR/paths: tokens, one a line, in hex;
#					DIR/theirs, DIR/ours: the same keys for
#					access(5) and for policy_maps
#	paths.pl give PORT MAIL|RCPT FILE	send a message with each; print
#					how many were accepted
#	paths.pl compare SPOOL		each copy's X-Key: line, which smtpd put
#					there for the key that it found, against
#					the name of the policy; and whether all
#					addresses of its envelope are plain
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;

sub one { $_[rand @_] }
sub maybe { rand() < shift ? one(@_) : '' }

# ---- tokens ----

my @domains = ('journal.test', 'sub.journal.test', 'other.test',
    'gateway.example', "b\xc3\xbccher.test", 'deep.er.sub.journal.test',
    'gw.test', 'test', 'journal', '[192.0.2.1]', '[IPv6:2001:db8::1]');
my @locals = ('u', 'user', 'u+ext', 'user+a+b', 'owner-u', 'postmaster',
    "\xc3\x84rger", 'a.b', 'x' x 70, 'U', 'uSer', 'abuse');
my @strange = ('"u"', '"a b"', '"u@journal.test"', '"u"."v"', 'u..v', '.u',
    'u.', '"a\\"b"', 'u\\@v', '""', '', 'a,b', 'u v', '"u+ext"', 'u%v',
    'u%journal.test', 'other.test!u', 'a!b%other.test', "u'v", '"<u>"',
    'u"v"', '=?utf-8?q?u?=', 'x' x 300);
my @blanks = (' ', "\t", '  ', '(c)', '(a (b) c)', ' (c) ');

sub domain
{
	my $domain = one(@domains);

	$domain = ucfirst $domain if rand() < 0.1;
	return $domain if rand() < 0.6;
	return one(
	    sub { $_[0] . '.' }, sub { "\"$_[0]\"" }, sub { one(@blanks) . $_[0] },
	    sub { $_[0] . one(@blanks) },
	    sub { substr($_[0], 0, 1) . '\\' . substr($_[0], 1) },
	    sub { "$_[0]\@" . one(@domains) }, sub { "\@$_[0]" },
	    sub { $_[0] =~ s/\./ . /r }, sub { $_[0] =~ s/\./(c)./r },
	    sub { $_[0] . ',' }, sub { uc $_[0] }, sub { "$_[0].." },
	    sub { $_[0] =~ s/\./../r },
	)->($domain);
}

sub address
{
	my $local = rand() < 0.6 ? one(@locals) : one(@strange);
	my $domain;

	$local = maybe(0.15, @blanks) . $local . maybe(0.15, @blanks);
	return $local if rand() < 0.06;
	$domain = domain();
	return "$local%$domain\@" . one(@domains) if rand() < 0.04;
	return "$domain!$local\@" . one(@domains) if rand() < 0.04;
	return "$domain!$local" if rand() < 0.03;
	return "$local%$domain" if rand() < 0.03;
	return "$local\@" . maybe(0.1, @blanks) . $domain;
}

sub token
{
	my $address = address();
	my $token = rand() < 0.5 ? "<$address>" : one(
	    sub { "<$_[0]>" }, sub { $_[0] }, sub { "<<$_[0]>>" },
	    sub { "<$_[0]" }, sub { "$_[0]>" }, sub { "<\"Joe\" <$_[0]>>" },
	    sub { "Joe <$_[0]>" }, sub { "<\@r.test:$_[0]>" },
	    sub { "<\@r.test,\@s.test:$_[0]>" }, sub { "<group: $_[0];>" },
	    sub { "< $_[0] >" }, sub { "<$_[0](c)>" }, sub { "<(c)$_[0]>" },
	    sub { "<$_[0]> " }, sub { " <$_[0]>" }, sub { "<$_[0],$_[0]>" },
	    sub { "<$_[0], v\@other.test>" }, sub { "<$_[0]>>" },
	    sub { "<$_[0];>" }, sub { "<'$_[0]'>" }, sub { "<\"$_[0]\">" },
	)->($address);

	# a slip of the finger
	if (rand() < 0.15) {
		substr($token, rand length $token, rand() < 0.5 ? 0 : 1) =
		    one(split(//, ' <>@"\\(),;:.[]!%+='), "\x01", "\x7f");
	}
	return $token;
}

sub make
{
	my ($seed, $count, $dir) = @_;
	my %keys;

	srand $seed;
	open my $paths, '>', "$dir/paths" or die "$dir/paths: $!\n";
	print $paths unpack('H*', token()), "\n" for 1 .. $count;
	close $paths or die;
	$keys{$_} = 1 for qw(journal.test sub.journal.test other.test
	    gateway.example u@ user@journal.test u@journal.test
	    user@ postmaster@gateway.example u+ext@journal.test
	    user+a+b@ u@gw.test v@ v@other.test), "b\xc3\xbccher.test",
	    '[192.0.2.1]', 'a.b@other.test', 'abuse@', 'x' x 70 . '@journal.test';
	open my $theirs, '>', "$dir/theirs" or die "$dir/theirs: $!\n";
	open my $ours, '>', "$dir/ours" or die "$dir/ours: $!\n";
	my $name = 'k0';
	for my $key (sort keys %keys) {
		$name++;
		print $theirs "$key PREPEND X-Key: $name\n";
		print $ours "$key DEFAULT name=$name\n";
	}
	close $theirs && close $ours or die;
}

# ---- the client ----

sub reply
{
	my ($s) = @_;
	my $line;

	do { $line = <$s> // die "the server hung up\n" } while $line =~ /^...-/;
	return $line;
}

# give_one - MAIL, RCPT and DATA at one go; whether the message was taken
sub give_one
{
	my ($s, $mail, $rcpt) = @_;
	my @replies;

	print $s "MAIL FROM:$mail SMTPUTF8\r\nRCPT TO:$rcpt\r\nDATA\r\n";
	@replies = map { reply($s) } 1 .. 3;
	if ($replies[2] =~ /^354/) {
		print $s "Subject: x\r\n\r\nx\r\n.\r\n";
		return 1 if reply($s) =~ /^250/;
	}
	print $s "RSET\r\n";
	reply($s);
	return 0;
}

sub give
{
	my ($port, $verb, $file) = @_;
	my $s = IO::Socket::INET->new("127.0.0.1:$port") or die "$port: $!\n";
	my $taken = 0;

	alarm 120;	# a server that hangs fails the test

	open my $paths, '<', $file or die "$file: $!\n";
	reply($s);
	print $s "EHLO client.example\r\n";
	reply($s);
	while (my $path = <$paths>) {
		chomp $path;
		$path = pack 'H*', $path;
		$taken += $verb eq 'MAIL' ?
		    give_one($s, $path, '<zz@zz.invalid>') :
		    give_one($s, '<zz@zz.invalid>', $path);
	}
	print "$taken\n";
}

# ---- what became of it ----

# RFC 5321 4.1.2 Mailbox, RFC 6531 3.3
my $atext = qr/[^\x00-\x20\x7f()<>\[\]:;@\\,."]/;
my $mailbox = qr/(?:$atext+(?:\.$atext+)*|"(?:[^\x00-\x1f\x7f"\\]|\\[\x20-\x7e])*")
    @(?:$atext+(?:\.$atext+)*|\[[^\[\]\\\x00-\x20]+\])/x;

sub compare
{
	my ($spool) = @_;
	my ($copies, $found, $wrong) = (0, 0, 0);

	for my $file (glob "$spool/ready/*") {
		my ($envelope, $theirs, $bad);

		open my $copy, '<:raw', $file or die "$file: $!\n";
		my $text = do { local $/; <$copy> };
		my $json = ($text =~ /^(\{.*\})$/m)[0] or die "$file: no envelope\n";
		$envelope = JSON::PP->new->latin1->decode($json);
		$theirs = $text =~ /^X-Key: (\S*)\r\n/m ? $1 : 'none';
		$copies++;
		$found++ if $theirs ne 'none';
		for ($envelope->{sender}, @{$envelope->{recipients}}) {
			s/\\\\/\\/g;
			$bad = $_ if $_ ne '' && !/^$mailbox$/;
		}
		# "RCPT TO:<postmaster>" passes smtpd's restrictions unseen
		$theirs = $envelope->{policy} if $theirs eq 'none' &&
		    lc $envelope->{recipients}[0] eq 'postmaster@gateway.example';
		next if $theirs eq $envelope->{policy} && !defined $bad;
		print "$file: smtpd $theirs, we $envelope->{policy}: ",
		    "<$envelope->{sender}> to <@{$envelope->{recipients}}>",
		    defined $bad ? ", not plain: $bad" : '', "\n"
		    if $wrong++ < 20;
	}
	print "$copies copies, $found with a key, $wrong wrong\n";
}

my %verbs = (make => \&make, give => \&give, compare => \&compare);
my $verb = $verbs{shift // ''} or die "usage: paths.pl make|give|compare ...\n";
$verb->(@ARGV);

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# seen - no message that the milter saw vanishes: with every milter_protocol,
# and whatever Postfix does in mid-message, it is journaled, or counted as what
# it is, and told of
. "$(dirname "$0")/../rig/rig.sh"

rig_up seen
proxied=$(rig_port)
back=$(rig_port)
RIG_MASTER="127.0.0.1:$proxied inet n - n - - smtpd
    -o smtpd_proxy_filter=127.0.0.1:$back
127.0.0.1:$back inet n - n - - smtpd
    -o smtpd_milters="
cat >"$RIG/header_checks" <<-'EOF'
	/^Subject: redirect/	REDIRECT bob@corp.example
	/^Subject: discard/	DISCARD
	/^Subject: hold/	HOLD
EOF
rig_postfix "header_checks=regexp:$RIG/header_checks" \
    "smtpd_sender_restrictions=check_sender_access inline:{drop@client.example=DISCARD}" \
    milter_protocol=2
rig_conf <<-EOF
	policy_maps = check_recipient inline:{ { corp.example = DEFAULT name=CORP } }
	log_skipped = yes
EOF
ok "the milter starts" rig_milter || exit 1

# ---- every milter_protocol ----

for protocol in 2 3 4 6; do
	postconf -e "milter_protocol=$protocol"
	rig_cool
	postfix reload 2>>"$RIG/err/postfix"
	before="$(rig_waiting) $(rig_counter journaled) $(rig_counter skipped_policy)"
	rig_send s@client.example user@corp.example
	rig_send s@client.example user@other.example
	rig_send s@client.example user@corp.example -t user@other.example
	is "$(rig_waiting) $(rig_counter journaled) $(rig_counter skipped_policy)" \
	    "$(echo "$before" | awk '{ print $1 + 2, $2 + 2, $3 + 1 }')" \
	    "protocol $protocol: two copies, and one message that nobody wants"
	like "$(rig_log | tail -n 2)" " queue-id $rig_qid from <s@client.example> to <user@corp.example> policy CORP " \
	    "protocol $protocol: with the queue id, for one recipient"
	like "$(rig_log | tail -n 1)" "^TDC: queue-id $rig_qid not journaled for some recipients: no policy asks for <user@other.example>; from <s@client.example>\$" \
	    "protocol $protocol: and not for the other, as the log says"
done

# ---- what Postfix does not show to its end ----

# counted - what becomes of messages, and how often
counted()
{
	tdcctl status --json | sed -n \
	    's/^.*"\(journaled\|aborted\|skipped_[a-z]*\|failed_[a-z]*\|connections_refused\)": \([0-9]*\).*/\1 \2/p'
}

# after NAME COUNTER COMMAND... - the one counter that the command raises
after()
{
	name=$1
	wanted=$2
	shift 2
	counted >"$RIG/before"
	"$@" >"$RIG/said" 2>&1
	rig_wait 'counted >"$RIG/after"; ! cmp -s "$RIG/before" "$RIG/after"' 5
	is "$(paste -d ' ' "$RIG/before" "$RIG/after" |
	    awk '$2 != $4 { print $1, $4 - $2 }')" "$wanted 1" "$name"
}

# letter SUBJECT - the id of the one with it in $rig_qid
letter()
{
	rig_letter "$RIG/letter" "$1"
	rig_send s@client.example user@corp.example -F "$RIG/letter"
}

# says LINE... - to smtpd, waiting for its reply to each command, and hang up
says()
{
	printf '%s\n' "$@" | perl -MIO::Socket::INET -e '
		alarm 20;
		my $s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die;
		print scalar <$s>;
		while (<STDIN>) {
			chomp;
			print $s "$_\r\n";
			next if $_ eq "..." || /^Subject/;
			my $reply;
			do { print $reply = <$s> // last }
			    while $reply =~ /^...-/;
		}' "$smtp_port"
}

after "as ever" journaled letter plain
after "HOLD: Postfix shows it as ever" journaled letter hold
after "REDIRECT" aborted letter redirect
after "DISCARD" aborted letter discard
like "$(rig_log | tail -n 1)" \
    "^TDC: MID 0 queue-id $rig_qid not journaled: Postfix did not show it to its end" \
    "and a line says so"
counted >"$RIG/before"
rig_send drop@client.example user@corp.example
is "$(counted)" "$(cat "$RIG/before")" \
    "DISCARD by access(5): smtpd shows nothing of the message"
port=$smtp_port
smtp_port=$proxied
after "smtpd_proxy_filter" aborted letter proxied
like "$(rig_log | tail -n 1)" \
    '^TDC: MID 0 queue-id unknown not journaled: Postfix did not show it to its end; from <s@client.example> to <user@corp.example>$' \
    "a message without a queue id is told by its envelope"
smtp_port=$port
after "the client hangs up in mid-message" aborted says \
    'EHLO client.example' 'MAIL FROM:<s@client.example>' \
    'RCPT TO:<user@corp.example>' DATA ...
after "what ends before DATA is no message" journaled says \
    'EHLO client.example' 'MAIL FROM:<s@client.example>' \
    'RCPT TO:<user@corp.example>' RSET 'MAIL FROM:<s@client.example>' \
    'RCPT TO:<user@corp.example>' DATA 'Subject: x' .

# ---- clients that libmilter cannot read ----

after "a client without an address" connections_refused says \
    'XCLIENT ADDR=[UNAVAILABLE]' 'EHLO client.example' \
    'MAIL FROM:<s@client.example>' 'RCPT TO:<user@corp.example>' DATA \
    'Subject: x' . QUIT
like "$(cat "$RIG/said")" '^250 2.0.0 Ok: queued' "its message is taken"
like "$(rig_log | tail -n 1)" \
    "^TDC: Warning: Postfix's connection ended before its client was known" \
    "and a line says that there is no copy"

# at_once - a client that is gone, and Postfix with it, when its macros are read:
# what comes after them comes while the milter stands still; then a letter
at_once()
{
	perl -MIO::Socket::UNIX -e '
		sub packet { return pack "N a a*", 1 + length $_[1], @_ }
		my $s = IO::Socket::UNIX->new($ARGV[0]) or die "no connection";
		alarm 20;
		syswrite $s, packet("O", pack "NNN", 6, 0x1ff, 0x1fffff);
		sysread $s, my $reply, 65536;
		syswrite $s, packet("D", "Cj\0gateway.example\0");
		my $unread = pack "i", 1;
		while (unpack "i", $unread) {		# SIOCOUTQ
			ioctl($s, 0x5411, $unread) or die "ioctl: $!";
		}
		kill "STOP", $ARGV[1];
		do {
			open my $f, "<", "/proc/$ARGV[1]/stat" or die "no milter";
			$state = <$f>;
		} until $state =~ /\) T /;
		syswrite $s, packet("C", "client.example\0" . "4" .
		    pack("n", 4711) . "192.0.2.10\0") . packet("Q", "");
		close $s;
		kill "CONT", $ARGV[1]' "$RIG/milter.sock" "$(rig_pid milter)" ||
	    echo "at_once: $?"
	letter plain
}

after "a client that went away at once has no message to count" journaled \
    at_once

# ---- a mailbox that nobody can tell ----

# lua SENDER RECIPIENT ID - a message from an MTA that does not tell what it
# understood
lua()
{
	cat >"$RIG/script.lua" <<-EOF
		conn = mt.connect('unix:$RIG/milter.sock')
		if conn == nil then error('no connection') end
		if mt.negotiate(conn, nil, nil, nil) ~= nil then error('n') end
		mt.macro(conn, SMFIC_CONNECT, 'j', 'gateway.example')
		mt.conninfo(conn, 'client.example', '192.0.2.1')
		mt.helo(conn, 'client.example')
		mt.macro(conn, SMFIC_MAIL, 'i', '$3')
		mt.mailfrom(conn, '$1')
		mt.rcptto(conn, '$2')
		mt.data(conn)
		if mt.getreply(conn) ~= SMFIR_ACCEPT then
			mt.header(conn, 'Subject', ' hi')
			mt.eoh(conn)
			mt.eom(conn)
		end
		mt.disconnect(conn)
	EOF
	miltertest -s "$RIG/script.lua"
}

after "a recipient of another domain" skipped_policy \
    lua '<s@client.example>' '<u@other.example>' 4Q1
after "a recipient that may be anybody" journaled \
    lua '<s@client.example>' '<@r.example:u@other.example >' 4Q2
like "$(rig_log | grep 4Q2)" \
    "^TDC: Warning: queue-id 4Q2: it cannot be told which mailbox '<@r.example:u@other.example >' is" \
    "a line says so"
like "$(rig_log | grep 4Q2)" \
    'queue-id 4Q2 from <s@client.example> to <"<@r.example:u@other.example .>"@gateway.example> policy default' \
    "and its copy names what came"
after "a sender that may be anybody, where no check asks for it" journaled \
    lua '<other.example!s@x>' '<u@corp.example>' 4Q3
like "$(rig_log | grep 4Q3)" \
    'queue-id 4Q3 from <> to <u@corp.example> policy CORP' \
    "goes where the recipient's row says, and its copy does not guess"
after "a queue id with more than letters and digits" skipped_policy \
    lua '<s@client.example>' '<u@other.example>' '4Q4\nTDC: forged'
like "$(rig_log | tail -n 1)" '^TDC: MID 0 queue-id 4Q4TDCforged not journaled' \
    "makes no line of its own"

# ---- what Postfix takes, and RFC 5321 does not ----

# strange SENDER RECIPIENT
strange()
{
	says 'EHLO client.example' "MAIL FROM:$1" "RCPT TO:$2" DATA \
	    'Subject: x' . QUIT
}

control=$(printf '\001')
after "a control character in the sender" journaled \
    strange "<\"ceo$control\"@client.example>" '<user@corp.example>'
like "$(rig_log | tail -n 1)" \
    ' from <"ceo\?"@client.example> to <user@corp.example> policy CORP ' \
    "changes nothing of what the recipient's row says"
after "a control character in the recipient" journaled \
    strange '<s@client.example>' "<\"user$control\"@corp.example>"
like "$(rig_log | tail -n 1)" ' to <"user\?"@corp.example> policy CORP ' \
    "neither"

# ---- a stop in mid-message ----

rig_start client perl -MIO::Socket::INET -e '
	my $s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die;
	$s->autoflush(1);
	my $line = <$s>;
	for ("EHLO client.example", "MAIL FROM:<s\@client.example>",
	    "RCPT TO:<user\@corp.example>", "DATA") {
		print $s "$_\r\n";
		do { $line = <$s> // die } while $line =~ /^...-/;
	}
	print "begun\n";
	close STDOUT;
	sleep' "$smtp_port"
rig_wait 'grep -q begun "$RIG/err/client.out"' 10
rig_stop milter
like "$(rig_log | tail -n 3)" \
    '^TDC: Warning: tdc-milter ends with 1 messages under way, which get no copy$' \
    "a stop waits ten seconds, and says what it cuts off"
rig_stop client

# ---- where a table cannot be asked ----

rig_conf <<-EOF
	intake_address =
	policy_maps = check_sender inline:{ friend.example=NO }, check_recipient inline:{ corp.example=b@intake.example }
	log_skipped = yes
EOF
ok "the milter starts without intake_address" rig_milter
after "a sender that may be a friend" failed_open \
    lua '<other.example!s@x>' '<u@corp.example>' 4Q5
like "$(rig_log | grep 4Q5)" \
    '^TDC: Warning: queue-id 4Q5 accepted without a copy: check_sender inline:.*: the sender is unclear' \
    "is no sender that no policy knows"

is "$(rig_counter messages)" 27 "each message was counted once"
done_testing

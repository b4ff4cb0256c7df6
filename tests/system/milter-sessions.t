#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# milter-sessions - many messages in one, RSET anywhere, clients that vanish,
# strangers on the socket, five hundred at once and more than there are
# descriptors: each whole message has its copy or is counted, nothing else
# has one, and nothing is left behind
. "$(dirname "$0")/../rig/rig.sh"

rig_up milter-sessions
rig_ca
rig_dns
rig_intake intake
rig_postfix default_process_limit=600
rig_conf <<-EOF
	default_policy = DEFAULT
	spool_sync = no
EOF
size=3000
copies=0

# milter_starts DESCRIPTORS - with so many, from this shell
milter_starts()
{
	most=$(prlimit --pid $$ --nofile --output SOFT --noheadings)
	prlimit --pid $$ --nofile="$1:"
	rig_milter
	prlimit --pid $$ --nofile="$most:"
	begin=$(fds)
	rig_alive milter
}

fds()
{
	find "/proc/$(rig_pid milter)/fd" -mindepth 1 2>/dev/null | wc -l
}

nameless()		# files that the milter has open
{
	find "/proc/$(rig_pid milter)/fd" -lname '* (deleted)' 2>/dev/null
}

counter()
{
	tdcctl status --json | sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p"
}

# settled NAME N - so many copies more are delivered, and nothing is left
settled()
{
	copies=$((copies + $2))
	ok "$1: $2 copies" rig_wait '[ "$(rig_waiting)" = 0 ] &&
	    [ "$(rig_count intake)" -ge "$copies" ]' 20
	is "$(rig_count intake)" "$copies" "$1: and no more"
	ok "$1: as many descriptors as in the beginning" \
	    rig_wait '[ "$(fds)" = "$begin" ]' 10
	is "$(find "$RIG/spool/ready" -type f)" "" "$1: no file is left"
}

talk()
{
	perl tests/helpers/talk.pl "$smtp_port" 2>"$RIG/err/talk"
}

# crowd N - so many clients, each in the middle of a message
crowd()
{
	rm -f "$RIG/go" "$RIG/err/crowd.out"
	rig_start crowd perl tests/helpers/talk.pl "$smtp_port" "$1" "$RIG/go"
	rig_wait 'grep -qs half "$RIG/err/crowd.out" || ! rig_alive crowd' 120
	rig_alive crowd
}

# crowd_ends - they all end their messages: $replies, and after how many
# seconds the last one was there, $waited
crowd_ends()
{
	: >"$RIG/go"
	rig_wait '! rig_alive crowd' 120
	rm -f "$RIG/pid/crowd"
	replies=$(sed -n 2p "$RIG/err/crowd.out")
	waited=$(sed -n 3p "$RIG/err/crowd.out")
}

ok "milter starts" milter_starts 4096
ok "forwarder starts" rig_forwarder

# ---- many messages in one session ----
rig_give -n 200 -s $size -t user@corp.example >"$RIG/said"
is $? 0 "one session: 200 messages are taken"
is "$(awk '{ print $3 }' "$RIG/said" | sort -u | wc -l)" 1 \
    "one session: by one connection"
settled "one session" 200
is "$(perl tests/helpers/copies.pl "$RIG/intake" $size | grep -v damaged |
    cut -d' ' -f1 | sort -u | wc -l)" 200 "one session: each is whole"

# ---- RSET ----
talk <<EOF
EHLO client.example 250
XCLIENT ADDR=192.0.2.10 220
EHLO client.example 250
RSET 250
MAIL FROM:<rset@client.example> 250
RSET 250
MAIL FROM:<rset@client.example> 250
RCPT TO:<alice@corp.example> 250
RSET 250
RCPT TO:<alice@corp.example> 503
MAIL FROM:<rset@client.example> 250
RCPT TO:<user@corp.example> 250
RSET 250
EHLO client.example 250
MAIL FROM:<kept@client.example> 250
RCPT TO:<user@corp.example> 250
RCPT TO:<nobody@elsewhere.example> 454
RCPT TO:<bob@corp.example> 250
DATA 354
- Subject: one
-
- text
. 250
RSET 250
MAIL FROM:<rset@client.example> 250
RCPT TO:<carol@corp.example> 250
EHLO client.example 250
MAIL FROM:<kept@client.example> 250
RCPT TO:<dave@corp.example> 250
DATA 354
- Subject: two
-
. 250
MAIL FROM:<rset@client.example> 250
RCPT TO:<erin@corp.example> 250
QUIT 221
EOF
is $? 0 "RSET: the conversation goes as it should"
settled "RSET" 2
is "$(perl tests/helpers/report.pl list "$RIG/intake" | grep -v message.)" \
    "journal@intake.example | Sender: kept@client.example | Subject: one | Recipient: bob@corp.example | Recipient: user@corp.example
journal@intake.example | Sender: kept@client.example | Subject: two | Recipient: dave@corp.example" \
    "RSET: nothing of one message gets into another"

# ---- clients that vanish ----
for lines in 10 5000; do
	talk <<-EOF
		EHLO client.example 250
		MAIL FROM:<gone@client.example> 250
		RCPT TO:<user@corp.example> 250
		DATA 354
		- Subject: gone
		-
		* $lines half of it, a line of some forty bytes
		!
	EOF
	is $? 0 "gone in mid-DATA after $lines lines"
	talk <<-EOF
		EHLO client.example 250
		MAIL FROM:<gone@client.example> 250
		RCPT TO:<user@corp.example> 250
		- BDAT 9000000
		- Subject: gone
		-
		* $lines half of it, a line of some forty bytes
		!
	EOF
	is $? 0 "gone in mid-BDAT after $lines lines"
	talk <<-EOF
		EHLO client.example 250
		MAIL FROM:<gone@client.example> 250
		RCPT TO:<user@corp.example> 250
		- BDAT 15
		- Subject: gone
		NOOP 250
		!
	EOF
	is $? 0 "gone between two chunks"
done
# Postfix gives a message to the milter when it has all of it, others as it
# comes: gone when a part of the body is in a file.
cat >"$RIG/half.lua" <<-EOF
	conn = mt.connect("unix:$RIG/milter.sock")
	mt.negotiate(conn, nil, nil, nil)
	mt.conninfo(conn, "client.example", "192.0.2.1")
	mt.helo(conn, "client.example")
	mt.mailfrom(conn, "<gone@client.example>")
	mt.rcptto(conn, "<user@corp.example>")
	mt.data(conn)
	mt.getreply(conn)
	mt.header(conn, "Subject", " gone")
	mt.eoh(conn)
	for i = 1, 20 do
		mt.bodystring(conn, string.rep("half of it", 6000))
	end
	mt.sleep(0.5)
	mt.disconnect(conn, false)
EOF
rig_start half miltertest -s "$RIG/half.lua"
ok "half of a body is in a file" rig_wait \
    '[ -n "$(nameless)" ]' 5
rig_wait '! rig_alive half' 10
settled "clients that vanish" 0
is "$(nameless)" "" \
    "clients that vanish: nor one without a name"

# ---- strangers, while real mail goes on ----
rig_start load "$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
    -n 0 -p 2 -m 20 -w 10 -s $size -t user@corp.example
rig_wait '[ "$(grep -c . "$RIG/err/load.out")" -gt 10 ]' 10
perl -MIO::Socket::UNIX -e '
	$SIG{PIPE} = "IGNORE";
	srand 1;
	my $dice = join "", map { chr rand 256 } 1 .. 80000;
	sub random { substr $dice, rand 10000, $_[0] }
	my @held;
	my $hello = pack("N C NNN", 13, ord "O", 6, 0x1ff, 0x1fffff);
	for my $i (1 .. 200) {
		my $s = IO::Socket::UNIX->new(Peer => "$ARGV[0]/milter.sock")
		    or die "stranger $i: $!";
		syswrite $s, ("",			# nothing at all
		    random(1 + rand 2000),		# random bytes
		    $hello . random(1 + rand 2000),	# behind a good begin
		    pack("N", 0xffffffff) . "O",	# huge lengths
		    pack("N", 0x7fffffff) . random(70000),
		    pack("N", 0),			# none
		    substr($hello, 0, 1 + rand 12),	# half a packet
		    $hello . pack("N C", 50000, ord "B") . random(20000),
		    )[$i % 8];
		push @held, $s if $i % 10 < 3;		# stays for a while
		select undef, undef, undef, 0.002;
	}' "$RIG"
is $? 0 "strangers: 200 came by"
rig_stop load
is "$(awk '$2 != 250' "$RIG/err/load.out")" "" \
    "strangers: each real message is taken"
unlike "$(cat "$RIG/maillog")" 'warning: (milter|connect to Milter)' \
    "strangers: and Postfix never missed the milter"
settled "strangers" "$(wc -l <"$RIG/err/load.out")"

# ---- five hundred at once ----
ok "a crowd of 500 comes" crowd 500
ok "a crowd of 500: all are at the milter" [ "$(fds)" -ge $((begin + 500)) ]
crowd_ends
is "$replies" "all 250" "a crowd of 500: each message is taken"
diag "a crowd of 500: the slowest waited for $waited s"
settled "a crowd of 500" 500
is "$(counter failed_open) $(counter connections_refused)" "0 0" \
    "a crowd of 500: none goes without a copy"
rig_stop milter

# ---- more connections than descriptors ----
ok "few descriptors: milter starts" milter_starts 100
ok "few descriptors: a crowd of 200 comes" crowd 200
crowd_ends
is "$replies" "all 250" "few descriptors: each message is taken"
ok "few descriptors: at once" [ "${waited%.*}" -lt 10 ]
refused=$(counter connections_refused)
diag "few descriptors: $refused were shown out, the slowest waited for $waited s"
is "$(counter failed_open)" 0 "few descriptors: who got in has a copy"
ok "few descriptors: half of them are for connections" \
    [ "$refused" -ge 150 -a "$refused" -le 180 ]
settled "few descriptors" $((200 - refused))
like "$(rig_log | grep Warning)" \
    'Warning: connection from Postfix closed, .* no copy: .* 100 descriptors' \
    "few descriptors: and it is said"
unlike "$(cat "$RIG/maillog")" 'milter .*timed out' \
    "few descriptors: nobody waited for an answer in vain"
rig_give -n 100 -p 10 -m 1 -s $size -t user@corp.example >"$RIG/said"
is $? 0 "few descriptors: afterwards 100 messages are taken"
settled "few descriptors: afterwards" 100
is "$(counter connections_refused)" "$refused" \
    "few descriptors: afterwards nobody is shown out"

is "$(perl tests/helpers/copies.pl "$RIG/intake" $size | grep damaged |
    grep -v 'has no number')" "" "every copy is whole"
done_testing

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The milter protocol, spoken by miltertest and by strangers: connections that
# end at every stage, come without a byte, or bring rubbish.  After each the
# milter still serves, and holds no descriptor that it did not hold before.
. "$(dirname "$0")/../rig/rig.sh"
rig_up protocol
rig_conf <<-EOF
	default_policy = DEFAULT
	spool_sync = no
EOF
ok "the milter starts" rig_milter

fds()
{
	find "/proc/$(rig_pid milter)/fd" -mindepth 1 2>/dev/null | wc -l
}

# lua LINES... - one connection; each line is a step
lua()
{
	{
		echo "conn = mt.connect('unix:$RIG/milter.sock')"
		echo "if conn == nil then error('no connection') end"
		printf '%s\n' "$@"
	} >"$RIG/script.lua"
	miltertest -s "$RIG/script.lua" >"$RIG/err/miltertest" 2>&1
}

negotiate='if mt.negotiate(conn, nil, nil, nil) ~= nil then error("n") end'
connect='mt.conninfo(conn, "client.example", "192.0.2.1")'
helo='mt.helo(conn, "client.example")'
from='mt.mailfrom(conn, "<a@client.example>")'
rcpt='mt.rcptto(conn, "<b@corp.example>")'
data='if mt.data(conn) ~= nil or mt.getreply(conn) ~= SMFIR_CONTINUE then
	error("data") end'
header='mt.header(conn, "Subject", " hi")'
eoh='mt.eoh(conn)'
body='mt.bodystring(conn, "text\r\n")'
eom='if mt.eom(conn) ~= nil or mt.getreply(conn) ~= SMFIR_ACCEPT then
	error("eom") end'
polite='mt.disconnect(conn)'
rude='mt.disconnect(conn, false)'

before=$(fds)
ok "a whole message" lua "$negotiate" "$connect" "$helo" "$from" "$rcpt" \
    "$data" "$header" "$eoh" "$body" "$eom" "$polite"
is "$(rig_waiting)" 1 "is one copy"

# ---- the end at every stage, polite and rude, and abort ----
steps=""
for step in negotiate connect helo from rcpt data header eoh body; do
	eval "line=\$$step"
	steps="$steps
$line"
	for end in "$polite" "$rude" "mt.abort(conn)
$polite" "mt.abort(conn)
$rude"; do
		lua "$steps" "$end" || bad="${bad:-} $step"
	done
done
is "${bad:-}" "" "connections may end after any step"
is "$(rig_waiting)" 1 "what did not end is no copy"

ok "messages after an abort, and after one that nobody wants" lua \
    "$negotiate" "$connect" "$helo" "$from" "$rcpt" "$data" "$header" \
    'mt.abort(conn)' "$from" "$rcpt" "$data" "$header" "$eoh" "$body" \
    "$eom" "$from" "$rcpt" 'mt.abort(conn)' "$from" "$rcpt" "$data" \
    "$eoh" "$eom" "$polite"
is "$(rig_waiting)" 3 "are two copies more"

# ---- strangers ----
perl -MIO::Socket::UNIX -e '
	for my $i (1 .. 50) {
		IO::Socket::UNIX->new(Peer => "$ARGV[0]/milter.sock") or die;
	}
	srand 1;
	for my $i (1 .. 100) {
		my $s = IO::Socket::UNIX->new(Peer => "$ARGV[0]/milter.sock")
		    or die;
		local $SIG{PIPE} = "IGNORE";
		$s->autoflush(1);
		print $s $i % 3 ? join("", map { chr rand 256 } 1 .. rand 300)
		    : pack("N", $i % 2 ? 0 : 0xffffffff) . "O";
	}
	# good packets, out of order: C and H need O, E needs M, R, T, N
	for my $order ("E", "OE", "OBE", "ONE", "OTE", "OLNE", "OAAE") {
		my $s = IO::Socket::UNIX->new(Peer => "$ARGV[0]/milter.sock")
		    or die;
		local $SIG{PIPE} = "IGNORE";
		for my $packet (split //, $order) {
			my $data = $packet . ($packet eq "O" ?
			    pack("NNN", 6, 0x1ff, 0x1fffff) :
			    $packet eq "L" ? "A\0 b\0" : "");
			syswrite $s, pack("N", length $data) . $data;
		}
	}' "$RIG"
is $? 0 "157 strangers came by"
ok "the milter still serves" lua "$negotiate" "$connect" "$helo" "$from" \
    "$rcpt" "$data" "$header" "$eoh" "$body" "$eom" "$polite"
is "$(rig_waiting)" 4 "as before, and made no copy"
ok "and has let go of all of them" rig_wait "[ \$(fds) -le $before ]" 10
done_testing

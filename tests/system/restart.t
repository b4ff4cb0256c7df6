#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# restart - tdc-milter is replaced under load, by SIGUSR2 and with a socket that
# somebody holds: each message that Postfix accepts has its copy, no connection
# is refused, and sessions that are open are served to their end
. "$(dirname "$0")/../rig/rig.sh"

rig_up restart
rig_ca
rig_dns
install -d -o nobody "$RIG/sock"
rig_postfix "smtpd_milters={ unix:$RIG/sock/milter.sock, default_action=accept }"
conf()			# LINES: of tdc.cf besides these
{
	printf 'default_policy = DEFAULT\n%s\n' \
	    "${1:-milter_socket = unix:$RIG/sock/milter.sock}" | rig_conf
}
conf

# As systemd: print what is notified, and by whom.
rig_start systemd perl -MIO::Socket::UNIX -MSocket -e '
	my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => shift)
	    or die;
	$| = 1;
	while (defined $s->recv(my $state, 4096)) { print "$state\n" }' \
    "$RIG/notify"
rig_wait '[ -S "$RIG/notify" ]' 10
chmod 666 "$RIG/notify"

told()			# TEXT: how many log lines have it
{
	rig_log | grep -c -- "$1"
}

main_pid()		# the main process, as systemd would know
{
	sed -n 's/^MAINPID=//p' "$RIG/err/systemd.out" | tail -n 1
}

there()			# NAME: the pids of that name; no zombies
{
	for pid_there in $(pgrep -x "$1" | sort -n); do
		! rig_running "$pid_there" || echo "$pid_there"
	done
}

load()			# from several sessions, of five messages each
{
	rig_start load "$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
	    -x "ADDR=192.0.2.10" -n 0 -p 4 -m 5 -s 2000 -t user@corp.example
	rig_wait '[ "$(rig_waiting)" -gt 20 ]' 20
}

# slow_begin NAME - a client who stays: what is written to descriptor 9 it says
slow_begin()
{
	mkfifo "$RIG/$1.fifo"
	rig_start "$1" sh -c 'exec perl tests/helpers/talk.pl "$0" <"$1"' \
	    "$smtp_port" "$RIG/$1.fifo"
	exec 9>"$RIG/$1.fifo"
	echo "XCLIENT ADDR=192.0.2.11 220
EHLO client.example 250" >&9
	slow_message
}

slow_message()		# one more, in the same session
{
	slow=$((${slow:-0} + 1))
	echo "MAIL FROM:<slow@client.example> 250
RCPT TO:<user@corp.example> 250
DATA 354
- Subject: slow
- Message-ID: <slow.$slow@client.example>
-
- text
. 250" >&9
}

slow_copies()		# how many of those are in the spool
{
	grep -lr '^Subject: slow' "$RIG/spool/ready" | wc -l
}

# all_copied NAME - what was accepted since the beginning, and its copies
all_copied()
{
	rig_stop load
	is "$(awk '$2 != 250' "$RIG/err/load.out" | head -n 3)" "" \
	    "$1: no message was refused, no session broken"
	accepted=$((${accepted:-0} + $(wc -l <"$RIG/err/load.out")))
	diag "$accepted messages accepted"
	ok "$1: each message has its copy" \
	    rig_wait '[ "$(rig_waiting)" = $((accepted + ${slow:-0})) ]' 10 ||
		diag "$(rig_waiting) copies"
	unlike "$(cat "$RIG/maillog")" 'warning: .*(milter|Milter)' \
	    "$1: Postfix never missed the milter"
	is "$(rig_counter failed_open) $(rig_counter connections_refused)" "0 0" \
	    "$1: nor was one without a copy, or refused"
}

# ---- replaced by SIGUSR2, as systemd starts it ----

NOTIFY_SOCKET=$RIG/notify WATCHDOG_USEC=2000000 rig_milter
first=$(rig_pid milter)
is "$(there tdc-milter)" "$first" "one process is the milter"
load
slow_begin slow1
ok "a session that stays has its first copy" \
    rig_wait '[ "$(slow_copies)" = 1 ]' 10
mails=$(rig_waiting)
pid=$first
for turn in 1 2 3 4; do
	kill -USR2 "$pid"
	ok "SIGUSR2, time $turn: another is the main process" \
	    rig_wait '[ "$(told "pid [0-9]* has taken over")" = $turn ]' 20
	is "$(told "tdc-milter with pid $(main_pid) has taken over")" 1 \
	    "which systemd is told of"
	pid=$(main_pid)
	ok "and it runs" rig_running "$pid"
	more=$(rig_waiting)
	ok "copies go on" rig_wait '[ "$(rig_waiting)" -gt $((more + 20)) ]' 20
done
is "$(ps -o ppid= -p "$pid" | tr -d ' ')" 1 "it is nobody's child but process 1's"
ok "of the others the first alone is still there, for the session that stays" \
    rig_wait '[ "$(there tdc-milter | tr "\n" " ")" = "$first $pid " ]' 20
slow_message
ok "which has a copy of its next message, too" \
    rig_wait '[ "$(slow_copies)" = 2 ]' 10
before=$(grep -c WATCHDOG=1 "$RIG/err/systemd.out")
ok "the watchdog hears of the new one" rig_wait \
    '[ "$(grep -c WATCHDOG=1 "$RIG/err/systemd.out")" -gt $((before + 2)) ]' 20
kill -HUP "$pid" "$first"
ok "both reload" rig_wait '[ "$(told "configuration reloaded")" = 2 ]' 10
exec 9>&-
ok "and the first ends with that session" rig_wait '! rig_running $first' 20
is "$(told 'tdc-milter stopped') $(grep -c STOPPING "$RIG/err/systemd.out")" \
    "4 0" "all in order, and none says that the service stops"
is "$(there tdc-starter | wc -l)" 1 "one process waits for the next time"

# What cannot be loaded does not take over.
conf "no_such_parameter = 1"
kill -USR2 "$pid"
ok "a bad configuration: no new one, which is told" rig_wait \
    '[ "$(told "Warning: no new tdc-milter has taken over: .*no_such_parameter")" = 1 ]' 20
conf "milter_socket = unix:$RIG/other.sock"
kill -USR2 "$pid"
ok "nor one that shall be elsewhere" rig_wait \
    '[ "$(told "no new tdc-milter has taken over: .*other.sock")" = 1 ]' 20
conf
all_copied "SIGUSR2"
kill -USR2 "$pid"
ok "once it is right again there is a new one" \
    rig_wait '[ "$(told "pid [0-9]* has taken over")" = 5 ]' 20
pid=$(main_pid)
rig_send a@client.example user@corp.example
accepted=$((accepted + 1))
ok "which makes copies" rig_wait '[ "$(rig_waiting)" = $((accepted + slow)) ]' 10
kill "$pid"
ok "SIGTERM ends it" rig_wait '! rig_running $pid' 20
ok "and nothing is left" rig_wait \
    '[ -z "$(there tdc-milter; there tdc-starter)" ]' 10
ok "not even its socket" test ! -e "$RIG/sock/milter.sock"
rm -f "$RIG/pid/milter"

# ---- in the background, and as root ----

"$TDC_BUILD/tdc-milter" -c "$RIG/tdc.cf"
is "$?" 0 "in the background"
there tdc-milter >"$RIG/pid/milter"
first=$(rig_pid milter)
uids()			# NAME: of all processes of that name
{
	for pid_uids in $(there "$1"); do
		sed -n 's/^[UG]id:[[:space:]]*//p' "/proc/$pid_uids/status"
	done | tr -s '[:space:]' '\n' | sort -u | paste -sd ' '
}
is "$(uids tdc-starter)" "$(uids tdc-milter)" "who starts the next one is not root"
load
kill -USR2 "$first"
ok "SIGUSR2: the old one gives way" rig_wait '! rig_running $first' 20
there tdc-milter >"$RIG/pid/milter"
is "$(uids tdc-starter)" "$(uids tdc-milter)" "nor is the one who starts its next"
is "$(stat -c %U "/proc/$(rig_pid milter)/environ")" root "the new one shows nothing"
is "$(sed -n 's/^Uid:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(rig_pid milter)/status")" \
    65534 "and is the user that it should be"
is "$(readlink "/proc/$(rig_pid milter)/cwd")" / "in /"
all_copied "in the background"
rig_stop milter

# Whoever supervises a process in the foreground would start another one.
rig_milter
kill -USR2 "$(rig_pid milter)"
ok "in the foreground, without systemd, there is none" rig_wait \
    '[ "$(told "taken over: it was started in the foreground")" = 1 ]' 10
ok "and the old one goes on" rig_alive milter

# ---- told to stop ----

slow_begin slow2
ok "a session is open" rig_wait '[ "$(slow_copies)" = 3 ]' 10
kill "$(rig_pid milter)"
ok "SIGTERM, with a socket of its own: it is not waited for" \
    rig_wait '! rig_alive milter' 5
is "$(told 'ends with 1 SMTP sessions open, whose later messages get no copy')" 1 \
    "but told of"
rig_milter
slow_message
slow=$((slow - 1))
ok "Postfix takes that session's next message without a copy" rig_wait \
    'grep -q "warning: .*milter.*$RIG/sock/milter.sock" "$RIG/maillog"' 10
exec 9>&-
rig_wait '! rig_alive slow2' 10
is "$(slow_copies)" 3 "as was told"
rig_stop milter
: >"$RIG/maillog"

# ---- a socket that is held ----

held()			# SOCKETS: a milter whose socket somebody else has
{
	rm -f "$RIG/err/holder.out"
	rig_start holder perl tests/helpers/holder.pl "$RIG/sock/milter.sock" "$1" \
	    "$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc.cf"
	rig_wait '[ -S "$RIG/sock/milter.sock" ]' 10
}

held_pid()
{
	sed -n 's/^started //p' "$RIG/err/holder.out" | tail -n 1
}

held 1
load
slow_begin slow3
ok "a session that stays" rig_wait '[ "$(slow_copies)" = 4 ]' 10
stops=$(told 'tdc-milter stopped')
pid=$(held_pid)
kill "$pid"
sleep 1
slow_message
ok "SIGTERM: it is served on" rig_wait '[ "$(slow_copies)" = 5 ]' 5
is "$(rig_running "$pid" && told 'tdc-milter stopped')" "$stops" \
    "by who was told to stop"
exec 9>&-
ok "who stops with its end" rig_wait '! rig_running $pid' 5
for turn in 1 2 3 4 5 6; do
	more=$(rig_waiting)
	ok "restart $turn: copies" rig_wait '[ "$(rig_waiting)" -gt $((more + 20)) ]' 20
	pid=$(held_pid)
	kill "$pid"
	rig_wait '! rig_running $pid' 15 || tap 1 "it stops"
done
is "$(sort -u "$RIG/err/holder.out" | grep ended)" "ended 0" "each stops in order"
is "$(told 'SMTP sessions open')" 1 "no session was cut"
all_copied "held"
ok "the socket stays" test -S "$RIG/sock/milter.sock"

# Who waits while it cannot start goes on at once.
conf "no_such_parameter = 1"
pid=$(held_pid)
kill "$pid"
rig_wait 'grep -q "ended 78" "$RIG/err/holder.out"' 10
begun=$(date +%s%3N)
rig_send a@client.example user@corp.example
is "$?" 0 "a milter that does not start: mail passes"
took=$(($(date +%s%3N) - begun))
diag "after $took ms"
ok "and does not wait for Postfix's patience with milters to end" [ "$took" -lt 15000 ]
conf "milter_socket = unix:$RIG/other.sock"
ok "a socket that is not milter_socket's is refused" rig_wait \
    '[ "$(told "fatal: .*other.sock. is not the socket that was opened for us: ListenStream")" -gt 0 ]' 10
conf
rig_stop holder
held 2
ok "and so are two" rig_wait \
    '[ "$(told "fatal: .* is one socket, and more were opened")" -gt 0 ]' 10
rig_stop holder

# By systemd's own tool.
if command -v systemd-socket-activate >/dev/null; then
	rm -f "$RIG/sock/milter.sock" "$RIG/sock/milter.sock.2"
	rig_start milter systemd-socket-activate -l "$RIG/sock/milter.sock" \
	    "$TDC_BUILD/tdc-milter" -f -c "$RIG/tdc.cf"
	rig_wait '[ -S "$RIG/sock/milter.sock" ]' 10
	chmod 666 "$RIG/sock/milter.sock"
	copies=$(rig_waiting)
	rig_send a@client.example user@corp.example
	ok "systemd-socket-activate: a copy" \
	    rig_wait '[ "$(rig_waiting)" = $((copies + 1)) ]' 10
	rig_stop milter
else
	tap 0 "systemd-socket-activate # SKIP not here"
fi

# ---- by TCP: who only serves on does not listen either ----

port=$(rig_port)
listens()
{
	[ -n "$(ss -Hltn "sport = :$port")" ]
}

conf "milter_socket = inet:$port@127.0.0.1"
postconf -e "smtpd_milters={ inet:127.0.0.1:$port, default_action=accept }"
rig_postfix_anew
"$TDC_BUILD/tdc-milter" -c "$RIG/tdc.cf"
is "$?" 0 "by TCP"
first=$(there tdc-milter)
turns=$(told "pid [0-9]* has taken over")
copies=$(slow_copies)
slow_begin slow4
ok "a session is open" rig_wait '[ "$(slow_copies)" = $((copies + 1)) ]' 20
for turn in 1 2; do
	kill -USR2 "$(there tdc-milter | tail -n 1)"
	ok "SIGUSR2, time $turn" rig_wait \
	    '[ "$(told "pid [0-9]* has taken over")" = $((turns + turn)) ]' 20
	ok "one is there besides the first" rig_wait \
	    '[ "$(there tdc-milter | wc -l)" = 2 ]' 20
done
ok "somebody listens" listens
pid=$(there tdc-milter | grep -vx "$first")
kill "$pid"
ok "SIGTERM ends the new one" rig_wait '! rig_running $pid' 20
ok "and nobody listens" rig_wait '! listens' 5
slow_message
ok "the first one serves its session on" \
    rig_wait '[ "$(slow_copies)" = $((copies + 2)) ]' 20
exec 9>&-
ok "and ends with it" rig_wait '! rig_running $first' 20
done_testing

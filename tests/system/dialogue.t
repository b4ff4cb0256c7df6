#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# dialogue - what is said to an intake and what it answers, in the log: of the
# intakes of smtp_debug_peers, from a reload to the next, in order, and without
# a word of any message; and with -v of all
. "$(dirname "$0")/../rig/rig.sh"

rig_up dialogue
rig_ca
rig_dns
rig_intake intake

conf()			# PEERS [LINE...]
{
	peers=$1
	shift
	{
		echo "smtp_debug_peers = $peers"
		printf '%s\n' "idle_timeout = 100ms" "min_connections = 1" "$@"
	} | rig_conf
}

# with PEERS [LINE...] - a reload
with()
{
	conf "$@"
	reloads=$(rig_log | grep -c 'configuration reloaded')
	kill -HUP "$(rig_pid forwarder)"
	rig_wait "[ \$(rig_log | grep -c 'configuration reloaded') -gt $reloads ]" 10
}

# carry [COUNT] - so many copies; the log since then is in $RIG/lines
carry()
{
	seen=$(rig_log | wc -l)
	rig_fill "${1:-1}" -s 2000
	rig_wait '[ "$(rig_waiting)" = 0 ]' 20
	rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
	rig_log | tail -n "+$((seen + 1))" >"$RIG/lines"
}

# dialogue - its lines, without the number and what differs each time
dialogue()
{
	sed -En 's/^TDC: DCID [0-9]+ ([<>] .*)/\1/p' "$RIG/lines" |
		sed -E 's/SIZE=[0-9]+/SIZE=n/; s/BDAT [0-9]+/BDAT n/
		    s/\[[0-9]+ octets/[n octets/; s/queued as .*/queued as x/
		    s/^(< 220 ).*/\1.../; s/^(< 250[- ])mx.*/\1mx/'
}

has()			# NAME YES|NO
{
	wanted=$2
	[ -z "$(dialogue)" ] && got=no || got=yes
	is "$got" "$wanted" "$1: $2"
}

conf ""
rig_forwarder
carry
has "without smtp_debug_peers" no

# ---- all of it, in order ----

with intake.example
carry
is "$(sed -n 's/^TDC: DCID \([0-9]*\) [<>] .*/\1/p' "$RIG/lines" | sort -u)" \
    "$(sed -n 's/^TDC: New SMTP DCID \([0-9]*\) .*/\1/p' "$RIG/lines")" \
    "every line has the number of the connection"
is "$(sed 's/ DCID [0-9]* / DCID n /; s/MID [0-9]*/MID m/' "$RIG/lines" |
    grep -vE 'DCID n [<>] (250|EHLO|MAIL|RCPT|BDAT|\[[0-9])' | cut -c1-40)" \
    "$(printf '%s\n' 'TDC: New SMTP DCID n interface 127.0.0.1' \
    'TDC: DCID n < 220 mx.intake.example ESMT' \
    'TDC: DCID n > STARTTLS' 'TDC: DCID n < 220 2.0.0 go on' \
    'TDC: DCID n > [TLS handshake]' \
    'TDC: DCID n TLS trust: verify mx.intake.' \
    'TDC: DCID n TLS success protocol TLSv1.3' \
    'TDC: Delivery start DCID n MID m' \
    'TDC: MID m successfully delivered for sc' \
    'TDC: MID m RID [0] Response '"'"'2.0.0 Ok: q' \
    'TDC: Message finished MID m done' \
    'TDC: DCID n > QUIT' 'TDC: DCID n < 221 2.0.0 bye' \
    'TDC: DCID n close')" "among the other lines, in their order" ||
	diag "$(cat "$RIG/lines")"
is "$(dialogue | sed -n '/TLS handshake/,/QUIT/p' | grep -v '^< 250-')" \
    "$(printf '%s\n' '> [TLS handshake]' '> EHLO gateway.example' \
    '< 250 HELP' '> MAIL FROM:<> SIZE=n' \
    '> RCPT TO:<journal@intake.example>' '> BDAT n LAST' \
    '> [n octets of message]' '< 250 2.1.0 ok' '< 250 2.1.5 ok' \
    '< 250 2.0.0 Ok: queued as x' '> QUIT')" "a flight, and its replies" ||
	diag "$(dialogue)"
like "$(dialogue)" '^< 250-PIPELINING$' "all that it offers"
like "$(cat "$RIG/mail_logs")" 'Info: DCID [0-9]+ > EHLO gateway\.example$' \
    "mail_logs_file has it too"

# Several messages in one flight.
with intake.example "flight_messages = 3"
carry 3
is "$(dialogue | grep -E '^> (MAIL|BDAT|RSET|QUIT)|queued as' | cut -c1-6 |
    tr '\n' '/')" \
    "> MAIL/> BDAT/> RSET/> MAIL/> BDAT/> RSET/> MAIL/> BDAT/< 250 /< 250 /< 250 /> QUIT/" \
    "three in one flight"

# Nothing of the message, neither way of sending it.
for offer in -CHUNKING -PIPELINING ""; do
	rig_stop intake
	rig_intake intake ${offer:+-o "$offer"}
	rig_letter "$RIG/letter" "the password" "X-Secret: hunter2"
	seen=$(rig_log | wc -l)
	"$TDC_BUILD/tests/tools/fill" "$RIG/spool" "$RIG/letter"
	rig_wait '[ "$(rig_waiting)" = 0 ]' 20
	rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 10
	rig_log | tail -n "+$((seen + 1))" >"$RIG/lines"
	like "$(dialogue)" '^> \[n octets of message\]' "offer $offer: how long it is"
done
is "$(cat "$RIG/tdc.log" "$RIG/mail_logs" |
    grep -cE 'hunter2|Good day|Subject:|the password')" 0 \
    "no line of any message"
rig_stop intake
rig_intake intake -o -CHUNKING
carry
like "$(dialogue | tr '\n' '/')" \
    '/> DATA/< 250 2.1.0 ok/< 250 2.1.5 ok/< 354 [^/]*/> \[n octets of message\] \./< 250 ' \
    "the end of DATA is seen"

# ---- who is meant ----

rig_stop intake
rig_intake intake
for peers in example .example mx.intake.example 127.0.0.0/8 127.0.0.1 \
    "[::1]/128, 127.0.0.1" "other.example, intake.example"; do
	with "$peers"
	carry
	has "smtp_debug_peers = $peers" yes
done
for peers in other.example take.example 192.0.2.0/24 "!127.0.0.1 example"; do
	with "$peers"
	carry
	has "smtp_debug_peers = $peers" no
done
conf "intake.example hash:/etc/peers"
like "$("$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>&1)" \
    "tdc.cf:[0-9]+: smtp_debug_peers: 'hash:/etc/peers' is neither a host or domain name nor an address or network$" \
    "what is none"
is "$("$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>/dev/null; echo $?)" 78 \
    "is an error of the configuration"

# ---- what a peer must not do to the log ----

rig_stop intake
rig_intake intake -R "$(printf 'mail=250 2.1.0 \033[31mred \\ TDC: MID 1 forged')"
with intake.example
carry
like "$(dialogue)" '^< 250 2.1.0 \\x1b\[31mred ' "control characters are escaped"
is "$(grep -c "$(printf '\033')" "$RIG/tdc.log")" 0 "all of them"
rig_stop intake
rig_intake intake -R "final=close"
with intake.example "retry_limit = 0"
carry
like "$(dialogue)" '^< \[EOF\]$' "a connection that ends in the middle"

# ---- -v ----

rig_stop forwarder
rig_stop intake
rig_intake intake
conf ""
rig_start forwarder "$TDC_BUILD/tdc-forwarder" -f -v -c "$RIG/tdc.cf"
carry
has "with -v" yes
like "$(cat "$RIG/err/forwarder")" '^TDC: DCID [0-9]+ > EHLO gateway.example$' \
    "with -f on standard error, too"
with ""
carry
has "after a reload as well" yes
done_testing

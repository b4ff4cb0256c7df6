#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# inbound - only inbound mail is journaled, whose client is told rightly also
# behind an after-queue content filter; and no journal of journals
. "$(dirname "$0")/../rig/rig.sh"

rig_up inbound
rig_ca
rig_dns
rig_intake intake
front_port=$(rig_port)
quiet_port=$((front_port + 1))
# A second way in: no milter here, but a content filter that hands all it gets
# to the first one, where the milter is.  And a third, with a name of its own.
RIG_MASTER="127.0.0.1:$front_port inet n - n - - smtpd
	-o smtpd_milters=
	-o content_filter=smtp:[127.0.0.1]:@SMTP@
127.0.0.1:$quiet_port inet n - n - - smtpd
	-o milter_macro_daemon_name=QUIET"
smtp_port=$(rig_port)
RIG_MASTER=$(echo "$RIG_MASTER" | sed "s/@SMTP@/$smtp_port/")
rig_postfix inet_protocols=all relay_domains=intake.example relay_transport=discard
rig_conf <<-EOF
	default_policy = DEFAULT
	policy_maps = check_recipient inline:{ {carol@corp.example=emea@intake.example} }
	internal_networks = 10.0.0.0/8 127.0.0.0/8
	trusted_relays = 127.0.0.0/8 192.0.2.99
	skip_daemon_names = QUIET
	log_skipped = yes
	journal_reports = skip
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

# from CLIENT [PORT] [FILE OPTIONS...]: a message from that client
from()
{
	client=$1
	port=$2
	shift 2
	"$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$port" -x "$client" \
	    -f someone@client.example "$@" >"$RIG/said" ||
		diag "$client: $(cat "$RIG/said")"
}

# counter NAME
counter()
{
	tdcctl status --json | sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p"
}

# copies COUNT NAME - so many arrived by now, and nothing is under way
copies()
{
	rig_wait "[ \$(rig_count intake) -ge $1 ] && [ \$(rig_waiting) = 0 ]" 10
	is "$(rig_count intake)" "$1" "$2"
}

to="-t user@corp.example"
# shellcheck disable=SC2086
{
from "ADDR=192.0.2.10 NAME=client.example" "$smtp_port" $to
copies 1 "a client from outside: journaled"

from "ADDR=10.1.2.3 NAME=desk.example" "$smtp_port" $to
is "$(counter skipped_internal)" 1 "a client inside: not journaled"
like "$(rig_log)" 'not journaled: client in internal_networks' "and said so"

from "ADDR=192.0.2.10 NAME=client.example LOGIN=joe" "$smtp_port" $to
is "$(counter skipped_authenticated)" 1 \
    "a client that authenticated: not journaled"

from "ADDR=192.0.2.10 NAME=client.example" "$quiet_port" $to
is "$(counter skipped_daemon)" 1 "by skip_daemon_names: not journaled"

# ---- behind the content filter ----
from "ADDR=192.0.2.20 NAME=filtered.example" "$front_port" $to
copies 2 "filtered, from outside: journaled"
like "$(cat "$RIG"/intake/000002.eml)" '^X-IronPort-RemoteIP: 192.0.2.20.?$' \
    "and the journal names the true client"
like "$(cat "$RIG"/intake/000002.eml)" \
    'from client.example \(filtered.example \[192.0.2.20\]\)' \
    "by name and HELO too"

from "ADDR=10.1.2.3 NAME=desk.example" "$front_port" $to
rig_wait '[ "$(counter skipped_internal)" = 2 ]' 10
is "$(counter skipped_internal)" 2 "filtered, from inside: not journaled"

from "ADDR=IPV6:2001:db8::7 NAME=six.example" "$front_port" $to
copies 3 "filtered, by IPv6: journaled"
like "$(cat "$RIG"/intake/000003.eml)" '^X-IronPort-RemoteIP: 2001:db8::7' \
    "with the true client"

# A client cannot choose who it is: its own Received: lines stand below the
# gateway's, and its HELO is not looked at.
rig_letter "$RIG/letter" "liar" "Received: from a (b [10.1.2.3]) by c; now"
from "ADDR=192.0.2.66 NAME=liar.example HELO=[10.1.2.3]" "$front_port" $to \
    -F "$RIG/letter"
copies 4 "a client that lies about itself: journaled"
like "$(cat "$RIG"/intake/000004.eml)" '^X-IronPort-RemoteIP: 192.0.2.66' \
    "with the true client"

# Two relays of ours in a row; and one that tells no client at all.
rig_letter "$RIG/letter" "two relays" \
    "Received: from x (relay.example [192.0.2.99]) by gateway; now" \
    "Received: from y (far.example [198.51.100.7]) by relay; now"
from "ADDR=192.0.2.99 NAME=relay.example" "$smtp_port" $to -F "$RIG/letter"
copies 5 "through two relays: journaled"
like "$(cat "$RIG"/intake/000005.eml)" '^X-IronPort-RemoteIP: 198.51.100.7' \
    "with the first client that is none of ours"
rig_letter "$RIG/letter" "no trace"
from "ADDR=192.0.2.99 NAME=relay.example" "$smtp_port" $to -F "$RIG/letter"
copies 6 "a relay that tells no client: journaled"
like "$(cat "$RIG"/intake/000006.eml)" '^X-IronPort-RemoteIP: 192.0.2.99' \
    "and is the client itself"

# ---- loops ----
client="ADDR=192.0.2.10 NAME=client.example"
from "$client" "$smtp_port" -t journal@intake.example \
    -t emea@INTAKE.example
is "$(counter skipped_intake)" 1 "mail to intake addresses: not journaled"
from "$client" "$smtp_port" $to -t emea@intake.example
copies 7 "mail to a user and an intake address: one copy"
unlike "$(cat "$RIG"/intake/000007.env)" 'emea' "for the global intake"

from "$client" "$smtp_port" $to -F "$RIG/intake/000001.eml"
is "$(counter skipped_report)" 1 "a journal report: not journaled"
sed -i '/^journal_reports/d' "$RIG/tdc.cf"
kill -HUP "$(rig_pid milter)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 10
from "$client" "$smtp_port" $to -F "$RIG/intake/000001.eml"
copies 8 "by default: journaled"
}
ok "every original is in its mailbox" \
    rig_wait "[ \$(find $RIG/mail -path '*/new/*' -type f | wc -l) = 13 ]" 10
is "$(counter failed_open)" 0 "nothing failed"
done_testing

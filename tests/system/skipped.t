#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# skipped - only mail from outside is journaled: not that of our own networks,
# not of those who authenticated, not what came by other daemons
. "$(dirname "$0")/../rig/rig.sh"

rig_up skipped
rig_ca
rig_dns
rig_intake intake
submission=$(rig_port)
RIG_MASTER="127.0.0.1:$submission inet n - n - - smtpd
    -o milter_macro_daemon_name=submission"
rig_postfix inet_protocols=all
rig_conf <<-EOF
	default_policy = DEFAULT
	internal_networks = 127.0.0.0/8 !10.1.2.3 10.0.0.0/8 [2001:db8::]/32
	skip_daemon_names = smuggler, submission
	max_message_size = 100k
	log_skipped = yes
EOF
rig_milter
rig_forwarder

# from NAME WORDS PORT WANTED [OPTIONS] - the reason why there is no copy, or
# "journaled"
from()
{
	name=$1
	words=$2
	port=$3
	wanted=$4
	shift 4
	said=$("$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$port" -x "$words" \
	    -t user@corp.example "$@") || diag "$said"
	id=$(echo "$said" | cut -d' ' -f5)
	rig_wait "rig_log | grep -q ' queue-id $id '" 5
	like "$(rig_log | grep " queue-id $id ")" "$wanted" "$name"
}
journaled='^TDC: MID [1-9][0-9]* queue-id .* policy default size'
skipped='^TDC: MID 0 queue-id [0-9A-Za-z]+ not journaled: '

from "from outside" ADDR=192.0.2.10 "$smtp_port" "$journaled"
from "from our network" ADDR=10.9.8.7 "$smtp_port" \
    "$skipped.*internal_networks"
from "but not from that host in it" ADDR=10.1.2.3 "$smtp_port" "$journaled"
from "from the machine itself" ADDR=127.0.0.1 "$smtp_port" \
    "$skipped.*internal_networks"
from "from our IPv6 network" ADDR=IPV6:2001:db8::25 "$smtp_port" \
    "$skipped.*internal_networks"
from "from outside by IPv6" ADDR=IPV6:2001:db9::25 "$smtp_port" "$journaled"
from "authenticated" "ADDR=192.0.2.10 LOGIN=someone" "$smtp_port" \
    "$skipped.*authenticated"
from "by another daemon" ADDR=192.0.2.10 "$submission" \
    "$skipped.*(daemon|submission)"
from "too large" ADDR=192.0.2.10 "$smtp_port" "$skipped.*max_message_size" \
    -s 200000
from "not too large" ADDR=192.0.2.10 "$smtp_port" "$journaled" -s 90000

ok "four copies arrive" rig_wait '[ "$(rig_count intake)" = 4 ] &&
    [ "$(rig_waiting)" = 0 ]' 10
ok "every original arrives" rig_wait '[ "$(rig_inbox user)" = 10 ]' 10
counter()
{
	tdcctl status --json | sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p"
}
is "$(counter skipped_internal) $(counter skipped_authenticated) \
$(counter skipped_daemon) $(counter skipped_size)" "3 1 1 1" \
    "each reason is counted"
for copy in "$RIG"/intake/*.eml; do
	perl tests/helpers/report.pl added "$copy" | grep RemoteIP
done | tr -d '\r' | sort -u >"$RIG/clients"
is "$(tr '\n' ',' <"$RIG/clients")" \
    "X-IronPort-RemoteIP: 10.1.2.3,X-IronPort-RemoteIP: 192.0.2.10,X-IronPort-RemoteIP: 2001:db9::25," \
    "each copy names its client"
done_testing

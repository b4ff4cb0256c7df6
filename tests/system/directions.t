#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# directions - mail of our own people is journaled where a site wants that, and
# its copies make no copies, even when they go through the same Postfix
. "$(dirname "$0")/../rig/rig.sh"

rig_up directions
rig_ca
rig_dns
rig_intake intake
# An open relay, as nothing leaves this place.
rig_postfix "smtpd_relay_restrictions=check_client_access static:OK, reject"

conf()			# DIRECTIONS [LINE...]
{
	rig_conf <<-EOF
		policy_maps = check_sender inline:{ corp.example=DEFAULT }, check_recipient inline:{ corp.example=DEFAULT }
		internal_networks = 10.0.0.0/8
		log_skipped = yes
		directions = $1
		$(shift; printf '%s\n' "$@")
	EOF
}

# from NAME WORDS SENDER RECIPIENT WANTED - what the log says of a message of
# that client
from()
{
	said=$("$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" -x "$2" \
	    -f "$3" -t "$4") || diag "$said"
	id=$(echo "$said" | cut -d' ' -f5)
	rig_wait "rig_log | grep -q ' queue-id $id '" 5
	like "$(rig_log | grep " queue-id $id ")" "$5" "$1"
}
journaled='^TDC: MID [1-9][0-9]* queue-id .* to <[^>]*> policy '
own=ADDR=10.9.8.7
outside=ADDR=192.0.2.10

conf inbound
rig_milter || exit 1
rig_forwarder || exit 1
from "inbound: incoming" $outside a@client.example user@corp.example \
    "$journaled"
from "inbound: outgoing" $own user@corp.example a@client.example \
    'not journaled: client in internal_networks'
from "inbound: authenticated" "$outside LOGIN=someone" user@corp.example \
    a@client.example 'not journaled: client authenticated'
is "$(tdcctl policy -a 10.9.8.7 user@corp.example a@client.example |
    tail -n 1)" "not journaled: client in internal_networks" \
    "inbound: tdcctl policy knows"

conf all
kill -HUP "$(rig_pid milter)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 5
from "all: incoming" $outside a@client.example user@corp.example "$journaled"
from "all: outgoing" $own user@corp.example a@client.example "$journaled"
from "all: internal" $own user@corp.example bob@corp.example "$journaled"
from "all: authenticated" "$outside LOGIN=someone" user@corp.example \
    a@client.example "$journaled"
from "all: what no policy asks for" $own user@other.example a@client.example \
    'not journaled: no policy asks for it'
from "all: to the intake" $own user@corp.example journal@intake.example \
    'not journaled: only to intake addresses'
like "$(tdcctl policy -a 10.9.8.7 user@corp.example a@client.example)" \
    '^<a@client.example>: journal@intake.example' \
    "all: tdcctl policy knows"
unlike "$(tdcctl check)" 'mynetworks' "all: nobody asks who is internal"
ok "all copies arrive" rig_wait '[ "$(rig_count intake)" = 5 ] &&
    [ "$(rig_waiting)" = 0 ]' 10

# The forwarder's way to the intake leads through the gateway itself.
conf all "intake_route = [127.0.0.1]:$smtp_port" "tls_policy = encrypt" \
    "journal_sender = journal@corp.example" "journal_format = bcc"
postconf -e "transport_maps=inline:{intake.example=smtp:[127.0.0.1]:$intake_port}" \
    "relay_domains=intake.example" "smtp_tls_security_level=encrypt" \
    "smtpd_tls_cert_file=$RIG/cert.pem" "smtpd_tls_key_file=$RIG/cert.key" \
    "smtpd_tls_security_level=may" "relay_transport=smtp"
postfix reload 2>/dev/null
rig_stop forwarder
kill -HUP "$(rig_pid milter)"
rig_wait '[ "$(rig_log | grep -c "configuration reloaded")" = 2 ]' 5
ok "a forwarder by way of the gateway" rig_forwarder
from "through the gateway: outgoing" $own user@corp.example a@client.example \
    "$journaled"
ok "its copy arrives" rig_wait '[ "$(rig_count intake)" = 6 ]' 20
like "$(cat "$RIG/intake/000006.eml")" \
    '^X-CSE-MsgDirection: Outgoing' "as what goes out"
rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(rig_counter enqueued)" 6 "and has made no copy"
done_testing

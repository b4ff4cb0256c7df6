#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# haproxy - Postfix behind HAProxy: the client that the PROXY protocol names is
# the client, for the report and for internal_networks
. "$(dirname "$0")/../rig/rig.sh"

rig_up haproxy
if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own, to give clients addresses in"
	exit 0
fi
rig_ca
rig_dns
rig_intake intake
proxied=$(rig_port)
RIG_MASTER="127.0.0.1:$proxied inet n - n - - smtpd
    -o smtpd_upstream_proxy_protocol=haproxy"
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	internal_networks = 127.0.0.0/8, 10.0.0.0/8
	log_skipped = yes
EOF
for address in 192.0.2.1 192.0.2.10 10.9.8.7; do
	ip addr add "$address/32" dev lo
done
cat >"$RIG/haproxy.cf" <<-EOF
	defaults
		mode tcp
		timeout connect 5s
		timeout client 60s
		timeout server 60s
	listen smtp
		bind 192.0.2.1:25
		server postfix 127.0.0.1:$proxied send-proxy-v2
EOF
ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder
rig_start haproxy haproxy -db -f "$RIG/haproxy.cf"
ok "HAProxy starts" rig_wait 'rig_listens 25' 10

# say SUBJECT CLIENT - one message by HAProxy
say()
{
	swaks --server 192.0.2.1:25 --local-interface "$2" --ehlo hello.example \
	    --from sender@client.example --to user@corp.example \
	    --suppress-data --header "Subject: $1" >"$RIG/said" 2>&1 ||
		diag "$(cat "$RIG/said")"
}

ok "a message from outside" say outside 192.0.2.10
ok "has a copy" rig_wait '[ "$(rig_count intake)" = 1 ]' 20
like "$(perl tests/helpers/report.pl added "$RIG"/intake/*.eml)" \
    '^X-IronPort-RemoteIP: 192\.0\.2\.10' "which names the client"
ok "one from our networks" say inside 10.9.8.7
ok "has none" rig_wait \
    "rig_log | grep -q 'not journaled: client in internal_networks'" 10
ok "both are delivered" rig_wait '[ "$(rig_inbox user)" = 2 ]' 10
done_testing

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# deadlines - no wait is without end: at every step there is an intake that
# falls silent, does not read, or says a byte now and then for ever; each wait
# ends by the death of the copy, or by the time-out of the step, whichever is
# first
#
# Each has a domain of its own, and all are met at the same time.
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up deadlines
rig_ca
RIG_MX=yes

# NAME, what its intake must have seen before it falls silent, its options
cat >"$RIG/steps" <<-EOF
	connect||
	greeting|E open|-R greeting=hang
	slow|E open|-R greeting=drip:0.5
	ehlo|C EHLO|-R ehlo=hang
	endless|C EHLO|-R ehlo=drip:0.5
	starttls|C STARTTLS|-R starttls=hang
	handshake|C STARTTLS|-R handshake=hang
	mail|C MAIL|-o STARTTLS -R mail=hang
	rcpt|C RCPT|-o STARTTLS -R rcpt=hang
	data|C DATA|-o STARTTLS -R data=hang
	body|C DATA|-o STARTTLS -R body=delay:60@5000
	chunk|C BDAT|-R body=delay:60@5000
	final|C DATA|-o STARTTLS -R final=hang
	last|C BDAT|-R final=hang
	half|C BDAT|-R final=half
EOF
certs=cert
set -- server=/dns.example/127.0.0.9
n=100
while IFS='|' read -r name seen options; do
	set -- "$@" "mx-host=$name.example,mx.$name.example,10" \
	    "host-record=mx.$name.example,127.0.0.$((n += 1))"
	certs="$certs mx.$name.example"
	names="${names:-dns} $name"
done <"$RIG/steps"
# shellcheck disable=SC2086
rig_cert $certs
rig_dns "$@"
rig_silent dnshole udp:127.0.0.9 53
n=100
while IFS='|' read -r name seen options; do
	: $((n += 1))
	# shellcheck disable=SC2086
	case $name in
	connect) rig_silent connect 127.0.0.$n 25 ;;
	*) rig_intake "$name" -l 127.0.0.$n:25 $options ;;
	esac || diag "no intake $name"
done <"$RIG/steps"

# meet PARAMETERS - one copy for each; how long it was until the last was
# gone is in $took, in ms
meet()
{
	rig_conf <<-EOF
		min_connections = 1
		$1
	EOF
	for name in $names; do
		: >"$RIG/$name.journal"
		case $name in
		body|chunk) rig_fill 1 -s 40000000 -i "$name@$name.example" ;;
		*) rig_fill 1 -s 1000 -i "$name@$name.example" ;;
		esac
	done
	before=$(rig_log | wc -l)
	began=$(date +%s%3N)
	rig_forwarder
	rig_wait '[ "$(rig_waiting)" = 0 ]' 50
	took=$(($(date +%s%3N) - began))
	rig_stop forwarder
	rig_log | tail -n "+$((before + 1))" >"$RIG/since"
	diag "gone after $took ms"
}

# ends - how the copies ended
ends()
{
	sed -n 's/.*delivery failed to .*: *\([A-Z].*\)\.$/\1/p' "$RIG/since" |
	    sort | uniq -c | sed 's/^ *//'
}

# unseen - those that fell silent at another step than their own
unseen()
{
	while IFS='|' read -r name seen options; do
		[ -z "$seen" ] || grep -q " $seen" "$RIG/$name.journal" ||
			echo "$name"
	done <"$RIG/steps"
}

# libunbound gives up by itself, sooner or later: nobody waits for that here.
all=$names
names=${names#dns }
count=$(echo "$names" | wc -w)
# where all is slow DNS may fail for a moment, which is tried again
meet "queue_lifetime = 10s
retry_limit = 10
retry_delay = 100ms"
is "$(ends)" "$count Expired" "silence at each step: all die"
is "$(unseen)" "" "each at its own step"
ok "at their hour, though each step would have 30 or 60 seconds" \
    [ "$took" -lt 25000 ]

names=$all
: $((count += 1))
meet "connect_timeout = 1s
command_timeout = 1s
retry_limit = 0"
is "$(ends)" "$count Connection Error" "with time to live, the step ends"
is "$(unseen)" "" "each its own"
ok "when its time is over" [ "$took" -lt 20000 ]
is "$(grep -c 'details: timeout' "$RIG/since")" $((count - 1)) "as a time-out"
like "$(cat "$RIG/since")" \
    'DNS Temporary Failure dns\.example MX - (timeout|SERVFAIL)' "so in DNS"

names=dns
meet "queue_lifetime = 1s
retry_limit = 0"
is "$(ends)" "1 Expired" "a copy may die in the middle of a look-up"
ok "at its hour" [ "$took" -lt 10000 ]
done_testing

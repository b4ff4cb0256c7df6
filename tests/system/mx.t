#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# mx - the way to the intake by DNS and port 25, in a network of its own
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up mx
rig_ca
RIG_MX=yes

# seven NAME - so many hosts that are down, of more preference than others
seven()
{
	for i in 1 2 3 4 5 6 7; do
		echo "mx-host=$1.example,d$i.example,${i}0"
		echo "host-record=d$i.example,127.0.0.10$i"
	done
}
# shellcheck disable=SC2046
rig_dns server=/dead.example/127.0.0.1#9 \
    mx-host=dead-mx.example,mx.dead.example,10 \
    mx-host=intake.example,mx.intake.example,10 \
    mx-host=intake.example,mx2.intake.example,20 \
    host-record=mx.intake.example,127.0.0.11 \
    host-record=mx2.intake.example,127.0.0.12 \
    mx-host=two.example,mx.two.example,10 \
    host-record=mx.two.example,127.0.0.13,127.0.0.14 \
    host-record=bare.example,127.0.0.15 \
    mx-host=null.example,.,0 \
    mx-host=hostless.example,gone.example,10 \
    host-record=silent.example,127.0.0.99 \
    mx-host=cname.example,alias.example,10 \
    cname=alias.example,mx.intake.example \
    cname=other.example,two.example \
    mx-host=half.example,gone.example,10 \
    mx-host=half.example,mx.two.example,20 \
    mx-host=equal.example,mx.intake.example,10 \
    mx-host=equal.example,mx2.intake.example,10 \
    $(seven eight) mx-host=eight.example,mx2.intake.example,80 \
    $(seven nine) mx-host=nine.example,d7.example,80 \
    mx-host=nine.example,mx2.intake.example,90 \
    mx-host=literal.example,127.0.0.16,10 \
    mx-host=literal6.example,gone.example,10 \
    mx-host=literal6.example,::1,20 \
    mx-host=six.example,mx.six.example,10 \
    host-record=mx.six.example,::1
rig_ext="subjectAltName = IP:127.0.0.16, IP:::1" rig_cert literal literal
rig_cert cert mx.intake.example mx2.intake.example mx.two.example bare.example \
    mx.six.example alias.example
rig_postfix
rig_conf <<-EOF
	policy_maps = check_recipient texthash:$RIG/policy
	idle_timeout = 100ms
	retry_delay = 300ms
	connect_timeout = 2s
	min_connections = 1
EOF
# One recipient for each intake domain.
{
	for domain in intake two bare null hostless nowhere later dead-mx six \
	    cname other half equal eight nine literal literal6; do
		echo "$domain@corp.example copy@$domain.example"
	done
} >"$RIG/policy"
rig_milter
# The milter says when it accepted a copy, by the clock that nobody sets.
rig_send sender@client.example bare@corp.example
ok "a copy waits" rig_wait '[ "$(rig_waiting)" = 1 ]' 10
uptime=$(cut -d. -f1 /proc/uptime)
booted=$(sed -n 's/.*"booted":\([0-9]*\)[0-9]\{3\}[,}].*/\1/p' "$RIG"/spool/ready/* |
    tr -d '\0')
ok "with its time since the start of the machine" \
    [ "$booted" -le "$uptime" ] && ok "which is now" [ "$booted" -gt $((uptime - 60)) ]
tdcctl delete ALL >/dev/null
rig_forwarder

# where INTAKE... - those that have a copy; all are emptied
where()
{
	for name in "$@"; do
		[ "$(rig_count "$name")" = 0 ] || printf '%s ' "$name"
		rm -f "$RIG/$name"/*
	done
}

# carry DOMAIN - one letter for that intake domain; what became of it
carry()
{
	rig_send sender@client.example "$1@corp.example" || diag "$rig_said"
	rig_wait "rig_log | grep -q ' queue-id $rig_qid '" 10
	mid=$(rig_log | sed -n "s/^TDC: MID \([0-9]*\) queue-id $rig_qid .*/\1/p")
	rig_wait "rig_log | grep -q 'Message finished MID $mid '" 20
	result=$(rig_log | sed -n "s/^TDC: MID $mid \(successfully\).*/\1/p
	    s/^TDC: MID $mid delivery failed to Cisco.*Defense: *\(.*\)\./\1/p")
}

rig_intake first -l 127.0.0.11:25
rig_intake second -l 127.0.0.12:25
carry intake
is "$result $(where first second)" "successfully first " \
    "the MX of least preference value is taken"
rig_stop first
carry intake
is "$result $(where first second)" "successfully second " \
    "when it is down, the next"
unlike "$(rig_log | grep " MID $mid ")" Delayed "in the same attempt"
rig_stop second
carry intake
is "$result" "Connection Error" "when all are down, the network failed"
rig_intake second -l 127.0.0.12:25
rig_intake first -l 127.0.0.11:25 -R "greeting=421 4.3.2 busy"
carry intake
is "$result $(where first second)" "successfully second " \
    "an MX that greets with 421 is left for the next"
rig_stop first
rig_stop second

rig_intake fourth -l 127.0.0.14:25
carry two
is "$result $(where fourth)" "successfully fourth " \
    "a second address of the MX is tried when the first is down"
carry half
is "$result $(where fourth)" "successfully fourth " \
    "an MX without an address is left for the next"
carry other
is "$result $(where fourth)" "successfully fourth " \
    "an intake domain that is an alias has the MX of its name"
rig_intake first -l 127.0.0.11:25
carry cname
is "$result $(where first)" "successfully first " \
    "an MX that is an alias serves, and its certificate names the alias"

# Of equals any may be the first: both are met within thirty times, but for a
# chance of one in a milliard.
rig_intake second -l 127.0.0.12:25
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 \
    26 27 28 29 30; do
	[ "$(rig_count first)" = 0 ] || [ "$(rig_count second)" = 0 ] || break
	carry equal
	rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 5
done
is "$(where first second)" "first second " "of two equal MX both are used"
rig_stop first
rig_stop second

rig_intake second -l 127.0.0.12:25
carry eight
is "$result $(where second)" "successfully second " \
    "the eighth address is tried when the first seven are down"
unlike "$(rig_log | grep " MID $mid ")" Delayed "in the same attempt"
carry nine
is "$result" "Connection Error" "but no ninth"
rig_stop second

rig_intake literal -l 127.0.0.16:25 -C "$RIG/literal.pem" -K "$RIG/literal.key"
carry literal
is "$result $(where literal)" "successfully literal " \
    "an MX that is an address serves, with a certificate for the address"
like "$(rig_log)" 'TLS trust: verify 127\.0\.0\.16$' "which is asked for"
rig_stop literal
rig_intake literal -l 127.0.0.16:25
carry literal
is "$result" "TLS Error" "and none for a name will do"
rig_stop literal
rig_intake literal -l '[::1]:25' -C "$RIG/literal.pem" -K "$RIG/literal.key"
carry literal6
is "$result $(where literal)" "successfully literal " "also one of IPv6"
rig_stop literal

rig_intake bare -l 127.0.0.15:25
carry bare
is "$result $(where bare)" "successfully bare " \
    "without an MX the address of the domain serves"
rig_intake six -l '[::1]:25'
carry six
is "$result $(where six)" "successfully six " "IPv6 serves"

carry null
is "$result" "Hard Bounced" "a null MX takes no mail"
like "$(rig_log)" '^TDC: DNS Error null\.example MX - null MX$' "and is told of"
carry nowhere
is "$result" "Hard Bounced" "a domain that does not exist takes no mail"
carry hostless
is "$result" "Hard Bounced" "an MX without an address is not usable"
is "$(tdcctl status --json | sed -n 's/.*"hard_bounced_dns": \([0-9]*\).*/\1/p')" \
    3 "the three are counted as DNS"

carry dead-mx
is "$result" "Connection Error" \
    "an MX whose address nobody can tell is worth a retry"
like "$(rig_log)" 'DNS Temporary Failure dead-mx\.example MX - no address of MX' \
    "and told"

# A person said where to: no MX was asked for.
rig_stop forwarder
cp "$RIG/tdc.cf" "$RIG/tdc.cf.mx"
echo "intake_route = [two.example]:25" >>"$RIG/tdc.cf"
rig_forwarder
carry intake
is "$result" "Hard Bounced" "an intake_route without an address is not usable"
like "$(rig_log)" '^TDC: DNS Error two\.example A - NoData$' \
    "and told as what it is"
like "$(rig_log)" "Bounced: .* MID $mid .*looking up two\.example \(A\) : NoData'" \
    "with the copy, too"
rig_stop forwarder
mv "$RIG/tdc.cf.mx" "$RIG/tdc.cf"
rig_forwarder

# Nobody answers: a failure of the network, not of the domain.
rig_stop dns
carry later
is "$result" "Connection Error" "no answer from DNS is worth a retry"
like "$(rig_log)" 'DNS Temporary Failure later\.example MX - ' "and told"
like "$(rig_log)" "^TDC: MID $mid last attempt failed: DCID 0 to later\.example: looking up later\.example MX: ." \
    "with the copy, too"
done_testing

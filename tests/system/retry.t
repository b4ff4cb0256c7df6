#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# retry - the retry table, row by row, with an intake that does each wrong
# thing: how often it is tried, with what result, in which counter
. "$(dirname "$0")/../rig/rig.sh"

rig_up retry
rig_ca
rig_selfsigned stranger mx.intake.example
rig_cert other elsewhere.example
rig_dns
rig_intake intake
rig_postfix
rig_conf <<-EOF
	default_policy = DEFAULT
	min_connections = 1
	max_connections = 1
	idle_timeout = 100ms
	retry_delay = 300ms
	command_timeout = 1s
EOF
ok "milter starts" rig_milter

counters()
{
	tdcctl status --json | sed -n 's/^ *"\([a-z0-9_]*\)": \([0-9]*\),*$/\1 \2/p'
}

# grown COUNTER... - by how much each has grown since "before"
grown()
{
	counters >"$RIG/after"
	awk 'NR == FNR { old[$1] = $2; next } $2 != old[$1] {
	    print $1 "+" $2 - old[$1] }' "$RIG/before" "$RIG/after" |
	    grep -E '^(delivered|(soft|hard)_bounced[a-z0-9_]*)\+' | tr '\n' ' '
}

# row NAME ATTEMPTS VERDICT COUNTERS [INTAKE OPTIONS] - one letter meets this
# intake.  ATTEMPTS are counted there: MAIL commands, or, "4c", connections.
row()
{
	name=$1
	attempts=$2
	verdict=$3
	wanted=$4
	shift 4
	rig_stop intake
	rig_stop forwarder	# it would remember that the site was down
	rm -f "$RIG/intake.journal"
	[ "$1" = none ] || rig_intake intake "$@"
	rig_forwarder || diag "the forwarder does not start"
	counters >"$RIG/before"
	rig_send "sender@client.example" user@corp.example || diag "$rig_said"
	rig_wait "rig_log | grep -q ' queue-id $rig_qid '" 10
	mid=$(rig_log | sed -n "s/^TDC: MID \([0-9]*\) queue-id $rig_qid .*/\1/p")
	rig_wait "rig_log | grep -q 'Message finished MID $mid '" 15
	case $attempts in
	*c) got=$(grep -c ' E open$' "$RIG/intake.journal")c ;;
	-) got=- ;;
	*) got=$(grep -c ' C MAIL ' "$RIG/intake.journal") ;;
	esac
	said=$(rig_log | sed -n "s/^TDC: MID $mid \(successfully delivered\).*/\1/p
	    s/^TDC: MID $mid delivery failed to Cisco.*Defense: *\(.*\)\./\1/p")
	is "$got $said; $(grown)" "$attempts $verdict; $wanted" "$name"
}

done="successfully delivered"
gone="Retries Exhausted"
hard="hard_bounced+1 hard_bounced_5xx+1 "
soft="soft_bounced+2 hard_bounced+1 hard_bounced_retries+1 soft_bounced_reply+2 "
tls="hard_bounced+1 hard_bounced_tls+1 "
lost="soft_bounced+2 hard_bounced+1 hard_bounced_network+1 soft_bounced_network+2 "
once="delivered+1 soft_bounced+1 "
basic=STARTTLS,ENHANCEDSTATUSCODES

row "all is well" 1 "$done" "delivered+1 " -q

# 5xx but 503 and 552: no retry
row "MAIL 550" 1 "Hard Bounced" "$hard" -R "mail=550 5.1.8 no"
row "RCPT 550" 1 "Hard Bounced" "$hard" -R "rcpt=550 5.1.1 no"
row "DATA 554" 1 "Hard Bounced" "$hard" -o $basic -R "data=554 5.3.0 no"
row "final 554" 1 "Hard Bounced" "$hard" -R "final=554 5.7.1 no"
row "final 554, by DATA" 1 "Hard Bounced" "$hard" -o $basic \
    -R "final=554 5.7.1 no"
row "BDAT 500" 1 "Hard Bounced" "$hard" -R "bdat=500 5.5.2 no"
row "greeting 554" 1c "Hard Bounced" "$hard" -R "greeting=554 5.3.2 no"

# 4xx, and 503 and 552: one
row "final 503" 2 "$gone" "$soft" -R "final=503 5.5.1 no"
row "final 552" 2 "$gone" "$soft" -R "final=552 5.3.4 no"
row "final 552, SIZE" 0 "$gone" "$soft" -o SIZE=100,$basic
row "MAIL 451" 2 "$gone" "$soft" -R "mail=451 4.3.0 no"
row "RCPT 452" 2 "$gone" "$soft" -R "rcpt=452 4.2.2 no"
row "RCPT 450, step by step" 2 "$gone" "$soft" -o $basic -R "rcpt=450 4.2.0 no"
row "final 451" 2 "$gone" "$soft" -R "final=451 4.3.2 no"
row "final 421" 2 "$gone" "$soft" -R "final=421 4.3.2 no"
row "greeting 421" 2c "$gone" "$soft" -R "greeting=421 4.3.2 no"
row "greeting 450" 2c "$gone" "$soft" -R "greeting=450 4.3.2 no"
row "final 451, then well" 2 "$done" "${once}soft_bounced_reply+1 " -R "final=451 4.3.2 no*1"
row "RCPT 552, then 550" 2 "Hard Bounced" \
    "soft_bounced+1 ${hard}soft_bounced_reply+1 " \
    -R "rcpt=552 5.2.2 full*1" -R "rcpt=550 5.1.1 no"

# TLS: no retry, and nothing in the clear
row "no STARTTLS" 1c "TLS Error" "$tls" -o PIPELINING
row "STARTTLS 454" 1c "TLS Error" "$tls" -R "starttls=454 4.7.0 no"
row "STARTTLS 501" 1c "TLS Error" "$tls" -R "starttls=501 5.5.1 no"
row "STARTTLS, more than its reply" 1c "TLS Error" "$tls" \
    -R 'starttls=raw:220 go on\r\n250 ok\r\n'
row "garbage in the handshake" 1c "TLS Error" "$tls" -R handshake=garbage
row "hang-up in the handshake" 1c "TLS Error" "$tls" -R handshake=close
row "TLS 1.1 at most" 1c "TLS Error" "$tls" -T TLSv1:TLSv1.1
row "unknown authority" 1c "TLS Error" "$tls" \
    -C "$RIG/stranger.pem" -K "$RIG/stranger.key"
row "another's name" 1c "TLS Error" "$tls" \
    -C "$RIG/other.pem" -K "$RIG/other.key"
unlike "$(cat "$RIG/intake.journal")" ' C (MAIL|RCPT|DATA|BDAT)' \
    "no command of a message without TLS"

# The network: one
row "nobody listens" - "Connection Error" "$lost" none
row "hang-up at once" 2c "Connection Error" "$lost" -R connect=close
row "reset" 2c "Connection Error" "$lost" -R greeting=reset
row "silence" 2c "Connection Error" "$lost" -R greeting=hang
row "hang-up after EHLO" 2c "Connection Error" "$lost" -R ehlo=close
row "hang-up in the body" 2 "Connection Error" "$lost" -R body=close@500
row "hang-up instead of a verdict" 2 "Connection Error" "$lost" -R final=close
row "silence after MAIL" 2 "Connection Error" "$lost" -R mail=hang
row "silence after the body" 2 "Connection Error" "$lost" -R final=hang
row "a reply that is none" 2 "Connection Error" "$lost" -R mail=garbage
row "half a reply" 2 "Connection Error" "$lost" -R rcpt=half
row "a line of 100,000 octets" 1 "$done" "delivered+1 " -R mail=long
row "the same for thanks" 1 "$done" "delivered+1 " -R final=long
row "an endless reply" 2c "Connection Error" "$lost" -R ehlo=endless
row "hang-up, then well" 2 "$done" "${once}soft_bounced_network+1 " -R "final=close*1"
row "reset, then 550" 2 "Hard Bounced" \
    "soft_bounced+1 ${hard}soft_bounced_network+1 " \
    -R "body=reset@500*1" -R "final=550 5.7.1 no"

# Age: what is older than queue_lifetime is not tried any more.
rig_stop forwarder
sed -i '/queue_lifetime/d' "$RIG/tdc.cf"
echo "queue_lifetime = 2s" >>"$RIG/tdc.cf"
rig_stop intake
rm -f "$RIG/intake.journal"
rig_intake intake
counters >"$RIG/before"
rig_send sender@client.example user@corp.example
accepted=$(date +%s%3N)
rig_wait '[ $(($(date +%s%3N) - accepted)) -gt 2100 ]' 5
rig_forwarder
rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(grep -c ' C MAIL' "$RIG/intake.journal") $(grown)" \
    "0 hard_bounced+1 hard_bounced_expired+1 " "too old: not tried"
mid=$(rig_log | sed -n "s/^TDC: MID \([0-9]*\) queue-id $rig_qid .*/\1/p")
like "$(rig_log)" \
    "^TDC: MID $mid was not sent in time: attempts failed 0, waiting for intake\\.example\$" \
    "too old: said that it waited"
like "$(rig_log | tail -n 4)" \
    "delivery failed to Cisco Secure Email Threat Defense: Expired\\." \
    "too old: and said so"

# A retry that would come too late: the copy dies at its hour.
rig_stop forwarder
sed -i '/retry_delay/d' "$RIG/tdc.cf"
echo "retry_delay = 60s" >>"$RIG/tdc.cf"
rig_stop intake
rig_intake intake -R "final=451 4.3.0 later"
rig_forwarder
counters >"$RIG/before"
rig_send sender@client.example user@corp.example
ok "a copy dies at its hour" rig_wait '[ "$(rig_waiting)" = 0 ]' 10
is "$(grown)" \
    "soft_bounced+1 hard_bounced+1 hard_bounced_expired+1 soft_bounced_reply+1 " \
    "while it waits for its retry"
mid=$(rig_log | sed -n "s/^TDC: MID \([0-9]*\) queue-id $rig_qid .*/\1/p")
like "$(rig_log)" \
    "^TDC: MID $mid was not sent in time: attempts failed 1, waiting for intake\\.example\$" \
    "as the log says"
done_testing

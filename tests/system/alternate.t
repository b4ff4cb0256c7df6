#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# alternate - what an intake does not get goes to alternate_intake_address,
# Postfix elsewhere: whatever the reason, once, marked, and none is lost when the
# forwarder is killed over and over
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up alternate
rig_ca
chmod 644 "$RIG/cert.key"
rig_dns mx-host=intake.example,mx.intake.example,10 \
    host-record=mx.intake.example,127.0.0.1 \
    mx-host=resort.example,mx2.intake.example,10 \
    host-record=mx2.intake.example,127.0.0.2
RIG_MASTER="127.0.0.2:25 inet n - n - - smtpd -o smtpd_milters=
	-o syslog_name=postfix/resort -o smtpd_tls_cert_file=$RIG/cert.pem
	-o smtpd_tls_key_file=$RIG/cert.key -o smtpd_tls_security_level=encrypt
	-o smtpd_recipient_restrictions=\$resort_refuses"
rig_postfix "virtual_mailbox_domains = corp.example resort.example" \
    "resort_refuses = permit"
intake_port=25
RIG_MX=yes

# intake RULE - one that does this
intake()
{
	rig_stop intake
	intake_port=25
	rig_intake intake -R "$1"
}

conf()			# RETRY_LIMIT RETRY_DELAY QUEUE_LIFETIME
{
	rig_conf <<-EOF
		default_policy = DEFAULT
		alternate_intake_address = last@resort.example
		undelivered = keep
		retry_limit = $1
		retry_delay = $2
		queue_lifetime = $3
		idle_timeout = 100ms
		command_timeout = 2s
		flight_messages = 1
	EOF
}

# fresh RULE [RETRY_LIMIT RETRY_DELAY QUEUE_LIFETIME] - an empty spool and log,
# that intake, and one copy
fresh()
{
	rig_stop forwarder
	rm -rf "$RIG/spool" "$RIG/mail/everyone"
	: >"$RIG/tdc.log"
	intake "$1"
	conf "${2:-1}" "${3:-300ms}" "${4:-60s}"
	rig_fill 1
	rig_forwarder
}

# diverted NAME WORD RULE ... - as fresh(), one copy: the alternate has it
diverted()
{
	name=$1
	word=$2
	shift 2
	fresh "$@"
	rig_wait '[ "$(rig_inbox everyone) $(rig_waiting)" = "1 0" ]' 20
	is "$(rig_inbox everyone)" 1 "$name: the alternate has it"
	like "$(cat "$RIG"/mail/everyone/new/*)" \
	    "^X-TDC-Undelivered: $word; <journal@intake\.example>" \
	    "$name: marked with $word"
	is "$(rig_counter hard_bounced) $(rig_counter "hard_bounced_$word") \
$(rig_counter diverted) $(rig_counter delivered)" "1 1 1 1" \
	    "$name: given up, diverted, delivered"
	like "$(rig_log)" "^TDC: MID 1 goes to the alternate message intake \
address last@resort\.example, since intake\.example did not get it\$" \
	    "$name: the log says so"
	is "$(grep -o 'Message finished MID 1 .*' "$RIG/tdc.log")" \
	    "Message finished MID 1 done" "$name: it is finished once"
}

# ---- each reason ----

diverted "refused" 5xx rcpt=550
figures()		# DOMAIN: what bounced hard there, and was delivered
{
	tdcctl hoststatus "$1" | sed -n \
	    's/^ *\(Hard Bounced\|Delivered\) Recipients *\([0-9]*\)$/\2/p' | xargs
}
is "$(figures intake.example)" "1 0" "hoststatus has the intake, where it bounced"
is "$(figures resort.example)" "0 1" "and the alternate, where it arrived"
diverted "later, too often" retries rcpt=451
diverted "no TLS" tls starttls=454
diverted "a connection that breaks" network rcpt=close
diverted "too old" expired rcpt=451 100 300ms 2s
rig_stop dns
rig_dns mx-host=resort.example,mx2.intake.example,10 \
    host-record=mx2.intake.example,127.0.0.2 \
    host-record=mx.intake.example,127.0.0.1
diverted "no such domain" dns rcpt=550
rig_stop dns
rig_dns mx-host=intake.example,mx.intake.example,10 \
    host-record=mx.intake.example,127.0.0.1 \
    mx-host=resort.example,mx2.intake.example,10 \
    host-record=mx2.intake.example,127.0.0.2

# ---- the alternate does not take it either ----

postconf -e "resort_refuses = defer"
rig_postfix_anew
fresh rcpt=550 100 10m 60s
rig_wait '[ "$(rig_counter diverted)" = 1 ]' 10
rig_wait '[ "$(rig_counter soft_bounced)" -ge 1 ]' 10
like "$(tdcctl queue)" \
    '^1 +ready +1 .* journal@intake\.example \(5xx: to the alternate one\)$' \
    "while it waits, queue tells where it goes"
like "$(tdcctl queue --json)" '"intake": ?"journal@intake\.example".*"undelivered": ?"5xx"' \
    "and so does --json"
like "$(tdcctl show 1)" \
    '^Intake: +journal@intake\.example \(5xx: to the alternate one\)$' \
    "and show"
like "$(tdcctl hoststatus resort.example)" '^ *Attempted Recipients +1$' \
    "hoststatus has it at the alternate domain"
like "$(tdcctl flush resort.example 2>&1)" '^resort\.example: waiting copies go' \
    "flush knows it by the alternate domain"
like "$(tdcctl flush intake.example 2>&1)" 'no copies are waiting' \
    "and not by its own"

postconf -e "resort_refuses = reject"
rig_postfix_anew
tdcctl flush resort.example >/dev/null
rig_wait '[ "$(rig_waiting)" = 0 ]' 15
is "$(rig_counter hard_bounced) $(rig_counter diverted) $(rig_counter delivered)" \
    "2 1 0" "refused there, too: it is given up, and not diverted again"
is "$(tdcctl queue | tail -n 1)" "-- 0 waiting, 1 kept, 0 damaged" \
    "and kept, as undelivered says"
like "$(rig_log)" "^TDC: Message finished MID 1 aborted|MID 1 delivery failed" \
    "the log has its end"
postconf -e "resort_refuses = permit"
rig_postfix_anew
intake rcpt=250
is "$(tdcctl requeue ALL)" "1 requeued" "an operator requeues it"
rig_wait '[ "$(rig_waiting)" = 0 ]' 15
is "$(rig_count intake) $(rig_inbox everyone)" "1 0" \
    "then it goes to its own intake first"

# ---- kill -9, again and again ----

mids()			# of what the alternate has
{
	grep -hio '^Message-ID: <[0-9a-f]\{16\}\.' "$RIG"/mail/everyone/new/*
}
rig_stop forwarder
rm -rf "$RIG/spool" "$RIG/mail/everyone" "$RIG/intake"
intake rcpt=550
conf 1 300ms 60s
rig_fill 300 -s 500
rig_forwarder
round=0
while [ "$(rig_waiting)" -gt 0 ] && [ "$round" -lt 40 ]; do
	round=$((round + 1))
	sleep "0.$(printf %03d $((round * 37 % 150)))"
	rig_stop forwarder KILL
	rig_forwarder || diag "round $round: no start"
done
diag "killed $round times"
rig_by_hand=some	# what a kill cuts in two is not counted
ok "it was killed before all was done" [ "$round" -ge 3 ]
rig_wait '[ "$(rig_waiting)" = 0 ]' 60
rig_wait '[ "$(mids | sort -u | wc -l)" = 300 ]' 20
is "$(mids | sort -u | wc -l)" 300 "the alternate has every copy"
ok "few of them twice" [ "$(mids | wc -l)" -le $((300 + 20 * round)) ]
is "$(rig_waiting) $(find "$RIG/spool/failed" -type f | wc -l)" "0 0" \
    "and none is left"
done_testing

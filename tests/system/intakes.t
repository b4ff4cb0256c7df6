#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# intakes - ours, Postfix and Exim: plain letters, hard ones and hostile ones,
# five in a flight, by chunks and by DATA; each arrives once, as it was; and
# who is refused in the middle of a flight hurts nobody else
. "$(dirname "$0")/../rig/rig.sh"

rig_up intakes
rig_ca
chmod 644 "$RIG/cert.key"
rig_dns
mkdir "$RIG/letters" "$RIG/hostile"
perl tests/helpers/letters.pl kept "$RIG/letters"
perl tests/helpers/hostile.pl make "$RIG/hostile"

# to PORT LETTERS - all of them go there
to()
{
	rig_stop forwarder
	rig_conf <<-EOF
		intake_route = [mx.intake.example]:$1
		min_connections = 2
		max_connections = 2
		flight_messages = 5
		idle_timeout = 100ms
	EOF
	install -d -o nobody -m 700 "$RIG/spool"
	"$TDC_BUILD/tests/tools/fill" "$RIG/spool" "$RIG/$2"/*
	rig_forwarder
	rig_wait '[ "$(rig_waiting)" = 0 ]' 60
}

# arrived FROM... - what came, as NUMBER.eml with CRLF, in arrived/
arrived()
{
	rm -rf "$RIG/arrived" "$RIG/cut"
	mkdir "$RIG/arrived" "$RIG/cut"
	number=0
	for file; do
		number=$((number + 1))
		perl -pe 's/\r?\n\z/\r\n/' "$file" \
		    >"$RIG/arrived/$(printf %06d "$number").eml"
	done
	perl tests/helpers/report.pl cut "$RIG/arrived" "$RIG/cut"
}

# different LETTERS - which did not arrive as they were; hostile ones at others'
# have had their line ends changed
different()
{
	if [ "$1" = letters ] || [ "$offer" = -SIZE ]; then
		diff -rq "$RIG/$1" "$RIG/cut"
	elif [ "$mailbox" = intake ]; then
		perl tests/helpers/hostile.pl same "$RIG/$1" "$RIG/cut"
	else
		perl tests/helpers/hostile.pl alike "$RIG/$1" "$RIG/cut"
	fi
}

# all_of LETTERS WHAT - each of the letters came once, as it was
all_of()
{
	is "$number" "$(ls "$RIG/$1" | wc -l)" "$2: as many as were sent"
	is "$(different "$1")" "" "$2: each is as it was"
}

# ---- ours ----

mailbox=intake

for offer in -SIZE -CHUNKING,-BINARYMIME; do
	for letters in letters hostile; do
		rig_stop intake
		rm -rf "$RIG/intake"
		rig_intake intake -o "$offer"
		ok "ours, $offer: $letters" to "$intake_port" "$letters"
		number=$(rig_count intake)
		rm -rf "$RIG/cut"
		mkdir "$RIG/cut"
		perl tests/helpers/report.pl cut "$RIG/intake" "$RIG/cut"
		all_of "$letters" "ours, $offer, $letters"
	done
done

# ---- Postfix ----

mailbox=everyone offer=

echo '/^Subject:.*refuse/ REJECT' >"$RIG/refuse.regexp"
rig_postfix "virtual_mailbox_domains = intake.example" "smtpd_milters =" \
    "smtpd_tls_cert_file = $RIG/cert.pem" \
    "smtpd_tls_key_file = $RIG/cert.key" \
    "smtpd_tls_security_level = encrypt" \
    "smtpd_recipient_restrictions = \
	check_recipient_access inline:{nobody@intake.example=REJECT}" \
    "header_checks = regexp:$RIG/refuse.regexp"

for keywords in chunking ""; do
	postconf -e "smtpd_discard_ehlo_keywords = $keywords"
	rig_cool
	postfix reload 2>/dev/null
	for letters in letters hostile; do
		rm -rf "$RIG/mail/everyone"
		ok "Postfix, without '$keywords': $letters" to "$smtp_port" \
		    "$letters"
		rig_wait "[ \"\$(rig_inbox everyone)\" -ge \
		    $(ls "$RIG/$letters" | wc -l) ] && [ -z \"\$(find \
		    $RIG/queue/active $RIG/queue/incoming -type f)\" ]" 30
		arrived "$RIG/mail/everyone/new"/*
		all_of "$letters" "Postfix, without '$keywords', $letters"
	done
done

# ---- Exim ----

mailbox=exim

[ -n "$RIG_ALONE" ] || diag "no name spaces of our own: not with Exim"
for hosts in '' '*'; do
	[ -n "$RIG_ALONE" ] || continue
	rig_stop exim
	rig_exim "chunking_advertise_hosts = $hosts"
	for letters in letters hostile; do
		rm -rf "$RIG/mail/exim/new"
		ok "Exim, CHUNKING for '$hosts': $letters" to "$exim_port" \
		    "$letters"
		rig_exim_run
		arrived "$RIG/mail/exim/new"/*
		all_of "$letters" "Exim, CHUNKING for '$hosts', $letters"
	done
done

# ---- refused in the middle of a flight ----

rig_letter "$RIG/refuse" "refuse me"
middle()		# PORT WHAT MAILBOX
{
	rig_stop forwarder
	rig_conf <<-EOF
		intake_route = [mx.intake.example]:$1
		min_connections = 1
		max_connections = 1
		flight_messages = 7
	EOF
	rm -rf "$RIG/mail/$3/new"
	: >"$RIG/tdc.log"
	rig_fill 2
	rig_fill 1 -i nobody@intake.example
	rig_fill 1
	"$TDC_BUILD/tests/tools/fill" "$RIG/spool" "$RIG/refuse"
	rig_fill 2
	rig_forwarder
	ok "$2: the third and the fifth of seven are refused" \
	    rig_wait '[ "$(rig_waiting)" = 0 ]' 30
	is "$(rig_log | sed -n 's/^TDC: MID [0-9]* \(successfully\|delivery failed\).*/\1/p' |
	    tr '\n' ' ')" "successfully successfully delivery failed \
successfully delivery failed successfully successfully " "$2: no other is"
	is "$(rig_log | grep -c '^TDC: New SMTP')" 1 "$2: by one connection"
}
middle "$smtp_port" Postfix everyone
ok "Postfix: the others are there" \
    rig_wait '[ "$(rig_inbox everyone)" = 5 ]' 10
if [ -n "$RIG_ALONE" ]; then
	middle "$exim_port" Exim exim
	rig_exim_run
	is "$(rig_inbox exim)" 5 "Exim: the others are there"
fi
done_testing

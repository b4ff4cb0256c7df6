#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# helo - an intake, Postfix, that does not like the name in EHLO: no copy is
# given up for that; they wait, few are tried, a warning says what to do, and
# with another name all are delivered
. "$(dirname "$0")/../rig/rig.sh"

rig_up helo
rig_ca
chmod 644 "$RIG/cert.key"
rig_dns
rig_postfix "virtual_mailbox_domains = intake.example" "smtpd_milters =" \
    "smtpd_tls_cert_file = $RIG/cert.pem" \
    "smtpd_tls_key_file = $RIG/cert.key" \
    "smtpd_tls_security_level = may" "smtpd_helo_required = yes" \
    "smtpd_helo_restrictions = reject_non_fqdn_helo_hostname, \
	check_helo_access inline:{bad.example=REJECT}"
# a new main.cf is read at once
postconf_now()
{
	postconf -e "$@"
	rig_cool
	postfix reload 2>/dev/null
}

conf()			# HELO_NAME
{
	rig_conf <<-EOF
		intake_route = [mx.intake.example]:$smtp_port
		helo_name = $1
		retry_limit = 100
		retry_delay = 300ms
	EOF
}

warned()
{
	rig_log | grep -c '^TDC: Warning: the intake of intake.example refuses our name'
}

tried()			# copies with an attempt that failed
{
	find "$RIG/spool/ready" -name '*.[1-9]*' | wc -l
}

# refused NAME HELO_NAME REPLY - with that name nobody is delivered, nor given
# up; with another everybody
refused()
{
	rig_stop forwarder
	rm -rf "$RIG/spool" "$RIG/mail/everyone"
	: >"$RIG/tdc.log"
	conf "$2"
	rig_fill 50 -s 1000
	rig_forwarder
	ok "$1: a warning tells of it" rig_wait '[ "$(warned)" -ge 1 ]' 10
	sleep 1.5
	is "$(warned)" 1 "$1: one line, though it goes on"
	like "$(rig_log)" "^TDC: Warning: the intake of intake.example refuses our name '$2': \
$3; set helo_name to a full name of this host that DNS knows" \
	    "$1: it says what to do"
	is "$(rig_waiting) $(rig_counter hard_bounced)" "50 0" \
	    "$1: no copy is given up"
	ok "$1: and few are tried" [ "$(tried)" -le 20 ]
	ok "$1: the site has a star" \
	    rig_wait 'tdcctl tophosts | grep -q "^ *1\* "' 5
	conf gateway.example
	kill -HUP "$(rig_pid forwarder)"
	ok "$1: with another name" rig_wait '[ "$(rig_waiting)" = 0 ]' 20
	rig_wait '[ "$(rig_inbox everyone)" = 50 ]' 20
	is "$(rig_inbox everyone) $(rig_counter hard_bounced)" "50 0" \
	    "$1: all are delivered"
}

# Postfix says it at RCPT, as it comes, or else at EHLO.
refused "at RCPT" vm "504-.5\.5\.2 <vm>: Helo command rejected: need .*"
refused "at RCPT, by its table" bad.example \
    "554-.5\.7\.1 <bad.example>: Helo command rejected: Access denied.*"
postconf_now "smtpd_delay_reject = no"
refused "at EHLO" vm "504-.5\.5\.2 <vm>: Helo command rejected: need .*"
refused "at EHLO, by its table" bad.example \
    "554-.5\.7\.1 <bad.example>: Helo command rejected: Access denied.*"
done_testing

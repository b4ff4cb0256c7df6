#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# auth - an intake that wants a login, Postfix with Dovecot: by PLAIN and by
# LOGIN, inside TLS; while it does not let us in copies wait, and a warning says
# what to do; and the password is nowhere to be read
. "$(dirname "$0")/../rig/rig.sh"

rig_up auth
rig_ca
chmod 644 "$RIG/cert.key"
rig_dns
password='S3cret.of-the archive'
plain=$(printf '\0archive\0%s' "$password" | base64)
coded=$(printf '%s' "$password" | base64)
secrets="$password
$plain
$coded"
mkdir "$RIG/dovecot"
echo "archive:{PLAIN}$password" >"$RIG/dovecot/users"
rig_postfix "virtual_mailbox_domains = intake.example" "smtpd_milters =" \
    "smtpd_tls_cert_file = $RIG/cert.pem" \
    "smtpd_tls_key_file = $RIG/cert.key" \
    "smtpd_tls_security_level = may" "smtpd_tls_auth_only = yes" \
    "smtpd_sasl_auth_enable = yes" "smtpd_sasl_type = dovecot" \
    "smtpd_sasl_path = $RIG/dovecot/auth" \
    "smtpd_relay_restrictions =" \
    "smtpd_recipient_restrictions = permit_sasl_authenticated, \
	check_client_access static:{530 5.7.0 Authentication required}, reject"
ok "Dovecot runs" rig_dovecot plain login

conf()			# [LINE...]
{
	rig_conf <<-EOF
		intake_route = [mx.intake.example]:$smtp_port
		intake_login_file = $RIG/logins
		retry_limit = 100
		retry_delay = 300ms
		idle_timeout = 0
		smtp_debug_peers = intake.example
		$(printf '%s\n' "$@")
	EOF
}

logins()		# LINE: the file that we have
{
	printf '# who we are\n%s\n' "$1" >"$RIG/logins"
	chown nobody "$RIG/logins"
	chmod 600 "$RIG/logins"
}

fresh()			# an empty spool, mailbox and log
{
	rig_stop forwarder
	rm -rf "$RIG/spool" "$RIG/mail/everyone"
	: >"$RIG/tdc.log"
	: >"$RIG/maillog"
}

warned()
{
	rig_log | grep -c '^TDC: Warning: the intake .* does not let us in'
}

# delivered NAME - all of them, and none was given up
delivered()
{
	rig_wait '[ "$(rig_waiting)" = 0 ]' 20
	rig_wait '[ "$(rig_inbox everyone)" = 20 ]' 20
	is "$(rig_inbox everyone) $(rig_counter hard_bounced)" "20 0" \
	    "$1: all are delivered"
}

# lets_in NAME MECHANISM - from the start
lets_in()
{
	fresh
	rig_fill 20 -s 1000
	rig_forwarder
	delivered "$1"
	like "$(cat "$RIG/maillog")" \
	    "client=.*, sasl_method=$2, sasl_username=archive" \
	    "$1: by $2"
	like "$(cat "$RIG/tdc.log")" \
	    "DCID [0-9]* AUTH success login $RIG/logins:2\$" \
	    "$1: the log has the line of the file"
	is "$(warned) $(rig_counter soft_bounced)" "0 0" "$1: without a word"
}

# kept_out NAME PATTERN - copies wait, few are tried, and a warning says why
kept_out()
{
	fresh
	rig_fill 20 -s 1000
	rig_forwarder
	ok "$1: a warning tells of it" rig_wait '[ "$(warned)" -ge 1 ]' 10
	sleep 1.5
	is "$(warned)" 1 "$1: one line, though it goes on"
	like "$(rig_log)" "^TDC: Warning: the intake intake\.example does not \
let us in with our login $2; see intake_login_file\$" "$1: it says why"
	is "$(rig_waiting) $(rig_counter hard_bounced)" "20 0" \
	    "$1: no copy is given up"
	ok "$1: and few are tried" [ "$(find "$RIG/spool/ready" \
	    -name '*.[1-9]*' | wc -l)" -le 10 ]
	ok "$1: the site has a star" \
	    rig_wait 'tdcctl tophosts | grep -q "^ *1\* "' 5
}

# hidden NAME - of the password nothing is to be seen, where an operator, a
# user of this machine, or who gets our logs might look.  The memory of the
# forwarder is looked at, but for what no core dump has.
hidden()
{
	is "$(cat "$RIG/tdc.log" "$RIG/mail_logs" "$RIG/err"/forwarder* \
	    "/proc/$(rig_pid forwarder)/cmdline" \
	    "/proc/$(rig_pid forwarder)/environ" | tr '\0' '\n' |
	    cat - "$RIG/said" | grep -cF "$secrets")" 0 \
	    "$1: no log, no argument has the password"
	is "$(perl tests/helpers/remembers.pl -w "$(rig_pid forwarder)" \
	    "$password" "$plain" "$coded" 2>&1)" "" "$1: nor a core dump"
}

# told COMMAND... - what it says is looked at as well
told()
{
	"$@" >>"$RIG/said" 2>&1
}

# ---- it lets us in ----

logins "intake.example   archive:$password"
conf
told tdcctl config
told tdcctl check
is "$(grep -cE "(warning|tdcctl):.*login" "$RIG/said")" 0 "check takes the file"
lets_in "by the domain" PLAIN
hidden "by the domain"
ok "the memory is looked at" [ -n "$(perl tests/helpers/remembers.pl \
    "$(rig_pid forwarder)" "$RIG/logins")" ]
logins "mx.intake.example archive:$password"
lets_in "by the host" PLAIN
rig_dovecot login
rig_postfix_anew
lets_in "LOGIN alone" LOGIN
hidden "LOGIN alone"
rig_dovecot plain login
rig_postfix_anew

# ---- it does not ----

# Whatever we send there, it is not our password that is wrong.
logins "intake.example archive:$password (not)"
kept_out "a wrong password" \
    "\($RIG/logins:2\): 535-'5\.7\.8 Error: authentication failed.*'"
hidden "a wrong password"
told tdcctl queue
logins "intake.example archive:$password"
kill -HUP "$(rig_pid forwarder)"
delivered "a file that was corrected, after a reload"

: >"$RIG/logins"
kept_out "no login for it" \
    "\(none for it\): 530-'5\.7\.0 .*Authentication required'"
logins "intake.example archive:$password"
kill -HUP "$(rig_pid forwarder)"
delivered "the login was added"

postconf -e "smtpd_sasl_auth_enable = no"
rig_postfix_anew
kept_out "no AUTH there" "\($RIG/logins:2\): AUTH not offered"
postconf -e "smtpd_sasl_auth_enable = yes"
rig_postfix_anew
delivered "AUTH is there again"

# ---- a file that others may read ----

chmod 644 "$RIG/logins"
told tdcctl check
like "$(cat "$RIG/said")" "tdc.cf:[0-9]*: intake_login_file: $RIG/logins: \
can be read by others \(mode 0644\): chmod o=,g-w" "check tells of its mode"
"$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>>"$RIG/said"
is $? 78 "a forwarder does not start with it"
kill -HUP "$(rig_pid forwarder)"
ok "a reload does not take it" \
    rig_wait 'rig_log | grep -q "Warning: configuration not reloaded: .*logins"' 5
rm -rf "$RIG/mail/everyone"
rig_fill 20 -s 1000
delivered "the old login goes on"

chmod 600 "$RIG/logins"
conf "tls_policy = encrypt"
told tdcctl check
like "$(cat "$RIG/said")" \
    "tdc.cf:[0-9]*: intake_login_file: with tls_policy = encrypt whoever" \
    "check tells who may get the password"
hidden "in the end"
done_testing

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# helo - an intake, Postfix, that does not like the name in EHLO: no copy is
# given up for that; they wait, few are tried, a warning says what to do, and
# with another name all are delivered; and the name that is used when none is
# set: Postfix's, or else this host's full one
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

# ---- no helo_name ----

if [ -z "$RIG_ALONE" ]; then
	done_testing
	exit
fi
# An /etc of our own, where this host has a full name and Postfix another.
rig_stop forwarder
mkdir "$RIG/etc"
cp -a /etc/. "$RIG/etc/"
mount --bind "$RIG/etc" /etc
rm -rf /etc/postfix
mkdir /etc/postfix
short=$(hostname | cut -d. -f1)
echo "127.0.1.1 $short.full.example $short" >/etc/hosts
rig_intake intake
own=$(hostname)
[ "$own" != "$short" ] || own=$short.full.example

rig_conf <<-EOF
	helo_name =
	undelivered = keep
EOF

# postfix_is NAME - the Postfix of this host is called so
postfix_is()
{
	printf 'compatibility_level = 3.6\nmyhostname = %s\n' "$1" \
	    >/etc/postfix/main.cf
	touch -d '1 hour ago' /etc/postfix/main.cf
}

in_force()
{
	tdcctl config | sed -n 's/^\(helo_name\|journal_from\) = //p' |
		tr '\n' ' '
}

# greeted - with what name, the last time
greeted()
{
	sed -n 's/.* C EHLO //p' "$RIG/intake.journal" | tail -n 1
}

# greets - with that name, in EHLO and in the report
greets()
{
	rm -rf "$RIG/intake"
	mkdir "$RIG/intake"
	rig_fill 1
	rig_forwarder
	rig_wait '[ "$(rig_count intake)" = 1 ]' 20
	rig_stop forwarder
	greeted
	sed -n 's/^Sender: .*@\(.*\)>.*/\1/p' "$RIG"/intake/*.eml
}

# name NAME TITLE - it is what holds, in what is said and in what is sent
name()
{
	is "$(in_force)" "tdc@$1 $1 " "$2: tdcctl config"
	is "$(greets)" "$(printf '%s\n%s' "$1" "$1")" "$2: EHLO and report"
}

rm -f /etc/postfix/main.cf
name "$own" "no main.cf: this host's full name"
postfix_is gw.corp.example
name gw.corp.example "Postfix's myhostname"
is "$(tdcctl config -n | grep helo_name) $(tdcctl config -d | grep helo_name)" \
    "helo_name = helo_name =" "which is not set, nor a fixed default"
postfix_is foreign.example
mv /etc/postfix "$RIG/foreign"
mkdir /etc/postfix
postfix_is gw2.corp.example
MAIL_CONFIG=$RIG/foreign
name gw2.corp.example "whatever MAIL_CONFIG says"
MAIL_CONFIG=$RIG/postfix
postfix_is short
name "$own" "a myhostname without a dot"
postfix_is 'gw.corp.example
	(new)'
name "$own" "one that is no host name"

# A change counts after a reload.
postfix_is gw.corp.example
rig_forwarder
postfix_is moved.corp.example
kill -HUP "$(rig_pid forwarder)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 10
rig_fill 1
rig_wait '[ "$(rig_waiting)" = 0 ]' 20
is "$(greeted)" moved.corp.example "a reload asks again"
rig_stop forwarder

# A postconf that hangs, or is not there at all.
real=$(command -v postconf)
postconf_is()
{
	printf '%s\n' "#!/bin/sh" "$@" >"$RIG/postconf"
	chmod 755 "$RIG/postconf"
}
postconf_is "exec sleep 600"
mount --bind "$RIG/postconf" "$real"
began=$(date +%s)
is "$(in_force)" "tdc@$own $own " "a postconf that says nothing"
took=$(($(date +%s) - began))
ok "is waited for a while, and not for ever ($took s)" \
    [ "$took" -ge 4 -a "$took" -le 20 ]
is "$(pgrep -fc 'sleep 600')" 0 "nor is it left behind"
postconf_is "echo gw.corp.example" "sleep 600 >&- & wait"
is "$(in_force)" "tdc@$own $own " "one that does not end is not believed"
postconf_is "echo gw.corp.example" "exit 1"
is "$(in_force)" "tdc@$own $own " "nor one that failed"
postconf_is "yes gw.corp.example"
is "$(in_force)" "tdc@$own $own " "nor one that does not stop talking"
postconf_is "env | sort >$RIG/environment" "ls /proc/self/fd >$RIG/fds" \
    "echo gw3.corp.example"
is "$(in_force)" "tdc@gw3.corp.example gw3.corp.example " "one that answers"
is "$(sed 's/^\(PWD\|_\|SHLVL\)=.*//; /^$/d' "$RIG/environment")" \
    "$(printf 'LC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin')" \
    "gets no environment of ours"
is "$(wc -l <"$RIG/fds")" 4 "and no descriptors"
rm "$RIG/environment"
tdcctl queue >/dev/null
tdcctl hoststatus intake.example >/dev/null
ok "verbs that need no name do not ask for it" [ ! -e "$RIG/environment" ]
chmod 644 "$RIG/postconf"
is "$(in_force)" "tdc@$own $own " "none that can be run"
umount "$real"

# The short name is all there is: a warning.
rm /etc/postfix/main.cf
echo 127.0.0.1 localhost >/etc/hosts
if [ "$(hostname)" = "$short" ]; then
	like "$("$TDC_BUILD/tdc-forwarder" -n -c "$RIG/tdc.cf" 2>&1)" \
	    "warning: .*tdc.cf:.*: helo_name: '$short' has no dot" \
	    "-n warns of a name without a dot"
fi
done_testing

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# archive - contrib/examples/archive.cf, as it is but for its names: an archive,
# Postfix with a login, gets every copy, though it is down for a while and we
# are killed meanwhile; what it refuses for good is kept, and sent when asked
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no network of its own here, so no port 25"
	exit 0
fi
rig_up archive
rig_ca
chmod 644 "$RIG/cert.key"
rig_dns
password="let me in"
mkdir "$RIG/dovecot"
echo "gateway:{PLAIN}$password" >"$RIG/dovecot/users"

# The archive is on port 25, and takes no mail without a login.
archive="smtpd -o smtpd_milters= -o syslog_name=postfix/archive
	-o smtpd_tls_cert_file=$RIG/cert.pem -o smtpd_tls_key_file=$RIG/cert.key
	-o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
	-o smtpd_sasl_type=dovecot -o smtpd_sasl_path=$RIG/dovecot/auth
	-o smtpd_relay_restrictions=permit_sasl_authenticated,reject
	-o smtpd_recipient_restrictions=\$archive_refuses"
RIG_MASTER="127.0.0.1:25 inet n - n - - $archive"
rig_postfix "virtual_mailbox_domains = corp.example intake.example" \
    "archive_refuses = permit"
ok "Dovecot runs" rig_dovecot plain login

# ---- the sample, with the names of this place ----

sed -e 's/archive\.example\.com/intake.example/' \
    -e "s,/etc/tdc/,$RIG/," -e 's/example\.com/corp.example/' \
    -e '/^milter_socket/d' -e '/^min_free_space/d' \
    contrib/examples/archive.cf >"$RIG/sample"
rig_conf <"$RIG/sample"
tdcctl config -n | sed 's/ *$//' | sort >"$RIG/config"
is "$(sed -n '/^[a-z_]* =/s/ *$//p' "$RIG/sample" | sort |
    comm -23 - "$RIG/config")" "" "every line of the sample is in force"
echo "intake.example  gateway:$password" >"$RIG/intake_logins"
chown nobody "$RIG/intake_logins"
chmod 600 "$RIG/intake_logins"
# What check says of this machine is not about the sample.
is "$(tdcctl check | sed -E '/^note: |^warning: (spool_directory|the clock|Postfix:|.*: helo_name:)/d
    s/, [0-9]+ warnings?$//')" "$RIG/tdc.cf: OK" "the sample is a good tdc.cf"

seconds()		# PARAMETER
{
	tdcctl config | sed -n "s/^$1 = \([0-9]*\)\([smhd]\)\$/\1 \2/p" |
		sed 's/s/1/; s/m/60/; s/h/3600/; s/d/86400/' |
		awk '{ print $1 * $2 }'
}
limit=$(tdcctl config | sed -n 's/^retry_limit = //p')
ok "there are attempts for all of a copy's life" \
    [ $(($(seconds retry_delay) * limit)) -ge "$(seconds queue_lifetime)" ]

ok "milter starts" rig_milter
ok "forwarder starts" rig_forwarder

archived()		# how many reports the archive has
{
	rig_inbox everyone
}

send()			# FIRST LAST: messages with these numbers
{
	for number in $(seq "$1" "$2"); do
		rig_letter "$RIG/letter" "number $number"
		rig_send "sender@client.example" user@corp.example \
		    -F "$RIG/letter" || diag "$rig_said"
	done
}

# ---- it is up ----

send 1 5
rig_wait '[ "$(archived)" = 5 ]' 20
is "$(archived)" 5 "the archive has a copy of each"
report=$(grep -l '^Subject: number 3' "$RIG"/mail/everyone/new/* | head -n 1)
like "$(cat "$report")" '^X-MS-Journal-Report:' "a journal report"
like "$(cat "$report")" '^Return-Path: <journal-errors@corp\.example>' \
    "from a mailbox that somebody reads"
like "$(cat "$report")" '^Recipient: user@corp\.example' \
    "which tells the recipients"
unlike "$(cat "$report")" 'X-IronPort-RemoteIP' "and nothing for scanners"
rig_send '' user@corp.example
rig_wait '[ "$(archived)" = 6 ]' 20
like "$(cat "$RIG"/mail/everyone/new/*)" '^Sender: postmaster@corp\.example' \
    "a bounce has an address for its sender"
like "$(cat "$RIG/maillog")" 'postfix/archive.*sasl_method=PLAIN' \
    "after a login"

# ---- it is down ----

cp "$MAIL_CONFIG/master.cf" "$RIG/master.cf"
postconf -MX 127.0.0.1:25/inet
rig_postfix_anew
rig_wait '! rig_listens 25' 10
send 7 16
rig_wait '[ "$(rig_inbox user)" = 16 ]' 20
is "$(rig_inbox user)" 16 "the originals are delivered"
ok "while copies wait" [ "$(rig_waiting)" = 10 ]
rig_wait 'rig_log | grep -q "Connection refused"' 15
rig_stop forwarder KILL
ok "the forwarder was killed, and starts again" rig_forwarder
send 17 18
sleep 2
is "$(rig_waiting) $(archived) $(rig_counter hard_bounced)" "12 6 0" \
    "none is lost, none is given up"
ok "the archive has a star" \
    rig_wait 'tdcctl tophosts | grep -q "^ *1\* "' 15

cp "$RIG/master.cf" "$MAIL_CONFIG/master.cf"
rig_postfix_anew
rig_wait 'rig_listens 25' 10
tdcctl flush >/dev/null
rig_wait '[ "$(archived) $(rig_waiting)" = "18 0" ]' 30
numbers()		# of what the archive has, in order
{
	sed -n 's/^Subject: number \([0-9]*\)\r*$/\1/p' \
	    "$RIG"/mail/everyone/new/* | sort -n | uniq -c |
		awk '{ print $2 ":" $1 }' | tr '\n' ' '
}
# Each stands there three times: on top, in the text, and in the message.
is "$(numbers)" "$(for n in $(seq 1 5) $(seq 7 18); do
	printf '%s:3 ' "$n"; done)" "it is back: it has each of them, once"
is "$(rig_waiting) $(rig_counter hard_bounced)" "0 0" "and none waits"

# ---- it refuses for good ----

rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 15
postconf -e "archive_refuses = reject"
rig_postfix_anew
send 19 19
rig_wait '[ "$(rig_counter hard_bounced)" = 1 ]' 20
is "$(tdcctl queue | tail -n 1)" "-- 0 waiting, 1 kept, 0 damaged" \
    "what it refuses for good is kept"
rig_wait '[ "$(rig_counter connections_out)" = 0 ]' 15
postconf -e "archive_refuses = permit"
rig_postfix_anew
is "$(tdcctl requeue ALL)" "1 requeued" "an operator asks for it again"
rig_wait '[ "$(archived) $(rig_waiting)" = "19 0" ]' 20
is "$(archived) $(rig_waiting)" "19 0" "and the archive has it"
done_testing

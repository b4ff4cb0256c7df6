#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# desk - a day at the operator's desk, shown: sh tests/desk.sh BUILDDIR
#
# A private Postfix that does not know of us yet.  The operator wires us in,
# tries it, asks what became of a message, watches, gets through an hour in
# which the intake is down, asks what another policy would have done, and takes
# us out again.  Ends with 0 when everything was as expected; the report of the
# day stays in BUILDDIR/desk-report.html.
TDC_BUILD=$(basename "${1:-build}")
export TDC_BUILD
. "$(dirname "$0")/rig/rig.sh"
. "$(dirname "$0")/rig/stage.sh"

# said FILE... - what an operator would see, with the paths of a real gateway
said()
{
	sed "s,$MAIL_CONFIG,/etc/postfix,g; s,$RIG/tdc\.cf,/etc/tdc/tdc.cf,g
	    s,$RIG/spool,/var/spool/tdc,g; s,$RIG/milter,/run/tdc/milter,g
	    s,$RIG/maillog,/var/log/mail.log,g; s,$RIG/,/etc/tdc/,g; s/^/   /" "$@"
}

# desk COMMAND... - show the command, and what it says; also in $RIG/said
desk()
{
	printf '   $ tdcctl %s\n' "$*" | sed "s,$RIG/,,g"
	tdcctl "$@" >"$RIG/said" 2>&1
	desk_status=$?
	said "$RIG/said"
	[ "$desk_status" -eq 0 ] || echo "   (exit status $desk_status)"
	echo
}

# some PATTERN COMMAND... - the same of much output: the lines that match
some()
{
	desk_pattern=$1
	shift
	printf "   $ tdcctl %s | grep -E '%s'\n" "$*" "$desk_pattern"
	tdcctl "$@" >"$RIG/said" 2>&1
	desk_status=$?
	grep -E "$desk_pattern" "$RIG/said" | said
	echo
}

# seen PATTERN - a line of what was said last matches
seen()
{
	grep -Eq -e "$1" "$RIG/said"
}

# came TO SUBJECT [OPTIONS] - a message from outside, until it is in the
# mailbox; its queue id in $rig_qid
came()
{
	rig_letter "$RIG/letter" "$2"
	rig_send sender@client.example "$1" -F "$RIG/letter"
	rig_wait "grep -qsx 'Subject: $2' $RIG/mail/${1%@*}/new/*" 20
}

# ---- a gateway without us ----

rig_up desk
rig_ca
rig_dns mx-host=intake.example,mx.intake.example,10 \
    host-record=mx.intake.example,127.0.0.1 \
    host-record=gateway.example,192.0.2.1
RIG_MX=yes
rig_intake intake -l 127.0.0.1:25
rig_dkim partner.example
rig_postfix "smtpd_milters = unix:$RIG/dkim.sock"
cp -r /etc/postfix/postfix-files* "$MAIL_CONFIG"
[ -z "$RIG_ALONE" ] || mount --bind "$MAIL_CONFIG" /etc/postfix || exit 1
before=$(sha256sum <"$MAIL_CONFIG/main.cf")

cat >"$RIG/recipient_policy" <<'EOF'
alice@corp.example       NO
carol@corp.example       emea@intake.example   name=EMEA
EOF
postmap "hash:$RIG/recipient_policy"
install -d -o nobody "$RIG/lib"
touch "$RIG/maillog"
chmod 666 "$RIG/maillog"
cat >"$RIG/alert" <<EOF
#!/bin/sh
echo "\$TDC_EVENT: \$TDC_TEXT" >>$RIG/lib/pager
EOF
chmod 755 "$RIG/alert"
conf()
{
	rig_conf <<-EOF
		policy_maps = check_recipient hash:$RIG/recipient_policy
		default_policy = $1
		internal_networks = 127.0.0.0/8
		maillog_file = $RIG/maillog
		history_database = $RIG/lib/history.db
		undelivered = keep
		queue_lifetime = $2
		alert_command = $RIG/alert
	EOF
	ln -sf maillog "$RIG/tdc.log"
}
conf DEFAULT 5s
rm -f "$RIG/tdc.log"
ln -s maillog "$RIG/tdc.log"
rig_milter && rig_forwarder || exit 1

title "Morning: this Postfix signs and verifies DKIM, and makes no copies"
desk postfix-enable --dry-run
expect "a dry run changes nothing" \
    same "$(sha256sum <"$MAIL_CONFIG/main.cf")" "$before"
desk postfix-enable
expect "tdc-milter is the last milter, and harmless when it is away" \
    seen 'has tdc-milter last, and was reloaded'
desk check
expect "copies will flow" seen ': OK'
desk send-test
expect "the intake takes a copy, over TLS, by the real path" \
    same $desk_status 0

title "Mail comes in from 192.0.2.10"
came alice@corp.example "Lunch"
lunch=$rig_qid
came carol@corp.example "Angebot"
angebot=$rig_qid
for number in 1 2 3 4 5 6; do
	came bob@corp.example "Invoice $number"
done
invoice=$rig_qid
rig_wait "[ \$(rig_waiting) = 0 ]" 10
rig_wait "tdcctl history --queue-id $invoice | grep -q delivered" 10

title "A user asks: where is the copy of my message?"
desk track "$angebot"
expect "it went to the intake of its policy" seen 'emea@intake.example'
expect "its last line is Message Tracking's" \
    seen 'TDC: Message [0-9]+ was successfully delivered for scanning with Cisco Secure Email Threat Defense\.$'
desk track "$lunch"
expect "that one has none, and here is why" seen 'not journaled'
desk history --recipient bob@corp.example --limit 3
desk history --queue-id "$invoice" --json
expect "the same for programs, one object a line" seen '^\{.*"verdict": *"delivered"'

title "A look at the machine room"
desk top -n 1
some '^tdc_(up|copies_.*total|queue_|messages_(total|failed_open))' metrics
expect "Prometheus gets the same numbers" seen '^tdc_copies_delivered_total 7$'
desk check --nagios
expect "one line for the plugin, OK" seen '^TDC OK'

# ---- an hour without the intake ----

title "Noon: the intake is down, somebody notices too late"
rig_stop intake
came bob@corp.example "Too late"
late=$rig_qid
rig_wait "tdcctl history --queue-id $late | grep -q bob" 20
desk track "$late"
desk queue
expect "the copy was given up by the rules, and kept" seen kept
rig_wait "[ -s $RIG/lib/pager ]" 10
said "$RIG/lib/pager"
expect "the pager was told" grep -q given_up "$RIG/lib/pager"

title "... now they know: wait, and do not let copies grow old"
desk suspend intake.example --for 1h --reason "the intake is down, ticket 4711"
for number in 1 2 3; do
	came bob@corp.example "Patience $number"
done
sleep 6
desk queue --shape
desk check --nagios
expect "nobody forgets it" seen '^TDC OK .*intake.example is suspended until .*: the intake is down, ticket 4711'
expect "all three wait, though their time would be over" \
    same "$(rig_waiting)" 3

title "One o'clock: it is back"
rig_intake intake -l 127.0.0.1:25
desk resume intake.example
desk requeue --since 2h --intake intake.example
rig_wait "[ \$(rig_waiting) = 0 ]" 20
rig_wait "[ \$(rig_count intake) = 12 ]" 10
desk queue
expect "all have arrived: 1 test, 7 copies, 3 that waited and 1 again" \
    same "$(rig_count intake)" 12

# ---- what if ----

title "Afternoon: would a stricter policy have cost us anything?"
cp "$RIG/tdc.cf" "$RIG/now.cf"
conf NO 5s
mv "$RIG/tdc.cf" "$RIG/proposed.cf"
mv "$RIG/now.cf" "$RIG/tdc.cf"
desk -c "$RIG/proposed.cf" policy --replay --since 1d
expect "it names the copies that would be missing, and says so to scripts" \
    same $desk_status 1

title "Evening: the report of the day"
rig_wait "[ \$(tdcctl history --json | grep -c delivered) -ge 11 ]" 10
desk report
tdcctl report --html >"$TDC_BUILD/desk-report.html"
expect "... and as one file for a browser: ${TDC_BUILD##*/}/desk-report.html" \
    grep -q '</html>' "$TDC_BUILD/desk-report.html"

title "And out again"
desk postfix-disable
expect "main.cf is as it was this morning, byte for byte" \
    same "$(sha256sum <"$MAIL_CONFIG/main.cf")" "$before"
came bob@corp.example "After"
expect "mail flows, and makes no copies" same "$(rig_count intake)" 12
expect "every original is in its mailbox" same \
    "$(find "$RIG/mail" -path '*/new/*' -type f | wc -l)" 13

stage_end desk-demo

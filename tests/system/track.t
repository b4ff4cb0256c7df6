#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# track - what became of a message is found by its queue id, MID, Message-ID and
# addresses: in logs as they are, rotated, packed, of the journal; in the history
# when the logs are gone, and in them when that is; through a content filter; and
# nothing of it obeys who wrote it
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/filters.sh

rig_up track
rig_ca
rig_dns
rig_intake intake
rig_clamav refuser "OnInfected Reject" || diag "$(cat "$RIG"/err/clam*)"
again_port=$(rig_port)
filter_port=$((again_port + 1))
refuse_port=$((again_port + 2))
rig_way refuser_port "unix:$RIG/refuser.sock"
RIG_MASTER="$RIG_MASTER
127.0.0.1:$filter_port inet n - n - - smtpd
	-o content_filter=smtp:[127.0.0.1]:$again_port
127.0.0.1:$again_port inet n - n - - smtpd
	-o { smtpd_milters = }
	-o syslog_name=postfix/again
127.0.0.1:$refuse_port inet n - n - - smtpd
	-o { smtpd_milters = }
	-o smtpd_recipient_restrictions=reject
	-o syslog_name=postfix/refuse
clean     unix n - n - 0 cleanup
	-o header_checks=regexp:$RIG/checks"
cat >"$RIG/checks" <<-'EOF'
	/^Subject: warn/ WARN that is odd
EOF
rig_postfix enable_long_queue_ids=yes cleanup_service_name=clean \
    "smtpd_recipient_restrictions = check_recipient_access inline:{refused@corp.example=REJECT, odd@corp.example=WARN}, permit_mynetworks, permit_auth_destination" \
    "transport_maps = inline:{gone@corp.example=smtp:[127.0.0.1]:$refuse_port, later@corp.example=smtp:[127.0.0.1]:1}"

mkdir "$RIG/kept"
chown nobody "$RIG/kept"
conf()			# [LINE...]
{
	rig_conf <<-EOF
		policy_maps = check_recipient inline:{ nobody@corp.example=NO, { dave@corp.example=second@intake.example name=EMEA } }
		default_policy = DEFAULT
		log_skipped = yes
		history_database = $RIG/kept/history.db
		undelivered = keep
		$(printf '%s\n' "$@")
	EOF
}


# give SUBJECT TO... - a message; its queue id in $id
give()
{
	subject=$1
	shift
	rig_letter "$RIG/letter" "$subject"
	for to; do
		set -- "$@" -t "$to"
		shift
	done
	rig_give -F "$RIG/letter" -f sender@client.example "$@" >"$RIG/said"
	id=$(cut -d' ' -f5 "$RIG/said" | head -n 1)
}

# track WORD... - what is told, without what differs each time: dates, seconds,
# ports, and the queue id; as it was said in $RIG/told
track()
{
	tdcctl track "$@" >"$RIG/told" 2>"$RIG/trouble"
	code=$?
	sed "s/$id/ID/g; s/[0-9-]\{10\} [0-9:]\{8\}/WHEN/g
	    s/^[0-9]\{2\} [A-Z][a-z]\{2\} [0-9]\{4\} [0-9:]\{8\} (GMT [-+][0-9:]\{5\})/DATE/
	    s/ after [0-9.]* s\([,: ]\)/ after N s\1/; s/port [0-9]\{5\}/port P/
	    s/port $intake_port/port P/; s/ queued as .*//
	    s/ [0-9]* bytes/ N bytes/" "$RIG/told"
	cat "$RIG/trouble"
	return $code
}

# settled - Postfix has removed it, and no copy waits
settled()
{
	rig_wait "grep -q '$id: removed' $RIG/maillog &&
	    [ \"\$(rig_waiting)\" = 0 ]" 20
	# The forwarder writes its last line, and the history, after that.
	rig_wait "[ \"\$(tdcctl history --json --queue-id $id 2>/dev/null | wc -l)\" -ge \
	    ${1:-1} ]" 10
	rig_log >/dev/null
}

# value EXPRESSION - of the object in $RIG/told, $_ in Perl
value()
{
	perl -MJSON::PP -e 'while (<STDIN>) {
		$_ = decode_json($_);
		print eval($ARGV[0]) // "null", "\n" }' "$1" <"$RIG/told"
}

mount --bind "$MAIL_CONFIG" /etc/postfix || exit 1
conf
rig_milter || exit 1
rig_forwarder || exit 1
tracked="was successfully delivered for scanning with Cisco Secure Email Threat Defense."

# ---- one message, whatever it is asked by ----

give "warn 1" bob@corp.example
settled
plain=$id
is "$(track "$id")" "ID  <warn.1@client.example>
  received   WHEN from client.example[192.0.2.10], N bytes, 1 recipient
  from       <sender@client.example>
  cleanup    warning: header Subject: warn 1 from client.example[192.0.2.10]; from=<sender@client.example> to=<bob@corp.example> proto=ESMTP helo=<client.example>: that is odd
  to         <bob@corp.example> sent by virtual after N s, 2.0.0: delivered to maildir
  copy       MID 1 to journal@intake.example, enqueued WHEN
             policy default, for <bob@corp.example>
             DCID 1 interface 127.0.0.1 address 127.0.0.1 port P, TLSv1.3 cipher TLS_AES_256_GCM_SHA384, TLS trust: verify mx.intake.example
             delivered after N s, 1 attempt: 2.0.0 Ok:
DATE  TDC: Message 1 $tracked" "a message by its queue id"
like "$(tail -n 1 "$RIG/told")" \
    "^[0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} \(GMT \+00:00\)  TDC: Message 1 $tracked$" \
    "it ends with the line of Message Tracking"
cp "$RIG/told" "$RIG/first"

# same WORD NAME - the same is told
same()
{
	track "$1" >/dev/null
	ok "$2" cmp -s "$RIG/told" "$RIG/first"
}
same 1 "by its MID"
same warn.1@client.example "by its Message-ID"
same "<warn.1@client.example>" "or with its brackets"
same BOB@corp.EXAMPLE "by a recipient, in any case"
same sender@client.example "by its sender"
track --since 1h "$id" >/dev/null
ok "as new as that" cmp -s "$RIG/told" "$RIG/first"
{
	cat "$RIG/maillog" "$RIG/tdc.log"
	while read -r line; do
		echo "$(date +'%b %e %T') gateway evil[7]: TDC: $line"
	done <<-EOF
		MID 1 delivery failed to Cisco Secure Email Threat Defense: Expired.
		Message finished MID 1 aborted
		MID 1 goes to the alternate message intake address evil@x.example, since intake.example did not get it
		MID 99 with Message-ID '<x>' enqueued for forwarding to Cisco to the message intake address evil@x.example
		MID 99 queue-id $id from <sender@client.example> to <x@corp.example> policy evil size 1
		MID 99 successfully delivered for scanning with Cisco Secure Email Threat Defense.
	EOF
} >"$RIG/forged.log"
track -f "$RIG/forged.log" "$id" >/dev/null
is "$(grep -v '^  evil  ' "$RIG/told")" "$(cat "$RIG/first")" \
    "nor does it believe what another program says of copies"
track "$id" --json >/dev/null
is "$(value '"@{[map { $_->{address}, $_->{status} } @{$_->{recipients}}]}"')" \
    "bob@corp.example sent" "as JSON"
is "$(value 'join " ", map { @{$_}{qw(mid intake policy verdict attempts dcid)}
    } @{$_->{copies}}')" "1 journal@intake.example default delivered 1 1" \
    "with its copy"
is "$(value 'join " ", @{$_->{copies}[0]}{qw(interface address port tls_protocol
    tls_cipher tls_trust)}')" \
    "127.0.0.1 127.0.0.1 $intake_port TLSv1.3 TLS_AES_256_GCM_SHA384 verify mx.intake.example" \
    "and its connection"
is "$(value '$_->{copies}[0]{line}')" "TDC: Message 1 $tracked" \
    "and what became of it"

# ---- what became of originals and copies ----

give "not for journaling" nobody@corp.example
ok "no copy, by the policy" rig_wait "rig_log | grep -q '$id not journaled'" 10
like "$(track "$id")" \
    "^DATE  TDC: MID 0 queue-id ID not journaled: policy nobody@corp.example says NO for <nobody@corp.example>; from" \
    "a message without a copy: why"

give "bounces" gone@corp.example bob@corp.example
settled
rig_wait "grep -q '$id: sender non-delivery notification' $RIG/maillog" 10
rig_wait "grep -q 'to=<sender@client.example>.* status=sent' $RIG/maillog" 10
track "$id" >"$RIG/block"
like "$(cat "$RIG/block")" "^  to         <gone@corp.example> bounced by 127.0.0.1\[127.0.0.1\]:$refuse_port after N s, 5.7.1: host .* said: 554 5.7.1 <gone@corp.example>: Recipient address rejected" \
    "an original that bounces"
like "$(cat "$RIG/block")" "^  then       [0-9A-Za-z]+: sender non-delivery notification$" \
    "and the notice about it"
like "$(cat "$RIG/block")" '^  to         <sender@client.example> sent by ' \
    "which was delivered"
is "$(grep -c "^DATE  TDC: Message 2 $tracked" "$RIG/block")" 1 "and its copy, once"
notice=$(sed -n 's/^  then       \([^:]*\):.*/\1/p' "$RIG/told")
is "$(tdcctl track "$notice")" "$(cat "$RIG/told")" "it is told by the notice, too"

rig_give -f sender@client.example -t refused@corp.example >"$RIG/said"
rig_wait "grep -q 'NOQUEUE: reject: .*to=<refused@' $RIG/maillog" 10
like "$(track refused@corp.example)" \
    "^  smtpd      NOQUEUE: reject: RCPT from client.example.* <refused@corp.example>: Recipient address rejected" \
    "a recipient that is refused"
is "$(head -n 1 "$RIG/told")" "NOQUEUE" "before there is a queue id"

smtp_port_was=$smtp_port
smtp_port=$filter_port
give "through a filter" carol@corp.example
smtp_port=$smtp_port_was
settled
rig_wait "grep -q 'postfix/virtual.*: to=<carol@corp.example>' $RIG/maillog" 10
track "$id" >"$RIG/block"
like "$(cat "$RIG/block")" \
    "^  to         <carol@corp.example> sent by 127.0.0.1\[127.0.0.1\]:$again_port after N s, 2.0.0: 250 2.0.0 Ok:" \
    "a content filter gets the original"
again=$(sed -n 's/^  then       \([^:]*\): queued again$/\1/p' "$RIG/told")
like "$(cat "$RIG/block")" '^  to         <carol@corp.example> sent by virtual' \
    "and after it the mailbox"
is "$(tdcctl track "$again")" "$(cat "$RIG/told")" "by either queue id"
is "$(tdcctl track "<through.a.filter@client.example>")" "$(cat "$RIG/told")" \
    "and once by their Message-ID"

# ---- waiting, given up, requeued ----

rig_stop intake
conf "retry_delay = 60s" "retry_limit = 1"
kill -HUP "$(rig_pid forwarder)"
rig_wait 'rig_log | grep -q "configuration reloaded"' 5
give "waits" later@corp.example
rig_wait 'tdcctl queue | grep -q "next try in"' 10
rig_wait "grep -q '$id: to=<later@.* status=deferred' $RIG/maillog" 10
track "$id" >"$RIG/block"
like "$(cat "$RIG/block")" \
    '^ +waiting after 1 failed attempt, the last one: .*127.0.0.1.*refused; next try in [0-9.]+ s$' \
    "a copy that waits: why, and how long"
like "$(cat "$RIG/block")" '^  to         <later@corp.example> deferred by none' \
    "an original that waits"
like "$(cat "$RIG/block")" "^ +WHEN Delayed: DCID [0-9]+ MID 4 to RID 0 - " \
    "each attempt that failed"
like "$(cat "$RIG/block")" "^DATE  TDC: MID 4 with Message-ID '<waits@client.example>' enqueued for forwarding to .* address journal@intake.example$" \
    "it is enqueued, no more"
track 4 --json >/dev/null
is "$(value '"$_->{copies}[0]{verdict} $_->{copies}[0]{end}"')" "waiting " "as JSON"
like "$(value '$_->{copies}[0]{next_try}')" '^[1-5][0-9](\.[0-9]+)?$' "with the seconds"
conf "retry_delay = 1s" "retry_limit = 0"
kill -HUP "$(rig_pid forwarder)"
rig_wait '[ "$(rig_log | grep -c "configuration reloaded")" = 2 ]' 5
give "given up" later@corp.example
rig_wait 'rig_log | grep -q "Message finished MID 5 aborted"' 10
rig_wait '[ "$(tdcctl history --mid 5 | wc -l)" -gt 0 ]' 10
track "$id" >"$RIG/block"
like "$(cat "$RIG/block")" \
    "^DATE  TDC: MID 5 delivery failed to Cisco Secure Email Threat Defense: Connection Error.$" \
    "a copy that is given up, in the words of the log"
like "$(cat "$RIG/block")" "^ +connection error after N s, 1 attempt: .*; kept, see tdcctl requeue 5$" \
    "and that it is kept"
given_up=$id

# ---- two copies, and a milter that refuses ----

rig_intake intake
conf
kill -HUP "$(rig_pid forwarder)"
rig_wait '[ "$(rig_log | grep -c "configuration reloaded")" = 3 ]' 5
kill -HUP "$(rig_pid milter)"
rig_wait '[ "$(rig_log | grep -c "configuration reloaded")" = 4 ]' 5
tdcctl flush >/dev/null
rig_wait '[ "$(tdcctl history --mid 4 2>/dev/null | wc -l)" -gt 0 ]' 10
like "$(track 4)" '^ +delivered after N s, [23] attempts: 2.0.0 Ok:' \
    "the copy that waited"
give "two copies" dave@corp.example erin@corp.example
settled 2
like "$(track "$id" | tail -n 1)" "^DATE  TDC: Message [67] $tracked$" "two copies"
is "$(grep -c "TDC: Message [67] $tracked" "$RIG/told")" 2 "have two lines"
track "$id" --json >/dev/null
is "$(value 'join ", ", sort map { "$_->{policy} $_->{intake} @{$_->{recipients}}"
    } @{$_->{copies}}')" \
    "EMEA second@intake.example dave@corp.example, default journal@intake.example erin@corp.example" \
    "and say for whom they are"
rig_letter "$RIG/letter" "refused by a milter"
printf '%s\r\n' "$rig_bad" >>"$RIG/letter"
smtp_port=$refuser_port
rig_give -F "$RIG/letter" -f sender@client.example -t bob@corp.example >"$RIG/said"
smtp_port=$smtp_port_was
rig_wait "grep -q ': milter-reject: ' $RIG/maillog" 10
id=$(sed -n 's/.*\/cleanup.*: \([^ ]*\): milter-reject: .*/\1/p' "$RIG/maillog")
like "$(track "$id")" \
    '^  cleanup    milter-reject: END-OF-MESSAGE from client.example\[192.0.2.10\]: 5.7.1 ' \
    "what a milter before ours did"

# ---- very many recipients ----

for n in $(seq 1000); do
	printf ' -t r%s@other.example' "$n"
done >"$RIG/many"
rig_letter "$RIG/letter" many
# shellcheck disable=SC2046
rig_give -F "$RIG/letter" -f sender@client.example $(cat "$RIG/many") >"$RIG/said"
id=$(cut -d' ' -f5 "$RIG/said" | head -n 1)
rig_wait "grep -q '$id: removed' $RIG/maillog" 30
track "$id" >"$RIG/block"
ok "a message with 1000 recipients stays readable" \
    [ "$(wc -l <"$RIG/block")" -lt 30 ]
like "$(cat "$RIG/block")" '^  to         995 more, see -v: sent by virtual$' \
    "and says how many there are"
like "$(track R777@other.example)" '^  to         <r777@other.example> sent by virtual' \
    "the one that is asked for is there"
is "$(tdcctl -v track "$id" | grep -c '^  to         <r[0-9]*@other.example> sent ')" \
    1000 "and all with -v"

# ---- logs in other forms, and hostile ones ----

rig_stop forwarder
rig_stop milter
rig_stop postfix
id=$plain
tdcctl track "$id" >"$RIG/first"

# As rsyslog of Debian 13 and journalctl -o short-iso-precise write them.
year=$(date +%Y)
cat "$RIG/maillog" "$RIG/tdc.log" | perl -pe '
	BEGIN { %m = (Nov => 11); @m{qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct
	    Nov Dec)} = 1 .. 12; $year = shift }
	s/^(\w+) +(\d+) ([\d:]+)/sprintf "%d-%02d-%02dT%s.000000+00:00", $year,
	    $m{$1}, $2, $3/e' "$year" >"$RIG/iso"
tdcctl track -f "$RIG/iso" "$id" >"$RIG/told"
ok "lines with whole dates" cmp "$RIG/told" "$RIG/first"
tdcctl track -f - "$id" <"$RIG/iso" >"$RIG/told"
ok "of standard input" cmp "$RIG/told" "$RIG/first"

# What a gateway of Cisco wrote, of which Message Tracking has that line.
cat >"$RIG/asyncos" <<-'EOF'
	Fri Feb 16 21:19:23 2024 Info: TDC: MID 14501404 with Message-ID '<O7afv777xxreILg2OQ@gostrt-sstp-0>' enqueued for forwarding to Cisco Secure Email Threat Defense to the message intake address 33c48e-27xp9-05ecb4@beta.cmd.cisco.com
	Fri Feb 16 21:19:23 2024 Info: TDC: New SMTP DCID 4566150 interface 10.13.0.99 address 10.10.55.171 port 25
	Fri Feb 16 21:19:23 2024 Info: DCID 4566150 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES128-GCM-SHA256
	Fri Feb 16 21:19:23 2024 Info: TDC: Delivery start DCID 4566150 MID 14501404
	Fri Feb 16 21:19:24 2024 Info: TDC: MID 14501404 successfully delivered for scanning with Cisco Secure Email Threat Defense.
	Wed Nov 29 09:07:16 2023 Info: TDC: MID 171 delivery failed to Cisco Secure Email Threat Defense: Hard Bounced.
EOF
is "$(TZ=CST6 tdcctl track -f "$RIG/asyncos" 14501404)" \
    "unknown queue id  <O7afv777xxreILg2OQ@gostrt-sstp-0>
  copy       MID 14501404 to 33c48e-27xp9-05ecb4@beta.cmd.cisco.com, enqueued 2024-02-16 21:19:23
             DCID 4566150 interface 10.13.0.99 address 10.10.55.171 port 25, TLSv1.2 cipher ECDHE-RSA-AES128-GCM-SHA256
             delivered after 1.0 s, 1 attempt
16 Feb 2024 21:19:24 (GMT -06:00)  TDC: Message 14501404 $tracked" "logs of AsyncOS"
is "$(TZ=CST6 tdcctl track -f "$RIG/asyncos" 171)" "unknown queue id
  copy       MID 171
             hard bounced, 1 attempt
29 Nov 2023 09:07:16 (GMT -06:00)  TDC: MID 171 delivery failed to Cisco Secure Email Threat Defense: Hard Bounced." \
    "also of what failed, as far as they go"

# A log is written by whoever sends mail.
esc=$(printf '\033')
printf '%s\n' "Nov 26 09:00:00 gateway postfix/cleanup[7]: 4bAd00000z1: message-id=<${esc}[2Ja@b>" \
    "Nov 26 09:00:00 gateway postfix/smtpd[7]: 4bAd00000z1: client=${esc}]0;x[192.0.2.1]" \
    >"$RIG/hostile"
like "$(tdcctl track -f "$RIG/hostile" 4bAd00000z1)" \
    '^4bAd00000z1  <\\x1b\[2Ja@b>$' "no escape sequence gets to the terminal"
unlike "$(tdcctl track -f "$RIG/hostile" 4bAd00000z1 --json)" "$esc" "nor with --json"

# ---- rotated and packed ----

touch -d yesterday "$RIG/maillog" "$RIG/tdc.log"
gzip -c "$RIG/maillog" >"$RIG/maillog.2.gz"
mv "$RIG/tdc.log" "$RIG/tdc.log.1"
touch -r "$RIG/maillog" "$RIG/maillog.2.gz"
: >"$RIG/maillog"
: >"$RIG/mail_logs"
echo "$(date "+%b %e %H:%M:%S") gateway postfix/smtpd[1]: connect from x" >"$RIG/tdc.log"
ok "logs that were rotated and packed" eval \
    'tdcctl track "$id" >"$RIG/told" && cmp "$RIG/told" "$RIG/first"'
like "$(tdcctl track nothing@corp.example 2>&1; echo $?)" \
    "^tdcctl: nothing about 'nothing@corp.example' in $RIG/maillog \(2 files\), $RIG/tdc.log \(2 files\), $RIG/mail_logs, the history $RIG/kept/history.db, the spool; the oldest line is of 20" \
    "nothing is found: where it was looked for"
tdcctl track nothing@corp.example 2>/dev/null
is $? 1 "and the exit status says so"
head -c 200 "$RIG/maillog.2.gz" >"$RIG/maillog.3.gz"
touch -d '2 days ago' "$RIG/maillog.3.gz"
tdcctl track "$id" >"$RIG/told" 2>"$RIG/trouble"
like "$(cat "$RIG/trouble")" "^tdcctl: $RIG/maillog.3.gz: " "one that is damaged is told"
ok "and the others are read" cmp "$RIG/told" "$RIG/first"
rm "$RIG/maillog.3.gz"

# ---- no right, no history, no logs ----

# Nor what this machine logs.
mount -t tmpfs tdc-run /run
mount -t tmpfs tdc-log /var/log

chmod 600 "$RIG"/tdc.log* "$RIG"/maillog*
chown root "$RIG"/tdc.log*
chmod 644 "$RIG/tdc.cf"
setpriv --reuid=nobody --regid=nogroup --clear-groups \
    "$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" track "$id" >"$RIG/told" 2>"$RIG/trouble"
is $? 0 "without a right to read the logs the history tells"
like "$(cat "$RIG/trouble")" "^tdcctl: $RIG/maillog: Permission denied$" \
    "and it is said"
like "$(tail -n 1 "$RIG/told")" "TDC: Message 1 $tracked$" "what became of the copy"

mv "$RIG/kept/history.db" "$RIG/history"
rm -f "$RIG"/kept/history.db-*
tdcctl track "$id" >"$RIG/told" 2>"$RIG/trouble"
is "$(sed 's/after 0.[0-9]* s/after N s/' "$RIG/told")" \
    "$(sed 's/after 0.[0-9]* s/after N s/' "$RIG/first")" "without the history the logs tell"
is "$(cat "$RIG/trouble")" "" "which is no trouble"
track "$id" --json >/dev/null
is "$(value '$_->{copies}[0]{verdict}')" "delivered" "nor for JSON"

mv "$RIG/history" "$RIG/kept/history.db"
rm "$RIG"/maillog* "$RIG"/tdc.log*
track "$given_up" >"$RIG/block"
is "$(track "$id")" "ID  <warn.1@client.example>
  received   WHEN from client.example[192.0.2.10], N bytes
  from       <sender@client.example>
  copy       MID 1 to journal@intake.example, enqueued WHEN
             policy default, for <bob@corp.example>
             DCID 1
             delivered after N s, 1 attempt: 2.0.0 Ok:
DATE  TDC: Message 1 $tracked" "without logs the history tells"
id=$given_up
like "$(track "$id")" \
    "^DATE  TDC: MID 5 delivery failed to Cisco Secure Email Threat Defense: Connection Error.$" \
    "also of a copy that was given up"
mv "$RIG/kept/history.db" "$RIG/history"
like "$(track given.up@client.example)" \
    '^ +given up: .*refused; kept, see tdcctl requeue 5$' \
    "without both the spool, if it kept one"
mv "$RIG/history" "$RIG/kept/history.db"

# ---- the journal ----

journald=/lib/systemd/systemd-journald
if [ -x $journald ] && [ -s /etc/machine-id ]; then
	mkdir -p /run/systemd/journal /run/log/journal
	rig_start journald $journald
	rig_wait '[ -S /run/systemd/journal/dev-log ]' 10
	perl -MIO::Socket::UNIX -ne '
		BEGIN { $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM,
		    Peer => "/run/systemd/journal/dev-log") or die "log: $!" }
		chomp; s/^\S+ \S+ //; print $s "<22>$_"' "$RIG/iso"
	postconf -e maillog_file=
	conf "maillog_file =" "mail_logs_file ="
	rig_wait "journalctl --no-pager | grep -q 'MID 5 delivery failed'" 10
	like "$(track "$id")" '^  to         <later@corp.example> deferred by none' \
	    "where there are no files the journal is read"
	like "$(tdcctl track nothing@corp.example 2>&1)" \
	    "^tdcctl: nothing about 'nothing@corp.example' in the journal, " \
	    "and named"
	conf "maillog_file ="
	like "$(track "$id")" '^  to         <later@corp.example> deferred by none' \
	    "so it is where we have a file, but Postfix has none"
	rig_stop journald
fi

# ---- calls that are none ----

wrong()			# REASON ARGUMENT...
{
	reason=$1
	shift
	is "$(tdcctl track "$@" 2>&1; echo $?)" "tdcctl: track: $reason
usage: tdcctl [-c FILE] [-v] track WORD [--since TIME] [-f FILE]... [--json]
64" "wrong: $*"
}
wrong "what is it to look for?"
wrong "no message has a name like ''" ""
wrong "unexpected argument 'b'" a b
wrong "--since: bad value 'yesterday'" --since yesterday a
wrong "unknown option '--frob'" --frob a
wrong "unknown option '-x'" a -x
wrong "--since needs a value" a --since
wrong "-f needs a value" a -f
done_testing

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# remediate - the whole way: mail goes through the gateway and into mailboxes, a
# verdict appears, and the message is gone from wherever it is, forwarded, and
# can be put back; nothing else is touched, whoever reused its Message-ID
. "$(dirname "$0")/../rig/rig.sh"

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no name spaces: /etc/postfix is not to be touched"
	exit 0
fi
rig_up remediate
rig_ca
rig_dns
rig_intake intake
rig_mailstore
rig_etd

# Postfix is this host's, and the user is the one that sysusers makes: in the
# group of the gateway's user, and in no other.
echo "tdc-remediate:x:64999:64999::/nonexistent:/usr/sbin/nologin" |
    cat /etc/passwd - >"$RIG/passwd"
sed 's/^nogroup:.*/nogroup:x:65534:tdc-remediate/' /etc/group >"$RIG/group"
echo "tdc-remediate:x:64999:" >>"$RIG/group"
mount --bind "$RIG/passwd" /etc/passwd
mount --bind "$RIG/group" /etc/group
cp -R /etc/postfix/postfix-files* /etc/postfix/dynamicmaps.cf* "$RIG/postfix"
mount --bind "$RIG/postfix" /etc/postfix
unset MAIL_CONFIG
MAIL_CONFIG=/etc/postfix
cat >"$RIG/postfix/aliases" <<-END
	team@corp.example	bob@corp.example, carol@corp.example
END
postmap "texthash:$RIG/postfix/aliases" 2>/dev/null
RIG_MASTER="pickup unix n - n 60 1 pickup"
rig_postfix "virtual_transport = lmtp:unix:$RIG/mailstore/lmtp" \
    "tdc_aliases = texthash:/etc/postfix/aliases" \
    'virtual_alias_maps = $tdc_aliases' \
    "enable_long_queue_ids = yes" || exit 1
chgrp nogroup "$RIG/tdc.log" "$RIG/mail_logs"
chmod 660 "$RIG/tdc.log" "$RIG/mail_logs"
install -d -o nobody -g nogroup -m 750 "$RIG/kept"
install -o tdc-remediate -m 600 "$RIG/etd/credentials" "$RIG/etd.secret"
cat >"$RIG/profiles" <<-END
	profile store type=dovecot url=https://localhost:$doveadm_port
	    key="$rig_mailstore_key" quarantine=quarantine@corp.example
END
chown tdc-remediate "$RIG/profiles"
chmod 600 "$RIG/profiles"

conf()			# [LINE...]
{
	rig_conf <<-END
		default_policy = DEFAULT
		history_database = $RIG/kept/history.db
		api_url = https://localhost:$etd_port
		api_credentials_file = $RIG/etd.secret
		api_polling = yes
		remediation_user = tdc-remediate
		remediation_database = $RIG/remediate/state.db
		remediation_profiles = $RIG/profiles
		remediation_domain_map = inline:{ corp.example=store }
		remediation_action = forward-and-delete
		remediation_forward_to = dave@corp.example
		remediation_notify = dave@corp.example
		$(printf '%s\n' "$@")
	END
}
act="remediation_mode = act"

remediator()		# WORD... - its exit status in $status, what it says in $said
{
	said=$("$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" "$@" 2>&1)
	status=$?
}

# deliver SUBJECT TO [OPTION...] - a message from outside, which is in the
# history when this returns; its MID in $rig_mid
deliver()
{
	rig_letter "$RIG/letter" "$1" "Date: Thu, 26 Nov 2026 09:00:00 +0000" \
	    "To: $2"
	to=$2
	shift 2
	rig_carry "$to" -F "$RIG/letter" "$@"
	[ -n "$rig_mid" ] || exit 1
	rig_wait "tdcctl history --json --mid $rig_mid 2>/dev/null | grep -q delivered" 10
}

# forwards - how many mails of ours dave has, but those that tell of failures
forwards()
{
	rig_doveadm -f flow fetch -u dave@corp.example uid \
	    HEADER Message-ID tdc-remediation 2>/dev/null | grep -c uid
}

conf
rig_milter && rig_forwarder || exit 1

# ---- test connection ----

# tdc-forwarder makes it a moment after it has started
rig_wait "[ -e $RIG/kept/history.db ]" 10
remediator -n team@corp.example
is "$status" 0 "-n: all can be reached"
like "$said" "^API: ok: localhost" "the API"
like "$said" "^address team@corp.example: by profile store" "the profile"
like "$said" "^profile store, mailbox bob@corp.example: ok" "and both mailboxes"
like "$said" "^profile store, mailbox carol@corp.example: ok" "of the alias"
is "$(find "$RIG/remediate" 2>/dev/null)" "${TDC_UNIT:+$RIG/remediate}" \
    "nothing is made"	# but what the unit makes
echo "shared@corp.example carol@corp.example, bob@corp.example" >"$RIG/mailboxes"
postmap "hash:$RIG/mailboxes"
conf "mailbox_maps = hash:$RIG/mailboxes"
remediator -n shared@corp.example
is "$(echo "$said" | sed -n 's/^profile store, mailbox \(.*\): ok.*/\1/p' | xargs)" \
    "carol@corp.example bob@corp.example" "and those that mailbox_maps has"

# ---- report at first ----

deliver "bad one" team@corp.example
one=$rig_mid
is "$(rig_in bob@corp.example) $(rig_in carol@corp.example)" "1 1" "it is delivered"
rig_etd_message e1 '<bad.one@client.example>' phishing team@corp.example
remediator once
is "$status $said" "0 " "a poll"
like "$(rig_log)" "MID $one would be remediated for team@corp.example: verdict phishing" \
    "remediation_mode = report only tells"
is "$(rig_in bob@corp.example)" 1 "and touches nothing"
is "$(stat -c '%a %U' "$RIG/remediate" "$RIG/remediate/state.db")" \
    "700 tdc-remediate
640 tdc-remediate" "its database is its own"

for dir in kept spool; do
	setpriv --reuid 64999 --regid 64999 --init-groups ls "$RIG/$dir" 2>&1 |
	    grep -o -e history.db -e "Permission denied" | head -n 1
done >"$RIG/may"
is "$(cat "$RIG/may")" "history.db
Permission denied" "its user reads the history, and not the spool"

"$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" find \
    '<bad.one@client.example>' 120 >"$RIG/found"
is "$(sed 's/"timestamp": [0-9]*/"timestamp": N/' "$RIG/found")" \
    '{"id": "e1", "message_id": "<bad.one@client.example>", "timestamp": N, "verdict": "phishing", "direction": "incoming", "sender": "sender@client.example", "subject": "about e1", "client": "192.0.2.10", "header": "X-IronPort-RemoteIP", "mailboxes": ["team@corp.example"]}' \
    "find: what the API knows"
remediator find '<bad.none@client.example>'
is "$status $said" "0 " "find: nothing"

# ---- act ----

# Postfix calls itself gateway.example in Received: fields, whatever we call it.
conf "$act" "helo_name = mx.other.example"
rig_doveadm mailbox create -u bob@corp.example Work/Old
deliver "bad two" team@corp.example
two=$rig_mid
rig_doveadm move -u bob@corp.example Work/Old mailbox INBOX \
    header subject "bad two"
rig_doveadm flags add -u bob@corp.example '\Flagged' mailbox Work/Old \
    header subject "bad two"
intake=$(rig_count intake)
rig_etd_message e2 '<bad.two@client.example>' malicious team@corp.example
remediator once
is "$status $said" "0 " "a poll"
is "$(rig_in bob@corp.example Work/Old) $(rig_in carol@corp.example)" "0 1" \
    "the message is gone, from a folder and from the other mailbox of the alias"
is "$(rig_in bob@corp.example)" 1 "what was only reported stays"
host=$(hostname -f 2>/dev/null || hostname)
batch=$(rig_log | sed -n "s/^TDC: Message $two was initiated .* in batch '\(.*\)'\.$/\1/p")
like "$(rig_log)" "^TDC: Message $two was initiated for 'Forward and Delete' remedial action by 'tdc-remediator' from source '$host' in batch 'poll-[0-9TZ.]*'\.\$" \
    "the line of its begin"
like "$(rig_log)" "^TDC: Message $two was processed with 'Forward and Delete' remedial action for recipient 'team@corp.example' in batch '$batch'\. Remediation status: Remediated\.\$" \
    "and of its end"
like "$(cat "$RIG/mail_logs")" "Info: Message $two was processed with" \
    "in mail_logs_file, too"
like "$(rig_log)" "MID $two a message in folder 'Work/Old' of bob@corp.example was moved to quarantine, proved by queue id" \
    "it was proved by its queue id"
ok "the forward arrives" rig_wait '[ "$(forwards)" = 1 ]' 10
rig_doveadm fetch -u dave@corp.example text HEADER Message-ID tdc-remediation \
    2>/dev/null >"$RIG/forward"
like "$(cat "$RIG/forward")" "^Auto-Submitted: auto-generated" "marked as such"
like "$(cat "$RIG/forward")" "^Content-Type: message/rfc822" "with the original"
like "$(cat "$RIG/forward")" "^Subject: bad two" "as an attachment"
is "$(rig_count intake)" "$intake" "and it is not journaled"
unlike "$(rig_log)" "queue-id .* (to|from) .*dave@corp.example" \
    "nor seen by the milter"
remediator once
is "$(forwards) $(rig_in carol@corp.example)" "1 1" "all that is done once"

# ---- undo ----

remediator undo "$two"
is "$status $said" "0 MID $two for team@corp.example: restored 2 messages" "undo"
is "$(rig_in bob@corp.example Work/Old) $(rig_in carol@corp.example)" "1 2" \
    "it is where it was"
like "$(rig_doveadm -f flow fetch -u bob@corp.example flags mailbox Work/Old all)" \
    'Flagged' "with its flag"
remediator undo "$batch"
is "$status $said" "0 MID $two for team@corp.example: is restored already" "once"
remediator once
is "$(rig_in carol@corp.example)" 2 "and it is not taken away again"
remediator undo nothing
is "$status" 65 "there must be something to undo"

# ---- somebody reuses a Message-ID ----

rig_letter "$RIG/stored" "bad three" "Received: from a (a [192.0.2.10]) by
 gateway.example (Postfix) with ESMTP id 4Old; Thu, 1 Oct 2026 09:00:00 +0000"
rig_store alice@corp.example "$RIG/stored"
rig_letter "$RIG/letter" "bad three"
rig_give -F "$RIG/letter" -f friend@good.example -t alice@corp.example \
    -x "ADDR=192.0.2.99 NAME=good.example" >/dev/null
deliver "bad three" alice@corp.example
three=$rig_mid
is "$(rig_in alice@corp.example)" 3 "an old one, one of a friend, and a bad one"
rig_etd_message e3 '<bad.three@client.example>' bec alice@corp.example
remediator once
is "$(rig_in alice@corp.example)" 2 "the bad one alone is gone"
rig_log | grep -c "MID $three a message with the same Message-ID .* is left alone: it came through this gateway as another message" >"$RIG/alone"
ok "with a line for each that stays" [ "$(cat "$RIG/alone")" -ge 2 ]

# ---- one that is not ours ----

rig_letter "$RIG/stored" "bad four"
rig_store alice@corp.example "$RIG/stored"
rig_etd_message e4 '<bad.four@client.example>' scam alice@corp.example
rig_etd_message e5 '*' scam alice@corp.example
rig_etd_message e6 '<bad.three@client.example>' scam bob@corp.example
remediator once
is "$(rig_in alice@corp.example)" 3 "what was not journaled is left alone"
sqlite3 "$RIG/remediate/state.db" "UPDATE messages SET changed = 1"
remediator once
like "$(rig_log)" "Message-ID '\*' with verdict scam is not remediated: it has no Message-ID that could be looked for, and nothing .* fits" \
    "and what is no Message-ID"

# ---- a verdict is withdrawn ----

conf "$act" "remediation_restore = yes"
rig_etd_message e3 '<bad.three@client.example>' neutral alice@corp.example
sqlite3 "$RIG/remediate/state.db" 'UPDATE messages SET asked = 1'
rig_exec "$TDC_BUILD/tdc-remediator" -f -c "$RIG/tdc.cf" & daemon=$!
ok "a verdict that is withdrawn brings it back" rig_wait \
    '[ "$(rig_in alice@corp.example)" = 4 ]' 10
like "$(rig_log)" "Message-ID '<bad.three@client.example>' has a verdict no more: neutral now" \
    "with a line"

is "$(perl tests/helpers/remembers.pl -w "$daemon" "$rig_mailstore_key" \
    "$(printf '%s' "$rig_mailstore_key" | base64)" Key0123456789 eyJ 2>&1)" "" \
    "a core dump would have neither Dovecot's key nor those of the API"
ok "the memory is looked at" [ -n "$(perl tests/helpers/remembers.pl "$daemon" \
    "$RIG/profiles")" ]

# ---- too much at once ----

conf "$act" "remediation_max_poll = 1"
kill -HUP "$daemon"
ok "a reload" rig_wait 'rig_log | grep -q "configuration reloaded"' 10
deliver "bad five" carol@corp.example
deliver "bad six" carol@corp.example
before=$(rig_in carol@corp.example)
rig_etd_message e7 '<bad.five@client.example>' phishing carol@corp.example
rig_etd_message e8 '<bad.six@client.example>' phishing carol@corp.example
kill -HUP "$daemon"
ok "too much stops all" rig_wait \
    'rig_log | grep -q "all remediation has stopped: 2 remediations in one poll"' 10
is "$(rig_in carol@corp.example)" "$before" "before anything is touched"
ok "and is mailed" rig_wait 'rig_doveadm search -u dave@corp.example \
    header subject "all remediation has stopped" | grep -q .' 10
remediator resume
is "$status" 0 "a person lets it go on"
ok "then it is done" rig_wait \
    '[ "$(rig_in carol@corp.example)" = $((before - 2)) ]' 10

# ---- a store that is away, and one that comes back ----

deliver "bad seven" carol@corp.example
before=$(rig_in carol@corp.example)
rig_stop mailstore
rig_etd_message e9 '<bad.seven@client.example>' phishing carol@corp.example
kill -HUP "$daemon"
ok "a store that is away rests" rig_wait \
    'rig_log | grep -q "profile .store. rests for 1m"' 10
kill -TERM "$daemon"
ok "SIGTERM ends it" rig_wait '! rig_running "$daemon"' 10
rig_mailstore
sqlite3 "$RIG/remediate/state.db" "UPDATE actions SET due = 1 WHERE due > 0;
    DELETE FROM notes WHERE name LIKE 'rest.%'"
remediator once
is "$(rig_in carol@corp.example)" "$((before - 1))" "and what waits is done later"

# ---- what is wrong is said ----

conf "$act"
sed -i "s/^api_url = .*/api_url =/" "$RIG/tdc.cf"
remediator once
is "$status" 78 "polling without an API"
like "$said" "tdc.cf:[0-9]*: api_polling: there is no API to poll" "is refused"
conf "$act"
dd if=/dev/urandom of="$RIG/remediate/state.db" bs=4096 seek=1 count=2 \
    conv=notrunc 2>/dev/null
remediator once
is "$status" 78 "a damaged database"
like "$said" "remediation_database: .*state.db: " "is refused"
ok "and stays" [ -s "$RIG/remediate/state.db" ]
done_testing

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# remediate-later - what is not there yet, is told later, or cannot be put back
# now: a mail that waits in Postfix's queue, a mailbox that the API names
# afterwards, a message that the service has moved itself, an undo while the mail
# store is away; and a database of the version before
. "$(dirname "$0")/../rig/rig.sh"

rig_up later
rig_ca
rig_dns
rig_intake intake
rig_mailstore
rig_etd
RIG_MASTER="pickup unix n - n 60 1 pickup"
rig_postfix "virtual_transport = lmtp:unix:$RIG/mailstore/lmtp" \
    "enable_long_queue_ids = yes" || exit 1
install -d -o nobody -g nogroup -m 750 "$RIG/kept"
cat >"$RIG/profiles" <<-END
	profile store type=dovecot url=https://localhost:$doveadm_port
	    key="$rig_mailstore_key" quarantine=quarantine@corp.example
END
chown nobody "$RIG/profiles"
chmod 600 "$RIG/profiles"
rig_conf <<-END
	default_policy = DEFAULT
	history_database = $RIG/kept/history.db
	$(rig_etd_conf)
	remediation_profiles = $RIG/profiles
	remediation_domain_map = inline:{ corp.example=store }
	remediation_mode = act
END
rig_milter && rig_forwarder || exit 1

once()			# a poll, and all that comes of it; what it says in $said
{
	said=$("$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" once 2>&1)
	status=$?
}

state()			# SQL
{
	sqlite3 -cmd ".timeout 5000" "$RIG/remediate/state.db" "$1"
}

due()			# what is tried again some day is tried at once
{
	state "UPDATE actions SET due = 1 WHERE due > 0;
	    DELETE FROM notes WHERE name LIKE 'rest.%'"
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

report()		# MID: its rows of the report
{
	tdcctl remediation-report | grep -A 3 "MID $1 "
}

# ---- it waits in a queue ----

postconf -e "defer_transports = lmtp"
postfix reload 2>/dev/null
deliver "bad one" bob@corp.example
one=$rig_mid
rig_etd_message e1 '<bad.one@client.example>' phishing bob@corp.example
once
is "$status $said" "0 " "a poll"
for round in 2 3; do
	due
	once
done
like "$(rig_log)" "Message $one was processed .*Remediation status: Failed\. Reason: Message not found in user mailbox\$" \
    "what is not found has failed after three searches"
like "$(report "$one")" "looked for 3 times, and again 20" \
    "but the report says that it is looked for again"
is "$(tdcctl remediation-report --json | grep -c '"searches": *3, *"next_try": *1')" 1 \
    "as JSON, too"
postconf -e "defer_transports ="
postfix reload 2>/dev/null
ok "then it arrives" rig_wait \
    'postqueue -f; [ "$(rig_in bob@corp.example)" = 1 ]' 20
due
once
is "$(rig_in bob@corp.example)" 0 "and is gone at the next search"
like "$(rig_log | tail -n 3)" "Message $one was processed .*Remediated\." \
    "with a line"

# ---- another mailbox is named ----

deliver "bad two" alice@corp.example -t carol@corp.example
two=$rig_mid
rig_wait '[ "$(rig_in alice@corp.example) $(rig_in carol@corp.example)" = "1 1" ]' 10
rig_etd_message e2 '<bad.two@client.example>' phishing alice@corp.example
once
is "$(rig_in alice@corp.example) $(rig_in carol@corp.example)" "0 1" \
    "a message is gone from the mailbox that is named"
rig_etd_message e2 '<bad.two@client.example>' phishing alice@corp.example \
    '"mailboxes": ["carol@corp.example"]'
once
is "$(rig_in alice@corp.example) $(rig_in carol@corp.example)" "0 0" \
    "and from the one that is named later"
is "$(rig_log | grep -c "Message $two was initiated")" 2 "a batch each"
once
is "$(state "SELECT count(*) FROM actions WHERE mid = $two")" 2 "once"

# ---- the service has moved it ----

deliver "bad three" carol@corp.example
three=$rig_mid
rig_wait '[ "$(rig_in carol@corp.example)" = 1 ]' 10
rig_etd_message e3 '<bad.three@client.example>' phishing carol@corp.example \
    '"action": {"type": "move", "folder": "trash"}'
once
is "$(rig_in carol@corp.example)" 1 "what the service has moved is left alone"
like "$(rig_log)" "MID $three is left alone for recipient 'carol@corp.example': Secure Email Threat Defense did 'move trash' itself" \
    "with a line"
like "$(report "$three")" "^Moved by the Service  *MID $three" "and a state"

# ---- an undo while the store is away ----

rig_stop mailstore
said=$("$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" undo "$two" 2>&1)
is "$?" 75 "undo: the store is away"
like "$said" "^tdc-remediator: MID $two for alice@corp.example: " "and it says so"
rig_mailstore
state "DELETE FROM notes WHERE name LIKE 'rest.%'"
rig_exec "$TDC_BUILD/tdc-remediator" -f -c "$RIG/tdc.cf" & daemon=$!
ok "the daemon goes on with it" rig_wait \
    '[ "$(rig_in alice@corp.example) $(rig_in carol@corp.example)" = "1 2" ]' 20
ok "to its end" rig_wait '[ "$(state "SELECT group_concat(step || undoing) FROM
    actions WHERE mid = $two")" = "9,9" ]' 10
kill -TERM "$daemon"
ok "SIGTERM ends it" rig_wait '! rig_running "$daemon"' 10

# ---- a database of version 1 ----

# What version 2 has more is taken away.
state "$(sqlite3 "$RIG/remediate/state.db" "SELECT 'DROP INDEX ' || name || ';'
    FROM sqlite_schema WHERE name IN ('messages_lived', 'actions_step',
    'actions_undoing', 'pieces_due', 'events_due')")
    ALTER TABLE messages DROP COLUMN action;
    ALTER TABLE messages DROP COLUMN lived;
    ALTER TABLE actions DROP COLUMN searches;
    ALTER TABLE actions DROP COLUMN undoing;
    ALTER TABLE pieces DROP COLUMN lived;
    ALTER TABLE pieces DROP COLUMN due;
    ALTER TABLE pieces DROP COLUMN tries;
    CREATE INDEX pieces_step ON pieces (step, moved);
    PRAGMA user_version = 1"
chown -R nobody "$RIG/remediate"
like "$(tdcctl remediation-report 2>&1)" \
    "of version 1, which tdc-remediator makes 2 at its next start" \
    "tdcctl does not change a database of version 1"
once
is "$status $said" "0 " "tdc-remediator does"
like "$(report "$one")" "^Success  *MID $one" "and all is there"
done_testing

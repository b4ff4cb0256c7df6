#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# ews-remediate - the whole way with mailboxes in Exchange (a stub): mail passes
# the gateway, a verdict appears, and the message is out of its owner's reach, by
# an alias, too, and back again
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/exchange.sh
rig_up ews-remediate
rig_ca
rig_dns
rig_intake intake
rig_etd
rig_exchange
rig_postfix || exit 1
install -d -o nobody -m 700 "$RIG/kept"
profiles <<-'EOT'
	profile ex type=ews host=localhost:PORT user=tdc@corp.example
	    password=secret
EOT
chown nobody "$RIG/profiles"
rig_conf <<-EOT
	default_policy = DEFAULT
	history_database = $RIG/kept/history.db
	$(rig_etd_conf)
	remediation_profiles = $RIG/profiles
	remediation_domain_map = inline:{ corp.example=ex }
	remediation_mode = act
	remediation_postfix_aliases = no
	remediation_gateways = gateway.example
EOT
rig_milter && rig_forwarder || exit 1

remediator()		# WORD... - its exit status in $status, what it says in $said
{
	said=$("$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" "$@" 2>&1)
	status=$?
}

# deliver SUBJECT USER OWNER - a message by way of the gateway, which then is in
# OWNER's inbox in Exchange, as Postfix delivered it; its MID in $rig_mid
deliver()
{
	rm -f "$RIG/mail/$2/new"/*
	rig_letter "$RIG/letter" "$1"
	rig_carry "$2@corp.example" -F "$RIG/letter"
	rig_wait "tdcctl history --json --mid $rig_mid | grep -q delivered" 10
	rig_wait "[ \$(rig_inbox $2) = 1 ]" 10
	arrive "$3" inbox unread x "" "$(find "$RIG/mail/$2/new" -type f)"
}

deliver one alice alice@corp.example
one=$rig_mid

# once there is a history
remediator -n alice@corp.example
is "$status" 0 "Test Connection"
like "$said" "profile ex, mailbox alice@corp.example: ok.* Exchange 15.2.1544.4" \
    "... says what is there"

arrive alice@corp.example inbox read one
rig_etd_message e1 '<one@client.example>' phishing alice@corp.example
remediator once
is "$status $said" "0 " "a verdict"
is "$(where alice@corp.example one)" "Inbox:read
Purges:unread" "the message is in Purges, and one with its Message-ID stays"
like "$(rig_log)" "Message $one was processed with 'Delete' remedial action for \
recipient 'alice@corp.example' .* Remediation status: Remediated\." \
    "... with its line"
like "$(rig_log)" "MID $one a message in folder 'Inbox' of alice@corp.example was \
moved to quarantine, proved by queue id" "... proved by its Received field"
like "$(rig_log)" "MID $one a message with the same Message-ID .* left alone" \
    "... as the other one is not"
remediator undo "$one"
is "$status $(where alice@corp.example one)" "0 Inbox:read
Inbox:unread" "undo"

# whose Message-ID cannot be looked for, and one of somebody else that has the
# same; the API tells the second of two, or none
n=0
for odd in 'Message-ID: *' 'X: none' 'Message-ID: <\303\244\377@client.example>' \
    'Message-ID: <a@client.example>\r\nMessage-ID: <one@client.example>' \
    'Message-ID: "q"\r\n\t<folded>'; do
	n=$((n + 1))
	printf "From: sender@client.example\r\nSubject: odd $n\r\n$odd\r\n\r\nHi.\r\n" \
	    >"$RIG/odd"
	arrive bob@corp.example inbox unread x "" "$RIG/odd"
	rm -f "$RIG/mail/bob/new"/*
	rig_carry bob@corp.example -F "$RIG/odd" -f odd$n@client.example
	rig_wait "tdcctl history --json --mid $rig_mid | grep -q delivered" 10
	rig_wait "[ \$(rig_inbox bob) = 1 ]" 10
	arrive bob@corp.example inbox unread x "" "$(find "$RIG/mail/bob/new" -type f)"
	told=$([ $n != 4 ] || echo '<one@client.example>')
	etd_age=400 rig_etd_message odd$n "$told" phishing bob@corp.example \
	    "\"returnPath\": \"odd$n@client.example\""
	remediator once
	is "$(awk '$1 == "bob@corp.example" && $2 ~ /^(Inbox|Purges)/ { print $2 }' \
	    "$RIG/ews/mail" | sort | uniq -c | xargs)" \
	    "$n Inbox $n Purges" "the bad one alone is in Purges: $odd"
done

# It is the daemon that has a connection to Exchange for long.
deliver three alice alice@corp.example
rig_etd_message e3 '<three@client.example>' malicious alice@corp.example
rig_program remediator tdc-remediator
ok "the daemon takes one away" rig_wait \
    '! where alice@corp.example three | grep -q Inbox' 20
is "$(perl tests/helpers/remembers.pl -w "$(rig_pid remediator)" \
    "$(printf 'tdc@corp.example:secret' | base64)" 'password=secret' \
    Key0123456789 eyJ 2>&1)" "" "a core dump would not have our login"
ok "the memory is looked at" [ -n "$(perl tests/helpers/remembers.pl \
    "$(rig_pid remediator)" "$RIG/profiles")" ]
rig_stop remediator

deliver two bob bob@corp.example
rig_etd_message e2 '<two@client.example>' malicious bob@corp.example
echo "any 1 status 401" >"$RIG/ews/faults"
remediator once
like "$(rig_log)" "profile 'ex' rests for 15m: .*login refused \(401\)" \
    "a login that is refused: the profile rests"
is "$(where bob@corp.example two)" "Inbox:unread" "... and nothing is done"
done_testing

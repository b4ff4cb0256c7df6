#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# odd-ids - nobody is safe for the Message-IDs of his message: one that cannot be
# looked for, or has several, is found by its queue id, by doveadm and by IMAP;
# and what has the same Message-ID, or pretends to have the queue id, stays
. "$(dirname "$0")/../rig/rig.sh"

rig_up odd-ids
rig_ca
rig_dns
rig_intake intake
rig_mailstore
rig_etd
rig_postfix "virtual_transport = lmtp:unix:$RIG/mailstore/lmtp" || exit 1
install -d -o nobody -m 700 "$RIG/kept"
cat >"$RIG/profiles" <<-END
	profile doveadm type=dovecot url=https://localhost:$doveadm_port
	    key="$rig_mailstore_key" quarantine=quarantine@corp.example
	profile imap type=imap host=localhost port=$imaps_port user=master
	    password=mastersecret master=* quarantine=quarantine@corp.example
	profile folder type=imap host=localhost port=$imaps_port user=master
	    password=mastersecret master=* folder=Removed
END
chown nobody "$RIG/profiles"
chmod 600 "$RIG/profiles"

conf()			# PROFILE
{
	rig_conf <<-END
		default_policy = DEFAULT
		history_database = $RIG/kept/history.db
		$(rig_etd_conf)
		remediation_profiles = $RIG/profiles
		remediation_domain_map = inline:{ corp.example=$1 }
		remediation_mode = act
		remediation_postfix_aliases = no
		remediation_gateways = gateway.example
		remediation_max_share = 100
		remediation_max_recipient = 1000
	END
}

remediator()		# WORD... - its exit status in $status, what it says in $said
{
	said=$("$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" "$@" 2>&1)
	status=$?
}

# letter FILE SUBJECT FIELDS [FIELD...] - FIELDS are for printf(1)
letter()
{
	letter_file=$1
	printf 'From: Boss <boss@corp.example>\r\nSubject: %s\r\n' "$2" >"$1"
	# shellcheck disable=SC2059
	printf "$3" >>"$1"
	shift 3
	[ $# -eq 0 ] || printf '%s\r\n' "$@" >>"$letter_file"
	printf '\r\nGood day.\r\n' >>"$letter_file"
}

# bad SENDER FIELDS - it goes through the gateway to alice, and its queue id is in
# $rig_qid, its MID in $rig_mid
bad()
{
	letter "$RIG/bad" bad "$2"
	rig_carry alice@corp.example -F "$RIG/bad" -f "$1@client.example"
	rig_wait "tdcctl history --json --mid $rig_mid | grep -q delivered" 10
}

subjects()		# what alice has, sorted
{
	rig_doveadm -f flow fetch -u alice@corp.example hdr.subject not \
	    mailbox Removed |
	    sed -n 's/.*hdr.subject=//p' | LC_ALL=C sort | xargs
}

# verdict ID MESSAGE-ID SENDER - of one to alice, and what comes of it
verdict()
{
	etd_age=400 rig_etd_message "$1" "$2" phishing alice@corp.example \
	    "\"returnPath\": \"$3@client.example\""
	remediator once
	rig_etd_forget "$1"
}

long=$(printf '%01000d' 0)
conf doveadm
rig_milter && rig_forwarder || exit 1
n=0
for profile in doveadm imap folder; do
	conf $profile
	diag "$profile"
	while IFS='|' read -r name told fields; do
		n=$((n + 1))
		letter "$RIG/same" same "$fields"
		rig_store alice@corp.example "$RIG/same"
		bad s$n "$fields"
		# who has seen the queue id in our reply to him can forge this
		letter "$RIG/stored" forged "$fields" "Received: from x by
 mx.other.example with SMTP id $rig_qid; $(date -R -d "-1 hour")"
		rig_store alice@corp.example "$RIG/stored"
		letter "$RIG/stored" old "$fields" "Received: from x by
 gateway.example (Postfix) with ESMTP id $rig_qid; $(date -R -d "-1 day")"
		rig_store alice@corp.example "$RIG/stored" Work/Old
		verdict e$n "$told" s$n
		is "$status $(subjects)" "0 forged old same" "$profile: $name"
		remediator undo e$n
		is "$status $(subjects)" "0 bad forged old same" "... undone"
		rig_doveadm expunge -u alice@corp.example mailbox-guid '*' all
		rig_doveadm expunge -u alice@corp.example mailbox '*' all
	done <<-END
		no Message-ID||X-None: 1\r\n
		an empty one||Message-ID:\r\n
		brackets alone|<>|Message-ID: <>\r\n
		a pattern|*|Message-ID: *\r\n
		quotes||Message-ID: "<a\\\\"b>"\r\n
		8 bits||Message-ID: <na\303\257ve\377@client.example>\r\n
		folded, with blanks||Message-ID:\r\n\t<a\r\n\tb@client.example>\r\n
		too long||Message-ID: <$long@client.example>\r\n
		two, and the API has the second|<good@client.example>|Message-ID: <first.$n@client.example>\r\nMessage-ID: <good@client.example>\r\n
		two, and the API has the first|<also@client.example>|Message-ID: <also@client.example>\r\nMessage-ID: <good@client.example>\r\n
		two, and the API has none||Message-ID: <none.$n@client.example>\r\nMessage-ID: <good@client.example>\r\n
	END
done

# ---- the second Message-ID is that of a good message ----

conf doveadm
letter "$RIG/good" good 'Message-ID: <contract@partner.example>\r\n'
rig_carry alice@corp.example -F "$RIG/good" -f friend@partner.example
good=$rig_mid
bad evil 'Message-ID: <evil@client.example>\r\nMessage-ID: <contract@partner.example>\r\n'
verdict g1 '<contract@partner.example>' evil
is "$status $(subjects)" "0 good" "the bad one alone is gone, and the good one is not"
unlike "$(rig_log)" "Message $good was initiated" "... nor was it meant"

# ---- what nobody can tell ----

bad twice 'X: 1\r\n'
bad twice 'X: 2\r\n'
verdict g2 '' twice
is "$status $(subjects)" "0 bad bad good" "two that fit: nothing is touched"
verdict g3 '' nobody
is "$(subjects)" "bad bad good" "none that fits"
sqlite3 "$RIG/remediate/state.db" "UPDATE messages SET changed = 1"
remediator once
like "$(rig_log)" "Message-ID '' with verdict phishing is not remediated: more than one message that this gateway journaled fits by client, recipient, sender and time" \
    "... and it is said why"
like "$(rig_log)" "Message-ID '' with verdict phishing is not remediated: it has no Message-ID that could be looked for, and nothing that this gateway journaled fits by client, recipient, sender and time" \
    "... of both"
done_testing

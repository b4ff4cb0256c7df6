#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# demo - the main job, shown: sh tests/demo.sh BUILDDIR
#
# A private Postfix with tdc-milter and tdc-forwarder, and a message intake
# with TLS, all below BUILDDIR and on loopback.  Real messages come in; copies
# of those that the policy names arrive at the intake.  One that turns out to be
# phishing later leaves its mailbox.  Ends with 0 when everything was as expected.
TDC_BUILD=$(basename "${1:-build}")
export TDC_BUILD
. "$(dirname "$0")/rig/rig.sh"
. "$(dirname "$0")/rig/stage.sh"

# message TO SUBJECT [OPTIONS] - swaks sends one from outside
message()
{
	to=$1
	subject=$2
	shift 2
	swaks --server "127.0.0.1:$smtp_port" --ehlo client.example \
	    --xclient "ADDR=192.0.2.10 NAME=client.example" \
	    --from sender@client.example --to "$to" \
	    --header "Subject: $subject" --silent 2 "$@" ||
		echo "swaks: not accepted"
	rig_wait "rig_delivered '$subject' '$to'" 20
	copies=$(intakes_of "$subject")
	printf '   %-34s to %-18s copy for: %s\n' "\"$subject\"" \
	    "$(echo "$to" | sed 's/@corp.example//g; s/,/, /g')" \
	    "${copies:-nobody}"
}

# rig_delivered SUBJECT RECIPIENTS - it is in every mailbox, and no copy of
# anything waits any more
rig_delivered()
{
	for user in $(echo "$2" | sed 's/@corp.example//g; s/,/ /g'); do
		grep -qsx "Subject: $1" "$RIG/mail/$user"/new/* || return 1
	done
	[ "$(rig_waiting)" = 0 ]
}

# copies_of SUBJECT, intakes_of SUBJECT - files of its copies, and to whom
copies_of()
{
	grep -lx "Subject: $1$(printf '\r')" "$RIG"/intake/*.eml 2>/dev/null
}

intakes_of()
{
	for copy in $(copies_of "$1"); do
		sed -n 's/^rcpt //p' "${copy%.eml}.env"
	done | sort | tr '\n' ' ' | sed 's/ $//'
}

# ---- the world ----

rig_up demo
rig_ca
rig_dns
if [ -n "$RIG_ALONE" ]; then
	RIG_MX=yes
	set -- -l 127.0.0.1:25
else
	set --
fi
rig_intake intake "$@"
rig_dkim partner.example
rig_mailstore_users="erin quarantine"
rig_mailstore
rig_postfix "transport_maps = inline:{erin@corp.example=lmtp:unix:$RIG/mailstore/lmtp}" \
    "smtpd_milters = { unix:$RIG/dkim.sock }, { unix:$RIG/milter.sock, default_action=accept }"

title "A gateway with Postfix $(postconf -h mail_version), main.cf"
echo "   smtpd_milters = $(postconf -h smtpd_milters)" |
	sed "s,$RIG,/run/tdc,g; s/}, {/},\n                   {/"

cat >"$RIG/recipient_policy" <<'EOF'
# recipient              copy to
alice@corp.example       NO
bob@corp.example         DEFAULT
carol@corp.example       emea@intake.example   name=EMEA
EOF
postmap "hash:$RIG/recipient_policy"
rig_conf <<-EOF
	policy_maps = check_recipient hash:$RIG/recipient_policy
	default_policy = NO
EOF
title "The policy, a table made by postmap(1)"
sed 's/^/   /' "$RIG/recipient_policy"
printf '\n   ... and in tdc.cf:\n\n'
grep -E '^(intake_address|policy_maps|default_policy)' "$RIG/tdc.cf" |
	sed "s,$RIG,/etc/tdc,; s/^/   /"

title "tdcctl policy: what it would decide"
for user in alice bob carol dave; do
	tdcctl policy sender@client.example "$user@corp.example"
done | sed "s,$RIG,/etc/tdc,g; s/^/   /"

if ! rig_milter || ! rig_forwarder; then
	cat "$RIG/err/milter" "$RIG/err/forwarder"
	exit 1
fi

# ---- the messages ----

title "Messages come in from 192.0.2.10"
message alice@corp.example "Lunch"
message bob@corp.example "Invoice"
message carol@corp.example "Angebot"
message dave@corp.example "Hello"
message alice@corp.example,bob@corp.example,carol@corp.example,dave@corp.example \
    "News for all of you"
head -c 5000000 /dev/urandom >"$RIG/photo.jpg"
message bob@corp.example "A photo of 5 MB" --attach-type image/jpeg \
    --attach "@$RIG/photo.jpg"

message bob@corp.example "Signed by DKIM" --from sender@partner.example

# ---- what became of them ----

title "The maillog (grep TDC:), of the first copies"
sed -n '/enqueued/,$p' "$RIG/tdc.log" | head -n 18 | sed 's/^/   /'

title "A copy as the intake got it: $(basename "$(copies_of Invoice)")"
tr -d '\r' <"$(copies_of Invoice)" | head -n 50 | cut -c1-110 | sed 's/^/   | /'

title "tdcctl tophosts"
tdcctl tophosts | sed 's/^/   /'

title "Was it as it should be?"
global=journal@intake.example
custom=emea@intake.example
expect "NO: no copy" same "$(intakes_of Lunch)" ""
expect "DEFAULT: a copy for the global intake address" \
    same "$(intakes_of Invoice)" $global
expect "an address: a copy for that one" same "$(intakes_of Angebot)" $custom
expect "none found: no copy" same "$(intakes_of Hello)" ""
expect "one message to all: one copy for each intake address" \
    same "$(intakes_of 'News for all of you')" "$custom $global"
for copy in $(copies_of "News for all of you"); do
	perl tests/helpers/report.pl text "$copy"
done | tr -d '\r' | grep ^Recipient: | sort >"$RIG/named"
expect "... which names only the recipients that led there" \
    same "$(tr '\n' ' ' <"$RIG/named")" \
    "Recipient: bob@corp.example Recipient: carol@corp.example "
expect "the 5 MB are complete" sh -c 'perl tests/helpers/report.pl original "$1" |
    perl -MMIME::Base64 -0777 -ne "print decode_base64((split /\r\n\r\n/,
    (split /\r\n--/)[2], 2)[1])" | cmp -s - "$2"' \
    sh "$(copies_of 'A photo of 5 MB')" "$RIG/photo.jpg"

perl tests/helpers/report.pl original "$(copies_of 'Signed by DKIM')" >"$RIG/cut"
expect "the DKIM signature verifies in the copy" \
    same "$(rig_verified "$RIG/cut")" succeeded
expect "six copies in all, none waits, none failed" same \
    "$(rig_count intake) $(rig_waiting) $(tdcctl status --json |
    sed -n 's/.*"hard_bounced": \([0-9]*\).*/\1/p')" "6 0 0"
expect "every original is in its mailbox" same \
    "$(find "$RIG/mail" -path '*/new/*' -type f | wc -l)" 10
expect "every copy came over TLS, with nothing that was not offered" same \
    "$(grep -Lx 'tls TLSv1\.[23]' "$RIG"/intake/*.env)$(sed -n \
    's/^violations //p' "$RIG/intake.stats")" 0

# ---- what turns out malicious later ----

title "Later: what was delivered turns out to be phishing"
rig_etd
install -o nobody -m 600 /dev/null "$RIG/profiles"
echo "profile store type=dovecot url=https://localhost:$doveadm_port
	key=$rig_mailstore_key quarantine=quarantine@corp.example" >"$RIG/profiles"
install -d -o nobody "$RIG/lib"
rig_conf <<-EOF
	policy_maps = check_recipient hash:$RIG/recipient_policy
	default_policy = DEFAULT
	history_database = $RIG/lib/history.db
	$(rig_etd_conf)
	remediation_mode = act
	remediation_action = delete
	remediation_profiles = $RIG/profiles
	remediation_domain_map = inline:{ corp.example=store }
EOF
rig_stop forwarder
kill -HUP "$(rig_pid milter)"
rig_forwarder
rig_wait "grep -q 'configuration reloaded' $RIG/tdc.log" 10
swaks --server "127.0.0.1:$smtp_port" --ehlo client.example --silent 2 \
    --xclient "ADDR=192.0.2.10 NAME=client.example" --to erin@corp.example \
    --from sender@client.example --header "Subject: Your parcel" \
    --header "Message-Id: <parcel@client.example>"
rig_wait '[ "$(rig_in erin@corp.example)" = 1 ]' 20
rig_wait "tdcctl history --json 2>/dev/null | grep -q parcel@client.example" 20
echo "   \"Your parcel\" is in erin's mailbox, and its copy at the intake."
rig_etd_message 4711 '<parcel@client.example>' phishing erin@corp.example
echo "   The API says of it: phishing.  The next poll:"
lines=$(wc -l <"$RIG/tdc.log")
"$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" once
printf '\n'
sed "1,${lines}d; s/^.*\]: /   /" "$RIG/tdc.log"
printf '\n'
tdcctl remediation-report | sed 's/^/   /'
printf '\n'
expect "it was proved to be that very message, by its queue id" \
    grep -q "was moved to quarantine, proved by queue id" "$RIG/tdc.log"
expect "it is gone from the mailbox" same "$(rig_in erin@corp.example)" 0
"$TDC_BUILD/tdc-remediator" -c "$RIG/tdc.cf" undo 4711 | sed 's/^/   /'
expect "tdc-remediator undo puts it back" same "$(rig_in erin@corp.example)" 1

stage_end demo

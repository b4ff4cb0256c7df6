#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# imap-hostile - IMAP servers and messages that lie, imitate, hang, flood and
# inject: nothing is moved that should not be, no secret is told, and no wait is
# without end
. "$(dirname "$0")/../rig/rig.sh"

rig_up imap-hostile
rig_ca
rig_ext="subjectAltName=DNS:localhost"
rig_cert good localhost
rig_cert elsewhere mail.elsewhere.example
rig_ext="subjectAltName=DNS:localhost"
rig_selfsigned alone localhost -addext subjectAltName=DNS:localhost
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$RIG/expired.key" -out "$RIG/expired.csr" -subj /CN=localhost \
    2>>"$RIG/err/openssl"
openssl x509 -req -in "$RIG/expired.csr" -CA "$RIG/ca.pem" \
    -CAkey "$RIG/ca.key" -CAcreateserial -days -1 -extfile "$RIG/good.ext" \
    -out "$RIG/expired.pem" 2>>"$RIG/err/openssl"

servers="honest imitate mimics keeps drops others swaps validity hangs drips closes
	huge line chatter folders deep tag goes_on bye injects preauth echo busy
	unknown many poor copies plain stuffed bare refuses
	trouble nothing sick inuse closed numberless padded
	honest@$RIG/expired honest@$RIG/elsewhere honest@$RIG/alone"
# shellcheck disable=SC2086
rig_start imapd python3 tests/helpers/imapd.py "$RIG/said" "$RIG/good.pem" \
    "$RIG/good.key" $servers
ok "the servers listen" \
    rig_wait "grep -q listening $RIG/err/imapd.out" 20 || exit 1
while read -r name port; do
	case $name in
	plain|stuffed|bare|refuses) tls=starttls ;;
	*) tls=yes ;;
	esac
	[ "$name" = listening ] ||
		echo "profile ${name##*/} type=imap host=localhost port=$port" \
		    "tls=$tls user=tdc password=tdcsecret authzid=yes" \
		    "folder=Quarantine"
done <"$RIG/err/imapd.out" >"$RIG/profiles"
# what has a certificate of its own is named by it
sed -i 's/^profile honest@/profile /' "$RIG/profiles"
chmod 600 "$RIG/profiles"

id="<bad@client.example>"

# boxes VERB SERVER ARGUMENT... - $said: what it says, $status
boxes()
{
	verb=$1
	server=$2
	shift 2
	case $server in
	drips|hangs) patience=1 ;;
	*) patience=30 ;;
	esac
	said=$("$TDC_BUILD/tests/tools/boxes" -c "$RIG/ca.pem" -t $patience \
	    "$RIG/profiles" "$verb" "$server" alice@corp.example "$@" 2>&1)
	status=$?
}

# row VERB SERVER STATUS PATTERN NAME [ARGUMENT...]
row()
{
	row_status=$3
	row_pattern=$4
	row_name=$5
	row_verb=$1
	row_server=$2
	shift 5
	boxes "$row_verb" "$row_server" "$@"
	is "$status" "$row_status" "$row_name" &&
		like "$said" "$row_pattern" "... $row_server" ||
		diag "$said"
}

LATER=75 GONE=1 NOBODY=2 LOCKED=3 NEVER=4 UNFINISHED=5
(boxes find drips "$id"; echo "$status $said" >"$RIG/dripped") &
drips=$!

# ---- what is there otherwise ----

row find honest 0 '^INBOX	[0-9]+	1795687200	key 1 7 ' "an honest one: found" "$id"
key=$(echo "$said" | cut -f4)
row quarantine honest 0 '^own 1 3 [0-9]+ [0-9a-f]{32} Quarantine INBOX .Seen ' \
    "... moved" INBOX "$key"

# ---- messages ----

row find imitate 0 '^INBOX	' "a message that imitates answers, tag included" "$id"
is "$(echo "$said" | wc -l)" 1 "... is one message"
row find mimics 0 '^INBOX	' "another one" "$id"
boxes header mimics INBOX "$(echo "$said" | cut -f4)"
like "$said" '^A003 OK done' "... whose header is what it says"
like "$said" '^Subject: one' "... up to its end"
row find many 0 '^INBOX	' "10,000 messages with an id that has ours in it" "$id"
is "$(echo "$said" | cut -f4 | cut -d' ' -f3 | awk '$1 % 3 != 2' | xargs)" 9999 \
    "... of which one has it"
is "$(echo "$said" | wc -l)" 3334 "... and others have it twice"

# ---- servers that lie ----

row find others 0 '^$' "answers to what was not asked count for nothing" "$id"
row quarantine swaps $GONE 'is another one' \
    "a number that another message has got" INBOX "$key"
row quarantine validity $GONE 'UIDVALIDITY has changed' \
    "numbers that have become others" INBOX "$key"
row quarantine keeps $LATER 'is in INBOX still' \
    "OK to a move that was none" INBOX "$key"
row quarantine drops $GONE 'it is not in Quarantine' \
    "OK to a move that lost it" INBOX "$key"
row quarantine copies $LATER 'is in INBOX still' \
    "a copy that is not the message" INBOX "$key"
unlike "$(grep '^copies ' "$RIG/said")" 'STORE|EXPUNGE' \
    "... and nothing was removed"
row quarantine poor 0 '^own 1 3 ' "neither MOVE nor UIDPLUS" INBOX "$key"
like "$(grep '^poor ' "$RIG/said")" 'UID STORE 7 \+FLAGS.SILENT \(.Deleted\)' \
    "... is marked"
row test poor 0 'no UIDPLUS: .* only marked as deleted' "... and this is told"

# ---- servers that flood, hang and close ----

row find huge $LATER 'no IMAP: literal too large' "a literal of 2 GB" "$id"
row find line $LATER 'no IMAP: line too long' "a line without end" "$id"
row find chatter $LATER 'no IMAP: answers without end' "answers without end" "$id"
row find folders $LATER 'no IMAP: an answer of another form' "folders without end" "$id"
row find deep $LATER 'no IMAP' "100,000 parentheses" "$id"
row find closes $LATER 'closed by the server' "closed in the middle of a literal" "$id"
row find hangs $LATER 'timeout' "no answer" "$id"
row find tag $LATER 'an answer to what nobody asked' "the answer to another command" "$id"
row find goes_on $LATER '"\+" that nobody asked for' "a + that nobody asked for" "$id"
row find bye $LATER 'says goodbye: .x1b.31mred' "goodbye, and no control characters" "$id"
row find injects 0 '^INBOX	' "a folder whose name is a command" "$id"
unlike "$(cat "$RIG/said")" '^injects Z1|^injects [^ ]+ EXPUNGE' "... which is not said"

# ---- folders that cannot be examined ----

row find nothing 0 '^INBOX	[^	]*	[^	]*	key [^	]*$' \
    "gone, not selectable, nothing for its owner: there is nothing in it" "$id"
row find trouble $UNFINISHED 'unfinished: vague: .*EXAMINE: NO I will not' \
    "no reason: it is told" "$id"
like "$said" '^INBOX	' "... and the others are searched"
row find sick $UNFINISHED 'unfinished: SERVERBUG: .*NO \[SERVERBUG\]' \
    "a server's bug in one folder" "$id"
like "$said" '^INBOX	' "... and the others are searched"
row find inuse $UNFINISHED 'unfinished: INUSE' "a folder that is in use" "$id"
row find closed $NEVER 'never: INBOX: .*NOPERM' \
    "an inbox that we may not read is no empty one" "$id"
row find numberless $NEVER 'never: INBOX: .*no UIDVALIDITY' \
    "nor is one without UIDVALIDITY" "$id"
row find padded $NEVER 'message 8 in INBOX: a header of more than 33554432' \
    "a header of 36 MB is told" "$id"
is "$(echo "$said" | cut -sf4 | cut -d' ' -f1-3)" "key 1 7
key 1 9" "... one with a second Message-ID after 400 KB is left to the proof"

# ---- TLS and logins ----

row test expired $LOCKED 'certificate verify failed: certificate has expired' \
    "a certificate that has expired"
row test elsewhere $LOCKED 'certificate verify failed: hostname mismatch' \
    "a certificate for another name"
row test alone $LOCKED 'certificate verify failed: self-signed' \
    "a certificate that nobody vouches for"
row test plain 0 'logged in as alice@corp.example' "STARTTLS"
row test stuffed $LOCKED 'more than an answer before TLS' \
    "something behind the answer to STARTTLS"
row test bare $LOCKED 'no STARTTLS' "STARTTLS taken away"
row test refuses $LATER 'STARTTLS: not today' "STARTTLS refused"
row test preauth $LATER 'a greeting that is none' "PREAUTH"
row test echo $LOCKED 'login refused: \[AUTHENTICATIONFAILED\]' "a login that is refused"
unlike "$said" "tdcsecret|$(printf 'tdcsecret' | base64 | cut -c1-10)|YWxpY2VA" \
    "... by a server that repeats the password"
row test busy $LATER 'login refused: \[UNAVAILABLE\]' "a server that cannot, for now"
row test unknown $NOBODY 'AUTHORIZATIONFAILED' "an owner as whom we may not act"
unlike "$(grep -E '^(stuffed|bare|refuses|preauth|honest@)' "$RIG/said")" \
    'AUTHENTICATE|LOGIN' "without TLS, and a good certificate, no login is said"

# ---- Message-IDs that are none ----

for bad in "" "*
" "<a@b>$(printf '\r\n')Z EXPUNGE" "<ä@b>" " <a@b>" \
    "$(printf '%01000d' 0)"; do
	row find honest $NEVER 'is no Message-ID to look for' \
	    "$(echo "$bad" | head -c 20 | tr '\r\n' '..') is not looked for" "$bad"
done
row find honest 0 '^$' "*, and quotes, are but characters" '<"*\%@b>'
like "$(cat "$RIG/said")" 'HEADER Message-ID "<\\"\*\\\\%@b>"' "... in a string"
for bad in "" x "key 1 0 1 $(printf %032d 0) INBOX" \
    "key 1 7 1 $(printf %032d 0) IN%0D%0AZ%20EXPUNGE"; do
	boxes quarantine honest INBOX "$bad"
	is "$status:$(echo "$said" | grep -c '^own')" \
	    "$NEVER:0" \
	    "key '$bad' moves nothing" || diag "$said"
done

unlike "$(cat "$RIG/said")" '^[^ ]+ [^ ]+ EXPUNGE' \
    "never is everything removed that somebody has marked"
wait $drips
like "$(cat "$RIG/dripped")" "^$LATER .*timeout" "two octets at a time do not keep us"
rig_stop imapd
done_testing

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# ews - mailboxes of Exchange, by Exchange Web Services: what is found, taken
# away and brought back, for whom, and what a server may answer.  The server is a
# stub, made after Microsoft's reference (tests/helpers/ews.py)
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/exchange.sh
rig_up ews
rig_ca
rig_exchange
alice=alice@corp.example
bob=bob@corp.example

profiles <<-'EOT'
	profile ex type=ews host=localhost:PORT user=tdc@corp.example
	    password=secret
	profile hidden type=ews host=localhost:PORT user=tdc@corp.example
	    password=secret quarantine="TDC Quarantine" archive=no
	profile wrong type=ews host=localhost:PORT user=tdc@corp.example
	    password=Guess
EOT

# ---- Test Connection ----

box ex test $alice
is "$rc $(cat "$RIG/out")" \
    "0 Exchange 15.2.1544.4, mailbox $alice, 8 folders, with an archive" \
    "Test Connection says what is there"
box ex test robert@corp.example
like "$(cat "$RIG/out")" "mailbox $bob, 6 folders\$" \
    "an alias leads to its owner's mailbox"
for address in team@corp.example x@corp.example alice nobody@corp.example 'a&b@corp.example'; do
	box ex test "$address"
	is "$rc" 2 "$address is the address of no mailbox"
done
box wrong test $alice
is "$rc $(cat "$RIG/err/box")" \
    "3 boxes: locked out: localhost:$ews_port: login refused (401)" \
    "a wrong password"
is "$(grep -c refused "$RIG/ews/requests")" 1 "... is tried once"
box ex test vip@corp.example
is "$rc" 3 "no right to impersonate that one, and nobody else is known: the profile rests"
like "$(cat "$RIG/err/box")" \
    "ErrorImpersonateUserDenied.*has the account the role" "... and why"
known=$alice
box ex test vip@corp.example
is "$rc" 4 "... but somebody else is open to us: it is that one alone"
like "$(cat "$RIG/err/box")" ErrorImpersonateUserDenied "... and why"
for known in gone@corp.example vip2@corp.example; do
	box ex test vip@corp.example
	is "$rc" 3 "... and as $known we do not get in, either"
done
known=$alice
box wrong test $bob
is "$rc $(grep -c 'login refused' "$RIG/ews/requests")" "3 2" \
    "a wrong password is no denial, and nobody else is tried by it"
known=

# ---- found ----

arrive $alice inbox unread one
arrive $alice "Projects+2026" read one
arrive $alice Old read one
arrive $alice recoverableitemsdeletions read one
arrive $bob inbox unread one
arrive $alice inbox unread 'ONE'
arrive $alice inbox unread 'one.more'
box ex find $alice '<one@client.example>'
is "$rc $(cut -f1 "$RIG/out" | paste -sd,)" \
    "0 Inbox,Recoverable Items/Deletions,Projects/2026,Archive/Old" \
    "it is found in every folder of this mailbox, the likely ones first"
is "$(cut -f2 "$RIG/out" | sort -u)" "$(wc -c <"$RIG/letters/one")" \
    "... with its size"
box hidden find $alice '<one@client.example>'
is "$(grep -c . "$RIG/out")" 3 "archive=no: not in the archive"
box ex find $alice '<one@client.example>' $(($(date +%s) + 60))
is "$rc $(cat "$RIG/out")" "0 " "only what was received since then"
box ex find $alice '<one@client.example>' $(($(date +%s) - 3600))
is "$(grep -c . "$RIG/out")" 4 "... an hour ago"
for id in '*' '' '<one@client.example' "' or 1=1" '<a"&<>@x>' '<ü@x>'; do
	box ex find $alice "$id"
	is "$(cat "$RIG/out")" "" "nothing is found by: $id"
done
box ex find $alice "$(printf '<one\001@client.example>')"
is "$rc" 4 "what XML cannot carry is not searched for"
arrive $alice inbox unread 'a"&<>b'
box ex find $alice '<a"&<>b@client.example>'
is "$(grep -c . "$RIG/out")" 1 "a Message-ID with all that XML has to escape"
for i in 1 2 3; do
	for n in $(seq 100); do arrive many@corp.example inbox read same $n$i; done
	arrive many@corp.example "Folder ${i}0" read same $i
done
requests=$(grep -c . "$RIG/ews/requests")
box ex find many@corp.example '<same@client.example>'
is "$(grep -c . "$RIG/out") $(cut -f4 "$RIG/out" | sort -u | grep -c .)" \
    "303 303" "all pages of 303 messages in 310 folders"
diag "requests: $(($(grep -c . "$RIG/ews/requests") - requests))"

# A queue id stands in a Received: field, where the Message-ID is none at all.
for n in 1 2; do
	printf 'Received: from a by b\r\n\twith ESMTP id 4Qu3u%s; now\r\nFrom: x\r\n%s\r\nHi.\r\n' \
	    $n "$([ $n = 1 ] || printf 'Message-ID: <odd>\r\n.')" |
	    sed 's/^\.//' >"$RIG/letters/queued$n"
	arrive $bob inbox unread x "" "$RIG/letters/queued$n"
done
box ex find-queue-id $bob 4Qu3u1
is "$rc $(cut -f1 "$RIG/out")" "0 Inbox" "a message without a Message-ID, by its queue id"
key=$(cut -f4 "$RIG/out")
box ex find-queue-id $bob 4Qu3u1 $(($(date +%s) + 60))
is "$rc $(cat "$RIG/out")" "0 " "... received since then"
for qid in "" "*" "a b" "4Q\"<"; do
	box ex find-queue-id $bob "$qid"
	is "$rc" 4 "no queue id: '$qid'"
done
box ex quarantine $bob Inbox "$key"
handle=$(cat "$RIG/out")
is "$rc $(awk -F '\t' '$2 == "Purges" && $5 == ""' "$RIG/ews/mail" | grep -c .)" \
    "0 1" "... it is taken away"
box ex moved $bob Inbox "$key" ''
is "$rc $(cat "$RIG/out")" "0 $handle" "... after a crash it is known by its search key"
box ex restore $bob "$handle"
is "$rc $(awk -F '\t' '$2 == "Inbox" && $5 == ""' "$RIG/ews/mail" | grep -c .)" \
    "0 1" "... and comes back"
box ex find-queue-id $bob 4Qu3u1
box ex quarantine $bob Inbox "$(cut -f4 "$RIG/out")"
box ex purge $bob "$(cat "$RIG/out")"
is "$rc $(awk -F '\t' '$5 == ""' "$RIG/ews/mail" | grep -c .)" "0 0" \
    "... or is purged"

# ---- read ----

letter=$RIG/letters/one
found ex $alice '<one@client.example>' Inbox
box ex header $alice Inbox "$key"
unfold='s/\r//g; s/\n[ \t]+/ /g; s/(\n\n).*/$1/s; s/[ \t]+/ /g'
is "$(perl -0pe "$unfold" "$RIG/out")" "$(perl -0pe "$unfold" "$letter")" \
    "its header"
box ex raw $alice Inbox "$key"
ok "the message, octet for octet" cmp "$letter" "$RIG/out"
box ex raw $alice Inbox "$key" 100
is "$rc" 4 "... unless it is larger than wanted"
{ cat "$letter"; yes 'a line of a large message' | head -c 9000000; } \
    >"$RIG/letters/large"
arrive $bob inbox unread large "" "$RIG/letters/large"
found ex $bob '<one@client.example>' Inbox
[ "$(box ex raw $bob Inbox "$key"; stat -c %s "$RIG/out")" -gt 1000000 ] ||
	found ex $bob '<one@client.example>' Inbox 2
box ex raw $bob Inbox "$key"
ok "one of 9 MB, which is a text of 12 MB" cmp "$RIG/letters/large" "$RIG/out"
{ cat "$letter"; yes 'a line of a large message' | head -c 25000000; } \
    >"$RIG/letters/larger"
arrive many@corp.example inbox unread larger "" "$RIG/letters/larger"
found ex many@corp.example '<one@client.example>' Inbox
used=$(python3 -c '
import resource, subprocess, sys
with open(sys.argv[1], "wb") as out:
    subprocess.run(sys.argv[2:], stdout=out, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$RIG/out" \
    "$TDC_BUILD/tests/tools/boxes" -c "$RIG/ca.pem" "$RIG/profiles" raw ex \
    many@corp.example Inbox "$key")
ok "one of 25 MB" cmp "$RIG/letters/larger" "$RIG/out"
diag "memory for it: $used KB"
case $TDC_BUILD in
*build-*) ;;		# sanitizers need their own
*) ok "... in three times as much memory" [ "$used" -lt 80000 ] ;;
esac

# ---- away and back ----

found ex $alice '<one@client.example>' Inbox
inbox=$key
box ex quarantine $alice Inbox "$key"
handle=$(cat "$RIG/out")
is "$rc $(where $alice one | paste -sd,)" \
    "0 Deletions:read,Old:read,Projects/2026:read,Purges:unread" \
    "quarantine: from the inbox to Purges, and nothing else"
unlike "$(cat "$RIG/ews/requests")" receipt "... the sender hears of nothing"
box ex find $alice '<one@client.example>'
is "$(grep -c . "$RIG/out")" 3 "in Purges it is not found"
box ex quarantine $alice Inbox "$inbox"
is "$rc" 1 "once more: it is gone"
box ex header $alice Inbox "$inbox"
is "$rc" 1 "... to who wants to read it, too"
box ex moved $alice Inbox "$inbox" '<one@client.example>'
is "$rc $(cat "$RIG/out")" "0 $handle" "it was moved, says Purges"
found ex $alice '<one@client.example>' "Projects/2026"
work=$key
box ex moved $alice "Projects/2026" "$work" '<one@client.example>'
is "$rc" 1 "... and its twin was not, which has the same Message-ID"
box ex restore $alice "$handle"
is "$rc $(where $alice one | grep Inbox)" "0 Inbox:unread" \
    "restored: in the inbox, not read"
box ex restore $alice "$handle"
is "$rc" 1 "once more: it is gone"

box ex quarantine $alice "Projects/2026" "$work"
handle=$(cat "$RIG/out")
box ex restore $alice "$(echo "$handle" | sed 's/ read / unread /')"
is "$rc $(where $alice one | grep Projects)" "0 Projects/2026:unread" \
    "restored to its folder, and marked as it was"
found ex $alice '<one@client.example>' "Projects/2026"
echo "UpdateItem 1 part ErrorInvalidRequest" >"$RIG/ews/faults"
box ex quarantine $alice "Projects/2026" "$key"
handle=$(cat "$RIG/out")
box ex restore $alice "$(echo "$handle" | sed 's/ unread / read /')"
is "$rc $(where $alice one | grep Projects)" "0 Projects/2026:unread" \
    "what cannot be marked is restored all the same"
rm "$RIG/ews/faults"
found ex $alice '<one@client.example>' "Projects/2026"
box ex quarantine $alice "Projects/2026" "$key"
handle=$(cat "$RIG/out")
box ex restore $alice "$(echo "$handle" | sed 's/ [^ ]*/ Zm9sZGVyIDk5OQ==/')"
is "$rc $(where $alice one | grep -c Inbox)" "0 2" \
    "its folder is gone: restored to the inbox"
found ex $alice '<one@client.example>' Archive/Old
box ex quarantine $alice Archive/Old "$key"
handle=$(cat "$RIG/out")
is "$rc $(where $alice one | grep 'Purges\|Old')" "0 Archive Purges:read" \
    "the archive has a Purges of its own"
box ex restore $alice "$handle"
is "$rc $(where $alice one | grep 'Purges\|Old')" "0 Old:read" \
    "... and it is restored from there"
found ex $alice '<one@client.example>' Archive/Old
box ex quarantine $alice Archive/Old "$key"
handle=$(cat "$RIG/out")
box ex purge $alice "$handle"
is "$rc $(where $alice one | grep -c 'Purges\|Old')" "0 0" "purged: for good"
box ex purge $alice "$handle"
is "$rc" 1 "once more: it is gone"

found hidden $bob '<one@client.example>' Inbox
box hidden quarantine $bob Inbox "$key"
handle=$(cat "$RIG/out")
is "$rc $(where $bob one | grep -v Inbox)" "0 TDC Quarantine:unread" \
    "quarantine=NAME: to a folder beside those that users see"
before=$(where $bob one | grep -c .)
box hidden find $bob '<one@client.example>'
is "$(grep -c . "$RIG/out")" $((before - 1)) "... where it is not found"
box hidden moved $bob Inbox "$key" '<one@client.example>'
is "$rc $(cat "$RIG/out")" "0 $handle" "... but known to be"
box ex restore $bob "$handle"
is "$rc" 1 "a profile without that folder does not find it"
box hidden restore $bob "$handle"
is "$rc $(where $bob one | grep -c Inbox)" "0 $before" "restored from there"
found hidden $bob '<one@client.example>' Inbox
box hidden quarantine $bob Inbox "$key"
box hidden purge $bob "$(cat "$RIG/out")"
is "$rc $(where $bob one | grep -c .)" "0 $((before - 1))" \
    "purged from there, also from Purges"
for wrong in "" "purges" "purges a b read" "a b c d e f" "../x y z read <i>"; do
	box ex restore $bob "$wrong"
	is "$rc" 4 "no handle: '$wrong'"
done

# ---- faults ----

# says FAULT RESULT [PATTERN] - what a mailbox is then
says()
{
	echo "any 1 $1" >"$RIG/ews/faults"
	box ex find $alice '<one@client.example>'
	is "$rc" "$2" "$1: $2"
	[ $# -lt 3 ] || like "$(cat "$RIG/err/box")" "$3" "... and says so"
}
for code in ErrorServerBusy ErrorTimeoutExpired ErrorMailboxStoreUnavailable \
    ErrorInternalServerError ErrorMailboxMoveInProgress ErrorSomethingNew; do
	says "fault $code" 75 "later: localhost:$ews_port: $code: as the test"
	says "part $code" 75
done
for code in ErrorImpersonationFailed ErrorAccessDenied; do
	says "fault $code" 3 "locked out: localhost:$ews_port: $code: "
done
says "fault ErrorSchemaValidation" 4
says "part NoError" 75
says "status 503" 75 "HTTP status 503"
says "status 403" 3
says "status 404" 4
says "status 302" 4 "HTTP status 302"
says "status 500" 75
says html 75 "is not of Exchange Web Services"
says empty 75
says broken 75 "is no XML"
says doctype 75 "has a DOCTYPE"
says bomb 75 "has a DOCTYPE"
says deep 75
says huge 4 "more than"
says few 75 "too few folders"
says close 75
rm "$RIG/ews/faults"
echo "FindFolder 3 page" >"$RIG/ews/faults"
box ex find $alice '<one@client.example>'
is "$rc" 75 "pages of folders that never end"
echo "FindItem 3 page" >"$RIG/ews/faults"
box ex find $alice '<one@client.example>'
is "$rc" 75 "pages of messages that never end"
echo "FindItem 1 part ErrorFolderNotFound" >"$RIG/ews/faults"
box ex find $alice '<one@client.example>'
is "$rc" 75 "fewer answers than folders"

echo "any 1 busy 300" >"$RIG/ews/faults"
box ex find $alice '<one@client.example>'
is "$rc $(grep -c . "$RIG/out")" "0 3" "a short back-off is waited for"
before=$(grep -c . "$RIG/ews/requests")
echo "GetFolder 9 busy 297749" >"$RIG/ews/faults"
box ex find $alice '<one@client.example>'
is "$rc $(($(grep -c . "$RIG/ews/requests") - before))" "75 1" \
    "a long one is not, and it is not asked again"
echo "any 1 slow 6" >"$RIG/ews/faults"
rig_began=$(date +%s%3N)
TIMEOUT=1 box ex find $alice '<one@client.example>'
is "$rc" 75 "a server that is slow"
ok "... is not waited for" [ $(($(date +%s%3N) - rig_began)) -lt 5000 ]
rm "$RIG/ews/faults"

# The connection is lost after the message was moved.
found ex $alice '<one@client.example>' Inbox
echo "DeleteItem 2 lost" >"$RIG/ews/faults"
before=$(where $alice one | grep -c Inbox)
box ex quarantine $alice Inbox "$key"
is "$rc $(where $alice one | grep -c Inbox)" "75 $((before - 1))" \
    "moved, but nobody says so: later"
box ex moved $alice Inbox "$key" '<one@client.example>'
is "$rc" 0 "... and then it is known"
handle=$(cat "$RIG/out")
echo "MoveItem 1 lost" >"$RIG/ews/faults"
box ex restore $alice "$handle"
is "$rc $(where $alice one | grep -c Inbox)" "0 $before" \
    "restored, and said once more what was said already"
found ex $alice '<one@client.example>' Inbox
echo "DeleteItem 1 lost" >"$RIG/ews/faults"
box ex quarantine $alice Inbox "$key"
is "$rc $(where $alice one | grep -c Inbox)" "0 $((before - 1))" \
    "taken away, and said once more"
handle=$(cat "$RIG/out")
echo "DeleteItem 1 lost" >"$RIG/ews/faults"
box ex purge $alice "$handle"
is "$rc $(where $alice one | grep -c Purges)" "0 0" "purged, and said once more"
rm "$RIG/ews/faults"

# ---- profiles ----

# refused WORDS PATTERN - a profile that is not taken
refused()
{
	printf 'profile bad type=ews %s\n' "$1" >"$RIG/bad"
	chmod 600 "$RIG/bad"
	"$TDC_BUILD/tests/tools/boxes" "$RIG/bad" test bad $alice \
	    >"$RIG/out" 2>&1
	rc=$?
	is "$rc" 78 "refused: $1"
	like "$(cat "$RIG/out")" "bad:1: .*$2" "... because: $2"
	unlike "$(cat "$RIG/out")" Pa55 "... without a secret"
}
refused "user=u password=Pa55" "no host="
refused "host=a/b user=u password=Pa55" "host= must be"
refused "host=h user=u" "password="
refused "host=h password=Pa55 auth=ntlm user=u" "auth= must be one of: basic"
refused "host=h password=Pa55 user=u version=Exchange2007" "version= must"
refused "host=h password=Pa55 user=u archive=maybe" "archive= must"
refused "host=h password=Pa55 user=u keytab=/k" "keytab= needs"
refused "host=h password=Pa55 auth=negotiate" "password= needs"

unlike "$(cat "$RIG/ews/requests")" "X-AnchorMailbox" \
    "every request names its mailbox in X-AnchorMailbox"
done_testing

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# dovecot - the back end for Dovecot, against a real one and against what is
# none: exactly the message that was meant is moved, comes back as it was, or
# goes for good, and nothing else is touched
. "$(dirname "$0")/../rig/rig.sh"

rig_up dovecot
rig_ca
rig_dns
rig_selfsigned stranger "somebody else's CA"
store=$RIG/mailstore/home/corp.example
ok "Dovecot runs" rig_mailstore "doveadm_password = pass word" "namespace out {
  separator = /
  prefix = Out/
  location = maildir:~/Out
  hidden = yes
  list = no
}" "mail_plugins = virtual" "namespace virtual {
  separator = /
  prefix = Virtual/
  location = virtual:~/Virtual
}"
echo "erin@corp.example:{PLAIN}x:65534:65534::$store/erin::userdb_mail=mdbox:~/Other" \
    >>"$RIG/mailstore/users"
ok "Postfix runs" rig_postfix "smtpd_milters =" \
    "virtual_transport = lmtp:unix:$RIG/mailstore/lmtp"
fake_port=$(rig_port)
url=https://localhost:$doveadm_port

profiles()		# LINE...
{
	printf '%s\n' "$@" >"$RIG/profiles"
	chmod 600 "$RIG/profiles"
}

patience=60		# seconds, for each answer

# boxes ARGUMENT... - what it prints in $said, its complaint in $why, its exit
# status in $status
boxes()
{
	said=$("$TDC_BUILD/tests/tools/boxes" -c "$RIG/ca.pem" -t "$patience" \
	    "$RIG/profiles" "$@" 2>"$RIG/why")
	status=$?
	why=$(cat "$RIG/why")
	cat "$RIG/why" >>"$RIG/all-errors"
}

row()			# N: of $said, its line
{
	printf '%s\n' "$said" | sed -n "$1p"
}

key()			# LINE
{
	printf '%s\n' "$1" | cut -f4
}

count()			# of lines in $said
{
	printf '%s' "$said" | grep -c ''
}

letter()		# FILE ID [SUBJECT]
{
	printf 'From: a@client.example\r\nSubject: %s\r\nMessage-ID: %s\r\n\r\nHi.\r\n' \
	    "${3:-s}" "$2" >"$RIG/$1"
}

sure="profile store type=dovecot url=$url key=$rig_mailstore_key quarantine=quarantine@corp.example"
profiles "$sure" \
    "profile own type=dovecot url=$url/ password=\"pass word\" folder=Out/Removed" \
    "profile wrong type=dovecot url=$url key=S3cretKey folder=Removed" \
    "profile stranger type=dovecot url=$url key=x folder=R ca_file=$RIG/stranger.pem" \
    "profile nowhere type=dovecot url=$url key=$rig_mailstore_key quarantine=none@corp.example" \
    "profile elsewhere type=dovecot url=http://mail.corp.example key=x folder=R" \
    "profile down type=dovecot url=https://127.0.0.1:1 key=x folder=R"
alice=alice@corp.example
jail="Quarantine alice@corp=2Eexample"
id='<hello@client.example>'

# ---- looking ----

boxes test store "$alice"
is "$status $said" \
    "0 the inbox of $alice has 0 messages; the inbox of quarantine@corp.example has 0 messages" \
    "a profile can be tried, without touching anything"
boxes test own ""
is "$status" 0 "also without a mailbox"

letter one "$id"
for folder in INBOX Work/Old 'Entwürfe/A"b\c *'; do
	rig_store "$alice" "$RIG/one" "$folder"
done
# Before anybody asks for its date, which is kept then.
touch -d '2020-02-02 02:02:02 UTC' "$store"/alice/Mail/.Work.Old/new/*
for other in '<hello@client.example>x' '<xhello@client.example>' \
    '<HELLO@client.example>' 'hello@client.example' '<hello@client.exampl>' \
    '"<hello@client.example>"' ''; do
	letter other "$other"
	rig_store "$alice" "$RIG/other"
done
printf 'Message-ID:\r\n <hello@client.example>\t(folded)  \r\nSubject: f\r\n\r\n' \
    >"$RIG/folded"
rig_store "$alice" "$RIG/folded" Folded
boxes find store "$alice" "$id"
is "$(printf '%s\n' "$said" | cut -f1 | LC_ALL=C sort)" 'Entw\xc3\xbcrfe/A"b\\c *
Folded
INBOX
INBOX
Work/Old' "every message with this very Message-ID is found, in any folder"
# <...>x is that Message-ID with something after it.
like "$(row 1)" "^[^	]*	[0-9]+	17[0-9]{8}	\{\"box\":" \
    "with its size, its date and a key"
for odd in '' '*' '<>' '<' ' ' '<a b>' "$(printf '<a\r\nb>')" '<ä@x>'; do
	boxes find store "$alice" "$odd"
	[ "$status" = 4 ] && [ -z "$said" ] || break
done
is "$status $odd" "4 <ä@x>" "what is no Message-ID is not looked for"
letter quotes '<a"b\c*%?@[x]>'
rig_store "$alice" "$RIG/quotes"
boxes find store "$alice" '<a"b\c*%?@[x]>'
is "$(count)" 1 "odd characters stand for themselves"
boxes find store "$alice" "$id" $(($(date +%s) + 86400))
is "$status$said" 0 "what came before is not wanted"
boxes find store "$alice" '<nobody@x>'
is "$status$said" 0 "nothing is found where there is none"

boxes find store "$alice" "$id"
printf '%s\n' "$said" | grep ^Work >"$RIG/line"
work=$(cat "$RIG/line")
boxes header store "$alice" Work/Old "$(key "$work")"
is "$status $said" "0 $(tr -d '\r' <"$RIG/one" | sed '/^$/q')" \
    "the header can be read"
boxes raw store "$alice" Work/Old "$(key "$work")"
is "$status $said" "0 $(tr -d '\r' <"$RIG/one")" "and all of the message"
boxes raw store "$alice" Work/Old "$(key "$work")" 50
is "$status" 4 "but not more than is allowed"
perl -e 'print "Message-ID: <8bit\@x>\r\n\r\nna\xc3\xafve, na\xefve\r\n"' \
    >"$RIG/8bit"
rig_store "$alice" "$RIG/8bit"
boxes find store "$alice" '<8bit@x>'
boxes raw store "$alice" INBOX "$(key "$said")"
is "$(printf '%s\n' "$said" | tail -n 1)" \
    "$(printf 'na\303\257ve, na\357\277\275ve')" \
    "characters come as they are, and a sign in place of what is none"
boxes header store "$alice" Work/Old '{"box":"*"}'
is "$status" 4 "what is no key of ours names nothing"

# ---- who may be meant ----

rig_store bob@corp.example "$RIG/one"
for who in '*' 'a*@corp.example' 'alic?@corp.example' '' "$(printf 'a\nb')" \
    quarantine@corp.example; do
	boxes find store "$who" "$id"
	[ "$status" = 4 ] && [ -z "$said" ] || break
done
is "$status $who" "4 quarantine@corp.example" \
    "one account is asked for, never a pattern, nor the quarantine itself"
boxes find store nobody@corp.example "$id"
is "$status $why" "2 boxes: nobody: $RIG/profiles:1: doveadm fetch for 'nobody@corp.example' failed with exit code 67: no such user" \
    "there is not everybody"
boxes find store carol@corp.example "$id"
is "$status$said" 0 "somebody has no mail yet"
boxes find wrong "$alice" "$id"
is "$status" 3 "a wrong key locks the profile out"
is "$why" "boxes: locked out: $RIG/profiles:3: $url/doveadm/v1 refuses our key (HTTP 401)" \
    "and the complaint says which"
boxes find stranger "$alice" "$id"
is "$status" 4 "a server with a certificate that is not trusted hears nothing"
boxes find elsewhere "$alice" "$id"
is "$status" 4 "nor one without TLS, unless it is this host"
boxes find down "$alice" "$id"
is "$status" 75 "a server that is down is asked again later"

# ---- quarantine, and back ----

rig_doveadm flags add -u "$alice" '\Seen \Flagged $Phish Foo' \
    mailbox Work/Old
letter marked '<marked@x>'
rig_store "$alice" "$RIG/marked" Work/Old
rig_doveadm flags add -u "$alice" '\Deleted' mailbox Work/Old HEADER \
    Message-ID '<marked@x>'
before=$(rig_flags "$alice" Work/Old)
like "$before" '\$Phish Foo	1580608922$' "a message with flags and a date"
boxes moved store "$alice" Work/Old "$(key "$work")" "$id"
is "$status" 1 "it was not moved yet"
boxes quarantine store "$alice" Work/Old "$(key "$work")"
is "$status" 0 "it is moved to the quarantine" || diag "$why"
handle=$said
is "$(rig_in "$alice" Work/Old) $(rig_in quarantine@corp.example "$jail")" \
    "1 1" "and lies there; the other one stays, although it is marked"
boxes moved store "$alice" Work/Old "$(key "$work")" "$id"
is "$status $said" "0 $handle" "after a crash the handle can be found again"
boxes quarantine store "$alice" Work/Old "$(key "$work")"
is "$status" 1 "it cannot be moved twice"
boxes find store "$alice" "$id"
unlike "$said" "^(Work|Quarantine)" "it is not found any more"

rig_doveadm flags replace -u quarantine@corp.example '\Answered Looked' \
    mailbox "$jail"
boxes restore store "$alice" "$handle"
is "$status $why" "0 " "it is brought back"
is "$(rig_flags "$alice" Work/Old | sed 's/\\Recent *//' | LC_ALL=C sort)" \
    "$(printf '%s\n' "$before" | sed 's/\\Recent *//' | LC_ALL=C sort)" \
    "with its flags and its date, whoever has read it meanwhile"
is "$(rig_in quarantine@corp.example "$jail")" 0 "and is not there any more"
boxes restore store "$alice" "$handle"
is "$status" 1 "it cannot be brought back twice"
boxes purge store "$alice" "$handle"
is "$status" 1 "nor be purged"

boxes find store "$alice" "$id"
work=$(printf '%s\n' "$said" | grep ^Work)
boxes quarantine store "$alice" Work/Old "$(key "$work")"
handle=$said
rig_doveadm mailbox delete -u "$alice" Work/Old
boxes restore store "$alice" "$handle"
is "$status $(rig_in "$alice" Work/Old)" "0 1" \
    "a folder that is gone is made again"
boxes find store "$alice" "$id"
printf '%s\n' "$said" >"$RIG/found"
while IFS= read -r line; do
	folder=$(printf '%s' "$line" | cut -f1 |
		perl -pe 's/\\x(..)/chr hex $1/ge; s/\\\\/\\/g')
	boxes quarantine store "$alice" "$folder" "$(key "$line")"
	is "$status" 0 "from $(printf '%s' "$line" | cut -f1)" || diag "$why"
	printf '%s\n' "$said" >>"$RIG/handles"
done <"$RIG/found"
is "$(sort -u "$RIG/handles" | wc -l)" 5 "copies have handles of their own"
boxes find store "$alice" "$id"
is "$status$said" 0 "all are out of the user's reach"
is "$(rig_in "$alice") $(rig_in bob@corp.example)" "8 1" \
    "and nothing else was touched"
{
	read -r handle
	boxes purge store "$alice" "$handle"
	is "$status$why" 0 "one is purged"
	is "$(rig_in quarantine@corp.example "$jail")" 4 "that one alone"
	boxes restore store "$alice" "$handle"
	is "$status" 1 "it does not come back"
	while read -r handle; do
		boxes restore store "$alice" "$handle"
		is "$status" 0 "another one comes back"
	done
} <"$RIG/handles"
boxes find store "$alice" "$id"
is "$(printf '%s\n' "$said" | cut -f1,4 | LC_ALL=C sort | cut -f1)" \
    "$(sed 1d "$RIG/found" | cut -f1 | LC_ALL=C sort)" \
    "each of them where it was"
boxes purge store "$alice" "$(key "$(row 1)")"
is "$status" 4 "what is no handle purges nothing"

# ---- by a queue id ----

printf 'Received: from a by b\r\n\tid 4Qu3u3; now\r\nSubject: q\r\n\r\nHi.\r\n' >"$RIG/queued"
rig_store "$alice" "$RIG/queued" Queued
rig_store "$alice" "$RIG/queued" Queued
printf 'Received: id x4Qu3u3\r\nReceived: id 4qu3u3\r\nX: 4Qu3u3\r\n\r\n4Qu3u3\r\n' >"$RIG/other"
rig_store "$alice" "$RIG/other"
boxes find-queue-id store "$alice" 4Qu3u3
is "$status $(printf '%s\n' "$said" | cut -f1 | xargs)" "0 Queued Queued" \
    "what has no Message-ID is found by its queue id, as a word of Received:"
queued=$(key "$(row 1)")
twin=$(key "$(row 2)")
for odd in '' '*' 'a b' '"' '4Qu3u3)'; do
	boxes find-queue-id store "$alice" "$odd"
	[ "$status" = 4 ] && [ -z "$said" ] || break
done
is "$status $odd" "4 4Qu3u3)" "what is no queue id is not looked for"
boxes find-queue-id store "$alice" 4Qu3u3 $(($(date +%s) + 86400))
is "$status$said" 0 "what came before is not wanted"
boxes header store "$alice" Queued "$queued"
is "$status $said" "0 $(tr -d '\r' <"$RIG/queued" | sed '/^$/q')" \
    "its header can be read"
boxes moved store "$alice" Queued "$queued" ''
is "$status" 1 "it was not moved yet"
boxes quarantine store "$alice" Queued "$queued"
handle=$said
is "$status $(rig_in "$alice" Queued)" "0 1" "it is moved, and its twin is not"
boxes moved store "$alice" Queued "$queued" ''
is "$status $said" "0 $handle" "after a crash the handle can be found again"
boxes moved store "$alice" Queued "$twin" ''
is "$status" 1 "... and the twin was not moved"
boxes quarantine store "$alice" Queued "$twin"
second=$said
is "$(rig_in "$alice" Queued) $(rig_in quarantine@corp.example "$jail")" \
    "0 2" "both are moved"
boxes purge store "$alice" "$second"
is "$status $(rig_in quarantine@corp.example "$jail")" "0 1" "one is purged"
boxes restore store "$alice" "$handle"
is "$status $(rig_in "$alice" Queued)" "0 1" "and the other one comes back"
boxes header store "$alice" Queued '{"box":"0123456789abcdef0123456789abcdef","uid":"5","guid":"g1","queue":""}'
is "$status" 4 "a key that every message would have names nothing"

# ---- an index that was lost ----

# renumber - the folder keeps its GUID, and gets another UIDVALIDITY, under which
# the last two have changed their places
renumber()
{
	perl -pi -e 's/ V(\d+)/" V" . ($1 + 1)/e if $. == 1;
	    s/^([23]) /5 - $1 . " "/e if $. > 1' "$1/dovecot-uidlist"
	perl -e 'my ($head, @rest) = <>; print $head, sort @rest' \
	    "$1/dovecot-uidlist" >"$RIG/uidlist"
	cat "$RIG/uidlist" >"$1/dovecot-uidlist"
	rm -f "$1"/dovecot.index*
}

for n in 1 2 3; do
	letter again '<again@x>' "$n"
	rig_store carol@corp.example "$RIG/again" Lost
done
boxes find store carol@corp.example '<again@x>'
third=$(printf '%s\n' "$said" | grep '"uid":"3"')
renumber "$store/carol/Mail/.Lost"
boxes quarantine store carol@corp.example Lost "$(key "$third")"
is "$status $(rig_in carol@corp.example Lost)" "1 3" \
    "another message that has its UID now, and its Message-ID, is not moved"
is "$why" "boxes: gone: another message has its UID now" \
    "and the complaint says so"
boxes header store carol@corp.example Lost "$(key "$third")"
is "$status$said" 1 "nor is it read"
boxes moved store carol@corp.example Lost "$(key "$third")" '<again@x>'
is "$status" 1 "it was not moved by us"
rm "$store"/carol/Mail/.Lost/dovecot*
boxes quarantine store carol@corp.example Lost "$(key "$third")"
is "$status $(rig_in carol@corp.example Lost)" "1 3" \
    "nor when all that was known of the folder is lost"
boxes find store carol@corp.example '<again@x>'
is "$(count)" 3 "who looks again finds them as they are"

# ---- a virtual folder, which shows what is in others ----

mkdir -p "$store/carol/Virtual/All"
printf 'Shown\n  all\n' >"$store/carol/Virtual/All/dovecot-virtual"
chown -R nobody:nogroup "$store/carol/Virtual"
letter shown '<shown@x>'
rig_store carol@corp.example "$RIG/shown" Shown
boxes find store carol@corp.example '<shown@x>'
is "$(count)" 2 "a message is found in both"
printf '%s\n' "$said" >"$RIG/found"
while IFS= read -r line; do
	boxes quarantine store carol@corp.example Shown "$(key "$line")"
	echo "$status"
done <"$RIG/found" >"$RIG/statuses"
is "$(sort "$RIG/statuses" | paste -sd' ')" "0 1" "and moved from one"
is "$(rig_in carol@corp.example Shown)" 0 "which is where it was"

# ---- without an account for the quarantine ----

boxes find own bob@corp.example "$id"
line=$said
boxes quarantine own bob@corp.example INBOX "$(key "$line")"
handle=$said
is "$status $(rig_in bob@corp.example) $(rig_in bob@corp.example Out/Removed)" \
    "0 0 1" "the quarantine may be a folder of the user's own"
folders=$(python3 -c '
import imaplib, sys
box = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]))
box.login("bob@corp.example", "secret")
print(box.list())' "$imap_port")
like "$folders" '"/" INBOX' "the user can see his folders"
unlike "$folders" Removed "but not that one, in a hidden namespace"
boxes find own bob@corp.example "$id"
is "$status$said" 0 "in which nothing is found"
boxes restore own bob@corp.example "$handle"
is "$status $(rig_in bob@corp.example) $(rig_in bob@corp.example Out/Removed)" \
    "0 1 0" "from there it comes back, too"
boxes find nowhere bob@corp.example "$id"
boxes quarantine nowhere bob@corp.example INBOX "$(key "$said")"
is "$status $(rig_in bob@corp.example)" "4 1" \
    "an account for the quarantine that there is not is the profile's fault"

# ---- a Dovecot of another kind ----

rig_store erin@corp.example "$RIG/one"
ok "a store of another format" [ -d "$store/erin/Other/storage" ]
boxes find store erin@corp.example "$id"
boxes quarantine store erin@corp.example INBOX "$(key "$said")"
handle=$said
is "$status $(rig_in erin@corp.example)" "0 0" \
    "a message is moved from it, too"
boxes restore store erin@corp.example "$handle"
is "$status $(rig_in erin@corp.example)" "0 1" "and back to it"

# ---- many ----

mkdir -p "$store/carol/Mail/.Many/cur" "$store/carol/Mail/.Many/new" \
    "$store/carol/Mail/.Many/tmp"
(cd "$store/carol/Mail/.Many/cur" && perl -e '
	for my $n (1 .. 10000) {
		open my $f, ">", "1700000000.M${n}P1.vm:2," or die;
		print $f "Message-ID: <", $n % 2 ? "many" : "few.$n", "\@x>\n\n";
	}')
chown -R nobody:nogroup "$store/carol/Mail/.Many"
boxes find store carol@corp.example '<many@x>'
is "$status $(count)" "0 5000" "5,000 hits among 10,000 messages"
boxes find store carol@corp.example '<few.1000@x>'
is "$status $(count)" "0 1" "one hit among 10,000"
boxes quarantine store carol@corp.example Many "$(key "$said")"
is "$status $(rig_in carol@corp.example Many)" "0 9999" "and it alone is moved"

# Five thousand messages whose Message-ID has ours in it, 8 KB long: no answer has
# room for all of them.
mkdir -p "$store/carol/Mail/.Long/cur" "$store/carol/Mail/.Long/new" \
    "$store/carol/Mail/.Long/tmp"
(cd "$store/carol/Mail/.Long/cur" && perl -e '
	my $long = join "", map { "\n <" . "x" x 900 . "\@x>" } 1 .. 9;
	for my $n (1 .. 5000) {
		open my $f, ">", "1700000000.M${n}P1.vm:2," or die;
		print $f "Message-ID: ", $n % 1000 == 0 ? "<long\@x>" :
		    "<a>$long <long\@x>", "\n\n";
	}')
chown -R nobody:nogroup "$store/carol/Mail/.Long"
# A busy Dovecot may close before the end of 32 MB: that is for later, and later
# it is tried again.
for attempt in 1 2 3; do
	boxes find store carol@corp.example '<long@x>'
	[ "$status" -eq 75 ] || break
	diag "attempt $attempt: $why"
done
is "$status $(count)" "0 5" \
    "five messages among 5,000 that look alike, 40 MB of Message-IDs" ||
	diag "$why"
boxes quarantine store carol@corp.example Long "$(key "$(row 5)")"
is "$status $(rig_in carol@corp.example Long)" "0 4999" "... are moved as others"

# ---- what is no Dovecot ----

rig_start fake python3 tests/helpers/doveadm.py "$fake_port"
rig_wait "grep -qs listening $RIG/err/fake.out" 10
fake()			# HOW WANTED-STATUS VERB ARGUMENT...
{
	fake_how=$1
	fake_wanted=$2
	profiles "profile fake type=dovecot url=http://127.0.0.1:$fake_port/$1 key=SecretOfAll folder=R"
	fake_verb=$3
	shift 3
	boxes "$fake_verb" fake "$alice" "$@"
	is "$status" "$fake_wanted" "a server that says $fake_how to $fake_verb" ||
		diag "$why"
}
place='{"box":"0123456789abcdef0123456789abcdef","uid":"5","guid":"g1","id":"<id@x>"}'
fake good 0 find '<id@x>'
like "$said" "^INBOX	10	1700000000	" "the fake is like a real one"
for how in empty text object none two tag rows kind numbers uid uid0 uidbig \
    box guid half deep cut exit0 exit999; do
	fake $how 75 find '<id@x>'
	is "$said" "" "... is not believed"
done
fake unasked 0 find '<id@x>'
is "$said" "" "... has not what was asked for"
fake escape 0 find '<id@x>'
like "$said" '^\\x1b\]0;evil\\x07\\x0a	' "... says it to nobody's terminal"
patience=1
fake hang 75 find '<id@x>'
patience=60
fake close 75 find '<id@x>'
fake endless 4 find '<id@x>'
for pair in 64:4 65:4 67:2 68:1 70:75 73:75 75:75 77:4 78:4; do
	fake "exit${pair%:*}" "${pair#*:}" find '<id@x>'
done
fake method 4 find '<id@x>'
for pair in 400:4 401:3 403:3 404:4 429:75 500:75 503:75; do
	fake "http${pair%:*}" "${pair#*:}" find '<id@x>'
done
: >"$RIG/err/fake.out"
fake other 1 quarantine INBOX "$place"
fake twins 75 quarantine INBOX "$place"
fake unasked 1 quarantine INBOX "$place"
unlike "$(cat "$RIG/err/fake.out")" "move|expunge" \
    "nothing is moved that is not what was found"
: >"$RIG/err/fake.out"
fake good 75 quarantine INBOX "$place"
like "$(cat "$RIG/err/fake.out")" "move" "a move is asked for"
like "$why" "still where it was" "who lies about it is asked again"
handle='{"box":"0123456789abcdef0123456789abcdef","uid":"5","guid":"g1","id":"<id@x>","user":"q","in":"Q","from":"INBOX","flags":""}'
fake good 75 purge "$handle"
like "$why" "still in quarantine" "who lies about a removal is asked again"
rig_stop fake

# ---- the file ----

wrong()			# WORDS COMPLAINT
{
	profiles "profile x type=dovecot $1"
	boxes test x "$alice"
	is "$status" 78 "refused: $2"
	like "$why" "$RIG/profiles:1: profile x: $2" "... in these words"
}
wrong "key=S3cretKey folder=R" "it has no url="
wrong "url=ftp://x key=S3cretKey folder=R" "url= is not https://HOST:PORT"
wrong "url=https://u:S3cretKey@x key=a folder=R" "url= is not https"
wrong "url=$url folder=R" "it has neither key= .* nor password="
wrong "url=$url key=S3cretKey password=S3cretKey folder=R" "it has both key= "
wrong "url=$url key=S3cretKey" "it has neither quarantine= .* nor folder="
wrong "url=$url key=S3cretKey quarantine=*" "quarantine= is no name"
wrong "url=$url key=S3cretKey folder=Inbox" "folder= is no name"
wrong "url=$url key=S3cretKey folder=A%" "folder= is no name"
wrong "url=$url key=S3cretKey folder=R ca_file=ca.pem" "ca_file= is no abs"
wrong "url=$url key=S3cretKey user=x" "word 6 is unknown to type dovecot"
unlike "$(cat "$RIG/all-errors")" \
    "S3cretKey|SecretOfAll|pass word|$rig_mailstore_key" \
    "no complaint shows a key or a password"
done_testing

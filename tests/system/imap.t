#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# imap - messages in Dovecot, by its master user: found in every folder, moved
# away, purged, and brought back with flags and date
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/journey.sh

rig_up imap
rig_ca
ok "Dovecot starts" rig_mailstore "service anvil {" \
    "  unix_listener anvil-auth-penalty {" "    mode = 0" "  }" "}" || exit 1
cat >"$RIG/profiles" <<-EOF
	profile dovecot-own type=imap host=localhost port=$imaps_port
	  user=master password=mastersecret master=* folder="Entfernt ü"
	profile dovecot-other type=imap host=localhost port=$imap_port
	  tls=starttls user=master password=mastersecret master=*
	  quarantine=quarantine@corp.example
	profile wrong type=imap host=localhost port=$imaps_port user=master
	  password=Wr0ng master=* quarantine=quarantine@corp.example
	profile away type=imap host=localhost port=$(rig_port)
	  user=tdc password=tdcsecret authzid=yes folder=Quarantine
EOF
chmod 600 "$RIG/profiles"
letters
journeys dovecot alice@corp.example Work

# ---- who is nobody ----

row dovecot-own nobody@corp.example $NOBODY AUTHORIZATIONFAILED "no such owner"
row dovecot-own "" $NOBODY "no name of a mailbox" "an owner without a name"
row dovecot-other quarantine@corp.example 4 "account of the quarantine" \
    "the account of the quarantine itself"
row wrong alice@corp.example $LOCKED "AUTHENTICATIONFAILED" "a wrong password"
unlike "$(cat "$RIG/complained")" Wr0ng "... is not told"
row away alice $LATER "Connection refused" "a server that is away"

# ---- a header that never ends, and a folder that is broken ----

{
	sed '/^Message-ID/,$d' "$RIG/bad"
	yes "X-Padding: $(printf %0900d 0)$(printf '\r')" | head -c 600000 |
		sed '$d'
	sed -n '/^Message-ID/,$p' "$RIG/bad"
} >"$RIG/big"
as_alice dovecot append INBOX "$RIG/big" '' "$date"
boxes find dovecot-own alice@corp.example "$id"
is "$status $(hits)" "$DONE INBOX" \
    "a Message-ID after 600 KB of header is found"
boxes raw dovecot-own alice@corp.example INBOX "$(echo "$said" | cut -f4)"
is "$said" "$(cat "$RIG/big")" "... and all of it is read"
as_alice dovecot create Sick
sick=$RIG/mailstore/home/corp.example/alice/Mail/.Sick
rm -rf "$sick/cur"
touch "$sick/cur"
boxes find dovecot-own alice@corp.example "$id"
is "$status $(hits)" "$UNFINISHED INBOX" \
    "a folder that is broken: what is in the others is found, and it is told"
like "$(cat "$RIG/complained")" "unfinished: Sick: .*EXAMINE: NO" "... and why"
rm -rf "$sick"
as_alice dovecot empty INBOX

# ---- numbers that are given anew ----

as_alice dovecot create Work
as_alice dovecot append Work "$RIG/bad" '' "$date"
as_alice dovecot append Work "$RIG/good" '' "$date"
boxes find dovecot-own alice@corp.example "$id"
key=$(echo "$said" | cut -f4)
rm -f "$RIG"/mailstore/home/corp.example/alice/Mail/.Work/dovecot*
boxes quarantine dovecot-own alice@corp.example Work "$key"
is "$status" $GONE "UIDVALIDITY changed between finding and moving"
is "$(as_alice dovecot count Work)" 2 "... nothing is moved"
boxes find dovecot-own alice@corp.example "$id"
boxes quarantine dovecot-own alice@corp.example Work "$(echo "$said" | cut -f4)"
handle=$said
is "$status" $DONE "... found anew it is"
rm -f "$RIG"/mailstore/home/corp.example/alice/Mail/.Entfernt*/dovecot*
boxes restore dovecot-own alice@corp.example "$handle"
is "$status" $DONE "UIDVALIDITY of the quarantine changed: brought back" ||
	cat "$RIG/complained"
is "$(as_alice dovecot count Work)" 2 "... to where it was"

# ---- profiles ----

wrong()			# WORDS PATTERN: in place of what a good one has
{
	echo "profile x type=imap $1" >"$RIG/wrong"
	chmod 600 "$RIG/wrong"
	"$TDC_BUILD/tests/tools/boxes" "$RIG/wrong" test x alice 2>"$RIG/complained"
	is "$?" 78 "a profile is refused: $2"
	like "$(cat "$RIG/complained")" "wrong:1: profile x: .*$2" "... and why"
	unlike "$(cat "$RIG/complained")" Pa55 "... without its password"
}
wrong "user=a password=Pa55 master=* folder=Q" "it has no host="
wrong "host=h user=a password=Pa55 folder=Q" "needs one of authzid=yes .* and master="
wrong "host=h user=a password=Pa55 folder=Q master=* authzid=yes" "needs one of authzid=yes"
wrong "host=h user=a password=Pa55 folder=Q authzid=maybe" "authzid= is yes or no"
wrong "host=h user=a password=Pa55 master=*" "no quarantine= .* nor folder="
wrong "host=h user=a password=Pa55 master=* folder=inbox" "folder= is no name"
wrong "host=h user=a password=Pa55 master=* folder=a*" "folder= is no name"
wrong "host=h user=a password=Pa55 master=* folder=Q port=0" "port= is no number"
wrong "host=h user=a password=Pa55 master=* folder=Q tls=no" "tls= is yes or starttls"

# ---- a master who need not be somebody: without pass=yes ----

sed -i '/pass = yes/d' "$RIG/mailstore/conf"
rig_stop mailstore
rig_start mailstore dovecot -F -c "$RIG/mailstore/conf"
rig_wait "rig_listens $imaps_port" 10
row dovecot-own nobody@corp.example $LATER "closed by the server|goodbye" \
    "no such owner, and the server ends the connection"
known=alice@corp.example
row dovecot-own nobody@corp.example $UNFINISHED "closed by the server|goodbye" \
    "... which is his own trouble, when another one gets in"
done_testing

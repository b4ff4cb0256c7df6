#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# imap-servers - as imap.t, with Cyrus (authorization identity) and Courier
# (neither MOVE nor a master user)
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/imapstores.sh
. tests/rig/journey.sh

if [ -z "$RIG_ALONE" ]; then
	echo "1..0 # SKIP no mount name space for Courier"
	exit 0
fi
rig_up imap-servers
rig_ca
ok "Cyrus starts" rig_cyrus || exit 1
ok "Courier starts" rig_courier || exit 1
cat >"$RIG/profiles" <<-EOF
	profile cyrus-own type=imap host=localhost port=$cyrus_port
	  user=tdc password=tdcsecret authzid=yes folder="Entfernt ü"
	profile cyrus-other type=imap host=localhost port=$cyrus_port
	  user=tdc password=tdcsecret authzid=yes quarantine=quarantine
	profile courier-own type=imap host=localhost port=$courier_port
	  user=tdc password=tdcsecret master=* folder="Entfernt ü"
	profile courier-other type=imap host=localhost port=$courier_port
	  user=tdc password=tdcsecret master=* quarantine=quarantine
	profile courier-wrong type=imap host=localhost port=$courier_port
	  user=tdc password=Wr0ng master=* folder=Quarantine
	profile wrong type=imap host=localhost port=$cyrus_port
	  user=tdc password=Wr0ng authzid=yes folder=Quarantine
EOF
chmod 600 "$RIG/profiles"
letters
journeys cyrus alice Work
journeys courier alice INBOX.Work

# ---- what is not the owner's, and who is nobody ----

rig_imap cyrus bob append INBOX "$RIG/bad"
python3 tests/helpers/imap.py "$cyrus_port" cyrus cyrussecret - \
    setacl user/bob alice lrswipkxtecda
like "$(rig_imap cyrus alice folders)" 'Other Users/bob' \
    "alice has rights on bob's mailbox"
boxes find cyrus-own alice "$id"
is "$status $(hits)" "$DONE " "... which is not hers, and not searched as such"

row cyrus-own nobody $NOBODY "nobody has no folder at all" "no such owner"
row courier-other nobody $NOBODY "login refused" \
    "no such owner, and the account of the quarantine tells"
row courier-own nobody $LOCKED "login refused" \
    "no such owner, of which nothing tells: a login that is refused"
known=alice
row courier-own nobody $NOBODY "login refused" \
    "... but for an owner as whom we got in before"
known=nobody
row courier-own nobody $LOCKED "login refused" "... who is not that one"
known=gone
row courier-own nobody $LOCKED "login refused" "... and who is there still"
known=bob
row courier-wrong alice $LOCKED "login refused" \
    "a wrong password, for everybody"
known=
row wrong alice $LOCKED "login refused" "a wrong password"

# ---- a header that never ends ----

# big FILE SIZE - the bad letter, with so many octets before its Message-ID
big()
{
	{
		sed '/^Message-ID/,$d' "$RIG/bad"
		yes "X-Padding: $(printf %0900d 0)$(printf '\r')" | head -c "$2" |
			sed '$d'
		sed -n '/^Message-ID/,$p' "$RIG/bad"
	} >"$1"
}
big "$RIG/big" 600000
for store in cyrus courier; do
	as_alice $store append INBOX "$RIG/big" '' "$date"
	boxes find $store-other alice "$id"
	is "$status $(hits)" "$DONE INBOX" \
	    "$store: a Message-ID after 600 KB of header is found"
	key=$(echo "$said" | cut -f4)
	boxes header $store-other alice INBOX "$key"
	is "$said" "$(sed '/^.$/q' "$RIG/big")" "... with all of its header"
	boxes quarantine $store-other alice INBOX "$key"
	is "$status $(as_alice $store count INBOX)" "$DONE 0" "... and moved"
	boxes restore $store-other alice "$said"
	is "$status" "$DONE" "... and back"
	as_alice $store empty INBOX
done

# ---- a folder that cannot be searched ----

as_alice courier create INBOX.Sick
as_alice courier append INBOX "$RIG/bad" '' "$date"
as_alice courier append INBOX.Sick "$RIG/bad" '' "$date"
chmod 0 "$RIG/courier/home/alice/Maildir/.Sick"
boxes find courier-own alice "$id"
is "$status $(hits)" "$UNFINISHED INBOX" \
    "a folder that is broken: what is in the others is found, and it is told"
like "$(cat "$RIG/complained")" "unfinished: INBOX.Sick: .*EXAMINE: NO" "... and why"
done_testing

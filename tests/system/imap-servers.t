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
row wrong alice $LOCKED "login refused" "a wrong password"
done_testing

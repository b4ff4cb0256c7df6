#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# imap - messages are found, moved away, purged and brought back by IMAP
. "$(dirname "$0")/../rig/rig.sh"

rig_up imap
rig_ca
ok "Dovecot starts" rig_mailstore || exit 1
cat >"$RIG/profiles" <<XXX
profile own type=imap host=localhost port=$imaps_port user=master
	password=mastersecret master=* folder="TDC Quarantäne"
profile vault type=imap host=localhost port=$imap_port tls=starttls
	user=master password=mastersecret master=* quarantine=quarantine@corp.example
XXX
chmod 600 "$RIG/profiles"
boxes() { "$TDC_BUILD/tests/tools/boxes" -c "$RIG/ca.pem" -t 5 "$RIG/profiles" "$@"; }
rig_letter "$RIG/letter" "bad one"
rig_store alice@corp.example "$RIG/letter"
rig_store alice@corp.example "$RIG/letter" "Work/Entwürfe"
rig_doveadm flags add -u alice@corp.example '\Flagged $Label' mailbox Work/Entwürfe all
rig_flags alice@corp.example Work/Entwürfe
for p in own vault; do
boxes test $p alice@corp.example; echo $?
boxes find $p alice@corp.example "<bad.one@client.example>" | tee $RIG/found
grep Work $RIG/found | {
IFS="	"
read -r folder size when key
boxes header $p alice@corp.example "$folder" "$key"
h=$(boxes quarantine $p alice@corp.example "$folder" "$key")
echo "handle $h"
boxes find $p alice@corp.example "<bad.one@client.example>"
boxes moved $p alice@corp.example "$folder" "$key" "<bad.one@client.example>"
boxes restore $p alice@corp.example "$h"; echo $?
rig_flags alice@corp.example Work/Entwürfe
boxes find $p alice@corp.example "<bad.one@client.example>"
boxes restore $p alice@corp.example "$h"; echo $?
}
done
boxes test own nobody@corp.example; echo $?
boxes test vault nobody@corp.example; echo $?
cat $RIG/err/mailstore.log | tail -30

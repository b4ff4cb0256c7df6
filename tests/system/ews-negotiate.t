#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# ews-negotiate - logging in at Exchange by Kerberos, bound to the TLS connection
# as Extended Protection wants it.  The KDC is real, and so is the acceptor, MIT's
# GSSAPI; Exchange is a stub (tests/helpers/ews.py -n).  Without a realm it is NTLM,
# inside of Negotiate
. "$(dirname "$0")/../rig/rig.sh"
. tests/rig/exchange.sh
rig_up ews-negotiate
rig_ca

# kdc - a realm with the service, and us with a password and a keytab
kdc()
{
	kdc_port=$(rig_port)
	mkdir "$RIG/kdc"
	cat >"$RIG/krb5.conf" <<-EOT
		[libdefaults]
		    default_realm = CORP.EXAMPLE
		    dns_lookup_kdc = false
		    dns_canonicalize_hostname = false
		    rdns = false
		    udp_preference_limit = 1
		[realms]
		    CORP.EXAMPLE = {
		        kdc = 127.0.0.1:$kdc_port
		    }
		[domain_realm]
		    localhost = CORP.EXAMPLE
	EOT
	cat >"$RIG/kdc.conf" <<-EOT
		[kdcdefaults]
		    kdc_listen = ""
		    kdc_tcp_listen = 127.0.0.1:$kdc_port
		[realms]
		    CORP.EXAMPLE = {
		        database_name = $RIG/kdc/principal
		        key_stash_file = $RIG/kdc/stash
		        acl_file = $RIG/kdc/acl
		    }
	EOT
	KRB5_CONFIG=$RIG/krb5.conf
	KRB5_KDC_PROFILE=$RIG/kdc.conf
	KRB5_KTNAME=$RIG/http.keytab
	KRB5CCNAME=FILE:$RIG/none
	KRB5RCACHENAME=none:
	export KRB5_CONFIG KRB5_KDC_PROFILE KRB5_KTNAME KRB5CCNAME KRB5RCACHENAME
	kdb5_util create -s -P master -r CORP.EXAMPLE >"$RIG/err/kdb" 2>&1
	kadmin.local >"$RIG/err/kadmin" 2>&1 <<-EOT
		addprinc -randkey HTTP/localhost
		ktadd -k $RIG/http.keytab HTTP/localhost
		addprinc -pw secret tdc
		addprinc -randkey tdc2
		ktadd -k $RIG/tdc2.keytab tdc2
	EOT
	rig_start kdc krb5kdc -n
	rig_wait "rig_listens $kdc_port" 10
}

kdc
rig_exchange -n
alice=alice@corp.example
profiles <<-EOT
	profile word type=ews host=localhost:PORT auth=negotiate user=tdc@CORP.EXAMPLE password=secret
	profile tab type=ews host=localhost:PORT auth=negotiate user=tdc2@CORP.EXAMPLE keytab=$RIG/tdc2.keytab
	profile wrong type=ews host=localhost:PORT auth=negotiate user=tdc@CORP.EXAMPLE password=Guess
	profile basic type=ews host=localhost:PORT user=tdc password=secret
EOT

box word test $alice
like "$rc $(cat "$RIG/out" "$RIG/err/box")" "^0 Exchange .* mailbox $alice" \
    "a login by Kerberos with a password, bound to the connection"
box tab test $alice
like "$rc $(cat "$RIG/out" "$RIG/err/box")" "^0 Exchange .* mailbox $alice" \
    "... and with a keytab"
like "$(cat "$RIG/ews/requests")" "FindFolder $alice tdc2@CORP.EXAMPLE 200" \
    "... as that one"
unlike "$(cat "$RIG/ews/requests")" "refused" "nothing was refused"
ok "no ticket is left in a file" [ ! -e "$RIG/none" ]

arrive $alice inbox unread one
found word $alice '<one@client.example>' Inbox
box word quarantine $alice Inbox "$key"
is "$rc $(where $alice one)" "0 Purges:unread" "what it is for"

box wrong test $alice
is "$rc" 3 "a wrong password: the profile rests"
like "$(cat "$RIG/err/box")" "localhost:$ews_port: Negotiate: our credentials: " \
    "... and says so"
unlike "$(cat "$RIG/err/box")" Guess "... not the password"
box basic test $alice
is "$rc" 3 "Basic is not offered"
like "$(cat "$RIG/err/box")" "login by Basic is not offered \(401\); \
it offers: Negotiate, NTLM" "... and what is"
KRB5_CONFIG=/nowhere box word test $alice
is "$rc" 3 "no realm is known"

# Somebody ends TLS between us: the certificate is another one than Exchange has.
rig_cert other mail.corp.example localhost
rig_exchange -n -B "$RIG/other.pem"
: >"$RIG/ews/requests"
box word test $alice
is "$rc" 3 "TLS ends elsewhere: the login is refused"
like "$(cat "$RIG/err/box")" "login by Negotiate refused \(401\); it offers: \
Negotiate, NTLM.*Extended Protection" "... with a hint"
is "$(grep -c refused "$RIG/ews/requests")" 1 "... and is tried once"

# ---- NTLM inside Negotiate, by gss-ntlmssp on both sides ----

ntlmssp=$rig_top/build/ntlmssp
KRB5_CONFIG=/nowhere
GSS_MECH_CONFIG=$ntlmssp/mech.conf
NTLM_USER_FILE=$RIG/ntlm
LD_LIBRARY_PATH=$(dirname "$ntlmssp"/usr/lib/*/libwbclient.so.0)
export GSS_MECH_CONFIG NTLM_USER_FILE LD_LIBRARY_PATH
echo "CORP:tdc:secret" >"$RIG/ntlm"
rig_exchange -n
: >"$RIG/ews/requests"
profiles <<-'EOT'
	profile ntlm type=ews host=localhost:PORT auth=negotiate user="CORP\\tdc" password=secret
	profile wrong type=ews host=localhost:PORT auth=negotiate user="CORP\\tdc" password=Guess
EOT
box ntlm test $alice
like "$rc $(cat "$RIG/out" "$RIG/err/box")" "^0 Exchange .* mailbox $alice" \
    "a login by NTLM with a password, bound to the connection"
like "$(cat "$RIG/ews/requests")" "FindFolder $alice CORP.tdc 200" "... as that one"
unlike "$(cat "$RIG/ews/requests")" "refused" "... and nothing was refused"
box wrong test $alice
is "$rc" 3 "a wrong password: the profile rests"
rig_exchange -n -B "$RIG/other.pem"
: >"$RIG/ews/requests"
box ntlm test $alice
is "$rc" 3 "TLS ends elsewhere: the login is refused"
is "$(grep -c refused "$RIG/ews/requests")" 1 "... and is tried once"
done_testing

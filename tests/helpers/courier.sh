#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# courier.sh ROOT DIR PORT LIBRARIES - Courier's IMAP server with TLS at PORT of
# 127.0.0.1, for tests: ROOT has what was unpacked, DIR userdb and cert.pem.  To
# be called in a mount name space of its own.
set -eu

root=$1
dir=$2
port=$3
LD_LIBRARY_PATH=$4
export LD_LIBRARY_PATH

# Without a server of its own the library that watches files for IDLE waits a
# second at every login.
for call in FAMOpen FAMOpen2 FAMNoExists FAMMonitorDirectory FAMMonitorFile \
    FAMCancelMonitor FAMClose FAMPending FAMNextEvent; do
	echo "int $call(void); int $call(void) { return -1; }"
done | cc -shared -fPIC -x c -o "$dir/libfam.so.0" -
LD_LIBRARY_PATH=$dir:$LD_LIBRARY_PATH

# What its binaries know by name.
mkdir -p "$dir/etc" "$dir/courier"
cp -a /etc/. "$dir/etc"
mkdir -p "$dir/etc/courier"
mount --bind "$dir/etc" /etc
mount -t tmpfs run /run
mkdir -p /run/courier/authdaemon
cp "$dir/userdb" /etc/courier/userdb
makedat=$root/usr/lib/courier/courier-authlib/makedatprog
{ sed 's/|[^|]*pw=[^|]*//g' "$dir/userdb"; echo .; } |
	"$makedat" - /etc/courier/tmp /etc/courier/userdb.dat
umask 077
{ sed 's/\t.*|\([^|]*pw=\)/\t\1/' "$dir/userdb"; echo .; } |
	"$makedat" - /etc/courier/tmp /etc/courier/userdbshadow.dat
umask 022
cat >/etc/courier/authdaemonrc <<-EOF
	authmodulelist="authuserdb"
	authmodulelistorig="authuserdb"
	daemons=2
	authdaemonvar=/run/courier/authdaemon
	DEBUG_LOGIN=0
	DEFAULTOPTIONS=""
	LOGGEROPTS=""
EOF

"$root/usr/lib/courier/courier-authlib/authdaemond" &
auth=$!
trap 'kill $auth $tcpd 2>/dev/null' EXIT
trap 'exit 0' HUP INT TERM

# As its own script sets them, from etc/courier/imapd and imapd-ssl.
IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
IMAP_CAPABILITY_TLS="$IMAP_CAPABILITY AUTH=PLAIN"
IMAP_KEYWORDS=1
IMAP_ACL=1
IMAP_MAILBOX_SANITY_CHECK=1
IMAP_USELOCKS=0
IMAP_IDLE_TIMEOUT=60
IMAP_TLS=1
MAILDIRPATH=Maildir
TLS_CERTFILE=$dir/cert.pem
TLS_VERIFYPEER=NONE
AUTHMODULES=authdaemon
export IMAP_CAPABILITY IMAP_CAPABILITY_TLS IMAP_KEYWORDS IMAP_ACL IMAP_TLS \
    IMAP_MAILBOX_SANITY_CHECK IMAP_USELOCKS IMAP_IDLE_TIMEOUT MAILDIRPATH \
    TLS_CERTFILE TLS_VERIFYPEER AUTHMODULES
[ -z "${COURIER_CAPABILITY:-}" ] || {
	IMAP_CAPABILITY=$COURIER_CAPABILITY
	IMAP_CAPABILITY_TLS="$COURIER_CAPABILITY AUTH=PLAIN"
}
"$root/usr/sbin/couriertcpd" -address=127.0.0.1 -maxprocs=40 -maxperip=40 \
    -nodnslookup -noidentlookup "$port" \
    "$root/usr/bin/couriertls" -server -tcpd \
    "$root/usr/lib/courier/courier/imaplogin" "$root/usr/bin/imapd" Maildir &
tcpd=$!
wait

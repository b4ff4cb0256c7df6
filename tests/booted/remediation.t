#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# remediation - tdc-remediator under systemd: it never was root, and a verdict
# takes a message out of a mailbox and brings it to somebody by Postfix's own
# sendmail; and the numbers, by socket and by timer
. "$(dirname "$0")/../rig/booted.sh"
. tests/rig/etd.sh
. tests/rig/mailstore.sh

for tool in dovecot doveadm python3; do
	if ! command -v $tool >/dev/null; then
		echo "1..0 # SKIP no $tool: make deps"
		exit 0
	fi
done
boot_new remediation
boot_world
cp "$TDC_BUILD"/deb/tdc-postfix_*.deb "$root/packages"
boot_must

# ---- the API and the mail store: this machine's, in the network of that one ----

mkdir -p "$RIG/err" "$RIG/pid"
etd_port=4430 imap_port=1143 imaps_port=9930 doveadm_port=8080

rig_start()		# NAME COMMAND...
{
	rig_name=$1
	shift
	nsenter --target "$boot_leader" --net -- "$@" </dev/null \
	    >"$RIG/err/$rig_name.out" 2>>"$RIG/err/$rig_name" &
	echo $! >"$RIG/pid/$rig_name"
}

rig_stop()		# NAME
{
	[ -e "$RIG/pid/$1" ] || return 0
	kill "$(cat "$RIG/pid/$1")"
	rm -f "$RIG/pid/$1"
}

rig_wait()
{
	wait_for "$@"
}

rig_listens()		# PORT
{
	[ -n "$(in_it ss -Hltn "sport = :$1")" ]
}

rig_cert()		# FILE NAME
{
	boot_cert "$1" "${rig_ext:-subjectAltName=DNS:$2}"
}

in_it sh -c 'dpkg -i /packages/tdc-postfix_*.deb' >"$RIG/dpkg" 2>&1
is $? 0 "the package is installed"
rig_mailstore "service lmtp {" "  inet_listener lmtp {" "    port = 2424" "  }" "}" ||
	diag "$(tail -n 3 "$RIG/err/mailstore")"
rig_etd_credentials()
{
	cp "$1" "$root/etc/tdc/api"
}
rig_etd || diag "$(tail -n 3 "$RIG/err/etd")"

# ---- configured as its manual says ----

in_it postconf -e mydestination= virtual_mailbox_domains=corp.example \
    virtual_transport=lmtp:inet:127.0.0.1:2424
in_it postfix reload 2>/dev/null
in_it sh -c 'cat >>/etc/tdc/tdc.cf' <<-EOF
	intake_address = journal@intake.example
	internal_networks = 127.0.0.0/8 [::1]/128
	tls_ca_file = /etc/world/ca.pem
	api_url = https://localhost:$etd_port
	api_credentials_file = /etc/tdc/api
	api_polling = yes
	remediation_profiles = /etc/tdc/profiles
	remediation_domain_map = inline:{ corp.example=store }
	remediation_mode = act
	remediation_action = forward-and-delete
	remediation_forward_to = dave@corp.example
EOF
in_it sed -i 's/^default_policy.*/default_policy = DEFAULT/' /etc/tdc/tdc.cf
cat >"$root/etc/tdc/profiles" <<-EOF
	profile store type=dovecot url=https://localhost:$doveadm_port
	    key="$rig_mailstore_key" quarantine=quarantine@corp.example
EOF
in_it chown root:root /etc/tdc/api /etc/tdc/profiles
in_it chmod 600 /etc/tdc/api /etc/tdc/profiles
in_it systemctl reload tdc-milter tdc-forwarder
in_it tdcctl postfix-enable >"$RIG/enable" 2>&1
is $? 0 "Postfix has the milter"
in_it systemctl start tdc-remediator 2>/dev/null
is "$? $(property tdc-remediator Result)" "1 exit-code" \
    "what root alone may read is refused"
like "$(in_it journalctl -o cat -u tdc-remediator)" \
    'api_credentials_file: .*/etc/tdc/api: .*Permission denied' "by its name"
in_it chown tdc-remediate /etc/tdc/api /etc/tdc/profiles
in_it systemctl enable --now tdc-remediator >/dev/null 2>&1
is "$? $(property tdc-remediator ActiveState)" "0 active" "its user's own are taken"
pid=$(property tdc-remediator MainPID)
us=$(in_it id -u tdc-remediate)
is "$(in_it sed -n 's/^\(Uid\|NoNewPrivs\|CapBnd\):\t*//p' "/proc/$pid/status" |
    tr '\t\n' ' ;')" "$us $us $us $us;0000000000000000;1;" \
    "it is its user, and can become no other"

# ---- a verdict ----

# deliver SUBJECT - its copy is at the intake, and it in alice's mailbox
deliver()
{
	before=$(delivered)
	printf '%s\r\n' "From: A Sender <sender@client.example>" \
	    "To: alice@corp.example" "Subject: $1" "Date: $(date -R)" \
	    "Message-ID: <$1@client.example>" "" "Good day." >"$root/var/world/letter"
	in_it /tools/tools/send -S 127.0.0.1:25 -f sender@client.example \
	    -t alice@corp.example -x "ADDR=192.0.2.10 NAME=client.example" \
	    -F /var/world/letter >"$RIG/sent" &&
		wait_for '[ "$(delivered)" -gt "$before" ]' 30 &&
		wait_for 'in_it tdcctl history --json 2>/dev/null |
		    grep -q delivered' 20
}

ok "a message is delivered" deliver bad
ok "to the mailbox" wait_for '[ "$(rig_in alice@corp.example)" = 1 ]' 20
rig_etd_message e1 '<bad@client.example>' phishing alice@corp.example
in_it systemctl restart tdc-remediator
ok "after its verdict it is gone from there" wait_for \
    '[ "$(rig_in alice@corp.example)" = 0 ]' 60 ||
	diag "$(in_it journalctl -o cat -u tdc-remediator | tail -n 5)"
ok "and forwarded by sendmail" wait_for '[ "$(rig_in dave@corp.example)" = 1 ]' 30 ||
	diag "$(in_it journalctl -o cat -u tdc-remediator -u postfix@- | tail -n 5)"
unlike "$(in_it journalctl -o cat -u tdc-remediator)" ' rests for ' \
    "no server is blamed for the restart"
like "$(in_it journalctl -o cat -u postfix@-)" "uid=$us from=" \
    "which Postfix took as mail of its user"
is "$(in_it find /var/spool/postfix/maildrop -type f)" "" "and nothing is left there"
is "$(in_it stat -c '%a %U' /var/lib/tdc-remediate/state.db)" \
    "640 tdc-remediate" "its database is its own"

# ---- when it hangs, or is killed ----

mkdir -p "$root/etc/systemd/system/tdc-remediator.service.d"
printf '[Service]\nWatchdogSec=5s\nRestartSec=200ms\n' \
    >"$root/etc/systemd/system/tdc-remediator.service.d/faster.conf"
in_it systemctl daemon-reload
in_it systemctl restart tdc-remediator
for how in STOP KILL; do
	pid=$(property tdc-remediator MainPID)
	is "$(in_it cat "/proc/$pid/comm")" tdc-remediator "it runs" || continue
	in_it kill -$how "$pid"
	ok "after SIG$how it is started again" wait_for \
	    '[ "$(property tdc-remediator MainPID)" != "$pid" ] &&
	    [ "$(property tdc-remediator ActiveState)" = active ]' 60
done
like "$(in_it journalctl -o cat -u tdc-remediator)" 'Watchdog timeout' "by the watchdog"
pid=$(property tdc-remediator MainPID)
in_it systemctl reload tdc-remediator
is "$? $(property tdc-remediator MainPID)" "0 $pid" "it reloads, and stays what it was"
ok "another message" deliver worse
rig_etd_message e2 '<worse@client.example>' malicious alice@corp.example
in_it systemctl restart tdc-remediator
ok "is forwarded as well" wait_for '[ "$(rig_in dave@corp.example)" = 2 ]' 60
like "$(in_it tdcctl remediation-report 2>&1)" 'store' "and is in the report"

# ---- the numbers ----

in_it systemctl start tdc-metrics.socket
is "$(property tdc-metrics.socket SubState)" listening "the socket of the metrics"
# shellcheck disable=SC2016
numbers=$(in_it bash -c 'exec 3<>/dev/tcp/127.0.0.1/19154
    printf "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" >&3; timeout 20 cat <&3' |
	tr -d '\r')
like "$(echo "$numbers" | head -n 1)" '^HTTP/1.[01] 200 ' "answers"
like "$numbers" "^tdc_copies_delivered_total $(delivered)$" "with what was delivered"
in_it mkdir -p /var/lib/prometheus/node-exporter
in_it systemctl start tdc-metrics.timer
ok "the timer writes them to a file" wait_for \
    '[ -s "$root/var/lib/prometheus/node-exporter/tdc.prom" ]' 40
is "$(in_it systemctl --failed --no-legend --plain | grep tdc)" "" "and nothing has failed"

rig_stop mailstore
rig_stop etd
boot_done

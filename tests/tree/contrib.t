#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# contrib - the samples load and say what their comments say; the units,
# users and directories are such as systemd takes
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
PATH=$PATH:/usr/sbin:/sbin
build=${TDC_BUILD:-build}
RIG=$(mktemp -d "$PWD/$build/contrib.XXXXXX")
trap 'rm -rf "$RIG"' EXIT

tdcctl()
{
	"$build/tdcctl" -c "$RIG/tdc.cf" "$@" 2>&1
}

quietly()		# COMMAND...
{
	"$@" >"$RIG/out" 2>&1
}

skip()			# NAME
{
	rig_tests=$((rig_tests + 1))
	echo "ok $rig_tests # SKIP $1"
}

# ---- tdc.cf and the tables ----

# ours - what is not about this machine, which has no spool and no Postfix
ours()
{
	sed -E '/^note: |^warning: (spool_directory|the clock|Postfix:|.*: (helo_name|mail_logs_file):|.* has no directory yet$)/d
	    s/(tdc.cf: [a-zA-Z ]*), [0-9]+ warnings?$/\1/'
}

cp contrib/tdc.cf contrib/*_policy contrib/*.pcre "$RIG"
echo "user =" >>"$RIG/tdc.cf"		# there may be no user tdc here
is "$(tdcctl check | ours)" \
"warning: nothing is journaled: default_policy = NO, and policy_maps is empty
$RIG/tdc.cf: no copies" "tdc.cf as it is"
is "$(tdcctl policy a@example.net b@example.com)" \
    "assumed: the client is outside internal_networks (see -a)
<b@example.com>: NO (default_policy)
not journaled: no policy asks for it" "journals nothing"

# Everything that waits behind a "#", with the paths of this place.
sed -e "s/^#\([a-z	]\)/\1/" -e "s,/etc/tdc/,$RIG/," \
    -e "s,/usr/local/sbin/,$PWD/contrib/examples/," \
    contrib/tdc.cf >"$RIG/tdc.cf"
echo 'compatibility_level = 3.6' >"$RIG/main.cf"
for table in recipient_policy sender_policy; do
	ok "postmap takes $table" postmap -c "$RIG" "hash:$RIG/$table"
done
is "$(tdcctl config -n | grep -c .)" \
    "$(grep -c '^#*[a-z_]* =' contrib/tdc.cf)" "every line can be put in force"
echo "user =" >>"$RIG/tdc.cf"
is "$(tdcctl check | ours | sed 's/\(tdc.cf:\).*/\1/')" \
    "check_sender hash:$RIG/sender_policy: 3 entries
check_recipient hash:$RIG/recipient_policy: 6 entries
unclean_header_checks pcre:$RIG/unclean_headers.pcre: 7 entries
$RIG/tdc.cf:" "all of it is good, on a machine that has the rest"

decision()		# SENDER RECIPIENT WANTED
{
	is "$(tdcctl policy "$1" "$2" | grep "^<" | cut -d ' ' -f 1,2)" "<$2>: $3" \
	    "$1 to $2: $3"
}

ours=33c48e-27a9-05ecb4@intake.example.com
emea=3f5e1c-19b2-77ad02@intake.example.com
decision a@example.net user@example.com "$ours"
decision a@example.net user@sub.example.com "$ours"
decision a@example.net user@emea.example.com "$emea"
decision a@example.net counsel@example.com NO
decision a@example.net counsel+x@example.com NO
decision a@example.net abuse@example.org NO
decision a@example.net abuse@example.com NO
decision a@example.net abuse@emea.example.com NO
decision a@example.net user@example.org NO
decision a@partner.example.org user@example.org "$ours"
decision a@newsletter.example.net user@example.org NO
decision a@newsletter.example.net user@example.com NO
decision a@newsletter.example.net user@emea.example.com NO
decision a@partner.example.org user@emea.example.com "$ours"
decision a@partner.example.org counsel@example.com "$ours"
decision '<>' user@example.com "$ours"
decision a@example.net abuse@sub.example.com "$ours"
decision a@example.net abuse+x@example.org NO

# said WANTED LINE [OPTION...] - of a message with this line in its header
said()
{
	wanted=$1
	line=$2
	shift 2
	is "$(printf '%s\n\n' "$line" | tdcctl policy "$@" -m - a@example.net \
	    user@example.com | tail -n 1 | cut -c 1-80)" "$wanted" \
	    "$line $*: $wanted"
}
from_outside="<user@example.com>: $ours (policy Corporate: check_recipient"
said "$(echo "$from_outside" | cut -c 1-80)" "Subject: x" -a 203.0.113.1
said "not journaled: client in internal_networks" "Subject: x" -a 192.0.2.7
said "not journaled: client in internal_networks" "Subject: x" -a ::1
said "not journaled: unclean header X-Spam-Flag" "X-Spam-Flag: YES" \
    -a 203.0.113.1

# ---- systemd ----

if command -v systemd-analyze >/dev/null; then
	for name in tdc-milter tdc-forwarder tdc-remediator; do
		unit=$RIG/$name.service
		sed "s,/usr/local/sbin/$name,/bin/true," \
		    "contrib/systemd/$name.service" >"$unit"
		is "$(systemd-analyze verify --man=no "$unit" 2>&1)" "" \
		    "$name.service is a good unit"
		ok "$name.service has little power" quietly \
		    systemd-analyze security --offline=true --no-pager \
		    --threshold=20 "$unit"
		for program in ExecStart ExecReload; do
			like "$(cat "contrib/systemd/$name.service")" \
			    "^$program=/" "$name.service has $program"
		done
	done
	# The socket is the sample's.
	sed "s,/usr/local/sbin/tdc-milter,/bin/true," \
	    contrib/systemd/tdc-milter.service >"$RIG/tdc-milter.service"
	cp contrib/systemd/tdc-milter.socket "$RIG"
	is "$(systemd-analyze verify --man=no "$RIG/tdc-milter.socket" 2>&1)" "" \
	    "tdc-milter.socket is a good unit"
	is "unix:$(sed -n 's/^ListenStream=//p' contrib/systemd/tdc-milter.socket) $(
	    sed -n 's/^SocketGroup=//p' contrib/systemd/tdc-milter.socket)" \
	    "$(sed -n 's/^milter_socket = //p' contrib/tdc.cf) $(
	    sed -n 's/^milter_socket_group = //p' contrib/tdc.cf)" \
	    "and has the socket of the sample, for its group"
	for name in tdc-metrics.socket tdc-metrics.timer tdc-metrics.service \
	    tdc-metrics@.service; do
		sed "s,/usr/local/sbin/tdcctl,/bin/true," \
		    "contrib/systemd/$name" >"$RIG/$name"
	done
	cp "$RIG/tdc-metrics@.service" "$RIG/tdc-metrics@x.service"
	for name in tdc-metrics.socket tdc-metrics.timer tdc-metrics.service \
	    tdc-metrics@x.service; do
		is "$(systemd-analyze verify --man=no "$RIG/$name" 2>&1)" "" \
		    "$name is a good unit"
	done
	for name in tdc-metrics.service tdc-metrics@x.service; do
		ok "$name has little power" quietly systemd-analyze security \
		    --offline=true --no-pager --threshold=15 "$RIG/$name"
	done
else
	skip "no systemd-analyze"
fi

if command -v systemd-sysusers >/dev/null && [ "$(id -u)" -eq 0 ]; then
	root=$RIG/root
	mkdir -p "$root/etc"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	printf 'root:x:0:\npostfix:x:997:\n' >"$root/etc/group"
	quietly systemd-sysusers --root="$root" \
	    "$PWD/contrib/sysusers.d/tdc.conf"
	like "$(cat "$root/etc/passwd")" \
	    '^tdc:x:[0-9]+:[0-9]+:Threat Defense Connector:/var/spool/tdc:' \
	    "sysusers makes the user"
	ids=$(sed -n 's/^tdc:x:\([0-9]*\):\([0-9]*\):.*/\1 \2/p' \
	    "$root/etc/passwd")
	ids3=$(sed -n 's/^tdc-milter:x:\([0-9]*\):\([0-9]*\):.*/\1 \2/p' \
	    "$root/etc/passwd")
	like "$(cat "$root/etc/group")" '^tdc-milter:x:[0-9]+:tdc$' \
	    "and the milter's, whose group has tdc in it"
	like "$(cat "$root/etc/group")" '^tdcstatus:x:[0-9]+:tdc,tdc-milter$' \
	    "and the group for the status, with both in it"
	like "$(cat "$root/etc/group")" '^tdclog:x:[0-9]+:tdc,tdc-milter,tdc-remediate$' \
	    "and that of the logs, with all of them"
	log=$(sed -n 's/^tdclog:x:\([0-9]*\):.*/\1/p' "$root/etc/group")
	status=$(sed -n 's/^tdcstatus:x:\([0-9]*\):.*/\1/p' "$root/etc/group")
	like "$(cat "$root/etc/group")" '^tdc:x:[0-9]+:tdc-remediate$' \
	    "and a user that may read what is for that group"
	ids2=$(sed -n 's/^tdc-remediate:x:\([0-9]*\):\([0-9]*\):.*/\1 \2/p' \
	    "$root/etc/passwd")
	quietly systemd-tmpfiles --root="$root" --create \
	    "$PWD/contrib/tmpfiles.d/tdc.conf"
	is "$(cd "$root" && stat -c '%a %u %g %n' var/spool/tdc \
	    var/spool/tdc/* var/log/tdc var/log/tdc/* run/tdc \
	    var/spool/postfix/tdc var/lib/tdc-remediate)" \
    "710 ${ids% *} $status var/spool/tdc
664 ${ids% *} ${ids3#* } var/spool/tdc/counters
700 $ids var/spool/tdc/failed
660 ${ids% *} ${ids3#* } var/spool/tdc/milter.lock
664 ${ids% *} ${ids3#* } var/spool/tdc/programs
1770 ${ids% *} ${ids3#* } var/spool/tdc/ready
3770 ${ids% *} $log var/log/tdc
660 ${ids% *} $log var/log/tdc/mail_logs
750 ${ids3% *} 997 run/tdc
750 ${ids3% *} 997 var/spool/postfix/tdc
700 $ids2 var/lib/tdc-remediate" "tmpfiles makes the directories"
else
	skip "no systemd-sysusers, or not root"
fi

# ---- completion ----

# completes WORD... - what bash offers for the last of these words
completes()
{
	PATH=$PWD/$build:$PATH bash -c '. contrib/bash-completion/tdcctl
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_tdcctl
		echo "${COMPREPLY[*]}"' bash "$@" 2>&1
}
cf=$RIG/tdc.cf
is "$(completes tdcctl fl)" flush "a verb is completed"
is "$(completes tdcctl -c "$cf" re)" "requeue resume report remediation-report reload" "after an option"
is "$(completes tdcctl "" | tr ' ' '\n' | grep -c '^[a-z]')" \
    "$(sed -n '/LIST verbs/,/END LIST/p' man/tdcctl.8 | grep -c '^\.It Ic')" \
    "there are all verbs"
is "$(completes tdcctl help hos)" hoststatus "so for help"
is "$(completes tdcctl -c "$cf" config retry_)" "retry_limit retry_delay" \
    "a parameter"
is "$(completes tdcctl status --)" --json "an option of a verb"
is "$(completes tdcctl -c "$RIG/uncl")" "$RIG/unclean_headers.pcre" "a file"
is "$(completes tdcctl -c "$cf" delete A)" ALL "a word"
is "$(completes tdcctl -c "$cf" check "")" "" "and nothing where nothing may be"

# ---- logrotate ----

# With a user that this machine has.
if command -v logrotate >/dev/null; then
	sed 's/ tdc tdclog$/ root root/' contrib/logrotate/tdc >"$RIG/logrotate"
	chmod 644 "$RIG/logrotate"
	ok "logrotate takes its snippet" \
	    quietly logrotate --debug --state "$RIG/state" "$RIG/logrotate"
	is "$(grep -c root "$RIG/logrotate")" 2 "which names our user twice"
else
	skip "no logrotate"
fi

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]

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

cp contrib/tdc.cf contrib/*_policy contrib/*.pcre "$RIG"
echo "user =" >>"$RIG/tdc.cf"		# there may be no user tdc here
is "$(tdcctl check |
    grep -Ev '^warning: (spool_directory|.* has no d(irectory yet$|ot,))')" \
    "$RIG/tdc.cf: OK" "tdc.cf as it is"
is "$(tdcctl policy a@example.net b@example.com)" \
    "<b@example.com>: NO (default_policy)" "journals nothing"

# Everything that waits behind a "#", with the paths of this place.
sed -e 's/^#\([a-z	]\)/\1/' -e "s,/etc/tdc/,$RIG/," \
    contrib/tdc.cf >"$RIG/tdc.cf"
echo 'compatibility_level = 3.6' >"$RIG/main.cf"
for table in recipient_policy sender_policy; do
	ok "postmap takes $table" postmap -c "$RIG" "hash:$RIG/$table"
done
is "$(tdcctl config -n | grep -c .)" \
    "$(grep -c '^#*[a-z_]* =' contrib/tdc.cf)" "every line can be put in force"
echo "user =" >>"$RIG/tdc.cf"
is "$(tdcctl check | grep -Ev '^warning: (spool_directory|.* has no directory yet$)')" \
    "check_sender hash:$RIG/sender_policy: 3 entries
check_recipient hash:$RIG/recipient_policy: 6 entries
unclean_header_checks pcre:$RIG/unclean_headers.pcre: 7 entries
$RIG/tdc.cf: OK" "all of it is good"

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

# ---- systemd ----

if command -v systemd-analyze >/dev/null; then
	for name in tdc-milter tdc-forwarder; do
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
	quietly systemd-tmpfiles --root="$root" --create \
	    "$PWD/contrib/tmpfiles.d/tdc.conf"
	is "$(cd "$root" && stat -c '%a %u %g %n' var/spool/tdc run/tdc \
	    var/spool/postfix/tdc)" \
	    "700 $ids var/spool/tdc
750 ${ids% *} 997 run/tdc
750 ${ids% *} 997 var/spool/postfix/tdc" "tmpfiles makes the directories"
else
	skip "no systemd-sysusers, or not root"
fi

# ---- logrotate ----

# With a user that this machine has.
if command -v logrotate >/dev/null; then
	sed 's/ tdc tdc$/ root root/' contrib/logrotate/tdc >"$RIG/logrotate"
	chmod 644 "$RIG/logrotate"
	ok "logrotate takes its snippet" \
	    quietly logrotate --debug --state "$RIG/state" "$RIG/logrotate"
	is "$(grep -c root "$RIG/logrotate")" 2 "which names our user twice"
else
	skip "no logrotate"
fi

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# units - what the systemd units forbid is forbidden to what runs in them, also
# where there is no systemd; and mail goes on.  "make check-units" runs the other
# tests so
TDC_UNIT=yes
export TDC_UNIT
. "$(dirname "$0")/../rig/rig.sh"

rig_up units
asunit=$TDC_BUILD/tests/asunit/asunit
if [ -z "$RIG_ALONE" ] || [ ! -x "$asunit" ]; then
	echo "1..0 # SKIP no name spaces here, or no libseccomp"
	exit 0
fi
case ${TDC_BUILD##*/} in
build-address*|build-thread*)
	echo "1..0 # SKIP a sanitizer does what the units forbid"
	exit 0 ;;
esac
if ! mkdir "$RIG/proc" ||
    ! mount -t proc -o hidepid=invisible proc "$RIG/proc" 2>/dev/null; then
	echo "1..0 # SKIP no hidepid=invisible here"
	exit 0
fi
umount "$RIG/proc"

# ---- the units, as they are read ----

install -d -o nobody "$RIG/own"
under()			# UNIT COMMAND...: what it prints
{
	under_unit=$1
	shift
	"$asunit" -u nobody -r "$rig_top" -w "$RIG" "$under_unit" "$@" 2>&1
}

# unit_with NAME LINE... - a copy of tdc-milter.service with more lines in it
unit_with()
{
	with=$RIG/$1.service
	shift
	sed '/^\[Install\]/,$d' contrib/systemd/tdc-milter.service >"$with"
	printf '%s\n' "$@" >>"$with"
	echo "$with"
}
for unit in contrib/systemd/*.service; do
	is "$(under "$unit" /bin/echo started)" started "${unit##*/} is followed"
done
like "$(under "$(unit_with new PrivateUsers=yes)" /bin/true)" \
    '^asunit: .*: PrivateUsers= is not known here: follow it, or say why not' \
    "a directive that nobody follows is an error"
like "$(under "$(unit_with value ProtectHome=tmpfs)" /bin/true)" \
    'ProtectHome=tmpfs is not known here' "so is a value"
like "$(under "$(unit_with call SystemCallFilter=no_such_call)" /bin/true)" \
    'there is no call no_such_call' "and a call that does not exist"
like "$(under "$(unit_with group SystemCallFilter=@no-such-group)" /bin/true)" \
    'there is no group @no-such-group' "and a group"
like "$(under "$(unit_with rights AmbientCapabilities=CAP_CHOWN)" /bin/true)" \
    'AmbientCapabilities=CAP_CHOWN is not known here' "and a capability"

# ---- the groups of system calls ----

groups_in()		# FILE: "GROUP CALL", in order
{
	awk '{ sub("#.*", "") }
	/^@/ { group = $1; $1 = "" }
	group != "@known" { for (i = 1; i <= NF; i++) if ($i != "") print group, $i }' \
	    "$1" | LC_ALL=C sort -u
}
groups_in tests/asunit/groups >"$RIG/ours"
if systemd-analyze syscall-filter >"$RIG/theirs.all" 2>/dev/null; then
	groups_in "$RIG/theirs.all" >"$RIG/theirs"
	case $(systemd-analyze --version | sed -n '1s/systemd \([0-9]*\).*/\1/p') in
	252)	is "$(comm -3 "$RIG/ours" "$RIG/theirs")" "" \
		    "our groups of system calls are systemd's" ;;
	*)	# newer ones have more
		is "$(comm -23 "$RIG/ours" "$RIG/theirs")" "" \
		    "systemd has what our groups have" ;;
	esac
else
	tap 0 "our groups of system calls # SKIP no systemd-analyze"
fi

# ---- what an intruder may still do ----

elsewhere="/ /etc /usr /usr/lib /var/lib /srv /home /root /run /dev /proc /sys"
mkdir -p /var/lib
for name in milter forwarder remediator; do
	# shellcheck disable=SC2086
	tried=$(under contrib/systemd/tdc-$name.service \
	    "$TDC_BUILD/tests/tools/confined" "$RIG/own" /tmp $elsewhere)
	allowed=$(echo "$tried" | sed -n 's/ allowed$//p' | grep -v '^exec ')
	# netlink, for postconf and sendmail
	is "$allowed" "socket netlink
write $RIG/own
write /tmp" "tdc-$name may write where it has to, and nothing else" ||
		diag "$tried"
	unlike "$tried" 'exec /tmp allowed' "tdc-$name: what it writes it cannot run"
	for what in mount ptrace "socket packet" "writable code" \
	    "code made later" namespace "set-user-id file" "host name" module; do
		like "$tried" "^$what refused: Operation not permitted$" \
		    "tdc-$name: $what"
	done
done
# The same, without a unit: that is what made it so.
tried=$("$TDC_BUILD/tests/tools/confined" "$RIG/own" /usr)
for what in ptrace "socket packet" "writable code" "code made later" \
    "set-user-id file" "write /usr"; do
	like "$tried" "^$what allowed$" "without a unit: $what"
done

# ---- the daemons ----

rig_ca
rig_dns
rig_intake intake -q
rig_postfix
echo "default_policy = DEFAULT" | rig_conf
status_of()		# NAME FIELD
{
	sed -n "s/^$2:[ 	]*\([0-9a-f]*\).*/\1/p" "/proc/$(rig_pid "$1")/status"
}
# without_sandbox - what they could not give up by themselves
without_sandbox()
{
	rig_log | grep 'sandbox: '
}
TDC_UNIT=no rig_milter
TDC_UNIT=no rig_forwarder
bare=$(without_sandbox)
rig_stop forwarder
rig_stop milter
: >"$RIG/tdc.log"
rig_milter
rig_forwarder
is "$(without_sandbox)" "$bare" "the units leave them their own sandbox"
for name in milter forwarder; do
	is "$(status_of $name Uid)" 65534 "tdc-$name is not root"
	is "$(status_of $name NoNewPrivs)" 1 "tdc-$name: no new privileges"
	is "$(status_of $name CapBnd)" 0000000000000000 \
	    "tdc-$name: no capability, not even by a program that it executes"
	is "$(status_of $name Umask)" 0007 "tdc-$name: the unit's umask"
	filters=$(status_of $name Seccomp_filters)
	ok "tdc-$name: the unit's filters ($filters)" [ "${filters:-99}" -gt 10 ]
	ok "tdc-$name: mounts of its own" [ "$(readlink "/proc/$(rig_pid $name)/ns/mnt")" \
	    != "$(readlink /proc/self/ns/mnt)" ]
done
rig_send a@client.example user@corp.example
is $? 0 "a message is taken"
ok "and its copy delivered" rig_wait '[ "$(rig_count intake)" = 1 ]' 20
kill -HUP "$(rig_pid milter)" "$(rig_pid forwarder)"
ok "both reload" rig_wait \
    '[ $(rig_log | grep -c "configuration reloaded") = 2 ]' 10
rig_send a@client.example user@corp.example
ok "and the next is delivered" rig_wait '[ "$(rig_count intake)" = 2 ]' 20

# ---- and Postfix's postconf(1), which they ask for its name ----

if [ -n "$RIG_ALONE" ]; then
	rig_stop forwarder
	rig_stop milter
	mkdir "$RIG/etc"
	cp -a /etc/. "$RIG/etc/"
	mount --bind "$RIG/etc" /etc
	rm -rf /etc/postfix
	mkdir /etc/postfix
	printf 'compatibility_level = 3.6\nmyhostname = gw.corp.example\n' \
	    >/etc/postfix/main.cf
	touch -d '1 hour ago' /etc/postfix/main.cf
	printf '%s\n' "default_policy = DEFAULT" "helo_name =" | rig_conf
	: >"$RIG/intake.journal"
	rig_milter
	rig_forwarder
	rig_send a@client.example user@corp.example
	ok "a third one is delivered" rig_wait '[ "$(rig_count intake)" = 3 ]' 20
	like "$(cat "$RIG/intake.journal")" " C EHLO gw.corp.example$" \
	    "with Postfix's name in EHLO"
fi
done_testing

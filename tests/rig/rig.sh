# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# rig - a private mail world for one script; sourced, in POSIX sh
#
#	. "$(dirname "$0")/../rig/rig.sh"
#	rig_up journal
#	rig_ca; rig_dns; rig_intake intake; rig_postfix
#	rig_conf <<-EOF
#		policy_maps = inline:{ ... }
#	EOF
#	rig_milter; rig_forwarder
#	rig_send client@x.example user@corp.example
#	rig_wait '[ $(rig_count intake) = 1 ]' 10
#	like "$(rig_log)" 'successfully delivered' "the copy arrived"
#	done_testing
#
# Where the system allows it, the script runs in name spaces of its own: no
# network but loopback, so every port is free (also 25) and nothing can leave
# the machine; processes that end with the script; and, when the users postfix
# and nobody cannot get into the build directory, a mount of it where they
# can.  Where it does not, RIG_ALONE is empty, ports are free high ones, and a
# trap ends what was started.
#
# RIG		the directory of this world, removed at the end unless
#		TDC_KEEP is set
# TDC_BUILD	where the programs are, default build
# TDC_TIMEOUT	seconds after which a script that hangs is ended, default 600
# TDC_UNIT	"yes": our daemons run as their systemd units have it (units.sh)
#
# Everything in it listens on 127.0.0.1.  The gateway is gateway.example, its
# users are *@corp.example and *@other.example; the intake domain is
# intake.example, whose MX, mx.intake.example, is 127.0.0.1.

# ---- into the world ----

rig_top=$(cd "$(dirname "$0")" && until [ -e tests/rig/rig.sh ] || [ "$PWD" = / ]
	do cd ..; done; pwd)
if [ "$(id -u)" -ne 0 ]; then
	echo "Bail out!  a private Postfix can only be started by root"
	exit 1
fi
if [ -z "${RIG_ALONE+set}" ]; then
	RIG_ALONE=
	export RIG_ALONE
	rig_alone="unshare --net --mount --pid --fork --kill-child --mount-proc"
	if $rig_alone true 2>/dev/null; then
		RIG_ALONE=yes
		# shellcheck disable=SC2016
		exec timeout -k 10 "${TDC_TIMEOUT:-600}" $rig_alone \
		    sh -c 'ip link set lo up; exec sh "$@"' rig "$0" "$@"
	fi
fi
cd "$rig_top" || exit 1

set -u
umask 022
. tests/rig/servers.sh
. tests/rig/etd.sh
. tests/rig/mailstore.sh
. tests/rig/tap.sh
. tests/rig/units.sh
TDC_BUILD=$PWD/$(basename "${TDC_BUILD:-build}")
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL

rig_up()		# NAME: make the directory, and see to its end
{
	rig_run=$TDC_BUILD/run
	mkdir -p "$rig_run"
	# Everyone must get into it, and a socket's name has 107 bytes.
	if [ "${#rig_run}" -gt 60 ] || ! setpriv --reuid=nobody \
	    --regid=nogroup --clear-groups test -x "$rig_run"; then
		if [ -n "$RIG_ALONE" ]; then
			mount --bind "$rig_run" /mnt
			rig_run=/mnt
		else
			rig_run=${TMPDIR:-/tmp}
		fi
	fi
	RIG=$(mktemp -d "$rig_run/$1.XXXXXX")
	[ -z "${RIG_DISK:-}" ] || rig_disk
	chmod 755 "$RIG"
	trap rig_down EXIT
	trap 'exit 1' HUP INT TERM
	mkdir "$RIG/pid" "$RIG/err" "$RIG/postfix" "$RIG/mail"
	chown nobody "$RIG/mail"
	: >"$RIG/tdc.log"
	: >"$RIG/mail_logs"
	chown nobody "$RIG/tdc.log" "$RIG/mail_logs"
	# for postmap(1) and its kin before there is a Postfix
	MAIL_CONFIG=$RIG/postfix
	export MAIL_CONFIG
	echo "compatibility_level = 3.6" >"$MAIL_CONFIG/main.cf"
	rig_cool
	rig_units_up
}

# rig_disk - an ext4 of RIG_DISK bytes, with a journal, for this world alone:
# what the build directory lies on may be anything, and Postfix and we write
# and delete files by the thousand.  Its image lies in RIG_DISK_DIR, by default
# the build directory, and is gone at once: the mount holds it.
rig_disk()
{
	rig_image=$(mktemp "${RIG_DISK_DIR:-$rig_run}/disk.XXXXXX")
	truncate -s "$RIG_DISK" "$rig_image" &&
		mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 \
		    "$rig_image" && [ -n "$RIG_ALONE" ] &&
		if [ -n "${RIG_DISK_FLUSH:-}" ]; then
			rig_slow_disk
		else
			mount -o loop "$rig_image" "$RIG"
		fi || diag "no disk of its own: measured on the build directory's"
	rm -f "$rig_image"
}

# rig_slow_disk - the same, each flush of which takes RIG_DISK_FLUSH milliseconds
rig_slow_disk()
{
	mkdir "$RIG/disk" || return 1
	"$TDC_BUILD/tests/powercut/powercut" slow "$RIG_DISK_FLUSH" \
	    "$rig_image" "$RIG/disk" >"$rig_image.out" &
	rig_wait 'grep -q ready "$rig_image.out"' 10 &&
		"$TDC_BUILD/tests/powercut/powercut" mount "$RIG/disk/disk" \
		    "$RIG" ext4
	rig_slow=$?
	rm -f "$rig_image.out"
	return "$rig_slow"
}

# rig_cool - Postfix's programs wait until a main.cf is two seconds old, each
# of them; so ours is old at once
rig_cool()
{
	touch -d '1 hour ago' "$MAIL_CONFIG/main.cf"
}

rig_down()
{
	rig_status=$?
	trap - EXIT
	trap '' HUP INT TERM
	# All at once: a milter may take five seconds to end.
	for pid in "$RIG"/pid/*; do
		[ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null
	done
	for pid in "$RIG"/pid/*; do
		[ ! -e "$pid" ] || rig_stop "$(basename "$pid")"
	done
	if [ "${rig_failed:-0}" -gt 0 ] || [ "$rig_status" -ne 0 ]; then
		for file in "$RIG/tdc.log" "$RIG"/err/milter \
		    "$RIG"/err/forwarder; do
			[ ! -s "$file" ] || tail -n 40 "$file" | cut -c1-200 |
				sed "s/^/# ${file##*/}: /" >&2
		done
	fi
	if [ -n "${TDC_KEEP:-}" ]; then
		echo "# kept: $RIG" >&2
	else
		chattr -i "$RIG"/spool/* 2>/dev/null
		umount "$RIG"/* 2>/dev/null
		umount -l "$RIG" 2>/dev/null
		umount -l "$RIG/disk" 2>/dev/null
		rm -rf "$RIG"
	fi
	exit "$rig_status"
}

# ---- processes ----

rig_start()		# NAME COMMAND...: in the background; stderr to err/NAME
{
	rig_name=$1
	shift
	if [ "${TDC_UNIT:-}" = yes ] && command -v "$1" | grep -q ^/; then
		set -- rig_exec "$@"
	fi
	"$@" </dev/null >"$RIG/err/$rig_name.out" 2>>"$RIG/err/$rig_name" &
	echo $! >"$RIG/pid/$rig_name"
}

rig_pid()		# NAME
{
	cat "$RIG/pid/$1"
}

rig_alive()		# NAME
{
	[ -e "$RIG/pid/$1" ] && rig_running "$(cat "$RIG/pid/$1")"
}

rig_running()		# PID: there, and no zombie whose threads are all gone
{
	rig_state=$(sed -n 's/^State:[^A-Z]*\(.\).*/\1/p' "/proc/$1/status" \
	    2>/dev/null)
	case $rig_state in
	"") return 1 ;;
	Z) [ "$(ls "/proc/$1/task" 2>/dev/null | wc -l)" -gt 1 ] ;;
	esac
}

rig_stop()		# NAME [SIGNAL]: end it, and wait until it has ended
{
	[ -e "$RIG/pid/$1" ] || return 0
	rig_victim=$(cat "$RIG/pid/$1")
	kill "-${2:-TERM}" "$rig_victim" 2>/dev/null
	if ! rig_wait "! rig_running $rig_victim" 15; then
		echo "# $1 did not end, killed" >&2
		rig_failed=$((${rig_failed:-0} + 1))
		kill -KILL "$rig_victim" 2>/dev/null
		rig_wait "! rig_running $rig_victim" 5
	fi
	rm -f "$RIG/pid/$1"
}

# rig_wait CONDITION SECONDS - poll until it holds.  SECONDS are plenty for a quiet
# machine; thrice as many are waited, for a disk and processors that others are at
rig_wait()
{
	rig_until=$(($(date +%s%3N) + ${2%.*} * 3000))
	until eval "$1"; do
		[ "$(date +%s%3N)" -lt "$rig_until" ] || return 1
		sleep 0.05
	done
}

rig_port()		# print a port that is free now
{
	perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(Listen => 1,
		    LocalAddr => "127.0.0.1:0") or die;
		print $s->sockport'
}

# ---- our programs ----

rig_conf()		# tdc.cf from stdin, over these defaults for tests
{
	cat >"$RIG/tdc.cf.given"
	{
		cat <<-EOF
			intake_address = journal@intake.example
			internal_networks =
			spool_directory = $RIG/spool
			min_free_space = 0
			milter_socket = unix:$RIG/milter.sock
			milter_socket_mode = 0666
			helo_name = gateway.example
			maillog_file = $RIG/tdc.log
			mail_logs_file = $RIG/mail_logs
			user = nobody
			dns_servers = 127.0.0.1@${dns_port:-9}
			tls_ca_file = $RIG/ca.pem
			retry_delay = 1s
			history_database =
		EOF
		[ -z "${intake_port:-}" ] || [ -n "${RIG_MX:-}" ] ||
			echo "intake_route = [mx.intake.example]:$intake_port"
	} | awk 'FILENAME != "-" { given[$1] = 1; next } !($1 in given)' \
	    "$RIG/tdc.cf.given" - >"$RIG/tdc.cf.new"
	cat "$RIG/tdc.cf.given" >>"$RIG/tdc.cf.new"
	mv "$RIG/tdc.cf.new" "$RIG/tdc.cf"
	rig_units_state
}

rig_program()		# NAME PROGRAM: start it, wait until it says so
{
	rig_lines=$(grep -c "$2 .* started" "$RIG/tdc.log")
	rig_start "$1" "$TDC_BUILD/$2" -f -c "$RIG/tdc.cf"
	rig_wait "[ \$(grep -c '$2 .* started' $RIG/tdc.log) -gt $rig_lines ] ||
	    ! rig_alive $1" 20 && rig_alive "$1"
}

rig_milter()
{
	rig_program milter tdc-milter
}

rig_forwarder()
{
	rig_program forwarder tdc-forwarder
}

tdcctl()
{
	"$TDC_BUILD/tdcctl" -c "$RIG/tdc.cf" "$@"
}

rig_vmhwm()		# NAME: the most memory it ever held, in kB
{
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(rig_pid "$1")/status"
}

# ---- mail ----

# rig_give - run tests/tools/send with these options against our Postfix, as a
# client from outside
rig_give()
{
	"$TDC_BUILD/tests/tools/send" -S "127.0.0.1:$smtp_port" \
	    -x "ADDR=192.0.2.10 NAME=client.example" "$@"
}

rig_send()		# FROM TO [OPTIONS]: one message; its queue id in $rig_qid
{
	rig_from=$1
	rig_to=$2
	shift 2
	rig_said=$(rig_give -f "$rig_from" -t "$rig_to" "$@")
	rig_sent=$?
	# shellcheck disable=SC2034
	rig_qid=$(echo "$rig_said" | cut -d' ' -f5)
	return $rig_sent
}

# rig_carry TO [OPTIONS] - one message that is journaled: its MID in $rig_mid;
# $rig_result becomes "successfully", or the class of the failure; the log since
# then is in $RIG/lines
rig_carry()
{
	rig_seen=$(rig_log | wc -l)
	rig_send sender@client.example "$@" || diag "$rig_said"
	rig_wait 'rig_mid=$(rig_log |
	    sed -n "s/^TDC: MID \([0-9]*\) queue-id $rig_qid .*/\1/p")
	    [ -n "$rig_mid" ]' 10
	rig_wait "rig_log | grep -q 'Message finished MID $rig_mid '" 30
	rig_log | tail -n "+$((rig_seen + 1))" >"$RIG/lines"
	rig_result=$(sed -n "s/^TDC: MID $rig_mid \(successfully\).*/\1/p
	    s/^TDC: MID $rig_mid delivery failed to Cisco.*Defense: *\(.*\)\./\1/p" \
	    "$RIG/lines")
}

rig_fill()		# COUNT [OPTIONS]: so many copies at once, see tests/tools/fill
{
	rig_copies=$1
	shift
	[ -d "$RIG/spool" ] || install -d -o nobody -m 700 "$RIG/spool"
	"$TDC_BUILD/tests/tools/fill" -n "$rig_copies" "$@" "$RIG/spool"
}

rig_letter()		# FILE SUBJECT [FIELD...]: a small message in FILE
{
	rig_file=$1
	rig_subject=$2
	shift 2
	{
		printf 'From: A Sender <sender@client.example>\r\n'
		[ $# -eq 0 ] || printf '%s\r\n' "$@"
		printf 'Subject: %s\r\nMessage-ID: <%s@client.example>\r\n' \
		    "$rig_subject" "$(echo "$rig_subject" | tr ' ' .)"
		printf '\r\nGood day,\r\n.. and so on.\r\n'
	} >"$rig_file"
}

rig_count()		# INTAKE: how many messages it has
{
	find "$RIG/$1" -name '[0-9]*.eml' | wc -l
}

rig_inbox()		# USER: how many messages the mailbox has
{
	find "$RIG/mail/$1/new" -type f 2>/dev/null | wc -l
}

rig_waiting()		# how many copies wait in the spool
{
	find "$RIG/spool/ready" -type f 2>/dev/null | wc -l
}

rig_discard()		# throw away the copies that wait; no daemon may look
{
	rig_by_hand=$((${rig_by_hand:-0} - $(rig_waiting)))
	find "$RIG/spool/ready" -type f -delete
}

# rig_counter NAME - its number.  The programs count a moment after what they
# count: so not before it has stopped growing.
rig_counter()
{
	rig_number=
	for rig_try in 1 2 3 4 5 6 7 8 9 10; do
		rig_last=$rig_number
		rig_number=$(tdcctl status --json |
		    sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p")
		[ "$rig_number" != "$rig_last" ] || break
		sleep 0.03
	done
	echo "$rig_number"
}

# rig_log - the TDC: lines, from "TDC: " on.  The programs write them a moment
# after what they tell of: so not before the file has stopped growing.
rig_log()
{
	rig_size=
	for rig_try in 1 2 3 4 5 6 7 8 9 10; do
		[ "$rig_size" != "$(stat -c %s "$RIG/tdc.log")" ] || break
		rig_size=$(stat -c %s "$RIG/tdc.log")
		sleep 0.03
	done
	sed -n 's/^.*: TDC: /TDC: /p' "$RIG/tdc.log"
}

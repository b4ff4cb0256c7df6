#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# hostile-paths - whoever has taken over the user of the daemons puts something
# else where they write, and waits for their next start as root: nothing of
# anybody else's is written, given away or read, and nothing hangs
. "$(dirname "$0")/../rig/rig.sh"

rig_up hostile-paths
rig_ca
theirs=$RIG/theirs
victims=$RIG/victims
mkdir "$victims" "$victims/sub"
echo "root's" >"$victims/file"
echo "root's, empty" >"$victims/sub/file"
: >"$victims/empty"
chmod 600 "$victims/file" "$victims/empty"
rig_conf <<-EOF
	default_policy = DEFAULT
	spool_directory = $theirs/spool
	maillog_file = $theirs/log/maillog
	mail_logs_file = $theirs/log/mail_logs
	milter_socket = unix:$theirs/sock/milter.sock
	history_database = $theirs/history/history.db
	remediation_database = $theirs/state/state.db
	remediation_user = nobody
	milter_socket_mode = 0660
EOF

victims_are()			# what must stay as it is
{
	find "$victims" -printf '%P %y %m %U:%G %s\n' | LC_ALL=C sort
	cat "$victims/file" "$victims/sub/file" "$victims/empty"
}

anew()				# as after a run without harm
{
	rm -rf "$theirs"
	install -d -o nobody -g nogroup "$theirs"
	install -d -o nobody -g nogroup -m 700 "$theirs/spool" \
	    "$theirs/spool/ready" "$theirs/spool/failed" "$theirs/log" \
	    "$theirs/sock" "$theirs/history" "$theirs/state"
}

plant()				# KIND PATH: as that user could have
{
	rm -rf "$2"
	case $1 in
	link)	ln -s "$victims/file" "$2" ;;
	link-to-empty)	ln -s "$victims/empty" "$2" ;;
	link-to-nothing)	ln -s "$victims/new" "$2" ;;
	link-to-directory)	ln -s "$victims/sub" "$2" ;;
	link-to-itself)	ln -s "$2" "$2" ;;
	second-name)	ln "$victims/file" "$2" ;;
	fifo)	mkfifo "$2"; chmod 666 "$2" ;;
	directory)	mkdir "$2"; chmod 777 "$2" ;;
	file)	echo text >"$2"; chown nobody "$2" ;;
	foreign)	echo text >"$2"; chmod 600 "$2"; chown daemon "$2" ;;
	open-to-all)	mkdir "$2"; chmod 1777 "$2" ;;
	esac
	chown -h nobody:nogroup "$2" 2>/dev/null
	case $1 in
	# a second name of a file is the file
	second-name)	chown root:root "$2" ;;
	foreign)	chown daemon "$2" ;;
	esac
}

# try PROGRAM KIND PATH - one start as root; ends in a line that is printed when
# something is wrong
try()
{
	: >"$RIG/err/it"
	timeout -k 70 150 "$TDC_BUILD/tdc-$1" -f -v -c "$RIG/tdc.cf" \
	    </dev/null >"$RIG/err/it.out" 2>"$RIG/err/it" &
	it=$!
	if ! rig_wait 'grep -q "tdc-'"$1"' .* started" "$RIG/err/it" ||
	    ! rig_running $it' 20; then
		echo "$1 $2 $3: it hangs"
	elif rig_running $it; then
		sleep 0.1
		kill "$it"
	fi
	rig_wait '! rig_running $it' 20 || echo "$1 $2 $3: it does not end"
	wait "$it"
	code=$?
	case $code in
	0)	;;
	6[4-9]|7[0-8])
		[ "$(grep -c "^tdc-$1: " "$RIG/err/it")" = 1 ] ||
			echo "$1 $2 $3: refused by other than one line: \
$(head -c 300 "$RIG/err/it")" ;;
	*)	echo "$1 $2 $3: exit status $code: $(tail -n 2 "$RIG/err/it")" ;;
	esac
}

without=
[ -x "$TDC_BUILD/tdc-remediator" ] || without="/state/d"
files="link link-to-empty link-to-nothing link-to-itself second-name fifo
directory foreign"
directories="link link-to-nothing link-to-directory fifo file open-to-all"
before=$(victims_are)
n=0

# attack PROGRAM PATH KIND...
attack()
{
	program=$1
	path=$2
	shift 2
	[ -x "$TDC_BUILD/tdc-$program" ] || return 0
	wrong=
	for kind in "$@"; do
		anew
		plant "$kind" "$theirs/$path"
		planted=$(victims_are)
		wrong=$wrong$(try "$program" "$kind" "$path")
		now=$(victims_are)
		[ "$planted" = "$now" ] || wrong="$wrong
$program $kind $path: $(printf '%s\n' "$now" | diff - "$RIG/before")"
		n=$((n + 1))
		rm -rf "$theirs"
		[ "$(victims_are)" = "$before" ] || wrong="$wrong
$program $kind $path: what is root's has changed"
	done
	is "$wrong" "" "tdc-$program: $path"
}

printf '%s\n' "$before" >"$RIG/before"
for program in milter forwarder remediator; do
	[ -x "$TDC_BUILD/tdc-$program" ] || continue
	anew
	try "$program" nothing nowhere >"$RIG/said"
	is "$(cat "$RIG/said") $code" " 0" \
	    "tdc-$program: starts where there is no harm"
done
# shellcheck disable=SC2086
{
	for path in spool spool/ready spool/failed spool/monitor sock log; do
		attack milter $path $directories
	done
	for path in spool/programs spool/milter.lock spool/counters \
	    spool/sites sock/milter.sock log/maillog log/mail_logs; do
		attack milter $path $files
	done
	for path in spool spool/ready spool/failed history; do
		attack forwarder $path $directories
	done
	for path in spool/programs spool/lock spool/counters spool/suspended \
	    history/history.db history/history.db-wal history/history.db.new \
	    log/maillog; do
		attack forwarder $path $files
	done
	attack remediator state $directories
	for path in state/state.db state/state.db-wal state/state.db.lock \
	    log/maillog; do
		attack remediator $path $files
	done
}
diag "$n starts"

# ---- what a start makes, whatever the umask ----

rm -rf "$theirs"
install -d "$theirs"
install -d -o nobody "$theirs/log" "$theirs/sock"
umask 0
for program in milter forwarder remediator; do
	[ -x "$TDC_BUILD/tdc-$program" ] || continue
	rig_start "$program" "$TDC_BUILD/tdc-$program" -f -v -c "$RIG/tdc.cf"
	ok "tdc-$program starts" rig_wait \
	    'grep -q " started" "$RIG/err/$program"' 20
done
umask 022
# what is the user's and its group's, and nobody else's
ok "a database is made" rig_wait '[ -s "$theirs/history/history.db" ]' 20
is "$(find "$theirs" -mindepth 1 -perm /027 ! -type s ! -user root \
    -printf '%m %P\n' | grep -Ev '^(755 (log|sock)|660 log/(maillog|mail_logs)|640 (history/history|state/state)\.db.*)$')" \
    "" "nothing can be read or written by others, but logs and databases by the group"
is "$(find "$theirs" -type s -printf '%m %P\n')" "660 sock/milter.sock" \
    "the socket has milter_socket_mode"
is "$(find "$theirs" -mindepth 1 -type d -user nobody -printf '%m %P\n' |
    LC_ALL=C sort)" "$(sed "$without" <<-EOF | LC_ALL=C sort
	700 history
	700 spool
	700 spool/failed
	700 spool/ready
	700 state
	755 log
	755 sock
EOF
)" "directories are the user's alone"
for program in milter forwarder remediator; do
	rig_stop "$program"
done
: >"$RIG/tdc.log"

done_testing

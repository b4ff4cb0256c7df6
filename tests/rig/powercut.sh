# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# powercut - power cuts, replayed: a spool on a disk that remembers each write
# and each flush, a load of messages, and then what the disk may hold after its
# power fails, at as many moments as wanted; sourced after rig.sh
#
#	cut_up powercut ext4 64M	or a line why not, and the end
#	cut_record [LINE...]			real mail; lines of tdc.cf
#	cut_replay 200 10
#	cut_well
#
# POWERCUTS	how many cuts, in place of what cut_replay says
# POWERCUT_SEED	for the dice, in place of one that is thrown and printed
#
# What must hold, and how it is known, is in tests/powercut/.

cut_tool=$TDC_BUILD/tests/powercut/powercut

cut_not()		# WHY: this test cannot be run here
{
	echo "1..0 # SKIP $1"
	exit 0
}

# cut_mkfs - with a small log, where XFS can be talked into it: the larger it is,
# the longer it takes to find its end, at each mount
cut_mkfs()
{
	case $cut_type in
	ext*)	mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 \
		    "$RIG/empty" ;;
	xfs)	mkfs.xfs -q -f --unsupported -l size=8m "$RIG/empty" ||
			mkfs.xfs -q -f "$RIG/empty" ;;
	*)	"mkfs.$cut_type" -q -f "$RIG/empty" ;;
	esac
}

# cut_up NAME TYPE SIZE: a disk with a file system; $cut_piece is what it writes
# whole or not at all, $cut_mount are options of mount
cut_up()
{
	cut_type=$2
	[ -n "$RIG_ALONE" ] || cut_not "no mount here"
	grep -qw "$2" /proc/filesystems || cut_not "the kernel has no $2"
	command -v "mkfs.$2" >/dev/null || cut_not "no mkfs.$2"
	[ -e /dev/fuse ] || cut_not "no /dev/fuse"
	rig_up "$1"
	trap 'rig_code=$?; cut_down; (exit "$rig_code"); rig_down' EXIT
	truncate -s "$3" "$RIG/empty"
	cut_mkfs >"$RIG/err/mkfs" 2>&1 ||
		cut_not "mkfs.$cut_type: $(head -n 1 "$RIG/err/mkfs")"
	cp --sparse=always "$RIG/empty" "$RIG/image"
	mkdir "$RIG/disk" "$RIG/spool" "$RIG/queue"
	# Its fsyncs would only give time to what is on its way to our disk.
	mount -t tmpfs tdc-queue "$RIG/queue"
	rig_start recorder "$cut_tool" record "$RIG/image" "$RIG/journal" \
	    "$RIG/ticks" "$RIG/disk"
	rig_wait 'grep -qs ready "$RIG/err/recorder.out" ||
	    ! rig_alive recorder' 10
	rig_alive recorder || cut_not "no FUSE: $(cat "$RIG/err/recorder")"
	"$cut_tool" mount "$RIG/disk/disk" "$RIG/spool" "$cut_type" \
	    ${cut_mount:+"$cut_mount"} 2>"$RIG/err/mount" ||
		cut_not "$(cat "$RIG/err/mount")"
	rmdir "$RIG/spool/lost+found" 2>/dev/null
	chown nobody "$RIG/spool"
	chmod 700 "$RIG/spool"
	sync -f "$RIG/spool"
}

# cut_down - the disk goes after what is mounted on it; whoever dies by a
# signal leaves it to the kernel, which does the same
cut_down()
{
	umount -l "$RIG/look" 2>/dev/null
	umount -l "$RIG/spool" 2>/dev/null
	umount -l "$RIG/disk" 2>/dev/null
}

cut_load()		# FIRST COUNT SIZE SESSIONS: from so many sessions
{
	rig_give -k "$RIG/ticks" -i "$1" -n "$2" -s "$3" -p "$4" \
	    -t user@corp.example >"$RIG/said.$1" || tap 1 "the load is accepted"
	awk -v size="$3" '$2 == 250 { print $1, $4, size }' "$RIG/said.$1" \
	    >"$RIG/promises.$1"
}

# cut_write - $cut_messages by our own writer, always with fsync; before there is
# a milter
cut_write()
{
	: >"$RIG/deliveries.200000"
	[ -z "${cut_milter_only:-}" ] || return 0
	"$cut_tool" write -i 200000 -n "$cut_messages" "$RIG/spool" \
	    "$RIG/ticks" "$RIG/promises.200000" "$RIG/deliveries.200000"
	tap $? "$cut_type: copies are written"
}

# cut_record [LINE...]: $cut_messages through Postfix and the milter, with the
# forwarder at work from the second third on: small ones, some large
cut_record()
{
	cut_messages=${cut_messages:-400}
	cut_third=$((cut_messages / 3))
	rig_ca
	rig_dns
	rig_intake intake -k "$RIG/ticks" -R 'final/7=451 4.3.0 later*20' \
	    -R final=delay:0.02
	rig_postfix
	{
		printf '%s\n' "$@"
		cat <<-EOF
			default_policy = DEFAULT
			queue_lifetime = 1h
			idle_timeout = 100ms
			min_connections = 2
			max_connections = 3
		EOF
	} | rig_conf
	cut_write
	rig_milter
	cut_load 0 "$cut_third" 3000 8
	rig_forwarder
	cut_load 100000 $((cut_messages / 30)) 150000 1 &
	cut_large=$!
	cut_load "$cut_third" $((2 * cut_third)) 3000 8
	wait "$cut_large"
	rig_wait '[ "$(rig_waiting)" = 0 ]' 60
	tap $? "all are delivered in the end"
	rig_stop milter
	rig_stop forwarder
	rig_stop postfix
	umount "$RIG/spool"
	umount "$RIG/disk"
	cat "$RIG"/promises.* >"$RIG/promises"
	perl tests/helpers/copies.pl ticks "$RIG/intake" |
		cat "$RIG/deliveries.200000" - >"$RIG/deliveries"
}

# cut_boot - from now on all programs find that this is another boot
cut_boot()
{
	cat /proc/sys/kernel/random/uuid >"$RIG/boot_id"
	mount --bind "$RIG/boot_id" /proc/sys/kernel/random/boot_id
}

# cut_replay CUTS [IMAGES]: look after so many; what the cut left is in
# $RIG/sights.  At so many of them a forwarder starts and delivers all.
cut_replay()
{
	cut_seed=${POWERCUT_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	cut_boot
	rig_intake again -k "$RIG/ticks"
	sed -i "s,^spool_directory.*,spool_directory = $RIG/look,
	    s,\(^intake_route.*:\).*,\1$again_port," "$RIG/tdc.cf"
	cut_delivered=0
	mkdir "$RIG/look"
	mkfifo "$RIG/to" "$RIG/from"
	"$cut_tool" replay -n "${POWERCUTS:-$1}" -s "$cut_seed" -t "$cut_type" \
	    ${cut_mount:+-o "$cut_mount"} -g "${cut_piece:-4096}" -d "${2:-0}" \
	    "$RIG/empty" "$RIG/journal" "$RIG/promises" "$RIG/deliveries" \
	    "$RIG/look" <"$RIG/to" >"$RIG/from" \
	    2>"$RIG/err/replay" &
	cut_pid=$!
	echo "$cut_pid" >"$RIG/pid/replay"
	exec 5>"$RIG/to" 6<"$RIG/from"
	: >"$RIG/sights"
	while read -r cut_word cut_rest <&6; do
		if [ "$cut_word" = image ]; then
			cut_deliver "$cut_rest"
			echo >&5
		else
			echo "$cut_word $cut_rest" >>"$RIG/sights"
		fi
	done
	exec 5>&- 6<&-
	wait "$cut_pid"
	tap $? "$cut_type: the images are looked at, seed $cut_seed"
	rm "$RIG/pid/replay"
	is "$cut_delivered" "${2:-0}" \
	    "$cut_type: the forwarder delivers what is on so many images"
	diag "$cut_type: $(grep -v '^wrong' "$RIG/sights" | tr '\n' ' ')"
}

cut_sight()		# NAME: its number
{
	sed -n "s/^$1 //p" "$RIG/sights"
}

# cut_deliver NUMBERS - the forwarder gets the image that is mounted: the copies
# of these messages, which are there, reach the intake, and no others
cut_deliver()
{
	rm -f "$RIG"/again/*.eml "$RIG"/again/*.env
	rig_forwarder || tap 1 "$cut_type: the forwarder starts on an image"
	rig_wait '[ -z "$(find "$RIG/look/ready" -type f)" ]' 60
	rig_stop forwarder
	perl tests/helpers/copies.pl ticks "$RIG/again" | cut -d' ' -f1 |
		sort -nu >"$RIG/got"
	printf '%s\n' $1 | sed '/^$/d' | sort -n >"$RIG/wanted"
	if cmp -s "$RIG/got" "$RIG/wanted"; then
		cut_delivered=$((cut_delivered + 1))
	else
		diag "wanted, got:" "$(diff "$RIG/wanted" "$RIG/got" | head)"
	fi
}

cut_well()		# all is as it must be
{
	diag "$(grep '^wrong' "$RIG/sights" | head -n 10)"
	is "$(cut_sight unmountable)" 0 "$cut_type: each image can be mounted"
	is "$(cut_sight missing)" 0 "$cut_type: no promised copy is missing"
	is "$(cut_sight damaged)" 0 "$cut_type: none is damaged"
	is "$(cut_sight altered)" 0 "$cut_type: none is other than it was sent"
	is "$(cut_sight twice)" 0 "$cut_type: none is in two places"
	is "$(cut_sight repeated)" 0 "$cut_type: no MID is given again"
	is "$(cut_sight trouble)" 0 "$cut_type: all can be looked at"
	ok "$cut_type: there was something to lose" \
	    [ "$(cut_sight promised)" -ge "$(cut_sight cuts)" ]
}

# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# units - our daemons under the restrictions of their systemd units; sourced by
# rig.sh
#
#	TDC_UNIT=yes sh tests/system/retry.t
#	RIG_PLACES="$elsewhere"		-- what a drop-in would let it write
#
# tests/asunit reads contrib/systemd/NAME.service and executes the daemon in it, as
# the user that tdc.cf names, who has the rig's directory in the place of the
# unit's directories.  As there, root starts nothing.

# rig_units_up - the rig's directory is the daemon's, as tmpfiles.d has the real
# ones; what is mounted later reaches it
rig_units_up()
{
	[ "${TDC_UNIT:-}" = yes ] || return 0
	rig_groups=$RIG/groups
	systemd-analyze syscall-filter >"$rig_groups" 2>/dev/null ||
		cp tests/asunit/groups "$rig_groups"
	[ -z "$RIG_ALONE" ] || mount --make-rshared /
	chown nobody "$RIG"
}

# rig_unit_user PROGRAM ARGUMENT... - whose daemon it is by the configuration; a
# spool of two users (tdc-milter(8)) says whose tdc-milter is
rig_unit_user()
{
	rig_row=user
	rig_of=$RIG/tdc.cf
	rig_ready=$RIG/spool/ready
	if [ "$1 $(stat -c %a "$rig_ready" 2>/dev/null)" = "tdc-milter 1770" ]; then
		stat -c %G "$rig_ready"
		return
	fi
	[ "$1" != tdc-remediator ] || rig_row=remediation_user
	while [ $# -gt 1 ]; do
		[ "$1" != -c ] || rig_of=$2
		shift
	done
	sed -n "s/^$rig_row *= *//p" "$rig_of" 2>/dev/null | tail -n 1
}

# rig_units_state - the directory that StateDirectory= makes; no daemon of another
# user than the rig's could
rig_units_state()
{
	[ "${TDC_UNIT:-}" = yes ] || return 0
	chown nobody "$RIG"	# a test may have made another one of it
	rig_state_dir=$(dirname "$(sed -n 's/^remediation_database *= *//p' \
	    "$RIG/tdc.cf" | tail -n 1)")
	rig_state_user=$(rig_unit_user tdc-remediator)
	case $rig_state_dir in
	"$RIG"/*)
		[ -e "$rig_state_dir" ] || ! id "$rig_state_user" >/dev/null 2>&1 ||
			install -d -o "$rig_state_user" -m 700 "$rig_state_dir" ;;
	esac
}

# rig_exec COMMAND... - execute it; where TDC_UNIT wants it, a daemon of ours in
# its arguments under its unit
rig_exec()
{
	case "${TDC_UNIT:-} $* " in
	"yes "*"$TDC_BUILD/tdc-"*" -f "*)
		rig_user=$(for rig_word; do
			case $rig_word in
			"$TDC_BUILD"/tdc-*) rig_unit_user "${rig_word##*/}" "$@" ;;
			esac
		done)
		for rig_word; do
			case $rig_word in
			"$TDC_BUILD"/tdc-*)
				set -- "$@" "$TDC_BUILD/tests/asunit/asunit" \
				    -g "$rig_groups" -u "${rig_user:-nobody}" \
				    -r "$rig_top" -w "$RIG"
				for rig_place in ${RIG_PLACES:-}; do
					set -- "$@" -w "$rig_place"
				done
				set -- "$@" \
				    "$rig_top/contrib/systemd/${rig_word##*/}.service"
				;;
			esac
			set -- "$@" "$rig_word"
			shift
		done ;;
	esac
	exec "$@"
}

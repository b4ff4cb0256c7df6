# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# nthlib - a program whose libraries fail when a test says so; sourced after rig.sh
#
#	nthlib_up
#	nthlib_forwarder
#	nthlib_count
#	... what it does ...
#	nthlib_calls
#	nthlib_fail memory 812 1
#	... what it does now ...
#	nthlib_mend
#	is "$nthlib_hits" 1
#
# See tests/tools/nthlib.c, whose enum function has the same order as this list.

nthlib_names="memory SSL_new SSL_connect SSL_read SSL_write SSL_CTX_new ub_resolve
    getaddrinfo"

nthlib_up()
{
	head -c 4096 /dev/zero >"$RIG/nthlib"
	chmod 666 "$RIG/nthlib"
	nthlib_mend
}

nthlib_forwarder()	# as rig_forwarder
{
	rig_lines=$(grep -c "tdc-forwarder .* started" "$RIG/tdc.log")
	rig_start forwarder env "NTHLIB=$RIG/nthlib" \
	    "LD_PRELOAD=$TDC_BUILD/tests/tools/nthlib.so" \
	    "$TDC_BUILD/tdc-forwarder" -f -c "$RIG/tdc.cf"
	rig_wait "[ \$(grep -c 'tdc-forwarder .* started' $RIG/tdc.log) -gt \
	    $rig_lines ] || ! rig_alive forwarder" 20 && rig_alive forwarder
}

# nthlib_write MODE [LETTER SKIP COUNT] - after the numbers are zero again
nthlib_write()
{
	printf '%s%s%-14s%-48s' "$1" "${2:-a}" "${3:-0}" "${4:-0}" |
		dd of="$RIG/nthlib" conv=notrunc bs=64 2>/dev/null
}

nthlib_clear()
{
	head -c 192 /dev/zero | dd of="$RIG/nthlib" conv=notrunc bs=64 seek=1 \
	    2>/dev/null
}

nthlib_count()		# from now on, what is called
{
	nthlib_clear
	nthlib_write c
}

nthlib_calls()		# since then: "NAME COUNT" lines
{
	# shellcheck disable=SC2086
	set -- $nthlib_names
	od -An -v -t u8 -w8 -j 64 -N $((8 * $#)) "$RIG/nthlib" |
		while read -r nthlib_number; do
			[ "$nthlib_number" = 0 ] || echo "$1 $nthlib_number"
			shift
		done
}

nthlib_fail()		# NAME SKIP COUNT: from now on; COUNT 0: all that come
{
	# shellcheck disable=SC2086
	nthlib_letter=$(printf '%s\n' $nthlib_names | grep -nx "$1" |
	    cut -d: -f1)
	nthlib_clear
	nthlib_write f "$(echo abcdefgh | cut -c "$nthlib_letter")" "$2" "$3"
}

nthlib_mend()		# $nthlib_hits is how many did fail
{
	nthlib_write -
	nthlib_hits=$(od -An -t u8 -j 192 -N 8 "$RIG/nthlib" | tr -d ' ')
}

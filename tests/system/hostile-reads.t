#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# hostile-reads - something else stands where a file is to be read: each
# parameter that names one is refused in one line, at once, and what a daemon
# has loaded stays in force; and what the user may not read is not shown
. "$(dirname "$0")/../rig/rig.sh"

rig_up hostile-reads
rig_ca
it=$RIG/it
programs="milter forwarder"
[ ! -x "$TDC_BUILD/tdc-remediator" ] || programs="$programs remediator"
printf 'client_id = a\npassword = b\napi_key = c\n' >"$RIG/api"
echo "profile x type=dovecot url=https://localhost:1 key=a folder=R" \
    >"$RIG/profiles"
printf 'user = a\npassword = b\n' >"$RIG/etcd"
chown nobody "$RIG/api" "$RIG/profiles" "$RIG/etcd"
chmod 600 "$RIG/api" "$RIG/profiles" "$RIG/etcd"
chmod 644 "$RIG"/*.pem "$RIG"/*.key

# paths - all that tdc.cf may name, as the programs have them
paths()
{
	awk '/^\.It Va / { name = $3 } /^Value: an absolute path/ { print name }' \
	    man/tdc.cf.5
}

# others - which are written (hostile-paths.t), executed, or a directory
others="spool_directory maillog_file mail_logs_file history_database
remediation_database remediation_sendmail tls_ca_path"

# conf LINE... - with all that makes each parameter count
conf()
{
	{
		printf '%s\n' "$@" >"$RIG/lines"
		for line in "user = nobody" "default_policy = DEFAULT" \
		    "remediation_user = nobody" "api_polling = yes" \
		    "api_url = https://localhost:1/" \
		    "api_credentials_file = $RIG/api" \
		    "remediation_profiles = $RIG/profiles" \
		    "remediation_domain_map = static:x" \
		    "remediation_database = $RIG/state/state.db" \
		    "tls_cert_file = $RIG/cert.pem" \
		    "tls_key_file = $RIG/cert.key"; do
			grep -q "^${line%% *} " "$RIG/lines" || echo "$line"
		done
		case $1 in
		cluster_*) for line in "cluster = etcd" \
		    "cluster_urls = https://localhost:1" \
		    "cluster_credentials_file = $RIG/etcd"; do
			grep -q "^${line%% *} " "$RIG/lines" || echo "$line"
		    done ;;
		esac
		cat "$RIG/lines"
	} | rig_conf
}

plant()			# KIND
{
	rm -rf "$it"
	case $1 in
	fifo)	mkfifo "$it" ;;
	directory)	mkdir "$it" ;;
	device)	mknod "$it" c 1 5 ;;	# /dev/zero
	dangling)	ln -s "$RIG/nowhere" "$it" ;;
	root)	echo "sesame opens" >"$it"; chown root:root "$it"
		chmod 600 "$it"
		return ;;
	esac
	# a device can be opened where the file system has any
	chmod 755 "$it" 2>/dev/null
	chown -h nobody "$it"
}

# try PROGRAM [OPTION] - it ends, and what it says is in err/it
try()
{
	program=$1
	shift
	timeout -k 1 30 "$TDC_BUILD/tdc-$program" "${@:--n}" -c "$RIG/tdc.cf" \
	    </dev/null >"$RIG/err/it" 2>&1
	code=$?
	case $code in
	124|137) echo "$program hangs" ;;
	6[5-9]|7[0-7]|78)
		[ "$program" = remediator ] ||
			[ "$(grep -c "^tdc-$program: " "$RIG/err/it")" = 1 ] ||
			echo "$program: other than one line: \
$(head -c 300 "$RIG/err/it")" ;;
	esac
	grep -v "^tdc-.*: note:" "$RIG/err/it" >>"$RIG/said"
	echo "$program $code" >>"$RIG/codes"
}

why()			# KIND: what is said of it
{
	case $1 in
	fifo|directory)	echo "not a regular file" ;;
	device)	echo "(not a regular file|Permission denied)" ;;
	dangling)	echo "No such file or directory" ;;
	root)	echo "Permission denied" ;;
	esac
}
kinds="fifo directory device dangling root"

# refused NAME - one program or more names the file, with the reason for $kind
refused()
{
	grep -Eq "$it: (.*: )?$(why "$kind")" "$RIG/said" ||
		echo "$1 $kind: no line: $(head -c 300 "$RIG/said")"
	case $kind in
	fifo|directory)	grep -q " 78$" "$RIG/codes" ||
		grep -q "remediator 7" "$RIG/codes" ||
		echo "$1 $kind: $(tr '\n' ' ' <"$RIG/codes")" ;;
	esac
}

# ---- each parameter ----

conf "syslog_name = x"
for program in milter forwarder; do
	is "$(try $program; echo "$code")" "0" "tdc-$program: starts without harm"
done
# shellcheck disable=SC2086
for name in $(paths); do
	! printf '%s\n' $others | grep -qx "$name" || continue
	wrong=
	conf "$name = $it"
	for kind in $kinds; do
		plant "$kind"
		: >"$RIG/said"
		: >"$RIG/codes"
		for program in $programs; do
			wrong=$wrong$(try "$program")
		done
		wrong=$wrong$(refused "$name")
	done
	is "$wrong" "" "$name"
done

# ---- tdc.cf itself ----

for kind in ${kinds% root}; do
	wrong=
	plant "$kind"
	for program in $programs; do
		timeout -k 1 30 "$TDC_BUILD/tdc-$program" -n -c "$it" \
		    </dev/null >"$RIG/err/it" 2>&1
		code=$?
		[ "$(wc -l <"$RIG/err/it")" = 1 ] &&
			grep -Eq "$it.*$(why "$kind")" "$RIG/err/it" ||
			wrong="$wrong
tdc-$program $code: $(head -c 300 "$RIG/err/it")"
	done
	said=$(timeout -k 1 30 "$TDC_BUILD/tdcctl" -c "$it" config 2>&1)
	like "$? $said" "^78 tdcctl: .*$it.*$(why "$kind")" "tdc.cf: $kind: tdcctl config"
	is "$wrong" "" "tdc.cf: $kind"
done

# ---- what the user may not read is not shown ----

secret='sesame:$y$opens'
printf '%s\n' "$secret" >"$RIG/shadow"
chown root:root "$RIG/shadow"
chmod 640 "$RIG/shadow"
rm -rf "$it"
ln -s "$RIG/shadow" "$it"
shown()			# PROGRAM PARAMETER TYPE
{
	for option in -n -f; do
		timeout -k 1 30 "$TDC_BUILD/tdc-$1" "$option" -c "$RIG/tdc.cf" \
		    </dev/null >"$RIG/err/it" 2>&1
		code=$?
		cat "$RIG/err/it" "$RIG/tdc.log" "$RIG/mail_logs" |
			grep -F sesame
		grep -q "^tdc-$1: as user nobody: .*$2: .*$it.*Permission denied" \
		    "$RIG/err/it" ||
			echo "$option $code: $(head -c 300 "$RIG/err/it")"
	done
}
for type in texthash pcre regexp cidr; do
	conf "policy_maps = check_client $type:$it"
	[ "$type" != texthash ] ||
		conf "policy_maps = check_recipient $type:$it"
	is "$(shown milter policy_maps)" "" "policy_maps: $type"
	[ "$type" = cidr ] || [ ! -x "$TDC_BUILD/tdc-remediator" ] || {
		conf "remediation_domain_map = $type:$it"
		is "$(shown remediator remediation_domain_map)" "" \
		    "remediation_domain_map: $type"
	}
done
echo "sesame opens" >"$RIG/shadow.table"
postmap "hash:$RIG/shadow.table"
chown root:root "$RIG/shadow.table.db"
chmod 640 "$RIG/shadow.table.db"
ln -s "$RIG/shadow.table.db" "$it.db"
conf "policy_maps = check_recipient hash:$it"
is "$(shown milter policy_maps)" "" "policy_maps: hash"
for type in pcre regexp; do
	conf "unclean_header_checks = $type:$it"
	is "$(shown milter unclean_header_checks)" "" \
	    "unclean_header_checks: $type"
done

# ---- a daemon that runs ----

rm -rf "$it"
conf "policy_maps = check_recipient texthash:$RIG/table" \
    "tls_key_file = $RIG/own.key" "api_polling = no" "remediation_profiles =" \
    "remediation_domain_map ="
cp "$RIG/cert.key" "$RIG/own.key"
chown nobody "$RIG/own.key"
: >"$RIG/table"
cp "$RIG/tdc.cf" "$RIG/good.cf"
: >"$RIG/tdc.log"
chown nobody "$RIG/tdc.log"
install -d -o nobody -m 700 "$RIG/state"
for program in $programs; do
	ok "tdc-$program starts" rig_program "$program" "tdc-$program"
done

# again NAME FILE PROGRAM... - a fifo there, then SIGHUP; what was there, and
# another
again()
{
	name=$1
	file=$2
	shift 2
	mv "$file" "$file.kept"
	mkfifo "$file"
	chown nobody "$file"
	for program in "$@"; do
		lines=$(grep -c "tdc-$program.* not reloaded: .*$file.*not a" \
		    "$RIG/tdc.log")
		kill -HUP "$(rig_pid "$program")"
		ok "$name: tdc-$program says what is wrong" rig_wait \
		    '[ "$(grep -c "tdc-$program.* not reloaded: .*$file.*not a" \
		    "$RIG/tdc.log")" -gt "$lines" ]' 20
		ok "$name: tdc-$program goes on" rig_alive "$program"
	done
	mv "$file.kept" "$file"
}

again "tls_key_file" "$RIG/own.key" forwarder
again "a table" "$RIG/table" milter
# shellcheck disable=SC2086
again "tdc.cf" "$RIG/tdc.cf" $programs
for program in $programs; do
	lines=$(grep -c "tdc-$program.*configuration reloaded" "$RIG/tdc.log")
	kill -HUP "$(rig_pid "$program")"
	ok "tdc-$program reads the good one" rig_wait \
	    '[ "$(grep -c "tdc-$program.*configuration reloaded" \
	    "$RIG/tdc.log")" -gt "$lines" ]' 20
done
# and it hangs in none of them: SIGTERM is heeded
rm "$RIG/own.key"
mkfifo "$RIG/own.key"
kill -HUP "$(rig_pid forwarder)"
for program in $programs; do
	kill "$(rig_pid "$program")"
	ok "tdc-$program ends" rig_wait '! rig_alive "$program"' 20
done

done_testing

#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# install - install everything, or remove it again: for make
#
#	sh contrib/install.sh install | uninstall
#
# The environment says where things go: DESTDIR (a prefix of all that follow),
# SBINDIR, MANDIR, DOCDIR, CONFDIR, UNITDIR, SYSUSERS, TMPFILES, COMPDIR,
# ZSHDIR; and BUILD, where the programs are.
#
# Existing configuration is left alone.  Uninstalling removes configuration only
# if it is unchanged since it was installed, and never the spool or the logs; it
# prints what it leaves.  Neither stops or starts a program.
set -eu

: "${DESTDIR?}" "${SBINDIR:?}" "${MANDIR:?}" "${DOCDIR:?}" "${CONFDIR:?}"
: "${UNITDIR:?}" "${SYSUSERS:?}" "${TMPFILES:?}" "${COMPDIR:?}" "${ZSHDIR:?}" \
    "${BUILD:?}"
cd "$(dirname "$0")/.."
umask 022

# everything - what goes where: calls $1 MODE SOURCE TARGET for each file
everything()
{
	for program in tdc-milter tdc-forwarder tdcctl; do
		$1 755 "$BUILD/$program" "$SBINDIR/$program"
	done
	# what a build may be without
	if [ -e "$BUILD/tdc-remediator" ] || [ "$1" = take ]; then
		$1 755 "$BUILD/tdc-remediator" "$SBINDIR/tdc-remediator"
	fi
	for page in man/*.[1-9]; do
		$1 644 "$page" "$MANDIR/man${page##*.}/${page#man/}"
	done
	for unit in contrib/systemd/*; do
		$1 644 "$unit" "$UNITDIR/${unit##*/}"
	done
	$1 644 contrib/sysusers.d/tdc.conf "$SYSUSERS/tdc.conf"
	$1 644 contrib/tmpfiles.d/tdc.conf "$TMPFILES/tdc.conf"
	$1 644 contrib/bash-completion/tdcctl "$COMPDIR/tdcctl"
	$1 644 contrib/zsh/_tdcctl "$ZSHDIR/_tdcctl"
	for text in README CHANGES LICENSE SECURITY contrib/debian.txt contrib/mta.txt \
	    contrib/rhel.txt; do
		$1 644 "$text" "$DOCDIR/${text##*/}"
	done
	for text in contrib/recipes/*.txt; do
		$1 644 "$text" "$DOCDIR/recipes/${text##*/}"
	done
	$1 644 contrib/logrotate/tdc "$DOCDIR/examples/logrotate"
	$1 644 contrib/examples/archive.cf "$DOCDIR/examples/archive.cf"
	$1 755 contrib/examples/alert-mail "$DOCDIR/examples/alert-mail"
	for sample in tdc.rules.yml tdc.scrape.yml; do
		$1 644 "contrib/prometheus/$sample" "$DOCDIR/examples/$sample"
	done
	$1 644 contrib/grafana/tdc.json "$DOCDIR/examples/tdc.grafana.json"
	for sample in tdc.cf recipient_policy sender_policy \
	    unclean_headers.pcre; do
		$1 644 "contrib/$sample" "$DOCDIR/examples/$sample"
		$1 conf "contrib/$sample" "$CONFDIR/$sample"
	done
}

# running - whether this program runs, from the file that was there
running()		# PROGRAM
{
	for exe in /proc/[0-9]*/exe; do
		case $(readlink "$exe" 2>/dev/null) in
		"$DESTDIR$SBINDIR/$1"|"$DESTDIR$SBINDIR/$1 (deleted)")
			return 0 ;;
		esac
	done
	return 1
}

# left - what uninstalling leaves behind, if it is there
left()
{
	for dir in /var/spool/tdc /var/log/tdc /run/tdc \
	    /var/spool/postfix/tdc /var/lib/tdc-remediate; do
		[ ! -d "$DESTDIR$dir" ] || echo "kept $DESTDIR$dir"
	done
	for link in "$DESTDIR"/etc/systemd/system/*.wants/tdc-*; do
		[ ! -L "$link" ] || echo "kept $link"
	done
	for program in tdc-milter tdc-forwarder tdc-remediator; do
		! running $program || echo "$program is still running"
	done
}

# placed - a text with the paths of this installation
placed()
{
	sed -e "s,/usr/local/sbin/,$SBINDIR/,g" \
	    -e "s,/etc/tdc/,$CONFDIR/,g" "$1"
}

put()			# MODE SOURCE TARGET
{
	to=$DESTDIR$3
	if [ "$1" = conf ] && [ -e "$to" ]; then
		cmp -s "$to" "$new/${3##*/}" || echo "kept $to"
		return
	fi
	mkdir -p "${to%/*}"
	case $2 in
	man/*|contrib/*.txt|contrib/systemd/*|contrib/*_policy|contrib/*.pcre|\
	    contrib/tdc.cf|contrib/examples/*|README)
		placed "$2" >"$new/${3##*/}"
		set -- "$1" "$new/${3##*/}" "$3"
		;;
	esac
	[ "$1" != conf ] || set -- 644 "$2" "$3"
	install -m "$1" "$2" "$to"
}

take()			# MODE SOURCE TARGET
{
	to=$DESTDIR$3
	[ -e "$to" ] || return 0
	if [ "$1" = conf ] && ! placed "$2" | cmp -s - "$to"; then
		echo "kept $to"
		return
	fi
	rm -f "$to"
}

# no_dir - remove a directory of ours if it is empty
no_dir()
{
	[ ! -d "$DESTDIR$1" ] || rmdir --ignore-fail-on-non-empty "$DESTDIR$1"
}

case ${1-} in
install)
	new=$(mktemp -d)
	trap 'rm -rf "$new"' EXIT
	everything put
	for program in tdc-milter tdc-forwarder tdc-remediator; do
		! running $program ||
			echo "restart $program: the old one is still running"
	done
	;;
uninstall)
	everything take
	for dir in "$DOCDIR/examples" "$DOCDIR/recipes" "$DOCDIR" "$CONFDIR"; do
		no_dir "$dir"
	done
	left
	;;
*)
	echo "usage: sh contrib/install.sh install | uninstall" >&2
	exit 64
	;;
esac

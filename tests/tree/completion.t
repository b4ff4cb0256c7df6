#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# completion - what bash and zsh complete is what tdcctl knows
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/rig/tap.sh
build=$PWD/$(basename "${TDC_BUILD:-build}")
RIG=$(mktemp -d)
trap 'rm -rf "$RIG"' EXIT
PATH=$build:$PATH
export PATH

files="contrib/bash-completion/tdcctl contrib/zsh/_tdcctl"

# ---- the table ----

mkdir "$RIG/now" "$RIG/old"
# shellcheck disable=SC2086
cp $files "$RIG/now"
sh tests/lint/man-lists.sh "$build" "$RIG/now"
is "$(for file in $files; do
	diff "$file" "$RIG/now/${file##*/}"
done)" "" "the tables are those of the code"
for file in $files; do
	sed '/LIST completion/,/END LIST/{ /help|/d; }' "$file" \
	    >"$RIG/old/${file##*/}"
done
sh tests/lint/man-lists.sh "$build" "$RIG/old"
is "$(diff -r "$RIG/now" "$RIG/old")" "" "one without a verb gets it back"

# ---- what is completed ----

chmod 755 "$RIG"
mkdir -m 700 "$RIG/spool"
user=$(id -un)
if [ "$user" = root ]; then
	user=nobody		# who fills it for root
	chown $user "$RIG/spool"
fi
cat >"$RIG/tdc.cf" <<-EOT
	intake_address = journal@intake.example
	spool_directory = $RIG/spool
	user = $user
EOT
fill()
{
	"$build/tests/tools/fill" "$@" "$RIG/spool"
}
fill -n 3
# shellcheck disable=SC2016
fill -n 1 -i 'copy@`touch${IFS}$RIG/owned`.example'
fill -n 1 -i copy@third.example
export RIG

# of_bash, of_zsh - what is offered for the last word of each line of standard
# input, after "tdcctl -c FILE "
of_bash()
{
	while IFS= read -r line; do
		case $line in
		''|*' ')
			set -- $line "" ;;
		*)
			set -- $line ;;
		esac
		# shellcheck disable=SC2016
		bash -c '. contrib/bash-completion/tdcctl
			COMP_WORDS=(tdcctl -c "$RIG/tdc.cf" "$@")
			COMP_CWORD=$(($# + 2))
			_tdcctl
			echo "${COMPREPLY[*]}"' bash "$@" 2>&1
	done
}
of_zsh()
{
	sed "s|^|tdcctl -c $RIG/tdc.cf |" |
		zsh -f tests/helpers/complete.zsh 2>&1
}
shells=bash
if command -v zsh >/dev/null; then
	shells="bash zsh"
fi

tdcctl help --json | perl -MJSON::PP -ne '
	my $v = decode_json($_);
	print join(" ", $v->{verb}, map { $_->{option} } @{$v->{options}}), "\n"
' >"$RIG/verbs"
verbs=$(cut -d' ' -f1 "$RIG/verbs" | tr '\n' ' ' | sed 's/ $//')
like "$verbs" "check .* version" "there are verbs"
sed 's/^[^ ]* *//' "$RIG/verbs" >"$RIG/options"
{
	sed 's/ .*/ -/' "$RIG/verbs" | paste -d'|' - "$RIG/options"
	cat <<-EOT
		|$verbs
		hos|hoststatus
		help hos|hoststatus
		-|-c -v -h -V
		history --since 1h --s|--sender
		history --json --j|
		history --intake |copy@third.example journal@intake.example
		history --mid 4|4
		config retry_|retry_limit retry_delay
		show |1 2 3 4 5
		delete |1 2 3 4 5 ALL
		flush |intake.example third.example
		hoststatus t|third.example the.tdc.queue
		check x|
		frob x|
	EOT
} >"$RIG/rows"
cut -d'|' -f1 "$RIG/rows" >"$RIG/lines"
for shell in $shells; do
	"of_$shell" <"$RIG/lines" >"$RIG/offered"
	is "$(paste -d'|' "$RIG/lines" "$RIG/offered")" "$(cat "$RIG/rows")" \
	    "$shell completes verbs, options, and what they may be"
	is "$(echo "policy -m $PWD/contrib/tdc" | "of_$shell" | sed 's|.*/||')" \
	    tdc.cf "and files"
done
like "$(tdcctl -c "$RIG/tdc.cf" queue)" 'copy@`touch' "a domain may be anything"
ok "and nothing in it is run" [ ! -e "$RIG/owned" ]
rm "$RIG/tdc.cf"
for shell in $shells; do
	is "$(echo "show " | "of_$shell")" "" \
	    "$shell: without a tdc.cf, nothing is said"
done

echo "1..$rig_tests"
[ "$rig_failed" -eq 0 ]

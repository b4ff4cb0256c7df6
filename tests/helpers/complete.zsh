#!/usr/bin/env zsh
# SPDX-License-Identifier: BSD-2-Clause
#
# complete - what zsh offers for the last word of each line of standard input:
#
#	echo 'tdcctl -c tdc.cf del' | zsh -f tests/helpers/complete.zsh
#
# A zsh of its own at a terminal of its own, with contrib/zsh among its
# functions, is given the line and a Tab.  Prints a line for each, with blanks
# between what is offered.
zmodload zsh/zpty || exit 1
export COMPLETE=$(mktemp -d)
trap 'rm -rf $COMPLETE' EXIT
cat >$COMPLETE/rc <<'RC'
fpath=($PWD/contrib/zsh $fpath)
autoload -Uz compinit
compinit -u -d $COMPLETE/dump
# compadd - as it is, but what it would add is noted; where it only looks, or
# fills arrays, it adds nothing
compadd()
{
	local -a matches
	[[ -n ${argv[(r)-[OAD]]} ]] || builtin compadd -A matches "$@"
	(( ! $#matches )) || print -rl -- $matches >>$COMPLETE/hits
	builtin compadd "$@"
}
tab()
{
	zle complete-word
	: >$COMPLETE/end
}
zle -N tab
bindkey '^I' tab
: >$COMPLETE/ready
RC

await()			# FILE
{
	local i
	for ((i = 0; i < 500; i++)); do
		[[ ! -e $COMPLETE/$1 ]] || return 0
		zpty -rt shell >/dev/null
		sleep 0.02
	done
	print "no $1"
}
zpty shell 'PS1= exec zsh -f -i'
zpty -w shell "source $COMPLETE/rc"
await ready
while IFS= read -r line; do
	rm -f $COMPLETE/hits $COMPLETE/end
	zpty -n -w shell $'\C-u'$line$'\t'
	await end
	[[ -e $COMPLETE/hits ]] || : >$COMPLETE/hits
	print -r -- ${(f)"$(<$COMPLETE/hits)"}
done
zpty -d shell

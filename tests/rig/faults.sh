# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# faults - a milter whose system calls fail when a test says so; sourced after
# rig.sh
#
#	faults_up
#	faults_start
#	faults_ask fail "$(faults_number SYS_fsync)" "$(faults_number EIO)" 0 1
#	... $faults_said is "ok" ...
#
# See tests/tools/faults.c, whose commands these are; it needs Linux 5.19.

# faults_up [OPTION...] - begin, with the words of tdc-milter; it does not run yet
faults_up()
{
	mkfifo "$RIG/faults.in" "$RIG/faults.out"
	printf '#include <errno.h>\n#include <sys/syscall.h>\n' |
		${CC:-cc} -E -dM - |
		sed -En 's/^#define (E[A-Z0-9]+|__NR_[a-z0-9_]+) ([0-9]+)$/\1 \2/p' |
		sed 's/^__NR_/SYS_/' >"$RIG/numbers"
	rig_start faults "$TDC_BUILD/tests/tools/faults" "$RIG/faults.in" \
	    "$RIG/faults.out" "$TDC_BUILD/tdc-milter" "$@" -c "$RIG/tdc.cf"
	exec 3<>"$RIG/faults.in" 4<>"$RIG/faults.out"
}

faults_ask()		# COMMAND...: its answer in $faults_said
{
	if ! rig_alive faults; then
		echo "Bail out!  tests/tools/faults is gone"
		exit 1
	fi
	echo "$*" >&3
	read -r faults_said <&4
}

faults_number()		# SYS_CALL or ERRNO
{
	sed -n "s/^$1 //p" "$RIG/numbers"
}

# faults_numbers CALL[,CALL...] - the same, without SYS_
faults_numbers()
{
	echo "$1" | tr , '\n' | while read -r faults_call; do
		faults_number "SYS_$faults_call"
	done | paste -sd ,
}

# faults_calls - what was called since the last time: "NAME COUNT" lines
faults_calls()
{
	faults_ask calls
	printf '%s\n' "$faults_said" | tr ' ' '\n' | sed -n 's/:/ /p' |
		while read -r faults_call faults_count; do
			echo "$(sed -n "s/^SYS_\(.*\) $faults_call$/\1/p" \
			    "$RIG/numbers") $faults_count"
		done
}

# faults_errors CALL - what it may plausibly fail with: the errors of a resource
# that is short, or of a device that is broken.  Of what nobody has thought of
# it is EPERM, as a sandbox says; and nothing where the kernel has no way to fail.
faults_errors()
{
	case ${TDC_BUILD##*/}:$1 in
	build-*:*m*map*|build-*:brk|build-*:mprotect|build-*:madvise|\
	build-*:sched_getaffinity)
		return ;;	# the sanitizers give up then
	esac
	case $1 in
	write|writev|pwrite*|copy_file_range|fallocate|ftruncate)
		echo EIO ENOSPC EPIPE ;;
	send*)	echo ENOBUFS ECONNREFUSED ;;
	read|readv|pread*|getdents*) echo EIO ECONNRESET ;;
	recv*)	echo ECONNRESET ENOMEM ;;
	accept*) echo EMFILE ENOMEM ECONNABORTED EPERM ;;
	open*)	echo EMFILE ENFILE EACCES EIO ;;
	socket|socketpair|pipe*|dup*|epoll_create*|inotify_init*|eventfd*)
		echo EMFILE ENFILE ENOMEM ;;
	connect) echo ECONNREFUSED EAGAIN ;;
	fork|vfork|clone*) echo EAGAIN ENOMEM ;;
	mmap*|munmap|mremap|mprotect|brk|madvise) echo ENOMEM ;;
	poll|ppoll|select|pselect6|epoll_wait) echo EINTR ENOMEM ;;
	futex)	echo EAGAIN EINTR ;;
	clock_nanosleep|nanosleep|rt_sigtimedwait|pause|wait*) echo EINTR ;;
	fsync|fdatasync|msync|sync*) echo EIO ENOSPC ;;
	flock)	echo ENOLCK EWOULDBLOCK ;;
	link*|rename*|mkdir*|unlink*|rmdir) echo EIO ENOSPC EACCES ;;
	*stat*|access|faccessat*|readlink*|getcwd) echo EIO ENOMEM ;;
	close)	echo EIO ;;
	execve)	echo ENOENT ENOMEM ;;
	set*id|setgroups) echo EPERM EAGAIN ;;
	get*id|umask|rt_sig*|rseq|set_tid_address|set_robust_list|arch_prctl) ;;
	*)	echo EPERM ;;
	esac
}

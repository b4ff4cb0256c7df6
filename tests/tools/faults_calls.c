/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/tools/faults_calls.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/own.h"

struct rule rule;
unsigned long made[CALLS];

/* calls_ask - about all but those that have no result */
int
calls_ask(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {
		.len = sizeof(code) / sizeof(*code), .filter = code };

	/* A signal in the midst of a question would let it be asked again. */
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER |
	    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
}

/* may_fail - whether this one, of that number, has a way to */
static bool
may_fail(const struct seccomp_data *data)
{
	int how = (int)data->args[1] & FUTEX_CMD_MASK;

	return data->nr != SYS_futex || how == FUTEX_WAIT ||
	    how == FUTEX_WAIT_BITSET;
}

/* has_turn - whether it is this one that shall fail */
static bool
has_turn(const struct seccomp_data *data)
{
	if (data->nr < 0 || data->nr >= CALLS || !rule.calls[data->nr] ||
	    !may_fail(data))
		return false;
	if (rule.skip > 0) {
		rule.skip--;
		return false;
	}
	if (!rule.endless && rule.left == 0)
		return false;
	if (!rule.endless)
		rule.left--;
	rule.hits++;
	return true;
}

/* close_it - for the program, which has /dev/null by that number then */
static void
close_it(int listener, const struct seccomp_notif *call)
{
	own(fd) int null_file = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct seccomp_notif_addfd add = { .id = call->id,
	    .flags = SECCOMP_ADDFD_FLAG_SETFD, .srcfd = (unsigned)null_file,
	    .newfd = (unsigned)call->data.args[0],
	    .newfd_flags = O_CLOEXEC };

	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
}

/* break_of - a process; that of a page, as brk(2) takes it, or 0 */
static __s64
break_of(__u32 process)
{
	own(str) char *path = mem_format("/proc/%u/maps", process);
	FILE *maps = fopen(path, "re");
	unsigned long begin, end = 0;
	char line[512];

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL)
		if (strstr(line, "[heap]") != NULL &&
		    sscanf(line, "%lx-%lx", &begin, &end) == 2)
			break;
	if (maps != NULL)
		fclose(maps);
	return (__s64)end;
}

/* refuse - as the kernel would; before there is a heap no brk fails */
static void
refuse(int listener, const struct seccomp_notif *call,
    struct seccomp_notif_resp *reply)
{
	__s64 end = call->data.nr == SYS_brk ? break_of(call->pid) : 0;

	if (call->data.nr == SYS_brk && end == 0)
		return;
	if (call->data.nr == SYS_close)
		close_it(listener, call);
	reply->flags = 0;
	reply->val = end;
	reply->error = call->data.nr == SYS_brk ? 0 : -rule.error;
}

static void
decide(int listener, const struct seccomp_notif *call)
{
	struct seccomp_notif_resp reply = { .id = call->id,
	    .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };

	if (call->data.nr >= 0 && call->data.nr < CALLS &&
	    may_fail(&call->data))
		made[call->data.nr]++;
	if (has_turn(&call->data))
		refuse(listener, call, &reply);
	/* Whoever asked may be gone by now. */
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

/* calls_heed - and answer */
void
calls_heed(int listener)
{
	/* larger than the kernel's, of whichever version */
	static union { struct seccomp_notif call; char room[512]; } asked;

	memset(&asked, 0, sizeof(asked));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked.call) == 0)
		decide(listener, &asked.call);
}

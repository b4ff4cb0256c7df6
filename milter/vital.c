/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/vital.h"

#include <dlfcn.h>
#include <errno.h>
#include <libmilter/mfapi.h>
#include <string.h>
#include <sys/uio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log/log.h"
#include "base/mem.h"
#include "base/own.h"

enum {
	PATIENCE_MS = 250,
	PAUSE_MS = 2,
	FLUSH_MS = 250		/* originals wait for it */
};

static struct service *service;

/* vital_begin - before libmilter listens */
void
vital_begin(struct service *ours)
{
	service = ours;
}

/* vital_again - for a moment */
bool
vital_again(struct vital *vital)
{
	const struct timespec pause = clock_timespec(PAUSE_MS);
	int64_t now = clock_now();
	int error = errno;

	if (vital->until == 0)
		vital->until = now + PATIENCE_MS;
	if (now >= vital->until)
		return false;
	(void)nanosleep(&pause, NULL);
	errno = error;
	return true;
}

/* vital_is_libmilters - by the library that it lies in */
bool
vital_is_libmilters(const void *address)
{
	Dl_info theirs, this;

	return dladdr((void *)smfi_main, &theirs) != 0 &&
	    dladdr(address, &this) != 0 && theirs.dli_fbase == this.dli_fbase;
}

/* vital_lost - with what can still be told */
void
vital_lost(const char *call)
{
	own(str) char *text = mem_format("libmilter: %s: %s: no session can be "
	    "served, %u messages under way get no copy", call, strerror(errno),
	    service != NULL ? (unsigned)service->open_messages : 0);
	const struct iovec line[] = { { (char *)"tdc-milter: ", 12 },
	    { text, strlen(text) }, { (char *)"\n", 1 } };
	ssize_t ignored = writev(STDERR_FILENO, line, 3);

	(void)ignored;
	log_event(fatal, text);
	log_flush_for(FLUSH_MS);
	_exit(EX_OSERR);
}

/* write - in libc's place, which calls it writev */
ssize_t
write(int fd, const void *bytes, size_t n)
{
	const struct iovec part = { (void *)bytes, n };
	struct vital vital = VITAL;
	ssize_t written = writev(fd, &part, 1);

	if (written != -1 || !vital_is_libmilters(__builtin_return_address(0)))
		return written;
	while (written == -1 && vital_again(&vital))
		written = writev(fd, &part, 1);
	if (written == -1)
		vital_lost("write");
	return written;
}

/* sleep - in libc's place; not libmilter, before which others wait */
unsigned
sleep(unsigned seconds)
{
	struct timespec left = { .tv_sec = (time_t)seconds };

	if (vital_is_libmilters(__builtin_return_address(0)))
		return 0;
	return nanosleep(&left, &left) == 0 ? 0 : (unsigned)left.tv_sec;
}

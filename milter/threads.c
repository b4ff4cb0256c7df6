/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/threads.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/log/log.h"
#include "milter/listener.h"
#include "milter/unserved.h"
#include "milter/vital.h"

typedef void *thread_begin(void *);
typedef int create_thread(pthread_t *, const pthread_attr_t *, thread_begin *,
    void *);
typedef int detach_thread(pthread_t);

static _Atomic bool scarce;
static _Thread_local bool in_place;	/* no thread of its own runs this */

/* threads_scarce - libmilter listens */
void
threads_scarce(void)
{
	scarce = true;
}

/* is_libmilters - a thread of ours has attributes, libmilter's have none */
static bool
is_libmilters(const pthread_attr_t *attr, thread_begin *begin)
{
	return attr == NULL && vital_is_libmilters((void *)begin);
}

/* pthread_create - in libc's place */
int
pthread_create(pthread_t *restrict out, const pthread_attr_t *restrict attr,
    thread_begin *begin, void *restrict arg)
{
	create_thread *create =
	    (create_thread *)dlsym(RTLD_NEXT, "pthread_create");
	int result = create(out, attr, begin, arg);

	if (result == 0 || !scarce || arg == NULL ||
	    !is_libmilters(attr, begin))
		return result;
	in_place = true;
	begin(arg);
	in_place = false;
	log_event(no_thread, strerror(result));
	unserved_watch();
	return 0;
}

/* pthread_detach - in libc's place */
int
pthread_detach(pthread_t thread)
{
	detach_thread *detach =
	    (detach_thread *)dlsym(RTLD_NEXT, "pthread_detach");

	return in_place ? EINVAL : detach(thread);
}

/* ---- what libmilter says ---- */

static void
say(int priority, const char *format, va_list args)
{
	char text[400];

	if (in_place || listener_wrong() || LOG_PRI(priority) > LOG_WARNING)
		return;
	vsnprintf(text, sizeof(text), format, args);
	log_event(libmilter, ESCAPE(text));
}

#undef syslog
/* syslog - in libc's place */
void
syslog(int priority, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(priority, format, args);
	va_end(args);
}

/* by the name that libmilter knows when it is built with fortification */
void	checked_syslog(int, int, const char *, ...) __asm__("__syslog_chk")
	    __attribute__((format(printf, 3, 4)));
void
checked_syslog(int priority, int unused, const char *format, ...)
{
	va_list args;

	(void)unused;
	va_start(args, format);
	say(priority, format, args);
	va_end(args);
}

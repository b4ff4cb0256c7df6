/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What archives that were made for glibc call, for tests/ports/musl.sh: the
 * functions behind _FORTIFY_SOURCE, here without its check.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char __libc_single_threaded;

#define UNUSED __attribute__((unused))

#define FORMATTED(name, call, ...)					\
int	name(__VA_ARGS__, ...);						\
int									\
name(__VA_ARGS__, ...)							\
{									\
	va_list args;							\
	int written;							\
									\
	va_start(args, format);						\
	written = call;							\
	va_end(args);							\
	return written;							\
}

FORMATTED(__snprintf_chk, vsnprintf(to, n, format, args),
    char *to, size_t n, UNUSED int flag, UNUSED size_t room, const char *format)
FORMATTED(__sprintf_chk, vsprintf(to, format, args),
    char *to, UNUSED int flag, UNUSED size_t room, const char *format)
FORMATTED(__printf_chk, vprintf(format, args), UNUSED int flag, const char *format)
FORMATTED(__fprintf_chk, vfprintf(to, format, args),
    FILE *to, UNUSED int flag, const char *format)
int
__vsnprintf_chk(char *to, size_t n, UNUSED int flag, UNUSED size_t room, const char *format,
    va_list args)
{
	return vsnprintf(to, n, format, args);
}

char *
__strncpy_chk(char *to, const char *from, size_t n, UNUSED size_t room)
{
	return strncpy(to, from, n);
}

void *
__memmove_chk(void *to, const void *from, size_t n, UNUSED size_t room)
{
	return memmove(to, from, n);
}

int
pthread_rwlockattr_setkind_np(UNUSED pthread_rwlockattr_t *attr, UNUSED int kind)
{
	return 0;
}

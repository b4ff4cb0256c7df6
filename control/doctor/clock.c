/* SPDX-License-Identifier: BSD-2-Clause */
/* A clock that nothing keeps right puts wrong dates into copies and logs. */
#include <sys/timex.h>
#include <unistd.h>

#include "control/doctor/doctor.h"

/* The kernel's bound on the error of a clock that nothing has set for long, in
 * us.  Whether it is reached tells more than STA_UNSYNC, which some programs
 * that keep the time set on purpose, so that the kernel leaves the hardware's
 * clock alone. */
enum { UNKNOWN = 16000000 };

/* is_contained - in a container the clock is the host's, who may well keep it
 * by something that the kernel here is not told of */
static bool
is_contained(void)
{
	static const char *const signs[] = { "/run/systemd/container",
		"/run/.containerenv", "/.dockerenv" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (access(signs[i], F_OK) == 0)
			return true;
	return false;
}

/* doctor_clock - does anything keep it right? */
void
doctor_clock(struct findings *findings)
{
	struct timex timex = { .modes = 0 };

	if (is_contained() || adjtimex(&timex) == -1)
		return;
	if (timex.maxerror >= UNKNOWN)
		finding_warn(findings, "the clock of this host is not kept "
		    "right: run chrony, ntpd or systemd-timesyncd");
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/queue/pace.h"

/* pace_session - how many letters it takes over one connection */
unsigned
pace_session(const struct pace *pace, int64_t now)
{
	return now < pace->session_end ? pace->session : 0;
}

/* pace_limited - it took so many, and no more */
bool
pace_limited(struct pace *pace, unsigned letters, int64_t now)
{
	unsigned known = pace_session(pace, now);

	pace->session = known == 0 || letters < known ? letters : known;
	pace->session_end = now + PACE_TIME;
	return pace->session != known;
}

/* pace_unlimited - it was not so */
void
pace_unlimited(struct pace *pace)
{
	pace->session = 0;
	pace->session_end = 0;
}

/* pace_flight - how many letters may share the next flight */
unsigned
pace_flight(const struct pace *pace)
{
	unsigned letters = 1U << pace->doubled;

	if (pace->odd)
		return 1;
	return letters < PACE_FLIGHT ? letters : PACE_FLIGHT;
}

/* pace_whole - a flight was answered as it should be; one that was smaller
 * than it might have been proves nothing new */
void
pace_whole(struct pace *pace, unsigned letters)
{
	if (letters >= pace_flight(pace) && pace_flight(pace) < PACE_FLIGHT)
		pace->doubled++;
}

/* pace_odd - another was not */
void
pace_odd(struct pace *pace)
{
	pace->odd = true;
}

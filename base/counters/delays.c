/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/counters/delays.h"

const struct delay_row delay_rows[DELAYS] = {
	{ 50, "0.05", COUNT_DELIVERY_50MS },
	{ 100, "0.1", COUNT_DELIVERY_100MS },
	{ 250, "0.25", COUNT_DELIVERY_250MS },
	{ 500, "0.5", COUNT_DELIVERY_500MS },
	{ 1000, "1", COUNT_DELIVERY_1S },
	{ 2500, "2.5", COUNT_DELIVERY_2500MS },
	{ 5000, "5", COUNT_DELIVERY_5S },
	{ 10000, "10", COUNT_DELIVERY_10S },
	{ 30000, "30", COUNT_DELIVERY_30S },
	{ 60000, "60", COUNT_DELIVERY_60S },
	{ 120000, "120", COUNT_DELIVERY_120S },
	{ INT64_MAX, "+Inf", COUNT_DELIVERY_LONGER },
};

/* delay_counter - the first that it fits in */
enum counter
delay_counter(int64_t ms)
{
	const struct delay_row *row = delay_rows;

	while (ms > row->most)
		row++;
	return row->counter;
}

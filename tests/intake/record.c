/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/own.h"
#include "tests/intake/record.h"

struct stats stats;
struct record record = { .journal_fd = -1 };
static atomic_ulong journal_room = 256UL << 20;	/* bytes it may grow by */

void
stat_add(atomic_ulong *stat, unsigned long n)
{
	atomic_fetch_add_explicit(stat, n, memory_order_relaxed);
}

void
stat_max(atomic_ulong *stat, unsigned long n)
{
	unsigned long old = atomic_load(stat);

	while (old < n && !atomic_compare_exchange_weak(stat, &old, n))
		;
}

/* stats_message - count one; at the one of -N, or at each, say when that was */
void
stats_message(void)
{
	unsigned long count = atomic_fetch_add(&stats.messages, 1) + 1;
	struct timespec time;

	if (count != record.announce_at && !record.announce_each)
		return;
	clock_gettime(CLOCK_REALTIME, &time);
	printf("reached %lld\nmicroseconds %lld\n", (long long)clock_wall(),
	    time.tv_sec * 1000000LL + time.tv_nsec / 1000);
	fflush(stdout);
}

/* stats_write - replace the file when a number has changed */
void
stats_write(void)
{
	static char last[1024];
	own(buf) struct buf text = BUF;
	char temporary[4096];
	FILE *file;

	if (record.stats_path == NULL)
		return;
#define STAT_LINE(name) \
	buf_format(&text, #name " %lu\n", atomic_load(&stats.name));
	STATS(STAT_LINE)
#undef STAT_LINE
	if (strcmp(text.data, last) == 0 || text.len >= sizeof(last))
		return;
	snprintf(temporary, sizeof(temporary), "%s.new", record.stats_path);
	if ((file = fopen(temporary, "we")) == NULL)
		return;
	fwrite(text.data, 1, text.len, file);
	if (fclose(file) == 0 && rename(temporary, record.stats_path) == 0)
		memcpy(last, text.data, text.len + 1);
}

/* journal_line - write one event; a journal that is full takes no more */
void
journal_line(unsigned long connection, unsigned long flight, char kind,
    const char *format, ...)
{
	int64_t now;
	char line[1200];
	int used, more;
	va_list args;

	if (record.journal_fd == -1)
		return;
	now = clock_wall();
	used = snprintf(line, sizeof(line), "%lld.%03d %lu %lu %c ",
	    (long long)(now / 1000), (int)(now % 1000), connection, flight,
	    kind);
	va_start(args, format);
	more = vsnprintf(line + used, sizeof(line) - (size_t)used - 1, format,
	    args);
	va_end(args);
	used = more < (int)sizeof(line) - used - 1 ? used + more :
	    (int)sizeof(line) - 2;
	for (int i = 0; i < used; i++)
		if ((unsigned char)line[i] < ' ')
			line[i] = '|';
	line[used++] = '\n';
	if (atomic_fetch_sub(&journal_room, (unsigned long)used) <
	    (unsigned long)used) {
		atomic_fetch_add(&journal_room, (unsigned long)used);
		return;
	}
	(void)!write(record.journal_fd, line, (size_t)used);
}

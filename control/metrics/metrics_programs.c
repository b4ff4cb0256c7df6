/* SPDX-License-Identifier: BSD-2-Clause */
/* What runs, since when, and with what. */
#include <string.h>

#include "control/metrics/exposition.h"
#include "control/metrics/metrics.h"

/* What is told of a program; several milters are one. */
struct program {
	const char	*name;
	const struct spool_program *running;
	size_t		 count;
};
enum { PROGRAMS = 2 };

/* latest - when the one that was started last was; ms since 1970, 0: unknown */
static int64_t
latest(const struct program *program)
{
	int64_t since = 0;

	for (size_t i = 0; i < program->count; i++)
		if (program->running[i].since > since)
			since = program->running[i].since;
	return since;
}

/* loaded - when the oldest configuration in force was read */
static int64_t
loaded(const struct program *program)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < program->count; i++)
		if (program->running[i].state.loaded < first)
			first = program->running[i].state.loaded;
	return first != INT64_MAX ? first : 0;
}

/* refused - whether one of them goes by an older configuration */
static uint64_t
refused(const struct program *program)
{
	bool any = false;

	for (size_t i = 0; i < program->count; i++)
		any |= program->running[i].state.refused;
	return any;
}

static void
add_up(const struct program *programs, struct buf *out)
{
	static const char name[] = "tdc_up";

	exposition_family(out, name, "gauge", "Whether the program runs.");
	for (int i = 0; i < PROGRAMS; i++)
		exposition_number(out, name,
		    LABELS("program", programs[i].name),
		    programs[i].count > 0);
}

/* add_times - of one kind, of the programs that tell it */
static void
add_times(const struct program *programs, const char *name,
    int64_t (*when)(const struct program *), const char *help, struct buf *out)
{
	exposition_family(out, name, "gauge", help);
	for (int i = 0; i < PROGRAMS; i++) {
		int64_t wall = when(&programs[i]);

		if (wall > 0)
			exposition_seconds(out, name, LABELS("program",
			    programs[i].name), (uint64_t)wall);
	}
}

static void
add_refused(const struct program *programs, struct buf *out)
{
	static const char name[] = "tdc_reload_refused";

	exposition_family(out, name, "gauge", "Whether tdc.cf was wrong at the "
	    "last reload, so that an older one is in force.");
	for (int i = 0; i < PROGRAMS; i++)
		if (programs[i].count > 0)
			exposition_number(out, name, LABELS("program",
			    programs[i].name), refused(&programs[i]));
}

/* is_told - whether one before it has the same version */
static bool
is_told(const struct program *program, size_t which)
{
	for (size_t i = 0; i < which; i++)
		if (strcmp(program->running[i].version,
		    program->running[which].version) == 0)
			return true;
	return false;
}

static void
add_versions(const struct program *programs, struct buf *out)
{
	static const char name[] = "tdc_build_info";

	exposition_family(out, name, "gauge", "1 for each version of a program "
	    "that runs, and for that of tdcctl.");
	exposition_number(out, name, LABELS("program", "tdcctl", "version",
	    VERSION), 1);
	for (int i = 0; i < PROGRAMS; i++)
		for (size_t j = 0; j < programs[i].count; j++) {
			const char *version = programs[i].running[j].version;

			if (*version != '\0' && !is_told(&programs[i], j))
				exposition_number(out, name, LABELS("program",
				    programs[i].name, "version", version), 1);
		}
}

/* stale - how many tables of all milters are */
static uint64_t
stale(const struct program *milters)
{
	uint64_t n = 0;

	for (size_t i = 0; i < milters->count; i++)
		n += milters->running[i].state.stale;
	return n;
}

/* metrics_programs - of both */
void
metrics_programs(const struct status *status, struct buf *out)
{
	const struct program programs[PROGRAMS] = {
		{ "tdc-milter", status->milters, status->milter_count },
		{ "tdc-forwarder", &status->forwarder, status->forwards },
	};

	add_up(programs, out);
	add_times(programs, "tdc_start_time_seconds", latest, "When the program "
	    "was started, in seconds since 1970; of several, the last.", out);
	add_times(programs, "tdc_config_loaded_timestamp_seconds", loaded,
	    "When tdc.cf was last read, in seconds since 1970; of several "
	    "programs, the first.", out);
	add_refused(programs, out);
	add_versions(programs, out);
	if (status->milter_count > 0)
		exposition_single(out, "tdc_tables_stale", "gauge", "Tables that "
		    "have changed on disk and could not be read, so that what "
		    "they said before is in force.", stale(&programs[0]));
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What waits, where it goes, and what it lies on. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "control/metrics/exposition.h"
#include "control/metrics/domains.h"
#include "control/metrics/metrics.h"

/* ---- each intake domain ---- */

/* A number of each: false where there is none to tell. */
typedef bool figure(const struct domain *, uint64_t *out);

static bool
copies(const struct domain *domain, uint64_t *out)
{
	*out = domain->copies;
	return true;
}

static bool
age(const struct domain *domain, uint64_t *out)
{
	*out = domain_age(domain, clock_wall());
	return true;
}

static bool
connections(const struct domain *domain, uint64_t *out)
{
	*out = domain->connections;
	return true;
}

static bool
is_up(const struct domain *domain, uint64_t *out)
{
	*out = domain->state == SITE_UP;
	return domain->state != SITE_UNKNOWN;
}

static bool
is_suspended(const struct domain *domain, uint64_t *out)
{
	*out = domain->suspended;
	return true;
}

/* add_each - a family with a sample for each domain */
static void
add_each(const struct domains *domains, const char *name, const char *help,
    figure *figure_of, struct buf *out)
{
	uint64_t n;

	exposition_family(out, name, "gauge", help);
	for (size_t i = 0; i < domains->count; i++)
		if (figure_of(&domains->list[i], &n))
			exposition_number(out, name, LABELS("intake",
			    domains->list[i].name), n);
}

static void
add_domains(const struct domains *domains, struct buf *out)
{
	if (domains->counted) {
		add_each(domains, "tdc_queue_copies",
		    "Copies that wait, by intake domain.", copies, out);
		add_each(domains, "tdc_queue_oldest_age_seconds", "Age of the "
		    "oldest copy that waits or is just being sent; 0 if none "
		    "waits.", age, out);
	}
	add_each(domains, "tdc_connections", "Connections to the intake open "
	    "now.", connections, out);
	add_each(domains, "tdc_intake_up", "Whether the last attempt found the "
	    "intake up; no sample while that is not known.", is_up, out);
	add_each(domains, "tdc_intake_suspended", "Whether an operator has "
	    "suspended the intake domain.", is_suspended, out);
}

/* add_certificates - ours, and what each intake showed last */
static void
add_certificates(const struct status *status, const struct domains *domains,
    struct buf *out)
{
	static const char name[] = "tdc_certificate_expiry_timestamp_seconds";
	uint64_t own = status_gauge(status, COUNT_CERTIFICATE);

	exposition_family(out, name, "gauge", "When a certificate expires, in "
	    "seconds since 1970: which=client, that of tls_cert_file; "
	    "which=intake, the last that an intake showed.");
	if (own > 0)
		exposition_number(out, name, LABELS("which", "client"), own);
	for (size_t i = 0; i < domains->count; i++)
		if (domains->list[i].certificate > 0)
			exposition_number(out, name, LABELS("which", "intake",
			    "intake", domains->list[i].name),
			    domains->list[i].certificate);
}

/* ---- all of it ---- */

/* add_bytes - of the files; nothing if they cannot be listed */
static void
add_bytes(const struct status *status, struct buf *out)
{
	struct spool_entry *entries;
	char name[SPOOL_NAME];
	uint64_t bytes = 0;
	struct err ignored;
	struct stat st;
	size_t n;

	if (spool_list(status->spool, SPOOL_READY, &entries, &n,
	    &ignored) == -1)
		return;
	for (size_t i = 0; i < n; i++)
		if (fstatat(spool_readyfd(status->spool), spool_name(
		    SPOOL_READY, &entries[i], name), &st,
		    AT_SYMLINK_NOFOLLOW) == 0)
			bytes += (uint64_t)st.st_size;
	free(entries);
	exposition_single(out, "tdc_queue_bytes", "gauge",
	    "Size of the files of copies that wait.", bytes);
}

/* add_files - for who may see them */
static void
add_files(const struct status *status, struct buf *out)
{
	if (!status->sees_copies)
		return;
	add_bytes(status, out);
	exposition_single(out, "tdc_kept_copies", "gauge", "Copies kept after "
	    "delivery was given up.", status->failed);
	exposition_single(out, "tdc_damaged_files", "gauge", "Files kept that "
	    "are no whole copies.", status->damaged);
}

static void
add_space(const struct conf *conf, struct buf *out)
{
	struct statvfs fs;

	if (statvfs(conf->spool_directory, &fs) == 0)
		exposition_single(out, "tdc_spool_free_bytes", "gauge",
		    "Space that the file system of the spool has left for "
		    "users.", (uint64_t)fs.f_bavail * fs.f_frsize);
}

/* add_event - when something happened last, if it ever did */
static void
add_event(const struct status *status, enum counter which, const char *name,
    const char *help, struct buf *out)
{
	uint64_t seconds = counter_get(status->counters, which);

	if (seconds > 0)
		exposition_single(out, name, "gauge", help, seconds);
}

/* metrics_queue - as the forwarder tells, or the spool shows */
void
metrics_queue(const struct status *status, const struct conf *conf,
    struct buf *out)
{
	struct domains domains;

	add_event(status, COUNT_LAST_MESSAGE,
	    "tdc_last_message_timestamp_seconds", "When a milter last saw a "
	    "message, in seconds since 1970.", out);
	add_event(status, COUNT_LAST_DELIVERY,
	    "tdc_last_delivery_timestamp_seconds", "When an intake last took a "
	    "copy, in seconds since 1970.", out);
	domains_read(status, conf, &domains);
	add_domains(&domains, out);
	add_certificates(status, &domains, out);
	domains_drop(&domains);
	add_files(status, out);
	add_space(conf, out);
}

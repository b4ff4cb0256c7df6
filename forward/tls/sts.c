/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/sts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/own.h"
#include "forward/net/dns.h"
#include "forward/tls/sts_disk.h"
#include "forward/tls/sts_fetch.h"
#include "forward/tls/sts_kept.h"

/* What is known of a domain.  Who has set busy may let go of the lock and be
 * sure to find the rest of it as it was. */
struct entry {
	char		*domain;
	bool		 busy;		/* a thread looks for a policy */
	bool		 wanted;	/* the thread shall look */
	bool		 there;
	struct sts_kept	 kept;
	struct buf	 file;		/* what kept was read from */
	char		 unsaved[STS_WHY]; /* it is here alone, as that failed */
	char		 failed_id[STS_ID]; /* that policy cannot be got */
	int64_t		 failed_until;
	char		 failed_why[STS_WHY];
	struct entry	*next;
};

struct sts {
	const char	*spool;
	bool		 read_only;	/* that */
	struct sts_source source;
	atomic_bool	 stopped;	/* written with the lock held */
	pthread_mutex_t	 lock;		/* of what follows */
	pthread_cond_t	 changed;	/* some entry, or stopped */
	struct entry	*entries;
	bool		 started;
	pthread_t	 thread;
};

/* take_file - put this in force if it is a policy; takes the bytes */
static bool
take_file(struct entry *entry, struct buf *file)
{
	struct sts_kept kept;

	if (!sts_kept_parse(file->data, file->len, &kept))
		return false;
	buf_drop(&entry->file);
	entry->file = *file;
	*file = (struct buf)BUF;
	entry->kept = kept;
	entry->there = true;
	return true;
}

/* ---- entries; the lock is held ---- */

/* name_of - as file and look-up want it; NULL: no domain that has policies */
static char *
name_of(const char *domain)
{
	char *name = mem_text(domain);
	size_t n = strlen(name);
	bool good = n > 0 && n < DNS_NAME - sizeof("_mta-sts.") &&
	    *name != '.';

	for (char *c = name; *c != '\0'; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
		good = good && ((*c >= 'a' && *c <= 'z') || *c == '-' ||
		    *c == '.' || *c == '_' || (*c >= '0' && *c <= '9'));
	}
	if (good)
		return name;
	free(name);
	return NULL;
}

static struct entry *
entry_of(struct sts *sts, const char *domain)
{
	own(str) char *name = name_of(domain);
	own(buf) struct buf file = BUF;
	struct entry *entry = sts->entries;

	if (name == NULL)
		return NULL;
	while (entry != NULL && strcmp(entry->domain, name) != 0)
		entry = entry->next;
	if (entry == NULL) {
		entry = mem_new(sizeof(*entry));
		entry->domain = str_give(&name);
		entry->file = (struct buf)BUF;
		sts_disk_load(sts->spool, entry->domain, &file);
		(void)take_file(entry, &file);
		entry->next = sts->entries;
		sts->entries = entry;
	}
	return entry;
}

static bool
is_good(const struct entry *entry)
{
	return entry->there && sts_kept_good(&entry->kept, clock_wall());
}

/* wait_while_busy - or until the deadline, or until we are stopped */
static void
wait_while_busy(struct sts *sts, const struct entry *entry, int64_t deadline)
{
	const struct timespec until = clock_timespec(deadline);

	while (entry->busy && !sts->stopped && clock_now() < deadline)
		pthread_cond_timedwait(&sts->changed, &sts->lock, &until);
}

/* ---- looking; entry->busy is ours, the lock is not held ---- */

/* find_id - which policy is announced; false: none, or that is unknown */
static bool
find_id(const struct sts *sts, const char *domain, int64_t deadline,
    char out[STS_ID])
{
	own(str) char *name = mem_format("_mta-sts.%s", domain);
	own(buf) struct buf texts = BUF;
	unsigned count = 0;
	bool whole = false;
	const char *why;

	if (dns_texts(sts->source.resolver, name, deadline, &texts, &why) !=
	    DNS_FOUND)
		return false;
	for (size_t at = 0; at < texts.len; at += strlen(texts.data + at) + 1)
		switch (sts_record_parse(texts.data + at,
		    strlen(texts.data + at), out)) {
		case STS_RECORD:
			whole = true;
			count++;
			break;
		case STS_BROKEN:
			count++;
			break;
		case STS_OTHER:
			break;
		}
	return whole && count == 1;
}

/* needed - the announced policy is not the one we have */
static bool
needed(const struct entry *entry, const char *id)
{
	bool failed = strcmp(entry->failed_id, id) == 0 &&
	    clock_now() < entry->failed_until;
	bool same = is_good(entry) && strcmp(entry->kept.id, id) == 0;

	return !failed && (!same || sts_kept_old(&entry->kept, clock_wall()));
}

/* fetch - over the net; *out is a file then */
static int
fetch(const struct sts *sts, const char *domain, const char *id,
    int64_t deadline, struct buf *out, struct err *err)
{
	own(buf) struct buf text = BUF;
	struct sts_kept kept = { .got = clock_wall() };

	if (sts_fetch(&sts->source, domain, deadline, &text, err) == -1)
		return -1;
	if (!sts_policy_parse(text.data, text.len, &kept.policy))
		return err_set(err, ERR_LATER, "that is no policy");
	snprintf(kept.id, sizeof(kept.id), "%s", id);
	sts_kept_format(&kept, out);
	return 0;
}

/* get - and save it; a policy that could not be saved is in force all the
 * same, and then err says why, else "" */
static int
get(const struct sts *sts, const char *domain, const char *id,
    int64_t deadline, struct buf *out, struct err *err)
{
	if (fetch(sts, domain, id, deadline, out, err) == -1)
		return -1;
	if (sts->read_only ||
	    sts_disk_save(sts->spool, domain, out, err) == 0)
		err->text[0] = '\0';
	return 0;
}

/* look - whether there is a new policy; the lock is held but in between */
static void
look(struct sts *sts, struct entry *entry, int64_t deadline)
{
	own(buf) struct buf file = BUF;
	char id[STS_ID];
	struct err err;
	int result = -1;
	bool announced;

	entry->busy = true;
	pthread_mutex_unlock(&sts->lock);
	announced = find_id(sts, entry->domain, deadline, id) &&
	    needed(entry, id);
	if (announced)
		result = get(sts, entry->domain, id, deadline, &file, &err);
	pthread_mutex_lock(&sts->lock);
	if (result == 0) {
		(void)take_file(entry, &file);
		entry->failed_id[0] = '\0';
		snprintf(entry->unsaved, sizeof(entry->unsaved), "%.*s",
		    STS_WHY - 1, err.text);
	} else if (announced) {
		strcpy(entry->failed_id, id);
		entry->failed_until = clock_now() + STS_PAUSE;
		snprintf(entry->failed_why, sizeof(entry->failed_why),
		    "%.*s", STS_WHY - 1, err.text);
	}
	entry->busy = false;
	pthread_cond_broadcast(&sts->changed);
}

/* tend - the thread: look where it is wanted */
static void *
tend(void *arg)
{
	struct sts *sts = arg;
	struct entry *entry;

	pthread_mutex_lock(&sts->lock);
	while (!sts->stopped) {
		for (entry = sts->entries; entry != NULL; entry = entry->next)
			if (entry->wanted && !entry->busy)
				break;
		if (entry == NULL) {
			pthread_cond_wait(&sts->changed, &sts->lock);
			continue;
		}
		entry->wanted = false;
		look(sts, entry, clock_now() + STS_BEHIND);
	}
	pthread_mutex_unlock(&sts->lock);
	return NULL;
}

/* want - in the background; the lock is held */
static void
want(struct sts *sts, struct entry *entry)
{
	entry->wanted = true;
	if (!sts->started)
		sts->started = pthread_create(&sts->thread, NULL, tend,
		    sts) == 0;
	pthread_cond_broadcast(&sts->changed);
}

/* ---- asking ---- */

/* give - a copy of what is in force; the lock is held */
static void
give(const struct entry *entry, struct sts_found *out)
{
	sts_found_drop(out);
	strcpy(out->id, entry->kept.id);
	strcpy(out->why, entry->unsaved);
	buf_bytes(&out->text, entry->kept.policy.text,
	    entry->kept.policy.length);
	out->policy = entry->kept.policy;
	out->policy.text = out->text.data;
	out->there = true;
}

/* sts_find - from here, or from the net */
void
sts_find(struct sts *sts, const char *domain, int64_t deadline,
    struct sts_found *out)
{
	int64_t patience = clock_now() + STS_PATIENCE;
	struct entry *entry;

	sts_found_drop(out);
	if (patience < deadline)
		deadline = patience;
	pthread_mutex_lock(&sts->lock);
	entry = entry_of(sts, domain);
	if (entry != NULL && is_good(entry)) {
		want(sts, entry);
	} else if (entry != NULL) {
		wait_while_busy(sts, entry, deadline);
		if (!entry->busy && !is_good(entry) && !sts->stopped)
			look(sts, entry, deadline);
	}
	if (entry != NULL && is_good(entry))
		give(entry, out);
	else if (entry != NULL && clock_now() < entry->failed_until &&
	    *entry->failed_id != '\0')
		strcpy(out->why, entry->failed_why);
	pthread_mutex_unlock(&sts->lock);
}

/* sts_renew - before a failure is for good */
bool
sts_renew(struct sts *sts, const char *domain, int64_t deadline,
    struct sts_found *found)
{
	int64_t patience = clock_now() + STS_PATIENCE;
	struct entry *entry;
	bool other = false;

	if (patience < deadline)
		deadline = patience;
	pthread_mutex_lock(&sts->lock);
	entry = entry_of(sts, domain);
	if (entry != NULL)
		wait_while_busy(sts, entry, deadline);
	if (entry != NULL && !entry->busy && !sts->stopped) {
		look(sts, entry, deadline);
		other = is_good(entry) &&
		    strcmp(entry->kept.id, found->id) != 0;
		if (other)
			give(entry, found);
	}
	pthread_mutex_unlock(&sts->lock);
	return other;
}

/* sts_found_drop - as after STS_FOUND */
void
sts_found_drop(struct sts_found *found)
{
	buf_drop(&found->text);
	*found = (struct sts_found)STS_FOUND;
}

/* ---- coming and going ---- */

/* sts_new - nothing is read yet */
struct sts *
sts_new(const struct conf *conf, struct resolver *resolver)
{
	struct sts *sts = mem_new(sizeof(*sts));

	sts->spool = conf->spool_directory;
	sts->source = (struct sts_source){ .resolver = resolver,
	    .ca_file = conf->tls_ca_file, .ca_path = conf->tls_ca_path,
	    .stopped = &sts->stopped };
	atomic_init(&sts->stopped, false);
	pthread_mutex_init(&sts->lock, NULL);
	clock_cond_init(&sts->changed);
	return sts;
}

/* sts_read_only - before anybody asks */
void
sts_read_only(struct sts *sts)
{
	sts->read_only = true;
}

/* sts_stop - wake all that wait */
void
sts_stop(struct sts *sts)
{
	pthread_mutex_lock(&sts->lock);
	sts->stopped = true;
	pthread_cond_broadcast(&sts->changed);
	pthread_mutex_unlock(&sts->lock);
}

/* sts_free - within a second, if a policy is just being got */
struct sts *
sts_free(struct sts *sts)
{
	struct entry *entry;

	if (sts == NULL)
		return NULL;
	sts_stop(sts);
	resolver_stop(sts->source.resolver);
	if (sts->started)
		pthread_join(sts->thread, NULL);
	while ((entry = sts->entries) != NULL) {
		sts->entries = entry->next;
		buf_drop(&entry->file);
		free(entry->domain);
		free(entry);
	}
	pthread_cond_destroy(&sts->changed);
	pthread_mutex_destroy(&sts->lock);
	free(sts);
	return NULL;
}

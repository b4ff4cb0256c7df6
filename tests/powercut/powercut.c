/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * powercut - what a disk may hold after its power failed, at any moment
 *
 *	powercut record IMAGE JOURNAL TICKS DIR
 *	powercut slow MS IMAGE DIR
 *	powercut mount FILE DIR TYPE [OPTIONS]
 *	powercut write [-n N] [-p N] [-i N] SPOOL TICKS PROMISES DELIVERIES
 *	powercut replay [options] IMAGE JOURNAL PROMISES DELIVERIES DIR
 *
 * record: DIR/disk is the disk in the file IMAGE, until DIR is unmounted.  Each
 * write and each flush goes to the journal (journal.h), and TICKS counts them.
 *
 * slow: the same without a journal; each flush takes MS milliseconds, and all
 * else waits meanwhile, as it does for a disk that has one head.  No power is cut.
 *
 * mount: a file system in a file, through a loop device with direct I/O, which
 * is gone when it is unmounted.
 *
 * write: -n copies (default 400) by -p threads (8), the first has number -i (0):
 * writer.h.
 *
 * replay: for each cut (cut.h) the disk is there as it may be then, from IMAGE,
 * as it was at the start, and the journal; it is mounted on DIR, and looked at
 * (look.h), by fates (fates.h).
 *
 *	-n N	cuts (default 100)		-s N	seed of the dice
 *	-t TYPE	file system			-o OPTIONS  to mount it by
 *	-g N	bytes that the disk writes whole or not at all (default 4096)
 *	-d N	after so many of them, say "image", with the numbers of the
 *		messages that are there, and wait for a line
 *
 * It ends with lines "NAME NUMBER": cuts, those of SIGHTS, unmountable (cuts
 * after which the file system cannot be mounted).  Needs root.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/ticks.h"
#include "tests/powercut/cut.h"
#include "tests/powercut/device.h"
#include "tests/powercut/image.h"
#include "tests/powercut/look.h"
#include "tests/powercut/loop.h"
#include "tests/powercut/writer.h"

static void __attribute__((noreturn))
die(int code, const char *text)
{
	fprintf(stderr, "powercut: %s\n", text);
	exit(code);
}

/* ---- the disk ---- */

static int disk = -1;

static int
plain_read(uint64_t at, char *to, size_t n)
{
	return pread(disk, to, n, (off_t)at) == (ssize_t)n ? 0 : EIO;
}

static int
plain_write(uint64_t at, const char *bytes, size_t n, uint32_t round)
{
	(void)round;
	return pwrite(disk, bytes, n, (off_t)at) == (ssize_t)n ? 0 : EIO;
}

/* open_disk - its image; the size of that goes to the device */
static void
open_disk(const char *path, struct device *device)
{
	struct stat st;

	disk = open(path, O_RDWR | O_CLOEXEC);
	if (disk == -1 || fstat(disk, &st) == -1)
		die(EX_NOINPUT, path);
	device->size = (uint64_t)st.st_size;
}

static int
serve(struct device *device)
{
	struct err err;

	if (device_mount(device, &err) == -1)
		die(EX_OSERR, err.text);
	printf("ready\n");
	fflush(stdout);
	device_serve(device);
	return EX_OK;
}

/* ---- record ---- */

static int
record_write(uint64_t at, const char *bytes, size_t n, uint32_t round)
{
	struct record record = { at, (uint32_t)n, round, bytes };
	struct err err;

	if (journal_add(&record, &err) == -1)
		die(EX_IOERR, err.text);
	return plain_write(at, bytes, n, round);
}

static int
record_flush(uint32_t round)
{
	struct record record = { .round = round };
	struct err err;

	if (journal_add(&record, &err) == -1)
		die(EX_IOERR, err.text);
	return 0;
}

static int
record(char **args)
{
	struct device device = { .directory = args[3], .read = plain_read,
		.write = record_write, .flush = record_flush };
	struct err err;

	open_disk(args[0], &device);
	if (journal_create(args[1], args[2], &err) == -1)
		die(EX_OSERR, err.text);
	return serve(&device);
}

/* ---- slow ---- */

static struct timespec flush_time;

static int
slow_flush(uint32_t round)
{
	(void)round;
	(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &flush_time, NULL);
	return 0;
}

static int
slow(char **args)
{
	struct device device = { .directory = args[2], .read = plain_read,
		.write = plain_write, .flush = slow_flush };
	char *end;
	unsigned long ms = strtoul(args[0], &end, 10);

	if (*args[0] == '\0' || *end != '\0' || ms > 10000)
		die(EX_USAGE, "slow: MS is a number of up to 10000");
	flush_time = (struct timespec){ .tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000 * 1000000) };
	open_disk(args[1], &device);
	return serve(&device);
}

/* ---- replay ---- */

static struct {
	size_t		 cuts, piece, stops;
	uint64_t	 seed;
	struct loop	 loop;
} job = { .cuts = 100, .piece = 4096, .seed = 1, .loop.type = "ext4" };

/* by_nobody - whose spool it is */
static void
by_nobody(bool yes)
{
	if (setegid(yes ? 65534 : 0) == -1 || seteuid(yes ? 65534 : 0) == -1)
		die(EX_OSERR, "cannot become nobody");
}

/* stop - the image is somebody else's, until there is a line */
static void
stop(const struct fates *fates)
{
	int byte;

	printf("image");
	for (size_t i = 0; i < fates->count; i++)
		if (fates->list[i].seen)
			printf(" %zu", i);
	putchar('\n');
	fflush(stdout);
	do
		byte = getchar();
	while (byte != '\n' && byte != EOF);
}

/* unmount - whoever looked may need a moment to let go */
static void
unmount(const char *directory)
{
	for (int tries = 0; umount(directory) == -1; tries++) {
		if (errno != EBUSY || tries == 500)
			die(EX_OSERR, "cannot unmount the image");
		usleep(10000);
	}
}

/* one_cut - false: it cannot be mounted */
static bool
one_cut(struct cuts *cuts, size_t number, struct fates *fates,
    struct sights *sights)
{
	const struct cut *cut = &cuts->list[number];
	size_t stops = job.stops;
	struct err err;

	cut_make(cuts, cut);
	if (loop_mount(&job.loop, &err) == -1) {
		printf("wrong cut at %zu, %s: %s\n", cut->at,
		    cut_styles[cut->style], err.text);
		image_back();
		return false;
	}
	by_nobody(true);
	look_at(job.loop.directory, cut->at, fates, sights);
	by_nobody(false);
	if (stops > 0 && number * stops / cuts->count !=
	    (number + 1) * stops / cuts->count)
		stop(fates);
	unmount(job.loop.directory);
	image_back();
	return true;
}

static void
replay_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "n:s:t:o:g:d:")) != -1)
		switch (c) {
		case 'n': job.cuts = strtoul(optarg, NULL, 10); break;
		case 's': job.seed = strtoull(optarg, NULL, 10); break;
		case 't': job.loop.type = optarg; break;
		case 'o': job.loop.options = optarg; break;
		case 'g': job.piece = strtoul(optarg, NULL, 10); break;
		case 'd': job.stops = strtoul(optarg, NULL, 10); break;
		default: die(EX_USAGE, "replay: no such option");
		}
	if (argc - optind != 5 || job.piece == 0)
		die(EX_USAGE, "replay: five arguments");
	job.loop.directory = argv[optind + 4];
}

/* first_promise - cuts begin a little before it */
static size_t
first_promise(const struct fates *fates)
{
	uint64_t first = NEVER;

	for (size_t i = 0; i < fates->moment_count; i++)
		if (fates->moments[i] < first)
			first = fates->moments[i];
	return first == NEVER ? 0 : (size_t)first;
}

static int
replay(int argc, char **argv)
{
	unsigned long unmountable = 0;
	struct sights sights = { 0 };
	struct fates fates = { 0 };
	struct cuts cuts = { 0 };
	struct record *records;
	struct err err;
	char **files;

	replay_options(argc, argv);
	files = argv + optind;
	if (image_open(files[0], &err) == -1 ||
	    journal_read(files[1], &records, &cuts.record_count, &err) == -1 ||
	    fates_read(&fates, files[2], files[3], &err) == -1)
		die(EX_NOINPUT, err.text);
	cuts.records = records;
	cuts.piece = job.piece;
	cuts.dice = job.seed;
	job.loop.file = image_path();
	cuts_choose(&cuts, job.cuts, first_promise(&fates), fates.moments,
	    fates.moment_count);
	for (size_t i = 0; i < cuts.count; i++)
		unmountable += !one_cut(&cuts, i, &fates, &sights);
#define SIGHT_LINE(name) printf(#name " %lu\n", sights.name);
	printf("cuts %zu\nunmountable %lu\n", cuts.count, unmountable);
	SIGHTS(SIGHT_LINE)
#undef SIGHT_LINE
	return EX_OK;
}

/* ---- write ---- */

static FILE *
to_file(const char *path)
{
	FILE *file = fopen(path, "we");

	if (file == NULL)
		die(EX_CANTCREAT, path);
	return file;
}

static int
write_copies(int argc, char **argv)
{
	struct writer writer = { .count = 400, .threads = 8 };
	struct err err;
	int c;

	while ((c = getopt(argc, argv, "n:p:i:")) != -1)
		switch (c) {
		case 'n': writer.count = strtoull(optarg, NULL, 10); break;
		case 'p': writer.threads = (unsigned)atoi(optarg); break;
		case 'i': writer.first = strtoull(optarg, NULL, 10); break;
		default: die(EX_USAGE, "write: no such option");
		}
	if (argc - optind != 4)
		die(EX_USAGE, "write: four arguments");
	writer.spool = argv[optind];
	writer.ticks = ticks_open(argv[optind + 1], false);
	if (writer.ticks == NULL)
		die(EX_NOINPUT, argv[optind + 1]);
	writer.promises = to_file(argv[optind + 2]);
	writer.deliveries = to_file(argv[optind + 3]);
	by_nobody(true);
	if (writer_run(&writer, &err) == -1)
		die(EX_SOFTWARE, err.text);
	if (fclose(writer.promises) != 0 || fclose(writer.deliveries) != 0)
		die(EX_IOERR, "write");
	return EX_OK;
}

/* ---- mount ---- */

static int
mount_one(int argc, char **argv)
{
	struct loop loop = { argv[0], argv[1], argv[2],
		argc > 3 ? argv[3] : NULL, true };
	struct err err;

	if (loop_mount(&loop, &err) == -1)
		die(EX_OSERR, err.text);
	return EX_OK;
}

int
main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (strcmp(verb, "record") == 0 && argc == 6)
		return record(argv + 2);
	if (strcmp(verb, "slow") == 0 && argc == 5)
		return slow(argv + 2);
	if (strcmp(verb, "mount") == 0 && (argc == 5 || argc == 6))
		return mount_one(argc - 2, argv + 2);
	if (strcmp(verb, "write") == 0)
		return write_copies(argc - 1, argv + 1);
	if (strcmp(verb, "replay") == 0)
		return replay(argc - 1, argv + 1);
	die(EX_USAGE, "usage: powercut record | slow | mount | write | replay ...");
}

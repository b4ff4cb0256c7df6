/* SPDX-License-Identifier: BSD-2-Clause */
/* tdcctl metrics: for Prometheus */
#include "control/metrics/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/atomic_file.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/own.h"
#include "control/control.h"
#include "control/metrics/http.h"

/* metrics_page - all of it, or that nothing was ever started */
int
metrics_page(const struct conf *conf, struct buf *out, struct err *err)
{
	struct status status;

	if (status_open(conf, &status, err) == -1) {
		const struct status nothing = { 0 };

		if (err->sys != ENOENT)
			return -1;
		metrics_programs(&nothing, out);
		return 0;
	}
	metrics_programs(&status, out);
	metrics_queue(&status, conf, out);
	metrics_counters(status.counters, out);
	metrics_remediation(conf, out);
	status_close(&status);
	return 0;
}

/* ---- where it goes ---- */

/* print - on standard output */
static int
print(const struct conf *conf)
{
	own(buf) struct buf page = BUF;
	struct err err;

	if (metrics_page(conf, &page, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	fwrite(page.data, 1, page.len, stdout);
	return EX_OK;
}

/* complain_file - that it cannot be written */
static int
complain_file(const char *file, const struct err *err)
{
	own(str) char *text = mem_format("%s: %s", ESCAPE(file), err->text);

	return complain(EX_CANTCREAT, text);
}

/* save - as a whole; what was there stays when there is nothing to tell */
static int
save(const struct conf *conf, const char *file)
{
	const char *slash = strrchr(file, '/');
	own(str) char *place = slash == NULL ? mem_text(".") : mem_text(file);
	own(buf) struct buf page = BUF;
	own(fd) int directory = -1;
	struct err err;

	if (metrics_page(conf, &page, &err) == -1)
		return complain(EX_NOINPUT, err.text);
	if (slash != NULL)	/* and the slash of the root stays */
		place[slash == file ? 1 : slash - file] = '\0';
	directory = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory == -1)
		err_sys(&err, "open its directory");
	else if (atomic_file_publish(directory, slash != NULL ? slash + 1 : file,
	    page.data, page.len, &err) == 0)
		return EX_OK;
	return complain_file(file, &err);
}

/* serve - one request of HTTP */
static int
serve(const struct conf *conf)
{
	own(buf) struct buf page = BUF;
	struct http_request request;
	struct err err;

	if (!http_read(STDIN_FILENO, &request))
		return EX_OK;		/* nobody is there */
	if (request.status == HTTP_OK &&
	    metrics_page(conf, &page, &err) == -1) {
		request.status = HTTP_FAILED;
		buf_texts(&page, err.text, "\n");
	}
	http_answer(STDOUT_FILENO, &request, &page);
	return EX_OK;
}

/* do_metrics - on standard output, into a file, or as an answer */
int
do_metrics(struct control *control, int argc, char **argv)
{
	static const struct option options[] = {
		{ "http", no_argument, NULL, 'H' }, { NULL, 0, NULL, 0 } };
	const char *file = NULL;
	bool http = false;
	int c;

	optind = 0;	/* getopt wants a name before the arguments */
	opterr = 0;
	while ((c = getopt_long(argc + 1, argv - 1, "+:o:", options,
	    NULL)) != -1) {
		if (c == 'o')
			file = optarg;
		else if (c == 'H')
			http = true;
		else
			return complain_option("metrics", c,
			    option_word(argv - 1));
	}
	if (optind != argc + 1)
		return complain_arguments("metrics", "only options are taken");
	if (file != NULL && *file == '\0')
		return complain_arguments("metrics", "-o needs a file");
	if (http && file != NULL)
		return complain_arguments("metrics", "-o and --http exclude "
		    "each other");
	if (http)
		return serve(&control->conf);
	return file != NULL ? save(&control->conf, file) :
	    print(&control->conf);
}

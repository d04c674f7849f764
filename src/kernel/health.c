/* The kernel's health: small files of /proc and /sys, and the records of /dev/kmsg. */
/* Only reads; never waits for a record. */
#include "kernel/health.h"

#include "base/fmt.h"
#include "base/names.h"
#include "base/num.h"
#include "mem/touch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The longest record: CONSOLE_EXT_LOG_MAX, include/linux/printk.h. */
#define RECORD_MAX 8192
/* Someone may write faster than we read. */
#define RECORDS_MAX 5000

#define ERROR 3 /* severities of the log: an error, or worse */
#define WARNING 4

/* By enum health_count. */
static const char paths[] = "/proc/sys/kernel/tainted\0"
			    "/sys/kernel/oops_count\0"
			    "/sys/kernel/warn_count";

/* Bit 0 upwards: Documentation/admin-guide/tainted-kernels.rst. */
static const char taint_names[] = "P proprietary module\0"
				  "F module loaded by force\0"
				  "S out of specification\0"
				  "R module unloaded by force\0"
				  "M machine check\0"
				  "B bad page\0"
				  "U asked for by a program\0"
				  "D oops\0"
				  "A ACPI table overridden\0"
				  "W warning\0"
				  "C staging driver\0"
				  "I firmware workaround\0"
				  "O module from outside\0"
				  "E unsigned module\0"
				  "L soft lockup\0"
				  "K live patch\0"
				  "X distribution\0"
				  "T randomized structures\0"
				  "N test\0"
				  "J fwctl";
#define TAINT_NAMES 20

void health_taint(uint64_t taint, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned int bit = 0; bit < 64; bit++) {
		if (!(taint >> bit & 1))
			continue;
		if (used)
			fmt_append(buf, size, &used, ", ");
		if (bit < TAINT_NAMES)
			fmt_append(buf, size, &used, "%s", name_at(taint_names, bit));
		else
			fmt_append(buf, size, &used, "bit %u", bit);
	}
}

uint64_t health_number(const char *text)
{
	uint64_t value;
	const char *end = num_scan(text, 10, &value);

	return end && (!*end || *end == '\n') ? value : HEALTH_NOT_TOLD;
}

/* From the start of the file, each time anew. */
static uint64_t count_read(int fd)
{
	char text[32];
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return HEALTH_NOT_TOLD;
	text[n] = '\0';
	return health_number(text);
}

void health_start(struct health *h)
{
	if (h->started)
		return;
	h->started = true;
	for (size_t i = 0; i < HEALTH_LEN; i++) {
		h->fds[i] = open(name_at(paths, i), O_RDONLY | O_CLOEXEC);
		h->before[i] = count_read(h->fds[i]);
	}
	h->log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (h->log_fd < 0 || lseek(h->log_fd, 0, SEEK_END) < 0)
		h->log_errno = errno;
}

/* Documentation/ABI/testing/dev-kmsg: the priority holds the facility too, 0 for the kernel. */
bool health_parse(const char *record, size_t len, struct health_line *ret_line)
{
	const char *p = record, *end = record + len;
	uint64_t numbers[3]; /* priority, seq, usec */
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		if (i && *p++ != ',')
			return false;
		p = num_scan(p, 10, &numbers[i]);
		if (!p)
			return false;
	}
	p = memchr(p, ';', (size_t)(end - p));
	if (!p)
		return false;
	ret_line->severity = numbers[0] & 7;
	ret_line->program = numbers[0] >> 3 != 0;
	ret_line->seq = numbers[1];
	ret_line->usec = numbers[2];
	ret_line->text[0] = '\0';
	for (p++; p < end && *p != '\n'; p++)
		fmt_append(ret_line->text, sizeof(ret_line->text), &used,
			   *p >= 0x20 && *p < 0x7f ? "%c" : "\\x%02x", (unsigned char)*p);
	return true;
}

void health_log_add(struct health_log *log, const struct health_line *line)
{
	bool severe = line->severity <= WARNING;
	size_t at = 0;

	if (log->seen && line->seq > log->next_seq)
		log->lost += line->seq - log->next_seq;
	log->next_seq = line->seq + 1;
	log->seen++;
	log->errors += line->severity <= ERROR;
	for (size_t i = 0; i < log->len; i++) {
		if (!strcmp(log->lines[i].text, line->text) &&
		    log->lines[i].severity == line->severity) {
			log->lines[i].times++;
			return;
		}
	}
	while (at < log->len && !(severe && log->lines[at].severity > WARNING))
		at++;
	if (at == HEALTH_LINES)
		return;
	log->len = (size_t)num_least(log->len + 1, HEALTH_LINES);
	memmove(&log->lines[at + 1], &log->lines[at], (log->len - at - 1) * sizeof(*line));
	log->lines[at] = *line;
	log->lines[at].times = 1;
}

static void read_log(struct health *h)
{
	static char record[RECORD_MAX + 1];
	struct health_line line;

	while (!h->log_errno && h->log.seen < RECORDS_MAX) {
		ssize_t n = read(h->log_fd, record, RECORD_MAX);

		if (n < 0 && errno == EPIPE)
			h->log.overwritten = true; /* the next is the oldest there is */
		else if (n < 0 && errno == EAGAIN)
			return;
		else if (n < 0 && errno != EINTR)
			h->log_errno = errno;
		if (n < 0)
			continue;
		record[n] = '\0';
		if (!health_parse(record, (size_t)n, &line))
			h->log_errno = EINVAL;
		else
			health_log_add(&h->log, &line);
	}
}

void health_end(struct health *h)
{
	for (size_t i = 0; i < HEALTH_LEN; i++)
		h->after[i] = count_read(h->fds[i]);
	h->deaths = touch_deaths();
	read_log(h);
}

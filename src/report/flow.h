/* Paragraphs for the person: a label, then items set one after another in lines of 80. */
/* Text only: in NDJSON nothing is written, the same facts go there as objects. */
#ifndef REPORT_FLOW_H
#define REPORT_FLOW_H

#include "report/report.h"

#define FLOW_COLUMNS 80

struct flow {
	struct report *report;
	size_t indent;	/* column of the items */
	size_t columns; /* used on this line, as shown */
	size_t len;	/* bytes used in line */
	bool fresh;	/* nothing behind the label or the indent yet */
	char line[320];
};

/* Begins with label in column 0; a label that reaches the indent gets two spaces behind it. */
void flow_init(struct flow *f, struct report *r, size_t indent, const char *label);
/* One item, never broken; separator stands before it unless it begins a line. */
void flow_add(struct flow *f, const char *separator, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Every word of text an item. */
void flow_words(struct flow *f, const char *text);
/* A whole sentence in as many lines as it takes; behind the first they begin at indent. */
void flow_text(struct report *r, size_t indent, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Writes the last line. */
void flow_end(struct flow *f);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signals as a person writes them: a file with one JSON object, or one on each
 * line. Form and types are checked here, with line and column; whether the
 * agreement knows the names is dhk_preview()'s affair. A message names the
 * field, never its value. */
#ifndef CLIENTS_SIGNALFILE_H
#define CLIENTS_SIGNALFILE_H

#include "err.h"
#include "driehoek.h"
#include "json.h"

enum { SIGNALFILE_BYTES = 64 * 1024 * 1024, SIGNALFILE_SIGNALS = 65536 };

struct signalfile_item {
    struct json_item json;
    struct dhk_signal *signal;
};
struct signalfile {
    const char *path; /* borrowed; for messages */
    uint8_t *text;
    size_t text_n;
    struct signalfile_item *list;
    size_t n, cap;
    size_t errors; /* reported so far */
    bool json;     /* faults are objects on standard output as well */
};

/* Reads PATH ("-": standard input). Every fault is printed on standard error
 * as FILE:LINE:COLUMN, and with JSON as an object with line, column and problem
 * on standard output. DHK_FORMAT: some were found; DHK_IO with errno;
 * DHK_LIMIT: too large. The caller calls signalfile_done() in any case. */
DHK_MUST_USE enum dhk_err signalfile_read(
    struct signalfile *out, const char *path, bool json);
void signalfile_done(struct signalfile *f);

/* Prints a fault that was found later, at the word that PROBLEM quotes first,
 * or where the signal begins. OPTION: of the command line, not of the file;
 * NULL: none. */
void signalfile_fault(struct signalfile *f, const struct signalfile_item *item,
    const char *option, const struct dhk_problem *problem);

#endif

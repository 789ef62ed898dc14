/* SPDX-License-Identifier: EUPL-1.2
 *
 * One line per event on standard error: time, level, process, event, then
 * key=value. Control bytes are escaped. Never a field's value, a case handle's
 * label, a secret or free text of a partner: callers give names, counts, error
 * texts and ids only. */
#ifndef BROKER_LOG_H
#define BROKER_LOG_H

enum log_level {
    LOG_LEVEL_ERROR = 0, /* somebody has to act */
    LOG_LEVEL_WARN,      /* handled, but should not go on happening */
    LOG_LEVEL_INFO,      /* what an operator wants to see */
    LOG_LEVEL_DEBUG,
};

struct log {
    enum log_level level; /* what is less grave is left out */
    const char *process;  /* "parent", "router", "core", "keeper" */
};

/* EVENT is one word-with-hyphens; FORMAT gives "key=value key=value" or "". */
void log_event(const struct log *l, enum log_level level, const char *event,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
const char *log_level_name(enum log_level level);

#endif

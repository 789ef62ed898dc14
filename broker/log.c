/* SPDX-License-Identifier: EUPL-1.2
 *
 * A line is written with one write(), so that lines of several processes on
 * one descriptor do not mix. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "bytes.h"
#include "clock.h"

enum { LINE_MAX_BYTES = 1024, TEXT_MAX = 768 };

const char *
log_level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_ERROR:
        return "error";
    case LOG_LEVEL_WARN:
        return "warn";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_DEBUG:
        return "debug";
    }
    return "error";
}

/* As much of TEXT as fits, without anything that a terminal obeys. */
static void
put_escaped(struct sink *out, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    for (const char *p = text; *p != '\0' && out->cap - out->n > 8; p++) {
        uint8_t ch = (uint8_t)*p;
        if (ch >= 0x20 && ch < 0x7f && ch != '\\') {
            sink_u8(out, ch);
            continue;
        }
        sink_put(out, "\\x", 2);
        sink_u8(out, (uint8_t)hex[ch >> 4]);
        sink_u8(out, (uint8_t)hex[ch & 15]);
    }
}

void
log_event(const struct log *l, enum log_level level, const char *event,
    const char *format, ...)
{
    char line[LINE_MAX_BYTES], text[TEXT_MAX] = "", when[21];
    va_list args;
    struct sink out;
    if (level > l->level)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    clock_text(when, (int64_t)(clock_wall_ms(clock_system()) / 1000));
    sink_init(&out, line, sizeof line);
    const char *const word[] = {when, " level=", log_level_name(level),
        " process=", l->process, " event=", event, text[0] != '\0' ? " " : "",
        text};
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
        put_escaped(&out, word[i]);
    sink_u8(&out, '\n');
    /* a log that cannot be written must not stop the broker */
    ssize_t put = write(STDERR_FILENO, line, out.n);
    (void)put;
}

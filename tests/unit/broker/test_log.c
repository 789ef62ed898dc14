/* SPDX-License-Identifier: EUPL-1.2
 *
 * The log: one line an event, nothing in it that a terminal obeys or that looks
 * like another line. */
#include "scratch.h"

#include "log.h"

/* What log_event() writes to standard error for TEXT, at most CAP bytes. */
static const char *
logged(enum log_level limit, enum log_level level, const char *text)
{
    static char mem[4096];
    const struct log l = {.level = limit, .process = "core"};
    int ends[2], kept = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_true(kept >= 0 && dup2(ends[1], STDERR_FILENO) >= 0);
    log_event(&l, level, "tried", "what=\"%s\"", text);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    (void)close(kept);
    (void)close(ends[1]);
    ssize_t n = read(ends[0], mem, sizeof mem - 1);
    (void)close(ends[0]);
    assert_true(n >= 0);
    mem[n] = '\0';
    return mem;
}

static void
a_line_says_when_who_and_what(void **state)
{
    const char *line = logged(LOG_LEVEL_INFO, LOG_LEVEL_WARN, "a b");
    (void)state;
    /* 2026-11-28T19:05:57Z */
    assert_true(strlen(line) > 21 && line[10] == 'T' && line[19] == 'Z');
    assert_string_equal(
        line + 20, " level=warn process=core event=tried what=\"a b\"\n");
}

static void
what_is_less_grave_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(logged(LOG_LEVEL_WARN, LOG_LEVEL_INFO, ""), "");
    assert_string_equal(logged(LOG_LEVEL_INFO, LOG_LEVEL_DEBUG, ""), "");
    assert_non_null(
        strstr(logged(LOG_LEVEL_ERROR, LOG_LEVEL_ERROR, ""), "level=error"));
    assert_non_null(
        strstr(logged(LOG_LEVEL_DEBUG, LOG_LEVEL_DEBUG, ""), "level=debug"));
}

static void
no_byte_makes_a_second_line_or_moves_a_cursor(void **state)
{
    (void)state;
    for (int ch = 1; ch < 256; ch++) {
        const char text[] = {'<', (char)ch, '>', '\0'};
        const char *line = logged(LOG_LEVEL_INFO, LOG_LEVEL_INFO, text);
        size_t n = strlen(line);
        assert_ptr_equal(strchr(line, '\n'), line + n - 1);
        for (size_t i = 0; i + 1 < n; i++)
            assert_in_range((uint8_t)line[i], 0x20, 0x7e);
        /* nothing is lost either */
        char wanted[8];
        (void)snprintf(wanted, sizeof wanted,
            ch >= 0x20 && ch < 0x7f && ch != '\\' ? "<%c>" : "<\\x%02x>",
            (unsigned)ch);
        if (strstr(line, wanted) == NULL)
            fail_msg("%s is not in %s", wanted, line);
    }
}

static void
a_long_text_is_cut_and_stays_a_line(void **state)
{
    static char text[4000];
    (void)state;
    memset(text, '\n', sizeof text - 1);
    const char *line = logged(LOG_LEVEL_INFO, LOG_LEVEL_INFO, text);
    size_t n = strlen(line);
    assert_in_range(n, 900, 1024);
    assert_ptr_equal(strchr(line, '\n'), line + n - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_when_who_and_what),
        cmocka_unit_test(what_is_less_grave_is_left_out),
        cmocka_unit_test(no_byte_makes_a_second_line_or_moves_a_cursor),
        cmocka_unit_test(a_long_text_is_cut_and_stays_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

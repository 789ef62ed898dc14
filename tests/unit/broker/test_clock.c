/* SPDX-License-Identifier: EUPL-1.2
 *
 * Local time against what the C library says of the same zone, at every hour
 * of long spans and around each change of the clocks; texts of times. */
#include "scratch.h"

#include <time.h>

#include "clock.h"
#include "zone.h"

enum { HOUR = 3600, DAY = 86400, WEEK_MINUTES = 7 * 1440 };

static const char *const zones[] = {"Europe/Amsterdam", "America/New_York",
    "Australia/Sydney", "Asia/Kolkata", "America/St_Johns", "Africa/Casablanca",
    "Europe/Dublin", "Pacific/Apia", "Etc/GMT+5", "UTC"};
enum { ZONES = sizeof zones / sizeof zones[0] };

/* What libc makes of UTC in the zone of the TZ environment. */
static void
expect_as_libc(const char *zone, int64_t utc)
{
    struct tm tm;
    unsigned minute = 0;
    int64_t day = 0, offset = 0;
    time_t t = (time_t)utc;
    assert_non_null(localtime_r(&t, &tm));
    assert_true(zone_offset(&offset, zone, utc));
    if (offset != tm.tm_gmtoff)
        fail_msg("%s at %lld: %lld, libc says %ld", zone, (long long)utc,
            (long long)offset, tm.tm_gmtoff);
    assert_true(clock_local(zone, (uint64_t)utc * 1000, &minute, &day));
    unsigned weekday = (unsigned)(tm.tm_wday + 6) % 7;
    assert_int_equal(minute,
        weekday * 1440 + (unsigned)tm.tm_hour * 60 + (unsigned)tm.tm_min);
    assert_true(minute < WEEK_MINUTES);
    assert_int_equal(day, zone_days(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1,
                              (unsigned)tm.tm_mday));
}

static void
use_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static void
every_zone_agrees_with_the_library(void **state)
{
    int64_t start = 0, stop = 0;
    (void)state;
    assert_true(clock_parse(&start, "1971-01-01"));
    assert_true(clock_parse(&stop, "2045-01-01"));
    for (size_t z = 0; z < ZONES; z++) {
        use_zone(zones[z]);
        for (int64_t t = start; t < stop; t += 31 * DAY + 5 * HOUR + 77)
            expect_as_libc(zones[z], t);
    }
}

static void
every_hour_of_three_years_agrees_with_the_library(void **state)
{
    static const char *const from[] = {
        "1999-10-01", "2026-01-01", "2037-01-01", "2044-01-01"};
    (void)state;
    use_zone("Europe/Amsterdam");
    for (size_t i = 0; i < 4; i++) {
        int64_t start = 0;
        assert_true(clock_parse(&start, from[i]));
        for (int64_t t = start; t < start + 366 * DAY; t += HOUR)
            expect_as_libc("Europe/Amsterdam", t);
    }
}

static void
expect_local(const char *utc, const char *zone, unsigned day, unsigned hour,
    unsigned minute)
{
    int64_t t = 0, number = 0;
    unsigned got = 0;
    assert_true(clock_parse(&t, utc));
    assert_true(clock_local(zone, (uint64_t)t * 1000 + 999, &got, &number));
    assert_int_equal(got, day * 1440 + hour * 60 + minute);
}

static void
both_nights_of_the_change_are_right_to_the_second(void **state)
{
    enum { SUNDAY = 6, MONDAY = 0 };
    (void)state;
    expect_local("2026-03-29T00:59:59Z", "Europe/Amsterdam", SUNDAY, 1, 59);
    expect_local("2026-03-29T01:00:00Z", "Europe/Amsterdam", SUNDAY, 3, 0);
    expect_local("2026-10-25T00:59:59Z", "Europe/Amsterdam", SUNDAY, 2, 59);
    expect_local("2026-10-25T01:00:00Z", "Europe/Amsterdam", SUNDAY, 2, 0);
    expect_local("2043-03-29T00:59:59Z", "Europe/Amsterdam", SUNDAY, 1, 59);
    expect_local("2043-03-29T01:00:00Z", "Europe/Amsterdam", SUNDAY, 3, 0);
    expect_local("2043-10-25T01:00:00Z", "Europe/Amsterdam", SUNDAY, 2, 0);
    expect_local("2026-11-22T23:00:00Z", "Europe/Amsterdam", MONDAY, 0, 0);
    expect_local("2026-11-22T22:59:59Z", "Europe/Amsterdam", SUNDAY, 23, 59);
}

static void
names_outside_the_zone_folder_are_refused(void **state)
{
    static const char *const bad[] = {"", "/etc/passwd", "../zoneinfo/UTC",
        "Europe/../UTC", "Europe/Nergens", "Europe", "UTC\n", "UTC ",
        "zone.tab", "Europe/Amsterdam%00"};
    unsigned minute = 1;
    int64_t day = 1;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(clock_local(bad[i], 1000, &minute, &day));
}

static void
rules_of_every_form_are_read(void **state)
{
    int64_t o = 0, july = 0, january = 0;
    struct slice cet = slice_str("CET-1CEST,M3.5.0,M10.5.0/3");
    (void)state;
    assert_true(clock_parse(&july, "2050-07-01"));
    assert_true(clock_parse(&january, "2050-01-15"));
    assert_true(zone_offset_rule(&o, cet, july));
    assert_int_equal(o, 7200);
    assert_true(zone_offset_rule(&o, cet, january));
    assert_int_equal(o, 3600);
    assert_true(zone_offset_rule(&o, slice_str("<+0530>-5:30"), july));
    assert_int_equal(o, 19800);
    assert_true(zone_offset_rule(
        &o, slice_str("XXX3YYY2:30:30,J60/-1,J300/26:00:01"), july));
    assert_int_equal(o, -(2 * 3600 + 30 * 60 + 30));
    assert_true(zone_offset_rule(&o, slice_str("XXX3YYY,59/0,299"), january));
    assert_int_equal(o, -3 * 3600);
    static const char *const bad[] = {"", "CE-1", "CET", "CET-1CEST",
        "CET-1CEST,M3.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M13.5.0,J1",
        "CET-1CEST,M3.5.7,J1", "CET-1CEST,J0,J1", "CET-1CEST,366,J1",
        "CET-1CEST,J1,J2,", "<CET-1", "CET-99999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(zone_offset_rule(&o, slice_str(bad[i]), july));
}

static void
a_zone_file_cut_anywhere_is_no_zone(void **state)
{
    static uint8_t file[8192];
    int64_t o = 0;
    (void)state;
    FILE *f = fopen("/usr/share/zoneinfo/Europe/Amsterdam", "r");
    assert_non_null(f);
    size_t n = fread(file, 1, sizeof file, f);
    (void)fclose(f);
    assert_true(zone_offset_in(&o, slice_of(file, n), 1800000000));
    for (size_t i = 0; i < n; i++)
        assert_false(zone_offset_in(&o, slice_of(file, i), 1800000000));
}

static void
times_are_written_and_read_back(void **state)
{
    char text[21], day[11];
    int64_t t = 0;
    (void)state;
    clock_text(text, 0);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    clock_text(text, 1795461150);
    assert_string_equal(text, "2026-11-23T19:12:30Z");
    clock_text(text, -1);
    assert_string_equal(text, "1969-12-31T23:59:59Z");
    clock_text(text, INT64_MAX);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    clock_text(text, INT64_MIN);
    assert_string_equal(text, "0000-01-01T00:00:00Z");
    for (int64_t s = 0; s < 4000000000; s += 12345678) {
        clock_text(text, s);
        assert_true(clock_parse(&t, text));
        assert_int_equal(t, s);
        memcpy(day, text, 10);
        day[10] = '\0';
        assert_true(clock_parse(&t, day));
        assert_int_equal(t, s / DAY * DAY);
    }
    static const char *const bad[] = {"", "2026", "2026-02-29", "2026-13-01",
        "2026-11-23T24:00:00Z", "2026-11-23T23:60:00Z", "2026-11-23T23:00:60Z",
        "2026-11-23T23:00:00", "2026-11-23t23:00:00Z", "2026-11-23T23:00:00Zx",
        "2026-11-23 23:00:00Z", "+026-11-23"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(clock_parse(&t, bad[i]));
}

static void
the_system_clock_goes_forward(void **state)
{
    const struct clock *c = clock_system();
    (void)state;
    uint64_t before = clock_monotonic_ms(c), wall = clock_wall_ms(c);
    assert_true(clock_monotonic_ms(c) >= before);
    assert_true(wall / 1000 >= (uint64_t)time(NULL) - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_zone_agrees_with_the_library),
        cmocka_unit_test(every_hour_of_three_years_agrees_with_the_library),
        cmocka_unit_test(both_nights_of_the_change_are_right_to_the_second),
        cmocka_unit_test(names_outside_the_zone_folder_are_refused),
        cmocka_unit_test(rules_of_every_form_are_read),
        cmocka_unit_test(a_zone_file_cut_anywhere_is_no_zone),
        cmocka_unit_test(times_are_written_and_read_back),
        cmocka_unit_test(the_system_clock_goes_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

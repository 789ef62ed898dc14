/* SPDX-License-Identifier: EUPL-1.2
 *
 * A course of real statements; see coursemake.h. */
#include "coursemake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WEIGHERS = 2 };
static const uint8_t handle[STATEMENT_CASE] = {7};
static const uint8_t key_card[32] = {3};
struct course *coursemake;
static uint64_t at;

int
coursemake_begin(void **state)
{
    (void)state;
    coursemake = malloc(sizeof *coursemake);
    assert_non_null(coursemake);
    course_begin(coursemake, handle);
    at = 0;
    return 0;
}

int
coursemake_end(void **state)
{
    (void)state;
    free(coursemake);
    coursemake = NULL;
    return 0;
}

void
coursemake_state(const char *partner, struct statement s)
{
    struct course_said said = {.s = &s,
        .partner = slice_str(partner),
        .as = ACT_BY_PARTY,
        .of = WEIGHERS,
        .index = ++at,
        .time = (uint64_t)NOW * 1000};
    const struct act_rule *r = act_rule(s.what);

    if (strcmp(partner, "a") == 0 || strcmp(partner, "b") == 0) {
        said.as |= ACT_BY_WEIGHER;
    }
    s.made = NOW;
    if ((r->has & ACT_HAS_UNTIL) != 0 && s.until == 0) {
        s.until = NOW + DAY;
    }
    assert_int_equal(course_apply(coursemake, &said), COURSE_OK);
}

void
coursemake_both(struct statement s)
{
    coursemake_state("a", s);
    coursemake_state("b", s);
}

void
coursemake_act(const char *partner, enum act what)
{
    coursemake_state(partner, (struct statement){.what = what});
}

void
coursemake_about(
    const char *partner, enum act what, const uint8_t signal[32], unsigned code)
{
    struct statement s = {
        .what = what, .about = 9, .has_ref = true, .code = code};

    memcpy(s.ref, signal, sizeof s.ref);
    coursemake_state(partner, s);
}

/* Voted on and unanimous: a and b are members. */
void
coursemake_case(void)
{
    coursemake_act("a", ACT_BRING);
    coursemake_act("a", ACT_WEIGH);
    coursemake_both(
        (struct statement){.what = ACT_VOTE, .code = 1, .has_ref = true});
}

void
coursemake_designate(const char *partner)
{
    coursemake_both((struct statement){
        .what = ACT_DESIGNATE, .partner = slice_str(partner), .code = 1});
}

void
coursemake_admit(const char *desk)
{
    struct statement s = {.what = ACT_ADMIT,
        .partner = slice_str(desk),
        .code = 1,
        .has_ref = true};

    memcpy(s.ref, key_card, sizeof s.ref);
    coursemake_both(s);
}

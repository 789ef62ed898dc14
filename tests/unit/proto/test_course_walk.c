/* SPDX-License-Identifier: EUPL-1.2
 *
 * Random walks: whatever is stated in whatever order, the course says what a
 * plain model of the same rules says. DRIEHOEK_WALKS=N walks N times. */
#include <stdlib.h>

#include "coursemodel.h"

static uint64_t seed;

static unsigned
below(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % n;
}

/* What is likely to lead on is likely to be said. */
static enum act
any_act(void)
{
    static const enum act often[] = {ACT_BRING, ACT_WEIGH, ACT_VOTE, ACT_VOTE,
        ACT_VOTE, ACT_LAPSE, ACT_DESIGNATE, ACT_DESIGNATE, ACT_RELIEVE,
        ACT_ADMIT, ACT_ADMIT, ACT_TRANSFER, ACT_AGREE, ACT_AGREE, ACT_HAND,
        ACT_CLOSE, ACT_DESTROYED};
    enum act act;

    if (below(3) != 0)
        return often[below(sizeof often / sizeof *often)];
    do
        act = (enum act)below(ACT_MAX + 1);
    while (act_rule(act)->name == NULL ||
           ((act == ACT_CLOSE || act == ACT_DROP) && below(3) != 0));
    return act;
}

static struct model_said
any(void)
{
    enum act act = any_act();
    unsigned has = act_rule(act)->has;
    bool items = (has & (ACT_HAS_REF | ACT_MAY_HAVE_REF)) != 0;

    return (struct model_said){.act = act,
        .who = (int)below(MODEL_WHO),
        .partner = (has & ACT_HAS_PARTNER) != 0 ? (int)below(MODEL_WHO) : -1,
        .card = items ? (int)below(MODEL_ITEMS) : -1,
        .code = act_rule(act)->codes == 0 ? 0
                : act == ACT_VOTE         ? 1 + (below(8) == 0)
                                          : 1 + below(2),
        .until = (has & ACT_HAS_UNTIL) != 0
                     ? (model_course.now / COURSETEST_DAY + 1 + (int)below(3)) *
                           COURSETEST_DAY
                     : 0};
}

/* Or what was said last, by another. */
static struct model_said
any_or_again(const struct model_said *last)
{
    struct model_said s = *last;

    if (last->act == ACT_NONE || below(2) == 0)
        return any();
    s.who = (int)below(MODEL_WHO);
    return s;
}

static enum course_verdict
put(const struct model_said *s)
{
    const struct coursetest_say say = {
        .partner = s->partner >= 0 ? model_names[s->partner] : NULL,
        .ref = (uint8_t)(s->card + 1),
        .code = s->code};
    struct statement said = coursetest_statement(&model_course, s->act, &say);

    said.until = s->until;
    return coursetest_put(&model_course, model_names[s->who], &said, false);
}

static void
other_agreement(void)
{
    static const unsigned sets[] = {1U << BURG | 1U << POL | 1U << OM,
        1U << BURG | 1U << FIOD | 1U << OM, 1U << OM, 1U << POL | 1U << OM};
    unsigned n = 0;

    model.weighers = sets[below(4)];
    for (int i = 0; i < MODEL_WHO; i++) {
        if (model_in(model.weighers, i))
            model_course.weighers[n++] = model_names[i];
    }
    model_course.weighers[n] = NULL;
    model_course.agreement++;
}

static void
walk(unsigned steps)
{
    struct model_said s = {.act = ACT_NONE};
    uint8_t under = 0;

    model_begin();
    other_agreement();
    while (steps-- > 0) {
        s = any_or_again(&s);
        struct model before = model;
        uint8_t under_before = under;
        if (below(40) == 0)
            other_agreement();
        before.weighers = model.weighers;
        model_course.now += below(COURSETEST_DAY / 4);
        model_begin_again(&s, &under);
        bool taken = model_takes(&s);
        enum course_verdict v = put(&s);
        if (v == COURSE_FULL || (v != COURSE_OK) == taken) {
            if (v != COURSE_FULL || !taken)
                fail_msg("seed %llu: %s by %s in %s: %d",
                    (unsigned long long)seed, act_name(s.act),
                    model_names[s.who], act_phase_name(model.phase), v);
        }
        if (v == COURSE_OK) {
            model_take(&s);
        } else { /* refused: nothing began again */
            model = before;
            under = under_before;
        }
        model_compare();
    }
}

static void
the_course_says_what_the_model_says(void **state)
{
    unsigned ended = 0, cases = 0, destroyed = 0, lapsed = 0;
    const char *rounds = getenv("DRIEHOEK_WALKS");
    const unsigned n = rounds != NULL ? (unsigned)atoi(rounds) : 400;
    (void)state;
    for (unsigned i = 0; i < n; i++) {
        seed = i;
        walk(50 + below(400));
        ended += model.phase >= ACT_PHASE_CLOSED;
        destroyed += model.phase == ACT_PHASE_DESTROYED;
        cases += model.yes != 0 && model.no == 0 && !model.lapsed;
        lapsed += model.lapsed;
    }
    if (rounds != NULL)
        print_message("%u walks: %u cases, %u ended, %u destroyed, %u lapsed\n",
            n, cases, ended, destroyed, lapsed);
    /* it went everywhere */
    assert_true(cases > n / 5);
    assert_true(ended > n / 50);
    assert_true(destroyed > 0);
    assert_true(lapsed > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_course_says_what_the_model_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The matrix against brute force: every request to small random agreements. */
#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "duties.h"
#include "every.h"
#include "generated.h"
#include "matrix.h"
#include "render_box.h"
#include "rule.h"

enum { ROUNDS = 40, MOST = 20000, DRAWS = 8 };

static const struct generated_shape shape = {.parties = 4,
    .kinds = 3,
    .purposes = 2,
    .grounds = 2,
    .attributes = 3,
    .windows = 1,
    .rules = 9,
    .any = 20,
    .names = 3};

/* What brute force found on one way of giving. */
struct seen_case {
    uint16_t sender, recipient, kind;
    uint32_t fields;
    struct duties duties;
    uint64_t permits;
    double requests;
};
struct seen {
    struct seen_case one[MOST];
    size_t n;
};

static int
by_set(const void *x, const void *y)
{
    const struct duty_approval *a = x;
    const struct duty_approval *b = y;

    return a->of < b->of ? -1 : a->of > b->of;
}

/* Which permits apply to REQ and share any of FIELDS. */
static uint64_t
permits_of(
    const struct agreement *a, const struct request *req, uint32_t fields)
{
    uint64_t found = 0;

    for (size_t i = 0; i < a->rules_n; i++) {
        bool permits;

        (void)evaluate_rule_keeps(a, i, req->kind, &permits);
        if (permits && evaluate_rule_applies(a, i, req) &&
            (fields == UINT32_MAX ||
                (a->rules[i].share[req->kind] & fields) != 0)) {
            found |= UINT64_C(1) << i;
        }
    }
    return found;
}

/* FIELDS of the decision are left, and approvals in their order. */
static void
decide(struct decision *d, const struct agreement *a, const struct request *req,
    const uint32_t *fields)
{
    evaluate(d, a, req);
    d->fields &= fields == NULL ? UINT32_MAX : fields[req->kind];
    qsort(d->duties.approval, d->duties.approvals_n, sizeof *d->duties.approval,
        by_set);
}

static struct seen_case *
find(struct seen *seen, const struct request *req, const struct decision *d)
{
    struct seen_case *one;

    for (size_t i = 0; i < seen->n; i++) {
        one = &seen->one[i];
        if (one->sender == req->sender && one->recipient == req->recipient &&
            one->kind == req->kind && one->fields == d->fields &&
            duties_equal(&one->duties, &d->duties)) {
            return one;
        }
    }
    assert_true(seen->n < MOST);
    one = &seen->one[seen->n++];
    *one = (struct seen_case){.sender = req->sender,
        .recipient = req->recipient,
        .kind = req->kind,
        .fields = d->fields,
        .duties = d->duties};
    return one;
}

static void
see(struct seen *seen, const struct agreement *a, const uint32_t *fields)
{
    struct every e;

    seen->n = 0;
    every_init(&e, a);
    while (every_next(&e)) {
        struct decision d;
        struct seen_case *one;

        decide(&d, a, &e.req, fields);
        if (d.fields == 0 || e.req.sender == e.req.recipient) {
            continue;
        }
        one = find(seen, &e.req, &d);
        one->permits |= permits_of(
            a, &e.req, fields == NULL ? UINT32_MAX : fields[e.req.kind]);
        one->requests += e.requests;
    }
}

static bool
is_of(const struct seen_case *one, const struct matrix_entry *e)
{
    return one->sender == e->sender && one->recipient == e->recipient &&
           one->kind == e->kind;
}

static void
check_sums(const struct seen *seen, const struct matrix_entry *e)
{
    uint32_t all = UINT32_MAX;
    uint32_t some = 0;
    size_t waits = 0;
    size_t n = 0;

    for (size_t i = 0; i < seen->n; i++) {
        if (is_of(&seen->one[i], e)) {
            all &= seen->one[i].fields;
            some |= seen->one[i].fields;
            waits += seen->one[i].duties.approvals_n > 0;
            n++;
        }
    }
    assert_int_equal(e->cases_n, n);
    assert_int_equal(e->always, all);
    assert_int_equal(e->sometimes, some & ~all);
    assert_int_equal(e->approval, waits == 0   ? MATRIX_NEVER
                                  : waits == n ? MATRIX_ALWAYS
                                               : MATRIX_SOMETIMES);
}

static size_t
any_of(const struct cells_set *set, uint64_t *seed)
{
    size_t skip = generated_below(seed, cells_count(set));
    size_t v = 0;

    while (!cells_has(set, v) || skip-- > 0) {
        v++;
    }
    return v;
}

/* Some request of BOX. */
static void
draw(struct request *req, const struct cells *c, const struct box *box,
    const struct agreement *a, uint64_t *seed)
{
    uint16_t *const plain[] = {
        &req->sender, &req->recipient, &req->purpose, &req->ground};
    const struct agreement_kind *kind;

    *req = box->request[0];
    kind = &a->kinds[req->kind];
    for (size_t d = 0; d < CELLS_WINDOWS; d++) {
        *plain[d] =
            (uint16_t)cells_value_index(c, 0, d, any_of(&box->set[d], seed));
    }
    req->windows = (uint32_t)cells_value_index(
        c, 0, CELLS_WINDOWS, any_of(&box->set[CELLS_WINDOWS], seed));
    for (size_t d = CELLS_ATTRIBUTE; d < box->dimensions; d++) {
        size_t v = any_of(&box->set[d], seed);
        size_t k = 0;

        while (strcmp(a->attributes[kind->attributes[k]].name,
                   cells_attribute_name(c, d)) != 0) {
            k++;
        }
        req->attribute[k].state = v == 0 ? VALUE_UNKNOWN : VALUE_KNOWN;
        req->attribute[k].v =
            v == 0 ? 0 : (uint32_t)cells_value_index(c, 0, d, v);
    }
}

/* Every request of BOX is on the route and let through as ONE says. */
static void
check_box(struct matrix *m, const struct agreement *a,
    const struct matrix_entry *e, const struct matrix_case *one,
    const struct box *box)
{
    uint64_t seed = 3;
    struct cells *c;

    assert_int_equal(matrix_turn(&c, m, e->kind), DHK_OK);
    for (size_t i = 0; i < DRAWS; i++) {
        struct request req;
        struct decision d;

        draw(&req, c, box, a, &seed);
        assert_int_equal(req.sender, e->sender);
        assert_int_equal(req.recipient, e->recipient);
        assert_int_equal(req.kind, e->kind);
        decide(&d, a, &req, NULL);
        assert_int_equal(d.fields & one->fields, one->fields);
        assert_true(duties_equal(&d.duties, &one->duties));
    }
}

static void
check_case(struct seen *seen, struct matrix *m, const struct agreement *a,
    const struct matrix_entry *e, const struct matrix_case *one)
{
    const struct decision d = {.fields = one->fields, .duties = one->duties};
    const struct request req = {
        .sender = e->sender, .recipient = e->recipient, .kind = e->kind};
    size_t before = seen->n;
    const struct seen_case *want = find(seen, &req, &d);
    struct boxes *boxes;
    uint64_t permits = 0;
    double requests = 0;

    assert_int_equal(seen->n, before); /* it was seen */
    for (size_t i = 0; i < one->permits_n; i++) {
        assert_true(i == 0 || one->permits[i] > one->permits[i - 1]);
        permits |= UINT64_C(1) << one->permits[i];
    }
    assert_int_equal(permits, want->permits);
    assert_int_equal(matrix_boxes(&boxes, m, e, one), DHK_OK);
    assert_true(boxes_count(boxes) > 0);
    for (size_t i = 0; i < boxes_count(boxes); i++) {
        requests += boxes_at(boxes, i)->requests;
        check_box(m, a, e, one, boxes_at(boxes, i));
    }
    assert_true(requests > want->requests * (1 - 1e-9));
    assert_true(requests < want->requests * (1 + 1e-9));
    boxes_destroy(&boxes);
}

/* How many ways of giving were seen. */
static size_t
count_ways(const struct seen *seen)
{
    size_t n = 0;

    for (size_t i = 0; i < seen->n; i++) {
        size_t k = 0;

        while (seen->one[k].sender != seen->one[i].sender ||
               seen->one[k].recipient != seen->one[i].recipient ||
               seen->one[k].kind != seen->one[i].kind) {
            k++;
        }
        n += k == i;
    }
    return n;
}

/* Returns how many ways of giving there are. */
static size_t
compare(struct seen *seen, const struct agreement *a, const uint32_t *fields)
{
    struct words why = {0};
    struct matrix *m;
    size_t n;

    see(seen, a, fields);
    assert_int_equal(matrix_new(&m, a, fields, &why), DHK_OK);
    n = matrix_count(m);
    assert_int_equal(n, count_ways(seen));
    for (size_t i = 0; i < n; i++) {
        const struct matrix_entry *e = matrix_at(m, i);

        assert_ptr_equal(matrix_find(m, e->sender, e->recipient, e->kind), e);
        check_sums(seen, e);
        for (size_t k = 0; k < e->cases_n; k++) {
            assert_true(
                k == 0 || __builtin_popcount(e->cases[k].fields) >=
                              __builtin_popcount(e->cases[k - 1].fields));
            check_case(seen, m, a, e, &e->cases[k]);
        }
    }
    assert_null(matrix_find(m, 0, 0, 0));
    matrix_destroy(&m);
    return n;
}

static void
it_says_what_brute_force_finds(void **state)
{
    struct seen *seen = malloc(sizeof *seen);
    uint64_t seed = 21;
    size_t ways = 0;

    (void)state;
    assert_non_null(seen);
    for (int round = 0; round < ROUNDS; round++) {
        struct agreement *a = generated_agreement(&shape, &seed);

        ways += compare(seen, a, NULL);
        agreement_destroy(&a);
    }
    assert_true(ways > 300);
    free(seen);
}

static void
it_says_what_brute_force_finds_of_some_fields(void **state)
{
    struct seen *seen = malloc(sizeof *seen);
    uint64_t seed = 22;
    size_t ways = 0;

    (void)state;
    assert_non_null(seen);
    for (int round = 0; round < ROUNDS; round++) {
        struct agreement *a = generated_agreement(&shape, &seed);
        const uint32_t fields[] = {1u << generated_below(&seed, 3), 5, 0};

        ways += compare(seen, a, fields);
        agreement_destroy(&a);
    }
    assert_true(ways > 100);
    free(seen);
}

static const char text[] = HEAD
    "attribute age : number 0 .. 99; attribute shade : level low, mid, high;\n"
    "attribute live : yes-no; attribute hue : choice red, blue, pink;\n"
    "window office = mon - fri 08:00 - 18:00; window noon = mon 12:00 - "
    "13:00;\n"
    "signal k with fields s, t attributes age, shade, live, hue;\n"
    "permit P1 \"T\": from a to b signal k for p on g, h when age at least 18 "
    "and age is not 40 and shade at least mid and during office share s;\n"
    "permit P2 \"T\": from a to b signal k for p on g when shade is high share "
    "t oblige approval by 1;\n"
    "permit P3 \"T\": from c to d signal k for q, p on h when hue is one of "
    "red, pink and age at most 17 share t;\n"
    "permit P4 \"T\": from d to c signal k for q on h share s, t;\n"
    "forbid V1 \"T\": from c to any signal any when during noon and live is "
    "yes;\n"
    "never N1 \"T\": share t to c when shade is high;\n"
    "never N2 \"T\": share s to c unless outside office;\n"
    "permit P5 \"T\": from d to a signal k for p on g share s, t;\n"
    "never N3 \"T\": share t to a when shade at most mid;\n";

/* All conditions of the way from FROM to TO. */
static void
describe(struct words *out, struct matrix *m, const struct agreement *a,
    const struct matrix_entry *e, enum render_lang lang)
{
    for (size_t k = 0; k < e->cases_n; k++) {
        struct boxes *boxes;
        struct cells *c;

        render_fields(out, a, e->kind, e->cases[k].fields, lang);
        words_add(out, ":\n");
        assert_int_equal(matrix_boxes(&boxes, m, e, &e->cases[k]), DHK_OK);
        assert_int_equal(matrix_turn(&c, m, e->kind), DHK_OK);
        for (size_t i = 0; i < boxes_count(boxes); i++) {
            const struct box *box = boxes_at(boxes, i);

            render_box_use(out, a, box, CELLS_PURPOSE, lang);
            words_add(out, " ");
            render_box_use(out, a, box, CELLS_GROUND, lang);
            words_add(out, " ");
            render_box_when(out, c, a, box, lang);
            words_add(out, "\n");
        }
        boxes_destroy(&boxes);
    }
}

static void
check_words(uint16_t from, uint16_t to, enum render_lang lang, const char *want)
{
    struct agreement *a = loaded_text(text);
    struct words words = {0};
    struct matrix *m;
    const char *got;

    assert_int_equal(matrix_new(&m, a, NULL, &words), DHK_OK);
    describe(&words, m, a, matrix_find(m, from, to, 0), lang);
    assert_int_equal(words_end(&words, &got), DHK_OK);
    assert_string_equal(got, want);
    words_done(&words);
    matrix_destroy(&m);
    agreement_destroy(&a);
}

static void
conditions_read_as_sentences(void **state)
{
    (void)state;
    check_words(0, 1, RENDER_NL,
        "t:\n"
        "\"P\" \"G\" shade high is en het signaal buiten office wordt "
        "aanvaard\n"
        "\"P\" \"G\" age hoogstens 17, 40 of onbekend is en shade high is en "
        "het signaal binnen office wordt aanvaard\n"
        "s:\n"
        "\"P\" \"G\" age 18 tot en met 39 of minstens 41 is en shade mid is en "
        "het signaal binnen office wordt aanvaard\n"
        "\"P\" \"H\" age 18 tot en met 39 of minstens 41 is en shade minstens "
        "mid is en het signaal binnen office wordt aanvaard\n"
        "s en t:\n"
        "\"P\" \"G\" age 18 tot en met 39 of minstens 41 is en shade high is "
        "en het signaal binnen office wordt aanvaard\n");
    check_words(0, 1, RENDER_EN,
        "t:\n"
        "\"P\" \"G\" shade is high and the signal is accepted outside office\n"
        "\"P\" \"G\" age is at most 17, 40 or unknown and shade is high and "
        "the signal is accepted during office\n"
        "s:\n"
        "\"P\" \"G\" age is 18 to 39 or at least 41 and shade is mid and the "
        "signal is accepted during office\n"
        "\"P\" \"H\" age is 18 to 39 or at least 41 and shade is at least mid "
        "and the signal is accepted during office\n"
        "s and t:\n"
        "\"P\" \"G\" age is 18 to 39 or at least 41 and shade is high and the "
        "signal is accepted during office\n");
    check_words(2, 3, RENDER_NL,
        "t:\n"
        "elk doel \"H\" age hoogstens 17 is en hue red of pink is en het "
        "signaal buiten noon wordt aanvaard\n"
        "elk doel \"H\" age hoogstens 17 is en live nee is en hue red of pink "
        "is en het signaal binnen noon wordt aanvaard\n");
    check_words(3, 0, RENDER_NL,
        "s:\n"
        "\"P\" \"G\" shade hoogstens mid of onbekend is\n"
        "s en t:\n"
        "\"P\" \"G\" shade high is\n");
    check_words(3, 2, RENDER_EN,
        "s:\n"
        "\"Q\" \"H\" shade is high or unknown and the signal is accepted "
        "outside office\n"
        "t:\n"
        "\"Q\" \"H\" shade is at most mid and the signal is accepted during "
        "office\n"
        "s and t:\n"
        "\"Q\" \"H\" shade is at most mid and the signal is accepted outside "
        "office\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_brute_force_finds),
        cmocka_unit_test(it_says_what_brute_force_finds_of_some_fields),
        cmocka_unit_test(conditions_read_as_sentences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

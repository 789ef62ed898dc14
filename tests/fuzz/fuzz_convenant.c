/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lexer, parser and checks on any text; whatever agreement is accepted must
 * keep the promises of the evaluator on requests that the text itself seeds. */
#include <string.h>

#include "compiled.h"
#include "evaluate.h"
#include "matrix.h"
#include "render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REQUESTS = 64, CELLS = 2000 };

/* A small generator, so that one input always asks the same. */
static uint32_t
next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void
make_request(struct request *req, const struct agreement *a, uint32_t *seed)
{
    const struct agreement_kind *kind;

    memset(req, 0, sizeof *req);
    req->sender = (uint16_t)(next(seed) % a->parties_n);
    req->recipient = (uint16_t)(next(seed) % a->parties_n);
    req->kind = (uint16_t)(next(seed) % a->kinds_n);
    req->purpose = (uint16_t)(next(seed) % a->purposes_n);
    req->ground = (uint16_t)(next(seed) % a->grounds_n);
    req->windows = a->window_sets[next(seed) % a->window_sets_n];
    kind = &a->kinds[req->kind];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &a->attributes[kind->attributes[k]];
        struct value *v = &req->attribute[k];

        v->state = next(seed) % 4 == 0 ? VALUE_UNKNOWN : VALUE_KNOWN;
        if (v->state == VALUE_KNOWN) {
            uint64_t range = (uint64_t)at->max - at->min + 1;

            v->v = at->min + (uint32_t)(next(seed) % range);
        }
    }
}

static void
check_classes(const struct agreement *a, const struct request *req,
    const struct decision *got)
{
    struct request other = *req;
    struct decision same;

    for (size_t k = 0; k < a->kinds[req->kind].attributes_n; k++) {
        uint32_t class_ = evaluate_class(a, req->kind, k, req->attribute[k]);

        must(evaluate_representative(
                 &other.attribute[k], a, req->kind, k, class_) == DHK_OK);
    }
    evaluate(&same, a, &other);
    must(memcmp(got, &same, sizeof same) == 0);
}

/* The compiled evaluator decides as the reference does. */
static void
check_compiled(const struct compiled *c, const struct request *req,
    const struct decision *want)
{
    static struct decision fan[LIMIT_PARTIES];
    struct decision got;

    compiled_decide(&got, c, req);
    must(memcmp(&got, want, sizeof got) == 0);
    compiled_fan_out(fan, c, req, UINT64_MAX);
    must(memcmp(&fan[req->recipient], want, sizeof *want) == 0);
}

static void
check_request(const struct agreement *a, const struct compiled *c,
    const struct request *req)
{
    uint32_t every =
        (uint32_t)((UINT64_C(1) << a->kinds[req->kind].fields_n) - 1);
    struct request hidden = *req;
    struct decision got;
    struct decision widest;

    evaluate(&got, a, req);
    must((got.fields & ~every) == 0);
    must((got.fields & (got.never | got.withheld)) == 0);
    must((got.verdict == VERDICT_DENY) == (got.fields == 0));
    must((got.verdict == VERDICT_DENY) == (got.reason != DENY_NONE));
    must(got.verdict != VERDICT_PERMIT || got.duties.approvals_n == 0);
    must(!got.duties.has_at_least || !got.duties.has_at_most ||
         got.duties.at_least <= got.duties.at_most);
    check_classes(a, req, &got);
    check_compiled(c, req, &got);
    must(evaluate_widest(&widest, a, req) == DHK_OK);
    must(memcmp(&got, &widest, sizeof got) == 0);
    if (a->kinds[req->kind].attributes_n > 0) {
        hidden.attribute[0].state = VALUE_HIDDEN;
        hidden.windows_hidden = true;
        if (evaluate_widest(&widest, a, &hidden) == DHK_OK) {
            must((got.fields & ~widest.fields) == 0);
        }
    }
}

static void
check_paragraph(void *ctx, const struct render_paragraph *p)
{
    bool rule = p->section >= RENDER_PERMITS;

    must(strchr(p->text, '\n') == NULL);
    must(!rule || (p->id != NULL && p->text[0] != '\0'));
    *(size_t *)ctx += rule ? 1 : 0;
}

/* Every rule has its paragraph. */
static void
check_rendering(const struct agreement *a)
{
    size_t rules = 0;

    must(render_agreement(a, RENDER_NL, check_paragraph, &rules) == DHK_OK);
    must(render_agreement(a, RENDER_EN, check_paragraph, &rules) == DHK_OK);
    must(rules == 2 * a->rules_n);
}

/* Each condition of an entry lets through what its case says. */
static void
check_case(const struct agreement *a, struct matrix *m,
    const struct matrix_entry *e, const struct matrix_case *one)
{
    struct boxes *boxes;

    must((one->fields & e->always) == e->always);
    must((one->fields & ~(e->always | e->sometimes)) == 0);
    must(matrix_boxes(&boxes, m, e, one) == DHK_OK);
    must(boxes_count(boxes) > 0);
    for (size_t i = 0; i < boxes_count(boxes); i++) {
        const struct request *req = &boxes_at(boxes, i)->request[0];
        struct decision got;

        evaluate(&got, a, req);
        must(got.fields == one->fields);
        must(req->sender == e->sender && req->recipient == e->recipient);
    }
    boxes_destroy(&boxes);
}

static void
check_matrix(const struct agreement *a)
{
    struct words why = {0};
    struct matrix *m;

    if (a->cells_n > CELLS) {
        return; /* it would take a while */
    }
    must(matrix_new(&m, a, NULL, &why) == DHK_OK);
    for (size_t i = 0; i < matrix_count(m) && i < REQUESTS; i++) {
        const struct matrix_entry *e = matrix_at(m, i);

        for (size_t k = 0; k < e->cases_n; k++) {
            check_case(a, m, e, &e->cases[k]);
        }
    }
    matrix_destroy(&m);
    words_done(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct findings findings;
    struct agreement *a;
    struct compiled *c;
    uint32_t seed = (uint32_t)size;
    enum dhk_err rc = agreement_load(&a, slice_of(data, size), &findings);

    if (rc != DHK_OK) {
        must(a == NULL && findings.errors > 0 && findings.n > 0);
        return 0;
    }
    must(findings.errors == 0 && a->rules_n > 0 && a->parties_n > 0);
    check_rendering(a);
    check_matrix(a);
    must(compiled_new(&c, a) == DHK_OK);
    for (int i = 0; i < REQUESTS; i++) {
        struct request req;

        make_request(&req, a, &seed);
        check_request(a, c, &req);
    }
    compiled_destroy(&c);
    agreement_destroy(&a);
    return 0;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy cover FILE [CASES...]: what of an agreement its examples
 * show, and what nobody has looked at. */
#include "cmd_policy.h"
#include "cmd_policy_cover.h"
#include "cover.h"
#include "policycases.h"
#include "suggest.h"

#include <inttypes.h>
#include <stdlib.h>

struct covering {
    const struct cli *cli;
    struct policycases all;
    bool json, rest;
    bool ledger;         /* the second argument is one, not cases */
    const char *signers; /* of the ledger, or NULL */
    struct ledgercases shares;
    size_t failed; /* cases that do not hold, and count for nothing */
    struct cover *cover;
};

/* The requests of the cases that hold, or behind the shares. */
static enum dhk_err
cover(struct covering *x)
{
    size_t n = 0;
    if (x->ledger)
        return cover_new(
            &x->cover, x->all.agreement, x->shares.list, x->shares.n);
    struct request *req = calloc(x->all.cases_n + 1, sizeof *req);
    if (req == NULL)
        return DHK_NOMEM;
    for (size_t i = 0; i < x->all.n; i++) {
        for (size_t k = 0; k < x->all.text[i].cases.n; k++) {
            const struct expect_case *c = &x->all.text[i].cases.list[k];
            if (expect_holds(NULL, x->all.agreement, c))
                req[n++] = c->req;
            else
                x->failed++;
        }
    }
    enum dhk_err rc = cover_new(&x->cover, x->all.agreement, req, n);
    free(req);
    return rc;
}

/* --- as text --- */

static void
print_count(const char *what, const struct cover_count *count)
{
    printf("%-20s %5zu of %5zu %5u %%\n", what, count->covered, count->of,
        cover_percent(count));
}

static void
print_cells(const struct covering *x, bool permits, const char *title)
{
    for (size_t i = 0; i < boxes_count(x->cover->boxes); i++) {
        const struct cover_cell *cell = &x->cover->cell[i];
        const struct box *box = boxes_at(x->cover->boxes, i);
        struct words words = {0};
        const char *text;
        if (cell->permits != permits || cell->requests > 0)
            continue;
        must(boxes_describe(&words, x->cover->cells, box) == DHK_OK);
        words_add(&words, "\n    such as: ");
        suggest_request(&words, x->all.agreement, &box->request[0]);
        must(words_end(&words, &text) == DHK_OK);
        printf("%s  %s\n", title, text);
        title = "";
        words_done(&words);
    }
}

static bool
is_unused(const struct covering *x, size_t i)
{
    return x->cover->rule[i].requests == 0;
}

static void
print_rules(const struct covering *x, bool permits, const char *title)
{
    const struct agreement *a = x->all.agreement;
    for (size_t i = 0; i < a->rules_n; i++) {
        if (!is_unused(x, i) || (permits && !x->cover->rule[i].permits))
            continue;
        printf("%s  %s:%u: %s \"%s\"\n", title, x->all.text[0].file.path,
            agreement_rule_line(a, i), agreement_rule_id(a, i),
            agreement_rule_title(a, i));
        title = "";
    }
}

static void
print(const struct covering *x)
{
    const struct cover *c = x->cover;
    printf("%-20s %5zu\n", "cases", x->all.cases_n);
    print_count("rules at work", &c->rules);
    print_count("  of them permits", &c->permits);
    print_count("conditions", &c->conditions);
    print_count("cells permitted", &c->permitted);
    print_count("the other cells", &c->denied);
    if (c->outside > 0)
        printf(
            "%zu cases lie outside: no permit applies to them.\n", c->outside);
    print_rules(x, false, "\nRules that no case shows at work:\n");
    print_cells(x, true, "\nPermitted, and shown by no case:\n");
    if (x->rest)
        print_cells(x, false, "\nNot permitted, and shown by no case:\n");
}

/* Of what was denied the ledger tells nothing, so that forbids and conditions
 * cannot be counted. */
static void
print_ledger(const struct covering *x)
{
    printf("%-20s %5zu\n", "shares", x->shares.n);
    print_count("permits used", &x->cover->permits);
    print_count("cells used", &x->cover->permitted);
    if (x->shares.others > 0)
        printf("Shares under other agreements, not counted: %" PRIu64 "\n",
            x->shares.others);
    if (x->shares.unclear > 0)
        printf("Shares that are not told exactly, not counted: %" PRIu64 "\n",
            x->shares.unclear);
    print_rules(x, true, "\nPermits that were never used:\n");
    print_cells(x, true, "\nPermitted, and never used:\n");
}

/* --- as JSON --- */

static void
put_count(json_t *o, const char *name, const struct cover_count *count)
{
    json_t *pair = json_build_object();
    json_build_uint(pair, "covered", count->covered);
    json_build_uint(pair, "of", count->of);
    json_build_put(o, name, pair);
}

static void
put_words(json_t *o, const char *name, struct words *words)
{
    const char *text;
    must(words_end(words, &text) == DHK_OK);
    json_build_text(o, name, text);
    words_done(words);
}

static json_t *
cell_json(const struct covering *x, size_t i)
{
    const struct box *box = boxes_at(x->cover->boxes, i);
    struct words where = {0};
    struct words example = {0};
    json_t *o = json_build_object();
    json_build_bool(o, "permitted", x->cover->cell[i].permits);
    must(boxes_describe(&where, x->cover->cells, box) == DHK_OK);
    put_words(o, "where", &where);
    suggest_request(&example, x->all.agreement, &box->request[0]);
    put_words(o, "example", &example);
    json_build_put(o, "requests", json_real(box->requests));
    return o;
}

static json_t *
rules_json(const struct covering *x)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < x->cover->rules_n; i++) {
        const struct cover_rule *rule = &x->cover->rule[i];
        json_t *o = json_build_object();
        json_build_text(o, "id", agreement_rule_id(x->all.agreement, i));
        json_build_uint(o, "line", agreement_rule_line(x->all.agreement, i));
        json_build_bool(o, "permits", rule->permits);
        json_build_uint(o, "cases", rule->requests);
        json_t *conditions = json_build_array();
        for (size_t k = 0; k < rule->conditions; k++) {
            json_t *one = json_build_object();
            json_build_bool(one, "met", (rule->met >> k & 1) != 0);
            json_build_bool(one, "failed", (rule->failed >> k & 1) != 0);
            json_build_add(conditions, one);
        }
        json_build_put(o, "conditions", conditions);
        json_build_add(list, o);
    }
    return list;
}

static void
print_json(const struct covering *x)
{
    const struct cover *c = x->cover;
    json_t *o = json_build_object();
    json_t *uncovered = json_build_array();
    if (x->ledger) {
        json_build_uint(o, "shares", x->shares.n);
        json_build_uint(o, "others", x->shares.others);
        json_build_uint(o, "unclear", x->shares.unclear);
    } else {
        json_build_uint(o, "cases", x->all.cases_n);
        json_build_uint(o, "failing", x->failed);
    }
    json_build_uint(o, "outside", c->outside);
    put_count(o, "rules", &c->rules);
    put_count(o, "permits", &c->permits);
    put_count(o, "conditions", &c->conditions);
    put_count(o, "permitted", &c->permitted);
    put_count(o, "denied", &c->denied);
    json_build_put(o, "each_rule", rules_json(x));
    for (size_t i = 0; i < boxes_count(c->boxes); i++) {
        if (c->cell[i].requests == 0)
            json_build_add(uncovered, cell_json(x, i));
    }
    json_build_put(o, "uncovered", uncovered);
    (void)json_print(stdout, o);
}

static enum cli_exit
show(struct covering *x)
{
    enum dhk_err rc = cover(x);
    if (rc != DHK_OK)
        return cli_fail(x->cli, rc, x->all.text[0].file.path);
    if (x->json)
        print_json(x);
    else if (x->ledger)
        print_ledger(x);
    else
        print(x);
    if (x->failed > 0)
        cli_say(x->cli,
            "%zu cases do not hold and are not counted: see 'driehoek policy "
            "test'",
            x->failed);
    const struct cover_count *wanted =
        x->ledger ? &x->cover->permits : &x->cover->permitted;
    return wanted->covered == wanted->of ? CLI_OK : CLI_NO;
}

enum cli_exit
cmd_policy_cover(struct cli *cli, int argc, char **argv)
{
    struct covering x = {.cli = cli};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"rest", 'r', CLI_FLAG, NULL, "list cells that are not permitted too",
            &x.rest},
        {"ledger", 'L', CLI_FLAG, NULL,
            "by what was shared: LEDGER is of 'ledger fetch'", &x.ledger},
        {"signers", 's', CLI_TEXT, "FILE",
            "allowed_signers to believe, instead of a node's", &x.signers},
        {"json", 'j', CLI_FLAG, NULL, "the result as JSON", &x.json},
    };
    const struct cli_usage usage = {
        "FILE [CASES... | --ledger LEDGER] [--rest] [--json]",
        "How much of an agreement its expect lines show, and those of further "
        "files:\nof rules, of conditions both ways, and of all that can be "
        "asked, in cells in\nwhich the same rules apply. Says which permitted "
        "cells no line shows; with\n--ledger, which permits and cells were "
        "never used.",
        options, 4, 1, CLI_LIST_MAX};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (x.ledger && cli->args_n != 2)
        return cli_wrong(cli, "--ledger wants an agreement and one ledger");
    exit = policycases_load(&x.all, cli, x.ledger ? 1 : cli->args_n, false);
    if (exit == CLI_OK && x.ledger)
        exit = cmd_policy_cover_ledger(
            &x.shares, cli, &x.all.text[0].file, x.signers);
    if (exit == CLI_OK)
        exit = show(&x);
    ledgercases_done(&x.shares);
    cover_destroy(&x.cover);
    policycases_done(&x.all);
    return cli_flushed(cli, exit);
}

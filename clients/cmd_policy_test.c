/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy test FILE [CASES...]: whether the examples come out as they
 * say, and which more there could be. */
#include "cmd_policy.h"
#include "cover.h"
#include "policycases.h"
#include "suggest.h"

#include <stdlib.h>

struct testing {
    const struct cli *cli;
    struct policycases all;
    bool json, suggest;
    size_t failed;
    json_t *failures; /* owned until it is put into the answer */
    struct cover *cover;
};

/* Beside the lines that it suggests, which are to be kept. */
static FILE *
report(const struct testing *t)
{
    return t->suggest ? stderr : stdout;
}

static void
say_failure(struct testing *t, const char *path, const struct expect_case *c)
{
    struct words why = {0};
    const char *text;
    if (expect_holds(&why, t->all.agreement, c)) {
        words_done(&why);
        return;
    }
    t->failed++;
    if (words_end(&why, &text) != DHK_OK)
        text = "it comes out otherwise";
    if (t->json) {
        json_t *o = json_build_object();
        json_build_text(o, "file", path);
        json_build_uint(o, "line", c->line);
        json_build_uint(o, "column", c->column);
        json_build_text(o, "text", text);
        json_build_add(t->failures, o);
    } else {
        (void)fprintf(
            report(t), "%s:%u:%u: %s\n", path, c->line, c->column, text);
    }
    words_done(&why);
}

static void
run(struct testing *t)
{
    for (size_t i = 0; i < t->all.n; i++) {
        const struct policycases_text *text = &t->all.text[i];
        for (size_t k = 0; k < text->cases.n; k++)
            say_failure(t, text->file.path, &text->cases.list[k]);
    }
}

/* What the cases meet, passed or failed: a failing one is to be mended, not
 * to be written again. */
static enum dhk_err
cover(struct testing *t)
{
    size_t n = 0;
    struct request *req = calloc(t->all.cases_n + 1, sizeof *req);
    if (req == NULL)
        return DHK_NOMEM;
    for (size_t i = 0; i < t->all.n; i++) {
        for (size_t k = 0; k < t->all.text[i].cases.n; k++)
            req[n++] = t->all.text[i].cases.list[k].req;
    }
    enum dhk_err rc = cover_new(&t->cover, t->all.agreement, req, n);
    free(req);
    return rc;
}

static void
suggest_some(const struct testing *t, bool permits, json_t *list)
{
    for (size_t i = 0; i < boxes_count(t->cover->boxes); i++) {
        const struct cover_cell *cell = &t->cover->cell[i];
        struct words line = {0};
        const char *text;
        if (cell->permits != permits || cell->requests > 0)
            continue;
        suggest_expect(
            &line, t->all.agreement, &boxes_at(t->cover->boxes, i)->request[0]);
        must(words_end(&line, &text) == DHK_OK);
        if (t->json)
            json_build_add_text(list, text);
        else
            printf("%s", text);
        words_done(&line);
    }
}

static void
print_counts(const struct testing *t)
{
    (void)fprintf(report(t), "%zu of %zu cases hold.\n",
        t->all.cases_n - t->failed, t->all.cases_n);
}

static void
answer_json(struct testing *t)
{
    json_t *o = json_build_object();
    json_build_uint(o, "cases", t->all.cases_n);
    json_build_uint(o, "passed", t->all.cases_n - t->failed);
    json_build_uint(o, "failed", t->failed);
    json_build_put(o, "failures", t->failures);
    if (t->suggest) {
        json_t *list = json_build_array();
        suggest_some(t, true, list);
        suggest_some(t, false, list);
        json_build_put(o, "suggested", list);
    }
    (void)json_print(stdout, o);
}

static enum cli_exit
test(struct testing *t)
{
    if (t->json)
        t->failures = json_build_array();
    if (t->suggest) {
        enum dhk_err rc = cover(t);
        if (rc != DHK_OK) {
            json_decref(t->failures);
            return cli_fail(t->cli, rc, t->all.text[0].file.path);
        }
    }
    run(t);
    if (t->json) {
        answer_json(t);
    } else {
        print_counts(t);
        if (t->suggest) {
            suggest_some(t, true, NULL);
            suggest_some(t, false, NULL);
        }
    }
    return t->failed == 0 ? CLI_OK : CLI_NO;
}

enum cli_exit
cmd_policy_test(struct cli *cli, int argc, char **argv)
{
    struct testing t = {.cli = cli};
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"suggest", 's', CLI_FLAG, NULL,
            "an expect line for each cell without one", &t.suggest},
        {"json", 'j', CLI_FLAG, NULL, "the result as JSON", &t.json},
    };
    const struct cli_usage usage = {"FILE [CASES...] [--suggest] [--json]",
        "Runs the expect lines of an agreement and of further files, and says "
        "which\nfail. With --suggest, adds lines that are missing: see "
        "'driehoek policy cover'.",
        options, 2, 1, CLI_LIST_MAX};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    exit = policycases_load(&t.all, cli, cli->args_n, true);
    if (exit == CLI_OK)
        exit = test(&t);
    cover_destroy(&t.cover);
    policycases_done(&t.all);
    return cli_flushed(cli, exit);
}

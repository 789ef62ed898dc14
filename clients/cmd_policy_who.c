/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy who FILE FIELD: everybody who could ever hold a field. */
#include "cmd_policy.h"
#include "matrixpage.h"
#include "policyrender.h"
#include "who.h"
#include "wrap_text.h"

#include <string.h>

enum { WIDTH = 80 };

struct asked {
    struct matrixpage page; /* over the matrix of WHO */
    struct who *who;
    const char *field; /* as it was typed */
};

static const char *
say(const struct asked *q, const char *nl, const char *en)
{
    return matrixpage_say(&q->page, nl, en);
}

static const struct agreement *
agreement_of(const struct asked *q)
{
    return q->page.file->agreement;
}

/* --- text ----------------------------------------------------------------- */

static void
print_holders(const struct asked *q)
{
    const struct agreement *a = agreement_of(q);
    struct words w = {0};
    const char *text;
    uint64_t holders = who_holders(q->who);
    words_format(&w, "%s ", q->field);
    words_add(&w, say(q, "kan terechtkomen bij: ", "could come to: "));
    for (size_t i = 0, n = 0; i < a->parties_n; i++) {
        if ((holders >> i & 1) != 0)
            words_format(&w, "%s%s", n++ > 0 ? ", " : "", a->parties[i]);
    }
    words_add(&w, holders == 0 ? say(q, "niemand.", "nobody.") : ".");
    if (words_end(&w, &text) == DHK_OK)
        wrap_text_print(stdout, text, 0, WIDTH);
    words_done(&w);
}

static void
print_entry(struct asked *q, const struct matrix_entry *e)
{
    const struct agreement *a = agreement_of(q);
    printf("\n%s -> %s: %s\n", a->parties[e->sender], a->parties[e->recipient],
        a->kinds[e->kind].name);
    for (size_t i = 0; i < e->cases_n; i++) {
        if (e->cases_n > 1)
            printf("  %s %zu\n", say(q, "Geval", "Case"), i + 1);
        matrixpage_case(stdout, &q->page, e, &e->cases[i]);
    }
}

static void
add_hop(struct words *w, const struct agreement *a, const struct who_hop *hop)
{
    const struct matrix_entry *e = hop->entry;
    const char *comma = "";
    words_format(
        w, " -> %s (%s", a->parties[e->recipient], a->kinds[e->kind].name);
    /* permits of several cases, each once */
    for (size_t rule = 0; rule < a->rules_n; rule++) {
        bool named = false;
        for (size_t i = 0; i < e->cases_n; i++) {
            for (size_t k = 0; k < e->cases[i].permits_n; k++)
                named = named || e->cases[i].permits[k] == rule;
        }
        if (named) {
            words_format(w, "%s %s", comma, agreement_rule_id(a, rule));
            comma = ",";
        }
    }
    words_add(w, ")");
}

static void
add_chain(struct words *w, const struct agreement *a, const struct who_hop *hop)
{
    words_add(w, a->parties[hop->origin]);
    for (unsigned i = 1; i <= hop->number; i++) {
        const struct who_hop *at = hop;
        while (at->number > i)
            at = at->from;
        add_hop(w, a, at);
    }
}

static void
print_onward(const struct asked *q)
{
    size_t shown = 0;
    for (size_t i = 0; i < who_hops(q->who); i++) {
        const struct who_hop *hop = who_hop(q->who, i);
        struct words w = {0};
        const char *text;
        if (hop->number == 1 || !who_is_new(q->who, i))
            continue;
        if (shown++ == 0)
            printf("\n%s\n",
                say(q, "En verder, langs wie het kreeg en mag doorgeven:",
                    "And onward, by those who got it and may pass it on:"));
        add_chain(&w, agreement_of(q), hop);
        if (words_end(&w, &text) == DHK_OK) {
            printf("  ");
            wrap_text_print(stdout, text, 4, WIDTH);
        }
        words_done(&w);
    }
    if (shown == 0)
        printf("\n%s\n", say(q, "Doorgeven brengt het bij niemand anders.",
                             "Onward giving brings it to nobody else."));
}

static enum dhk_err
print_text(struct asked *q, bool onward)
{
    const struct matrix *m = q->page.matrix;
    print_holders(q);
    for (size_t i = 0; i < matrix_count(m); i++) {
        if (who_asked(q->who, matrix_at(m, i)->kind))
            print_entry(q, matrix_at(m, i));
    }
    if (onward)
        print_onward(q);
    printf("\nsha256:%s\n", q->page.file->sha256);
    return q->page.rc;
}

/* --- JSON ----------------------------------------------------------------- */

static json_t *
route_json(const struct asked *q, const struct matrix_entry *e)
{
    const struct agreement *a = agreement_of(q);
    json_t *o = json_build_object();
    json_build_text(o, "from", a->parties[e->sender]);
    json_build_text(o, "to", a->parties[e->recipient]);
    json_build_text(o, "kind", a->kinds[e->kind].name);
    return o;
}

static json_t *
entry_json(struct asked *q, const struct matrix_entry *e)
{
    json_t *o = route_json(q, e);
    json_t *cases = json_build_array();
    for (size_t i = 0; i < e->cases_n; i++)
        json_build_add(cases, matrixpage_case_json(&q->page, e, &e->cases[i]));
    json_build_text(
        o, "approval", matrixpage_share(&q->page, e->approval, true));
    json_build_put(o, "cases", cases);
    return o;
}

static json_t *
hop_json(const struct asked *q, const struct who_hop *hop)
{
    json_t *o = json_build_object();
    json_t *hops = json_build_array();
    const struct agreement *a = agreement_of(q);
    json_build_text(o, "origin", a->parties[hop->origin]);
    json_build_text(o, "holder", a->parties[hop->entry->recipient]);
    json_build_uint(o, "number", hop->number);
    for (; hop != NULL; hop = hop->from)
        (void)json_array_insert_new(hops, 0, route_json(q, hop->entry));
    json_build_put(o, "hops", hops);
    return o;
}

static json_t *
answer_json(struct asked *q, bool onward)
{
    const struct agreement *a = agreement_of(q);
    json_t *o = json_build_object();
    json_t *holders = json_build_array();
    json_t *ways = json_build_array();
    json_t *hops = json_build_array();
    for (size_t i = 0; i < a->parties_n; i++) {
        if ((who_holders(q->who) >> i & 1) != 0)
            json_build_add_text(holders, a->parties[i]);
    }
    for (size_t i = 0; i < matrix_count(q->page.matrix); i++) {
        const struct matrix_entry *e = matrix_at(q->page.matrix, i);
        if (who_asked(q->who, e->kind))
            json_build_add(ways, entry_json(q, e));
    }
    for (size_t i = 0; i < who_hops(q->who); i++) {
        if (who_is_new(q->who, i))
            json_build_add(hops, hop_json(q, who_hop(q->who, i)));
    }
    json_build_text(o, "sha256", q->page.file->sha256);
    json_build_text(o, "field", who_field(q->who));
    json_build_put(o, "holders", holders);
    json_build_put(o, "ways", ways);
    if (onward)
        json_build_put(o, "onward", hops);
    else
        json_decref(hops);
    return o;
}

/* --- the command ---------------------------------------------------------- */

/* Says that there is no such field, and which may be meant. */
static enum cli_exit
unknown(const struct cli *cli, const struct agreement *a, const char *field)
{
    const char *dot = strchr(field, '.');
    const char *best = NULL;
    size_t kind_n = dot == NULL ? 0 : (size_t)(dot - field);
    struct slice name = slice_str(dot == NULL ? field : dot + 1);
    for (size_t k = 0; k < a->kinds_n && best == NULL; k++) {
        const char *names[LIMIT_FIELDS];
        for (size_t i = 0; i < a->kinds[k].fields_n; i++)
            names[i] = a->kinds[k].fields[i].name;
        if (dot == NULL ||
            slice_equal(slice_str(a->kinds[k].name), slice_of(field, kind_n)))
            best = agreement_nearest(name, names, a->kinds[k].fields_n);
    }
    if (best != NULL)
        return cli_wrong(
            cli, "no kind has field '%s'; did you mean '%s'?", field, best);
    return cli_wrong(cli, "no kind has field '%s'", field);
}

static enum dhk_err
answer(struct asked *q, bool onward, bool json)
{
    enum dhk_err rc = onward ? who_follow(q->who) : DHK_OK;
    if (rc != DHK_OK)
        return rc;
    if (!json)
        return print_text(q, onward);
    json_t *o = answer_json(q, onward);
    if (q->page.rc == DHK_OK)
        (void)json_print(stdout, o);
    else
        json_decref(o);
    return q->page.rc;
}

static enum cli_exit
ask(const struct cli *cli, struct asked *q, bool onward, bool json)
{
    struct words why = {0};
    const struct agreement *a = agreement_of(q);
    enum dhk_err rc = who_new(&q->who, a, q->field, &why);
    if (rc == DHK_LIMIT)
        matrixpage_too_many(cli, &why);
    words_done(&why);
    if (rc == DHK_NOTFOUND)
        return unknown(cli, a, q->field);
    if (rc == DHK_OK) {
        q->page.matrix = who_matrix(q->who);
        rc = answer(q, onward, json);
    }
    who_destroy(&q->who);
    return rc == DHK_OK ? CLI_OK : cli_fail(cli, rc, q->page.file->path);
}

enum cli_exit
cmd_policy_who(struct cli *cli, int argc, char **argv)
{
    struct policyfile file;
    const char *lang = "nl";
    bool onward = false;
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"onward", 'o', CLI_FLAG, NULL, "follow what recipients may pass on",
            &onward},
        POLICYRENDER_LANG(&lang),
        {"json", 'j', CLI_FLAG, NULL, "one object", &json},
    };
    const struct cli_usage usage = {"FILE [KIND.]FIELD [--onward] [--json]",
        "Shows everybody who could ever hold a field by an agreement, by which "
        "rules and\nunder which conditions.",
        options, sizeof options / sizeof options[0], 2, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    struct asked q = {
        .page = {.file = &file, .from = -1, .to = -1}, .field = cli->args[1]};
    if (!policyrender_lang(cli, &q.page.lang, lang))
        return CLI_USAGE;
    enum dhk_err rc = policyfile_load(&file, cli->args[0]);
    exit = rc != DHK_OK ? policyfile_fail(cli, &file, rc)
                        : ask(cli, &q, onward, json);
    policyfile_done(&file);
    return cli_flushed(cli, exit);
}

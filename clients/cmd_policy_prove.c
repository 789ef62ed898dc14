/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy prove FILE ASSERTION: whether an agreement forbids what it is
 * said to forbid, or a request that shows it does not. */
#include "cmd_policy.h"

#include <string.h>

#include "baseline.h"
#include "suggest.h"
#include "file.h"
#include "policyfile.h"
#include "words.h"

struct prove {
    struct cli *cli;
    struct policyfile file; /* the agreement */
    struct policyfile said; /* the assertion; its path says where it stands */
    struct baseline *rules;
    struct baseline_proof proof;
};

/* The assertion is the argument, or the file that it names behind an @. */
static enum dhk_err
load_assertion(struct prove *p, const char *argument)
{
    struct slice text = slice_str(argument);
    p->said.path = "assertion";
    if (argument[0] == '@') {
        p->said.path = argument + 1;
        enum dhk_err rc =
            file_read(&p->said.text, &p->said.n, argument + 1, LIMIT_TEXT);
        if (rc != DHK_OK)
            return rc;
        text = slice_of(p->said.text, p->said.n);
    }
    return baseline_load_rules(
        &p->rules, text, p->file.agreement, &p->said.findings);
}

static json_t *
json_of_request(const struct agreement *a, const struct request *req)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];
    json_t *o = json_build_object();
    json_t *values = json_build_object();
    json_t *windows = json_build_array();
    json_build_text(o, "from", a->parties[req->sender]);
    json_build_text(o, "to", a->parties[req->recipient]);
    json_build_text(o, "kind", kind->name);
    json_build_text(o, "purpose", a->purposes[req->purpose].name);
    json_build_text(o, "ground", a->grounds[req->ground].name);
    for (size_t k = 0; k < kind->attributes_n; k++) {
        const struct agreement_attribute *at =
            &a->attributes[kind->attributes[k]];
        uint32_t v = req->attribute[k].v;
        if (req->attribute[k].state != VALUE_KNOWN)
            continue;
        if (at->type == ATTRIBUTE_NUMBER)
            json_build_uint(values, at->name, v);
        else
            json_build_text(values, at->name, agreement_value_name(at, v));
    }
    for (size_t i = 0; i < a->windows_n; i++)
        if ((req->windows >> i & 1) != 0)
            json_build_add_text(windows, a->windows[i].name);
    json_build_put(o, "attributes", values);
    json_build_put(o, "windows", windows);
    return o;
}

static json_t *
json_of_violation(const struct agreement *a, const struct baseline_violation *v)
{
    json_t *o = json_build_object();
    json_build_text(o, "rule", v->rule);
    json_build_text(o, "title", v->title);
    json_build_uint(o, "line", v->line);
    json_build_uint(o, "column", v->column);
    json_build_text(o, "permit", agreement_rule_id(a, v->permit));
    json_build_text(o, "permit_title", agreement_rule_title(a, v->permit));
    json_build_uint(o, "permit_line", agreement_rule_line(a, v->permit));
    policyfile_put_fields(o, "fields", &a->kinds[v->witness.kind], v->fields);
    json_build_put(o, "request", json_of_request(a, &v->witness));
    return o;
}

static json_t *
json_of(const struct prove *p)
{
    json_t *o = json_build_object();
    json_t *list = json_build_array();
    json_build_bool(o, "holds", p->proof.found == 0);
    json_build_uint(o, "rules", p->proof.rules);
    json_build_uint(o, "empty", p->proof.empty);
    json_build_uint(o, "found", p->proof.found);
    for (size_t i = 0; i < p->proof.n; i++)
        json_build_add(
            list, json_of_violation(p->file.agreement, &p->proof.list[i]));
    json_build_put(o, "violations", list);
    return o;
}

static bool
print_violation(const struct prove *p, const struct baseline_violation *v)
{
    const struct agreement *a = p->file.agreement;
    struct words w = {0};
    const char *text;
    words_format(&w, "%s:%u: rule %s \"%s\" shares ", p->file.path,
        agreement_rule_line(a, v->permit), agreement_rule_id(a, v->permit),
        agreement_rule_title(a, v->permit));
    baseline_say_fields(&w, a, v->witness.kind, v->fields);
    words_format(&w, "\n  against %s:%u:%u%s%s\n  ", p->said.path, v->line,
        v->column, v->rule[0] == '\0' ? "" : ", rule ", v->rule);
    suggest_request(&w, a, &v->witness);
    bool good = words_end(&w, &text) == DHK_OK;
    if (good)
        printf("%s\n", text);
    words_done(&w);
    return good;
}

static enum cli_exit
print(const struct prove *p)
{
    const struct baseline_proof *proof = &p->proof;
    if (proof->found == 0) {
        printf("It holds: %s permits nothing of the kind.\n", p->file.path);
        if (proof->empty > 0)
            printf("Of the %zu rules %zu concern nothing in it.\n",
                proof->rules, proof->empty);
        return CLI_OK;
    }
    printf("It does not hold.\n");
    for (size_t i = 0; i < proof->n; i++)
        if (!print_violation(p, &proof->list[i]))
            return cli_fail(p->cli, DHK_NOMEM, p->file.path);
    if (proof->found > proof->n)
        printf("And so on: %zu in all.\n", proof->found);
    return CLI_NO;
}

static enum cli_exit
run(struct prove *p, bool json)
{
    enum dhk_err rc = policyfile_load(&p->file, p->cli->args[0]);
    if (rc != DHK_OK)
        return policyfile_fail(p->cli, &p->file, rc);
    rc = load_assertion(p, p->cli->args[1]);
    if (rc != DHK_OK)
        return policyfile_fail(p->cli, &p->said, rc);
    rc = baseline_prove(&p->proof, p->rules, p->file.agreement);
    if (rc == DHK_LIMIT) {
        cli_say(p->cli,
            "%s: it cannot be settled: the rules tell too many requests apart",
            p->file.path);
        return CLI_INVALID;
    }
    if (rc != DHK_OK)
        return cli_fail(p->cli, rc, p->file.path);
    if (!json)
        return print(p);
    (void)json_print(stdout, json_of(p));
    return p->proof.found == 0 ? CLI_OK : CLI_NO;
}

enum cli_exit
cmd_policy_prove(struct cli *cli, int argc, char **argv)
{
    struct prove p = {.cli = cli};
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"json", 'j', CLI_FLAG, NULL, "the answer as JSON", &json},
    };
    const struct cli_usage usage = {"FILE ASSERTION [--json]",
        "Proves that an agreement permits nothing that ASSERTION forbids, or "
        "shows a\nrequest for which it does. ASSERTION is one or more rules "
        "that forbid, such as\n'never share bsn to school;', or @FILE with "
        "them.",
        options, 1, 2, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    exit = run(&p, json);
    baseline_destroy(&p.rules);
    policyfile_done(&p.said);
    policyfile_done(&p.file);
    return cli_flushed(cli, exit);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy check FILE: what a signatory runs before signing. */
#include "cmd_policy.h"

#include <string.h>

#include "baseline.h"
#include "file.h"
#include "policyfile.h"

struct check {
    struct cli *cli;
    struct policyfile file;    /* the agreement */
    struct policyfile against; /* the baseline that was given; path: or NULL */
    /* the statutory baseline, then the one that was given */
    struct baseline *baseline[2];
    struct baseline_proof proof[2];
};

static json_t *
json_of_baselines(const struct check *c)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < 2 && c->baseline[i] != NULL; i++) {
        const struct baseline_proof *proof = &c->proof[i];
        json_t *o = json_build_object();
        json_build_text(o, "name", baseline_name(c->baseline[i]));
        json_build_uint(o, "version", baseline_version(c->baseline[i]));
        json_build_bool(o, "statutory", i == 0);
        json_build_uint(o, "rules", proof->rules);
        json_build_uint(o, "empty", proof->empty);
        json_build_uint(o, "expects", proof->expects);
        json_build_uint(o, "expects_skipped", proof->expects_skipped);
        json_build_add(list, o);
    }
    return list;
}

/* The rules that guard against permits of later versions. */
static json_t *
json_of_guards(const struct agreement *a)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < a->rules_n; i++) {
        if (agreement_rule_is_guard(a, i))
            json_build_add_text(list, agreement_rule_id(a, i));
    }
    return list;
}

static void
print_guards(const struct agreement *a)
{
    const char *lead = "Rules that take away nothing of what permits give, and "
                       "guard against\nlater ones: ";
    for (size_t i = 0; i < a->rules_n; i++) {
        if (!agreement_rule_is_guard(a, i))
            continue;
        printf("%s%s", lead, agreement_rule_id(a, i));
        lead = ", ";
    }
    if (strcmp(lead, ", ") == 0)
        puts(".");
}

static json_t *
json_of(const struct check *c)
{
    const struct policyfile *f = &c->file;
    const struct agreement *a = f->agreement;
    bool valid = a != NULL && f->findings.errors == 0;
    json_t *o = json_build_object();
    json_build_bool(o, "valid", valid);
    if (valid) {
        json_build_text(o, "name", a->name);
        json_build_uint(o, "version", a->version);
        json_build_text(o, "sha256", f->sha256);
        json_build_text(o, "compiled_sha256", f->compiled);
        json_build_uint(o, "rules", a->rules_n);
        json_build_uint(o, "kinds", a->kinds_n);
        json_build_uint(o, "parties", a->parties_n);
        json_build_uint(o, "cells", a->cells_n);
        json_build_put(o, "guards", json_of_guards(a));
        json_build_put(o, "baselines", json_of_baselines(c));
    }
    json_build_put(o, "findings", policyfile_json(f));
    return o;
}

static void
print(const struct check *c)
{
    const struct policyfile *f = &c->file;
    const struct agreement *a = f->agreement;
    policyfile_print(f);
    printf("%s: valid. %s version %u: %zu parties, %zu kinds of signal, "
           "%zu rules;\nevery expect line holds. Cases that rules tell apart: "
           "%zu.\n",
        f->path, a->name, a->version, a->parties_n, a->kinds_n, a->rules_n,
        a->cells_n);
    print_guards(a);
    for (size_t i = 0; i < 2 && c->baseline[i] != NULL; i++) {
        const struct baseline_proof *proof = &c->proof[i];
        printf("It holds to baseline %s version %u (rules: %zu, about nothing "
               "in it: %zu;\nexpect lines: %zu, about nothing in it: %zu).\n",
            baseline_name(c->baseline[i]), baseline_version(c->baseline[i]),
            proof->rules, proof->empty, proof->expects, proof->expects_skipped);
    }
    printf("sha256:%s\ncompiled sha256:%s\n", f->sha256, f->compiled);
}

/* The baseline that was given. */
static enum dhk_err
load_baseline(struct check *c)
{
    struct policyfile *f = &c->against;
    enum dhk_err rc = file_read(&f->text, &f->n, f->path, LIMIT_TEXT);
    if (rc != DHK_OK)
        return rc;
    return baseline_load(
        &c->baseline[1], slice_of(f->text, f->n), &f->findings);
}

/* What loading proved already is proved again to tell what it came to. */
static enum dhk_err
prove(struct check *c)
{
    struct findings own;
    enum dhk_err rc =
        baseline_load(&c->baseline[0], baseline_statutory(), &own);
    for (size_t i = 0; rc == DHK_OK && i < 2 && c->baseline[i] != NULL; i++) {
        rc = baseline_check(
            &c->file.findings, &c->proof[i], c->baseline[i], c->file.agreement);
    }
    if (rc == DHK_OK && c->file.findings.errors > 0)
        rc = DHK_FORMAT;
    return rc;
}

static enum cli_exit
run(struct check *c, bool json)
{
    enum dhk_err rc;
    if (c->against.path != NULL) {
        rc = load_baseline(c);
        if (rc != DHK_OK)
            return policyfile_fail(c->cli, &c->against, rc);
        policyfile_print(&c->against);
    }
    rc = policyfile_load(&c->file, c->cli->args[0]);
    if (rc == DHK_OK)
        rc = prove(c);
    if (json && c->file.text != NULL) {
        (void)json_print(stdout, json_of(c));
        return cli_exit_of(rc);
    }
    if (rc != DHK_OK)
        return policyfile_fail(c->cli, &c->file, rc);
    print(c);
    return CLI_OK;
}

enum cli_exit
cmd_policy_check(struct cli *cli, int argc, char **argv)
{
    struct check c = {.cli = cli};
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"baseline", 'b', CLI_TEXT, "FILE",
            "a baseline that it must hold to as well", &c.against.path},
        {"json", 'j', CLI_FLAG, NULL, "the findings as JSON", &json},
    };
    const struct cli_usage usage = {"FILE [--baseline FILE] [--json]",
        "Reads an agreement, checks every name and rule, runs its expect "
        "lines, and proves\nthat it permits nothing that the law forbids.\n"
        "Prints the hash of the text, which the signatories sign for.",
        options, 2, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    exit = run(&c, json);
    for (size_t i = 0; i < 2; i++)
        baseline_destroy(&c.baseline[i]);
    policyfile_done(&c.against);
    policyfile_done(&c.file);
    return cli_flushed(cli, exit);
}

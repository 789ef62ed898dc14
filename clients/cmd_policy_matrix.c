/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy matrix FILE: who may give what to whom. */
#include "cmd_policy.h"
#include "matrixpage.h"
#include "policyrender.h"

struct options {
    const char *from, *to;
    enum render_lang lang;
    bool html, csv, json;
};

/* The party NAME, or -1 for none named; -2 when there is no such. */
static int
party_of(const struct cli *cli, const struct agreement *a, const char *name)
{
    int i = name == NULL ? -1 : agreement_party(a, slice_str(name));
    if (name == NULL || i >= 0)
        return i;
    const char *nearest = agreement_nearest(
        slice_str(name), (const char *const *)a->parties, a->parties_n);
    if (nearest != NULL)
        cli_say(cli, "unknown party '%s'; did you mean '%s'?", name, nearest);
    else
        cli_say(cli, "unknown party '%s'", name);
    return -2;
}

static enum dhk_err
print(struct matrixpage *p, const struct options *o)
{
    json_t *json = NULL;
    enum dhk_err rc;
    if (o->html)
        return matrixpage_html(stdout, p);
    if (o->csv)
        return matrixpage_csv(stdout, p);
    if (!o->json)
        return matrixpage_text(stdout, p);
    rc = matrixpage_json(&json, p);
    if (rc == DHK_OK)
        (void)json_print(stdout, json);
    else
        json_decref(json);
    return rc;
}

static enum cli_exit
show(const struct cli *cli, const struct policyfile *f, const struct options *o)
{
    struct words why = {0};
    struct matrixpage p = {.file = f,
        .lang = o->lang,
        .from = party_of(cli, f->agreement, o->from),
        .to = party_of(cli, f->agreement, o->to)};
    if (p.from == -2 || p.to == -2)
        return CLI_USAGE;
    enum dhk_err rc = matrix_new(&p.matrix, f->agreement, NULL, &why);
    if (rc == DHK_LIMIT)
        matrixpage_too_many(cli, &why);
    words_done(&why);
    if (rc == DHK_OK)
        rc = print(&p, o);
    matrix_destroy(&p.matrix);
    return rc == DHK_OK ? CLI_OK : cli_fail(cli, rc, f->path);
}

enum cli_exit
cmd_policy_matrix(struct cli *cli, int argc, char **argv)
{
    struct policyfile file;
    struct options o = {.from = NULL};
    const char *lang = "nl";
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"from", 0, CLI_TEXT, "PARTY", "only what this party gives", &o.from},
        {"to", 0, CLI_TEXT, "PARTY", "only what this party gets", &o.to},
        POLICYRENDER_LANG(&lang),
        {"html", 0, CLI_FLAG, NULL, "a page to read and print", &o.html},
        {"csv", 0, CLI_FLAG, NULL, "a record for each field", &o.csv},
        {"json", 'j', CLI_FLAG, NULL, "one object", &o.json},
    };
    const struct cli_usage usage = {
        "FILE [--from PARTY] [--to PARTY] [--html|--csv|--json]",
        "Shows who may give what to whom by an agreement: fields always, "
        "sometimes or\nnever. With --from or --to also when, in sentences.",
        options, sizeof options / sizeof options[0], 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!policyrender_lang(cli, &o.lang, lang))
        return CLI_USAGE;
    if (o.html + o.csv + o.json > 1)
        return cli_wrong(cli, "--html, --csv and --json exclude one another");
    enum dhk_err rc = policyfile_load(&file, cli->args[0]);
    exit =
        rc != DHK_OK ? policyfile_fail(cli, &file, rc) : show(cli, &file, &o);
    policyfile_done(&file);
    return cli_flushed(cli, exit);
}

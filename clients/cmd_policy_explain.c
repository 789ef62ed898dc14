/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy explain FILE REQUEST: why it is decided as it is. */
#include <stdlib.h>

#include "cmd_policy.h"
#include "policyexplain.h"
#include "policyrender.h"
#include "request.h"

struct explaining {
    struct cli *cli;
    struct policyfile file;
    struct request req;
    enum render_lang lang;
    bool json;
};

/* The request's words may come as one argument or as many. */
static enum dhk_err
read_request(struct explaining *x)
{
    struct words w = {0};
    struct findings findings = {.n = 0};
    const char *text;
    for (size_t i = 1; i < x->cli->args_n; i++)
        words_join(&w, " ", x->cli->args[i]);
    enum dhk_err rc = words_end(&w, &text);
    if (rc == DHK_OK)
        rc = request_read(
            &x->req, x->file.agreement, slice_str(text), &findings);
    for (size_t i = 0; rc != DHK_OK && rc != DHK_NOMEM && i < findings.n; i++)
        (void)fprintf(stderr, "request:%u:%u: error: %s\n",
            findings.list[i].line, findings.list[i].column,
            findings.list[i].text);
    words_done(&w);
    return rc;
}

static enum dhk_err
print(const struct policyexplain *why, bool json)
{
    json_t *o = NULL;
    if (!json)
        return policyexplain_print(stdout, why);
    enum dhk_err rc = policyexplain_json(&o, why);
    if (rc == DHK_OK)
        (void)json_print(stdout, o);
    else
        json_decref(o);
    return rc;
}

static enum cli_exit
explain(struct explaining *x)
{
    enum dhk_err rc = read_request(x);
    if (rc == DHK_FORMAT || rc == DHK_LIMIT)
        return CLI_INVALID;
    struct explain *e = rc == DHK_OK ? malloc(sizeof *e) : NULL;
    if (e == NULL)
        return cli_fail(x->cli, DHK_NOMEM, "the request");
    explain_request(e, x->file.agreement, &x->req);
    const struct policyexplain why = {&x->file, &x->req, e, x->lang};
    enum cli_exit exit = e->decision.verdict == VERDICT_DENY ? CLI_NO : CLI_OK;
    rc = print(&why, x->json);
    if (rc != DHK_OK)
        exit = cli_fail(x->cli, rc, x->file.path);
    free(e);
    return exit;
}

enum cli_exit
cmd_policy_explain(struct cli *cli, int argc, char **argv)
{
    struct explaining x = {.cli = cli};
    const char *word = "nl";
    enum cli_exit exit;
    const struct cli_option options[] = {
        POLICYRENDER_LANG(&word),
        {"json", 'j', CLI_FLAG, NULL, "one object", &x.json},
    };
    const struct cli_usage usage = {"FILE REQUEST... [--lang nl|en] [--json]",
        "Tells how an agreement decides a request, and why. The request is "
        "written as in\nan expect line: from PARTY to PARTY signal KIND for "
        "PURPOSE on GROUND\n[with FACT, ...].",
        options, 2, 2, 4096};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!policyrender_lang(cli, &x.lang, word))
        return CLI_USAGE;
    enum dhk_err rc = policyfile_load(&x.file, cli->args[0]);
    exit = rc != DHK_OK ? policyfile_fail(cli, &x.file, rc) : explain(&x);
    policyfile_done(&x.file);
    return cli_flushed(cli, exit);
}

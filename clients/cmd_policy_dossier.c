/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy dossier OLD NEW -o DIR: what signatories get before they
 * sign. */
#include "cmd_policy.h"
#include "dossier.h"

#include <string.h>

#include "approval.h"
#include "policyrender.h"

/* Whether NEW may follow OLD by version and hash, as those who take it will
 * ask; else it would be signed for nothing. */
static enum cli_exit
check_follows(const struct cli *cli, const struct dossier *d)
{
    const struct agreement *a = d->new.agreement;
    const struct agreement *before = d->old.agreement;
    struct dhk_problem problem = {""};
    struct texts_floor_one floor = {.version = before->version};
    struct approval approval;
    enum dhk_err rc =
        bytes_unhex(floor.hash, sizeof floor.hash, slice_str(d->old.sha256));
    must(rc == DHK_OK);
    approval_of_agreement(&approval, a, before);
    if (strcmp(a->name, before->name) != 0) {
        cli_say(cli, "%s is of the agreement %s, %s of %s", d->new.path,
            a->name, d->old.path, before->name);
        return CLI_NO;
    }
    if (approval_follows(&approval, &floor, &problem) == DHK_OK)
        return CLI_OK;
    cli_say(cli,
        "%s cannot follow %s, which is version %u and has sha256:%s: %s",
        d->new.path, d->old.path, before->version, d->old.sha256, problem.text);
    return CLI_NO;
}

static enum cli_exit
make(const struct cli *cli, struct dossier *d, const char *dir)
{
    enum cli_exit exit = CLI_OK;
    if (strcmp(cli->args[0], "-") != 0) {
        enum dhk_err rc = policyfile_load(&d->old, cli->args[0]);
        if (rc != DHK_OK)
            return policyfile_fail(cli, &d->old, rc);
    }
    enum dhk_err rc = policyfile_load(&d->new, cli->args[1]);
    if (rc != DHK_OK)
        return policyfile_fail(cli, &d->new, rc);
    if (d->old.agreement != NULL)
        exit = check_follows(cli, d);
    if (exit == CLI_OK)
        exit = dossier_write(cli, d, dir);
    if (exit == CLI_OK)
        printf("%s: %zu files for %zu signatories; see %s/index.html\n", dir,
            d->files_n, d->signatories_n, dir);
    return exit;
}

enum cli_exit
cmd_policy_dossier(struct cli *cli, int argc, char **argv)
{
    struct dossier d = {.files_n = 0};
    const char *dir = NULL;
    const char *word = "nl";
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"output", 'o', CLI_TEXT, "DIR", "the directory to make", &dir},
        {"lang", 'l', CLI_TEXT, "nl|en", "language of its pages (nl)", &word},
    };
    const struct cli_usage usage = {"OLD NEW -o DIR [--lang nl|en]",
        "Makes a directory with what signatories want to see before they sign "
        "NEW: the\ntext, what it means, what differs from OLD, and how to "
        "sign. "
        "OLD is the version in\nforce, or '-' for a first agreement.",
        options, 2, 2, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (dir == NULL)
        return cli_wrong(cli, "-o DIR is needed");
    if (!policyrender_lang(&d.lang, word))
        return cli_wrong(cli, "--lang wants nl or en, not '%s'", word);
    exit = make(cli, &d, dir);
    policyfile_done(&d.old);
    policyfile_done(&d.new);
    return cli_flushed(cli, exit);
}

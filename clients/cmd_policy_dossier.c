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

static json_t *
json_files(const struct dossier *d)
{
    json_t *all = json_build_array();
    for (size_t i = 0; i < d->files_n; i++) {
        const struct dossier_file *file = &d->file[i];
        json_t *o = json_build_object();
        json_t *words = json_build_array();
        for (size_t k = 0; k < DOSSIER_WORDS && file->words[k] != NULL; k++)
            json_build_add_text(words, file->words[k]);
        json_build_text(o, "name", file->name);
        json_build_text(o, "sha256", file->sha256);
        json_build_put(o, "command", words);
        json_build_add(all, o);
    }
    return all;
}

static void
print_json(const struct dossier *d, const char *dir)
{
    char line[DOSSIER_LINE];
    json_t *signatories = json_build_array();
    json_t *o = json_build_object();
    for (size_t i = 0; i < d->signatories_n; i++) {
        json_t *one = json_build_object();
        dossier_sign_line(line, d, d->signatory[i]);
        json_build_text(one, "signatory", d->signatory[i]);
        json_build_text(one, "sign", line);
        json_build_add(signatories, one);
    }
    json_build_text(o, "directory", dir);
    json_build_text(o, "name", d->new.agreement->name);
    json_build_uint(o, "version", d->new.agreement->version);
    json_build_text(o, "sha256", d->new.sha256);
    json_build_text(o, "compiled_sha256", d->new.compiled);
    json_build_put(o, "files", json_files(d));
    json_build_put(o, "signatories", signatories);
    (void)json_print(stdout, o);
}

static enum cli_exit
make(const struct cli *cli, struct dossier *d, const char *dir, bool json)
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
    if (exit == CLI_OK && json)
        print_json(d, dir);
    else if (exit == CLI_OK)
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
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"output", 'o', CLI_TEXT, "DIR", "the directory to make", &dir},
        POLICYRENDER_LANG(&word),
        {"json", 'j', CLI_FLAG, NULL, "what was made, as one object", &json},
    };
    const struct cli_usage usage = {"OLD NEW -o DIR [--lang nl|en] [--json]",
        "Makes a directory with what signatories want to see before they sign "
        "NEW: the\ntext, what it means, what differs from OLD, and how to "
        "sign. "
        "OLD is the version in\nforce, or '-' for a first agreement.",
        options, 3, 2, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (dir == NULL)
        return cli_wrong(cli, "-o DIR is needed");
    if (!policyrender_lang(cli, &d.lang, word))
        return CLI_USAGE;
    exit = make(cli, &d, dir, json);
    policyfile_done(&d.old);
    policyfile_done(&d.new);
    return cli_flushed(cli, exit);
}

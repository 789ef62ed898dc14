/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy check FILE: what a signatory runs before signing. */
#include "cmd_policy.h"
#include "policyfile.h"

static json_t *
json_of(const struct policyfile *f)
{
    const struct agreement *a = f->agreement;
    json_t *o = json_build_object();
    json_build_bool(o, "valid", a != NULL);
    if (a != NULL) {
        json_build_text(o, "name", a->name);
        json_build_uint(o, "version", a->version);
        json_build_text(o, "sha256", f->sha256);
        json_build_uint(o, "rules", a->rules_n);
        json_build_uint(o, "kinds", a->kinds_n);
        json_build_uint(o, "parties", a->parties_n);
    }
    json_build_put(o, "findings", policyfile_json(f));
    return o;
}

static void
print(const struct policyfile *f)
{
    const struct agreement *a = f->agreement;
    policyfile_print(f);
    printf("%s: valid. %s version %u: %zu parties, %zu kinds of signal, "
           "%zu rules;\nevery expect line holds.\nsha256:%s\n",
        f->path, a->name, a->version, a->parties_n, a->kinds_n, a->rules_n,
        f->sha256);
}

enum cli_exit
cmd_policy_check(struct cli *cli, int argc, char **argv)
{
    struct policyfile file;
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        {"json", 'j', CLI_FLAG, NULL, "the findings as JSON", &json},
    };
    const struct cli_usage usage = {"FILE [--json]",
        "Reads an agreement, checks every name and rule, and runs its expect "
        "lines.\nPrints the hash of the text, which the signatories sign for.",
        options, 1, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    enum dhk_err rc = policyfile_load(&file, cli->args[0]);
    exit = cli_exit_of(rc);
    if (json && file.text != NULL)
        (void)json_print(stdout, json_of(&file));
    else if (rc != DHK_OK)
        exit = policyfile_fail(cli, &file, rc);
    else
        print(&file);
    policyfile_done(&file);
    return cli_flushed(cli, exit);
}

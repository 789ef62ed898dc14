/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy render FILE: the agreement in sentences. */
#include "cmd_policy.h"
#include "policyrender.h"

static enum cli_exit
show(const struct cli *cli, const struct policyfile *f, enum render_lang lang,
    bool json)
{
    json_t *o = NULL;
    enum dhk_err rc;
    if (!json) {
        rc = policyrender_print(stdout, f, lang);
    } else {
        rc = policyrender_json(&o, f, lang);
        if (rc == DHK_OK)
            (void)json_print(stdout, o);
        else
            json_decref(o);
    }
    return rc == DHK_OK ? CLI_OK : cli_fail(cli, rc, f->path);
}

enum cli_exit
cmd_policy_render(struct cli *cli, int argc, char **argv)
{
    struct policyfile file;
    const char *word = "nl";
    enum render_lang lang;
    bool json = false;
    enum cli_exit exit;
    const struct cli_option options[] = {
        POLICYRENDER_LANG(&word),
        {"json", 'j', CLI_FLAG, NULL, "one object with every paragraph", &json},
    };
    const struct cli_usage usage = {"FILE [--lang nl|en] [--json]",
        "Prints an agreement as sentences, made from its rules as they are "
        "decided by;\nnothing is copied from its comments.",
        options, 2, 1, 1};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!policyrender_lang(cli, &lang, word))
        return CLI_USAGE;
    enum dhk_err rc = policyfile_load(&file, cli->args[0]);
    exit = rc != DHK_OK ? policyfile_fail(cli, &file, rc)
                        : show(cli, &file, lang, json);
    policyfile_done(&file);
    return cli_flushed(cli, exit);
}

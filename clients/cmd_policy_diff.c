/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy diff OLD NEW: what a signatory of the next version has to
 * know of it. */
#include "cmd_policy.h"
#include "policydiff.h"
#include "policyrender.h"

static enum cli_exit
compare(const struct cli *cli, const struct policyfile file[2],
    enum render_lang lang, bool json)
{
    struct words why = {0};
    struct policydiff diff;
    enum dhk_err rc = policydiff_find(&diff, &file[0], &file[1], &why);
    enum cli_exit exit = CLI_OK;
    if (rc != DHK_OK) {
        exit = cli_fail(cli, rc, why.n > 0 ? why.text : file[1].path);
    } else {
        if (json)
            (void)json_print(stdout, policydiff_json(&diff, lang));
        else
            policydiff_print(stdout, &diff, lang);
        exit = policydiff_is_equal(&diff) ? CLI_OK : CLI_NO;
    }
    words_done(&why);
    policydiff_done(&diff);
    return exit;
}

enum cli_exit
cmd_policy_diff(struct cli *cli, int argc, char **argv)
{
    struct policyfile file[2] = {{.path = NULL}, {.path = NULL}};
    enum render_lang words;
    bool json = false;
    const char *lang = "nl";
    enum cli_exit exit;
    const struct cli_option options[] = {
        POLICYRENDER_LANG(&lang),
        {"json", 'j', CLI_FLAG, NULL, "the changes as JSON", &json},
    };
    const struct cli_usage usage = {"OLD NEW [--lang nl|en] [--json]",
        "Every change of meaning between two agreements: what is given that "
        "was not, what\nno longer is, other obligations, and their headers and "
        "vocabularies.",
        options, 2, 2, 2};
    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!policyrender_lang(cli, &words, lang))
        return CLI_USAGE;
    exit = CLI_OK;
    for (size_t i = 0; i < 2 && exit == CLI_OK; i++) {
        enum dhk_err rc = policyfile_load(&file[i], cli->args[i]);
        if (rc != DHK_OK)
            exit = policyfile_fail(cli, &file[i], rc);
    }
    if (exit == CLI_OK)
        exit = compare(cli, file, words, json);
    policyfile_done(&file[0]);
    policyfile_done(&file[1]);
    return cli_flushed(cli, exit);
}

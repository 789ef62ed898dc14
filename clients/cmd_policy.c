/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek policy check FILE: what a signatory runs before signing. */
#include "cmd.h"

#include <stdlib.h>
#include <string.h>

#include "agreement.h"
#include "file.h"
#include "json.h"
#include "seal.h"

static void
print_findings(const char *path, const struct findings *f)
{
    for (size_t i = 0; i < f->n; i++)
        (void)fprintf(stderr, "%s:%u:%u: %s: %s\n", path, f->list[i].line,
            f->list[i].column,
            f->list[i].severity == FINDING_ERROR ? "error" : "warning",
            f->list[i].text);
    if (f->errors > f->n)
        (void)fprintf(stderr, "%s: %zu errors in all\n", path, f->errors);
}

static json_t *
json_of(const struct agreement *a, const struct findings *f, const char *hash)
{
    json_t *o = json_build_object();
    json_t *list = json_build_array();
    json_build_bool(o, "valid", a != NULL);
    if (a != NULL) {
        json_build_text(o, "name", a->name);
        json_build_uint(o, "version", a->version);
        json_build_text(o, "sha256", hash);
        json_build_uint(o, "rules", a->rules_n);
        json_build_uint(o, "kinds", a->kinds_n);
        json_build_uint(o, "parties", a->parties_n);
    }
    for (size_t i = 0; i < f->n; i++) {
        json_t *one = json_build_object();
        json_build_text(one, "severity",
            f->list[i].severity == FINDING_ERROR ? "error" : "warning");
        json_build_uint(one, "line", f->list[i].line);
        json_build_uint(one, "column", f->list[i].column);
        json_build_text(one, "text", f->list[i].text);
        json_build_add(list, one);
    }
    json_build_put(o, "findings", list);
    return o;
}

static enum cli_exit
check_text(
    const struct cli *cli, const char *path, struct slice text, bool json)
{
    struct agreement *a = NULL;
    uint8_t sha256[SEAL_HASH];
    char hash[2 * SEAL_HASH + 1];
    struct findings *f = calloc(1, sizeof *f);
    if (f == NULL)
        return cli_fail(cli, DHK_NOMEM, path);
    enum dhk_err rc = agreement_load(&a, text, f);
    seal_sha256(sha256, text);
    bytes_hex(hash, sha256, sizeof sha256);
    if (json)
        (void)json_print(stdout, json_of(a, f, hash));
    else
        print_findings(path, f);
    if (rc == DHK_OK && !json)
        printf("%s: valid. %s version %u: %zu parties, %zu kinds of signal, "
               "%zu rules;\nevery expect line holds.\nsha256:%s\n",
            path, a->name, a->version, a->parties_n, a->kinds_n, a->rules_n,
            hash);
    if (rc != DHK_OK && f->errors == 0)
        (void)cli_fail(cli, rc, path);
    agreement_destroy(&a);
    free(f);
    return cli_flushed(cli, cli_exit_of(rc));
}

static enum cli_exit
policy_check(struct cli *cli, int argc, char **argv)
{
    uint8_t *text = NULL;
    size_t n = 0;
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
    enum dhk_err rc = file_read(&text, &n, cli->args[0], LIMIT_TEXT);
    if (rc != DHK_OK)
        return cli_fail(cli, rc, cli->args[0]) == CLI_INVALID ? CLI_INVALID
                                                              : CLI_LOCAL;
    exit = check_text(cli, cli->args[0], slice_of(text, n), json);
    file_free(&text, n);
    return exit;
}

enum cli_exit
cmd_policy(struct cli *cli, int argc, char **argv)
{
    static const struct cli_command commands[] = {
        {"check", policy_check, "find the faults of an agreement"},
    };
    static const struct cli_group group = {
        "Agreements, before they are signed.", commands,
        sizeof commands / sizeof commands[0]};
    return cli_run_group(cli, &group, argc, argv);
}

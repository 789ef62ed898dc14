/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading agreements with cases; see policycases.h. */
#include "policycases.h"

#include <stdlib.h>
#include <string.h>

static enum dhk_err
load(struct policycases *p, struct policycases_text *text, const char *path,
    bool draft)
{
    bool first = text == p->text;
    enum dhk_err rc = !first  ? policyfile_read(&text->file, path)
                      : draft ? policyfile_draft(&text->file, path)
                              : policyfile_load(&text->file, path);
    if (rc != DHK_OK)
        return rc;
    if (first)
        p->agreement = text->file.agreement;
    struct findings found;
    rc = expect_read(&text->cases, p->agreement,
        slice_of(text->file.text, text->file.n),
        first ? EXPECT_AGREEMENT : EXPECT_CASES, &found);
    if (rc != DHK_OK)
        text->file.findings = found;
    p->cases_n += text->cases.n;
    return rc;
}

enum cli_exit
policycases_load(
    struct policycases *out, const struct cli *cli, size_t n, bool draft)
{
    memset(out, 0, sizeof *out);
    out->text = calloc(n, sizeof *out->text);
    if (out->text == NULL)
        return cli_fail(cli, DHK_NOMEM, "cannot read the files");
    for (size_t i = 0; i < n; i++) {
        struct policycases_text *text = &out->text[out->n++];
        enum dhk_err rc = load(out, text, cli->args[i], draft);
        if (rc != DHK_OK)
            return policyfile_fail(cli, &text->file, rc);
    }
    return CLI_OK;
}

void
policycases_done(struct policycases *p)
{
    for (size_t i = 0; i < p->n; i++) {
        expect_done(&p->text[i].cases);
        policyfile_done(&p->text[i].file);
    }
    free(p->text);
    memset(p, 0, sizeof *p);
}

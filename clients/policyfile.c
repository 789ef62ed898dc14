/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading and loading agreements; see policyfile.h. */
#include "policyfile.h"

#include <string.h>

#include "compiled_hash.h"
#include "file.h"
#include "seal.h"

enum dhk_err
policyfile_read(struct policyfile *out, const char *path)
{
    memset(out, 0, sizeof *out);
    out->path = path;
    enum dhk_err rc = file_read(&out->text, &out->n, path, LIMIT_TEXT);
    if (rc != DHK_OK)
        return rc;
    uint8_t sha256[SEAL_HASH];
    seal_sha256(sha256, slice_of(out->text, out->n));
    bytes_hex(out->sha256, sha256, sizeof sha256);
    return DHK_OK;
}

enum dhk_err
policyfile_load(struct policyfile *out, const char *path)
{
    uint8_t sha256[SEAL_HASH];
    enum dhk_err rc = policyfile_read(out, path);
    if (rc == DHK_OK)
        rc = agreement_load(
            &out->agreement, slice_of(out->text, out->n), &out->findings);
    if (rc != DHK_OK)
        return rc;
    rc = compiled_hash(sha256, out->agreement, seal_sha256);
    if (rc == DHK_OK)
        bytes_hex(out->compiled, sha256, sizeof sha256);
    else
        agreement_destroy(&out->agreement);
    return rc;
}

enum dhk_err
policyfile_draft(struct policyfile *out, const char *path)
{
    enum dhk_err rc = policyfile_read(out, path);
    return rc != DHK_OK ? rc
                        : agreement_draft(&out->agreement,
                              slice_of(out->text, out->n), &out->findings);
}

void
policyfile_done(struct policyfile *f)
{
    agreement_destroy(&f->agreement);
    file_free(&f->text, f->n);
}

static const char *
word_of(enum finding_severity severity)
{
    return severity == FINDING_ERROR ? "error" : "warning";
}

void
policyfile_print(const struct policyfile *f)
{
    const struct findings *all = &f->findings;
    for (size_t i = 0; i < all->n; i++)
        (void)fprintf(stderr, "%s:%u:%u: %s: %s\n", f->path, all->list[i].line,
            all->list[i].column, word_of(all->list[i].severity),
            all->list[i].text);
    if (all->errors > all->n)
        (void)fprintf(stderr, "%s: %zu errors in all\n", f->path, all->errors);
}

enum cli_exit
policyfile_fail(
    const struct cli *cli, const struct policyfile *f, enum dhk_err rc)
{
    policyfile_print(f);
    if (f->findings.errors > 0)
        return cli_exit_of(rc);
    if (rc == DHK_LIMIT && f->text == NULL) {
        cli_say(cli, "%s: longer than %d bytes, the most that a text may have",
            f->path, (int)LIMIT_TEXT);
        return CLI_INVALID;
    }
    enum cli_exit exit = cli_fail(cli, rc, f->path);
    return f->text != NULL || exit == CLI_INVALID ? exit : CLI_LOCAL;
}

json_t *
policyfile_json(const struct policyfile *f)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < f->findings.n; i++) {
        const struct finding *one = &f->findings.list[i];
        json_t *o = json_build_object();
        json_build_text(o, "severity", word_of(one->severity));
        json_build_uint(o, "line", one->line);
        json_build_uint(o, "column", one->column);
        json_build_text(o, "text", one->text);
        json_build_add(list, o);
    }
    return list;
}

void
policyfile_put_fields(json_t *o, const char *name,
    const struct agreement_kind *kind, uint32_t fields)
{
    json_t *list = json_build_array();
    for (size_t i = 0; kind != NULL && i < kind->fields_n; i++) {
        if ((fields >> i & 1) != 0)
            json_build_add_text(list, kind->fields[i].name);
    }
    json_build_put(o, name, list);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The sentences of policy/render.h on paper and in JSON. */
#ifndef CLIENTS_POLICYRENDER_H
#define CLIENTS_POLICYRENDER_H

#include "policyfile.h"
#include "render.h"

/* The agreement of F, which is valid, as text to read. DHK_NOMEM; what could
 * not be written, ferror(OUT) remembers. */
DHK_MUST_USE enum dhk_err policyrender_print(
    FILE *out, const struct policyfile *f, enum render_lang lang);
/* The same as name, version, sha256, lang, and paragraphs with section, id,
 * title and text. */
DHK_MUST_USE enum dhk_err policyrender_json(
    json_t **out, const struct policyfile *f, enum render_lang lang);
/* The option --lang, whose word is nl unless it is given. */
#define POLICYRENDER_LANG(word)                                                \
    {                                                                          \
        "lang", 'l', CLI_TEXT, "nl|en", "language of the sentences (nl)",      \
            (word)                                                             \
    }
/* "nl" or "en"; for any other word false after a message: wrong usage. */
bool policyrender_lang(
    const struct cli *cli, enum render_lang *out, const char *word);

#endif

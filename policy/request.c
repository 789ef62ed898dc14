/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading a request; see request.h. It is read as that of an expect line, so
 * that both are one language. */
#include "request.h"

#include <string.h>

#include "expect.h"
#include "findings.h"
#include "words.h"

/* The text has lines of its own, so that its columns stay what they are. */
static const char before[] = "expect deny:\n";
static const char behind[] = "\n;\n";
enum { LINES_BEFORE = 1 };

/* Where the text's last line ends, as a place of the whole. */
static struct place
end_of(struct slice text)
{
    struct place at = {LINES_BEFORE + 1, 1};

    for (size_t i = 0; i < text.n; i++) {
        at.column++;
        if (text.p[i] == '\n') {
            at.line++;
            at.column = 1;
        }
    }
    return at;
}

/* "unexpected ';'; expected 'on'", of the line's own end. */
static void
say_early(struct finding *f)
{
    static const char early[] = "the request ends too early";
    char text[sizeof f->text];
    const char *expected = strchr(f->text, '\'');
    struct sink out;

    /* behind the quoted mark */
    expected = expected == NULL ? NULL : strstr(expected, "'; ");
    sink_init(&out, text, sizeof text - 1);
    sink_slice(&out, slice_str(early));
    if (expected != NULL) {
        sink_slice(&out, slice_str(expected + 1));
    }
    if (out.err == DHK_OK) {
        memcpy(f->text, text, out.n);
        f->text[out.n] = '\0';
    }
}

/* Places in the whole become places in the text. */
static void
place(struct findings *findings, struct slice text)
{
    struct place end = end_of(text);

    for (size_t i = 0; i < findings->n; i++) {
        struct finding *f = &findings->list[i];

        if (f->line > end.line) {
            f->line = end.line;
            f->column = end.column;
            say_early(f);
        }
        /* about the line as a whole: where it begins */
        f->column = f->line <= LINES_BEFORE ? 1 : f->column;
        f->line = f->line <= LINES_BEFORE ? 1 : f->line - LINES_BEFORE;
    }
}

/* Whether it would end the line before its end. */
static bool
ends_itself(struct slice text)
{
    return text.n > 0 && (memchr(text.p, ';', text.n) != NULL ||
                             memchr(text.p, '\0', text.n) != NULL);
}

static enum dhk_err
read_line(struct request *out, const struct agreement *a, struct slice line,
    struct findings *findings)
{
    struct expect_list cases = {0};
    enum dhk_err rc = expect_read(&cases, a, line, EXPECT_CASES, findings);

    if (rc == DHK_OK && cases.n != 1) {
        findings_error(findings, (struct place){LINES_BEFORE + 1, 1},
            "one request is wanted, and nothing behind it");
        rc = DHK_FORMAT;
    }
    if (rc == DHK_OK) {
        *out = cases.list[0].req;
    }
    expect_done(&cases);
    return rc;
}

enum dhk_err
request_read(struct request *out, const struct agreement *a, struct slice text,
    struct findings *findings)
{
    struct words w = {0};
    const char *line;
    enum dhk_err rc;

    memset(findings, 0, sizeof *findings);
    memset(out, 0, sizeof *out);
    if (text.n > REQUEST_TEXT) {
        findings_error(findings, (struct place){1, 1},
            "the request is longer than %d bytes", (int)REQUEST_TEXT);
        return DHK_LIMIT;
    }
    if (ends_itself(text)) {
        findings_error(findings, (struct place){1, 1},
            "one request is wanted, without ';'");
        return DHK_FORMAT;
    }
    words_format(&w, "%s%.*s%s", before, (int)text.n,
        text.n > 0 ? (const char *)text.p : "", behind);
    rc = words_end(&w, &line);
    if (rc == DHK_OK) {
        rc = read_line(out, a, slice_str(line), findings);
        findings_sort(findings);
        place(findings, text);
    }
    words_done(&w);
    return rc;
}

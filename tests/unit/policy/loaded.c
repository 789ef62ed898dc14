/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of policy/ share; see loaded.h. */
#include "loaded.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
show(const struct findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        print_message(
            "%u:%u: %s\n", f->list[i].line, f->list[i].column, f->list[i].text);
    }
}

static struct agreement *
load(struct slice text)
{
    struct findings findings;
    struct agreement *a;
    enum dhk_err rc = agreement_load(&a, text, &findings);

    if (rc != DHK_OK) {
        show(&findings);
    }
    assert_int_equal(rc, DHK_OK);
    assert_non_null(a);
    assert_int_equal(findings.errors, 0);
    return a;
}

struct agreement *
loaded_text(const char *text)
{
    return load(slice_str(text));
}

struct agreement *
loaded_recorded(const char *text)
{
    struct findings findings;
    struct agreement *a;
    enum dhk_err rc = agreement_recorded(&a, slice_str(text), &findings);

    if (rc != DHK_OK) {
        show(&findings);
    }
    assert_int_equal(rc, DHK_OK);
    return a;
}

struct slice
loaded_bytes(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t cap = LIMIT_TEXT + 1;
    uint8_t *bytes = malloc(cap);
    struct slice text;

    assert_non_null(file);
    assert_non_null(bytes);
    text = slice_of(bytes, fread(bytes, 1, cap, file));
    assert_int_equal(ferror(file), 0);
    assert_int_equal(fclose(file), 0);
    return text;
}

void
loaded_free(struct slice bytes)
{
    free((void *)(uintptr_t)bytes.p);
}

struct agreement *
loaded_file(const char *path)
{
    struct slice text = loaded_bytes(path);
    struct agreement *a = load(text);

    loaded_free(text);
    return a;
}

void
loaded_refused(struct findings *out, const char *text)
{
    struct agreement *a;

    assert_int_equal(agreement_load(&a, slice_str(text), out), DHK_FORMAT);
    assert_null(a);
    assert_true(out->errors > 0);
}

bool
loaded_has(const struct findings *f, const char *part)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strstr(f->list[i].text, part) != NULL) {
            return true;
        }
    }
    print_message("no finding says: %s\n", part);
    show(f);
    return false;
}

static uint16_t
found(int i)
{
    assert_true(i >= 0);
    return (uint16_t)i;
}

static void
read_window(const struct agreement *a, struct request *req, const char *word)
{
    struct slice name = slice_of(word, strlen(word) - 1);

    for (size_t w = 0; w < a->windows_n; w++) {
        if (slice_equal(slice_str(a->windows[w].name), name)) {
            req->windows |= UINT32_C(1) << w;
            return;
        }
    }
    fail_msg("no window %s", word);
}

static void
read_value(const struct agreement *a, struct request *req, const char *word)
{
    const struct agreement_kind *kind = &a->kinds[req->kind];
    const char *value = strchr(word, '=');
    struct value *v = NULL;
    const struct agreement_attribute *at;
    int i;

    assert_non_null(value);
    i = agreement_attribute(a, slice_of(word, (size_t)(value - word)));
    at = &a->attributes[found(i)];
    for (size_t k = 0; k < kind->attributes_n; k++) {
        if (kind->attributes[k] == i) {
            v = &req->attribute[k];
        }
    }
    assert_non_null(v);
    value++;
    if (strcmp(value, "unknown") == 0) {
        v->state = VALUE_UNKNOWN;
    } else if (strcmp(value, "hidden") == 0) {
        v->state = VALUE_HIDDEN;
    } else {
        v->state = VALUE_KNOWN;
        v->v = at->type == ATTRIBUTE_NUMBER
                   ? (uint32_t)strtoul(value, NULL, 10)
                   : found(agreement_value(at, slice_str(value)));
    }
}

struct request
loaded_request(const struct agreement *a, const char *line)
{
    struct request req;
    char copy[512];
    char *rest = NULL;
    char *word[5];

    memset(&req, 0, sizeof req);
    assert_true(strlen(line) < sizeof copy);
    memcpy(copy, line, strlen(line) + 1);
    for (size_t i = 0; i < 5; i++) {
        word[i] = strtok_r(i == 0 ? copy : NULL, " ", &rest);
        assert_non_null(word[i]);
    }
    req.sender = found(agreement_party(a, slice_str(word[0])));
    req.recipient = found(agreement_party(a, slice_str(word[1])));
    req.kind = found(agreement_kind(a, slice_str(word[2])));
    req.purpose = found(agreement_purpose(a, slice_str(word[3])));
    req.ground = found(agreement_ground(a, slice_str(word[4])));
    for (;;) {
        char *fact = strtok_r(NULL, " ", &rest);

        if (fact == NULL) {
            return req;
        }
        if (strcmp(fact, "windows-hidden") == 0) {
            req.windows_hidden = true;
        } else if (fact[strlen(fact) - 1] == '!') {
            read_window(a, &req, fact);
        } else {
            read_value(a, &req, fact);
        }
    }
}

struct decision
loaded_decide(const struct agreement *a, const char *line)
{
    struct request req = loaded_request(a, line);
    struct decision out;

    memset(&out, 0xa5, sizeof out); /* whatever was there */
    evaluate(&out, a, &req);
    return out;
}

uint32_t
loaded_fields(const struct agreement *a, uint16_t kind, const char *names)
{
    uint32_t mask = 0;

    while (*names != '\0') {
        size_t n = strcspn(names, " ");
        int i = agreement_field(&a->kinds[kind], slice_of(names, n));

        mask |= UINT32_C(1) << found(i);
        names += n;
        names += strspn(names, " ");
    }
    return mask;
}

size_t
loaded_rule(const struct agreement *a, const char *id)
{
    for (size_t i = 0; i < a->rules_n; i++) {
        if (strcmp(agreement_rule_id(a, i), id) == 0) {
            return i;
        }
    }
    fail_msg("no rule %s", id);
    return 0;
}

void
loaded_is_refused(const struct findings *f, const struct loaded_reject *reject)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *x = &f->list[i];

        if (x->severity == FINDING_ERROR && x->line == reject->line &&
            x->column == reject->column &&
            strstr(x->text, reject->says) != NULL) {
            return;
        }
    }
    show(f);
    fail_msg("%s: no error at %u:%u says: %s", reject->name, reject->line,
        reject->column, reject->says);
}

static bool
is_listed(const char *file, const char *suffix,
    const struct loaded_reject *rejects, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(rejects[i].name);

        if (strncmp(file, rejects[i].name, length) == 0 &&
            strcmp(file + length, suffix) == 0) {
            return true;
        }
    }
    return false;
}

void
loaded_are_all(const char *dir, const char *suffix,
    const struct loaded_reject *rejects, size_t n)
{
    DIR *files = opendir(dir);
    const struct dirent *entry;
    size_t found = 0;

    assert_non_null(files);
    while ((entry = readdir(files)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        found++;
        if (!is_listed(entry->d_name, suffix, rejects, n)) {
            fail_msg("%s is not in the table", entry->d_name);
        }
    }
    assert_int_equal(closedir(files), 0);
    assert_true(found > 0 && found <= n); /* some say two things */
}

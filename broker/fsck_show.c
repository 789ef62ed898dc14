/* SPDX-License-Identifier: EUPL-1.2 */
#include "fsck_show.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exits.h"
#include "host/clock.h"

enum { BAR = 32, EVERY_MS = 100, LINE = 120 };

static uint64_t shown_at;
static bool is_shown;

void
fsck_show_progress(void *ctx, const char *what, uint64_t done, uint64_t of)
{
    char bar[BAR + 1];
    uint64_t now = clock_monotonic_ms(clock_system());

    (void)ctx;
    if (isatty(STDERR_FILENO) == 0 || now - shown_at < EVERY_MS || of == 0)
        return;
    shown_at = now;
    is_shown = true;
    size_t full = (size_t)((done < of ? done : of) * BAR / of);
    memset(bar, '.', BAR);
    memset(bar, '#', full);
    bar[BAR] = '\0';
    (void)fprintf(stderr, "\r[%s] %3u %% of %llu %-12.12s", bar,
        (unsigned)(done * 100 / of), (unsigned long long)of, what);
    (void)fflush(stderr);
}

void
fsck_show_progress_end(void)
{
    if (is_shown)
        (void)fprintf(stderr, "\r%*s\r", LINE / 2 + BAR / 2, "");
    is_shown = false;
}

/* --- for a person ------------------------------------------------------- */

/* A key as it may be read: the letters of a name, or hexadecimal. */
static void
print_key(FILE *f, const struct fsck_place *p)
{
    bool plain = true;

    for (size_t i = 0; i < p->key_n; i++)
        plain = plain && p->key[i] > ' ' && p->key[i] < 0x7f &&
                p->key[i] != '"' && p->key[i] != '\\';
    if (plain) {
        (void)fprintf(f, "%.*s", (int)p->key_n, (const char *)p->key);
        return;
    }
    for (size_t i = 0; i < p->key_n; i++)
        (void)fprintf(f, "%02x", p->key[i]);
}

static void
print_place(FILE *f, const struct fsck_place *p)
{
    (void)fprintf(f, "table %s", p->table);
    if (p->key_n > 0) {
        (void)fprintf(f, ", key ");
        print_key(f, p);
    }
    if (p->has_entry)
        (void)fprintf(f, ", entry %llu", (unsigned long long)p->entry);
    (void)fprintf(f, ": ");
}

static void
print_fault(const struct fsck_result *r, const char *name)
{
    (void)fprintf(stderr, "driehoekd: %s: ", name);
    print_place(stderr, &r->fault);
    (void)fprintf(stderr, "%s\n", r->what);
    (void)fprintf(stderr,
        r->derived
            ? "driehoekd: the entries and their tree are whole; what the "
              "broker derived from them is not. Restore a backup, and keep "
              "this store.\n"
            : "driehoekd: this store is damaged. Do not start a broker on it: "
              "keep it, and restore a backup (driehoekd restore).\n");
}

static void
print_whole(const struct fsck_result *r)
{
    char root[2 * 32 + 1];

    bytes_hex(root, r->root, sizeof r->root);
    (void)printf("ledger       %s\n", r->origin);
    (void)printf("entries      %llu, %llu bytes\n",
        (unsigned long long)r->entries, (unsigned long long)r->bytes);
    (void)printf("root         %s\n", root);
    if (r->keeper > 0)
        (void)printf("keeper       signed the first %llu\n",
            (unsigned long long)r->keeper);
    for (size_t i = 0; i < r->counts_n; i++)
        (void)printf("%-12s %llu rows\n", r->count[i].name,
            (unsigned long long)r->count[i].rows);
    (void)printf("The store is whole.\n");
}

/* --- JSON --------------------------------------------------------------- */

static void
print_string(const char *s)
{
    (void)putchar('"');
    for (; *s != '\0'; s++) {
        unsigned char ch = (unsigned char)*s;
        if (ch == '"' || ch == '\\')
            (void)printf("\\%c", ch);
        else if (ch < 0x20)
            (void)printf("\\u%04x", ch);
        else
            (void)putchar(ch);
    }
    (void)putchar('"');
}

static void
print_json_fault(const struct fsck_place *p, const char *what)
{
    (void)printf(",\"fault\":{\"table\":\"%s\"", p->table);
    if (p->key_n > 0) {
        char hex[2 * FSCK_KEY + 1];
        bytes_hex(hex, p->key, p->key_n);
        (void)printf(",\"key\":\"%s\"", hex);
    }
    if (p->has_entry)
        (void)printf(",\"entry\":%llu", (unsigned long long)p->entry);
    (void)printf(",\"what\":");
    print_string(what);
    (void)printf("}");
}

static void
print_json(const struct fsck_result *r)
{
    char root[2 * 32 + 1];

    bytes_hex(root, r->root, sizeof r->root);
    (void)printf("{\"whole\":%s", r->bad ? "false" : "true");
    if (r->bad) {
        (void)printf(",\"ledger_whole\":%s", r->derived ? "true" : "false");
        print_json_fault(&r->fault, r->what);
    }
    (void)printf(",\"origin\":");
    print_string(r->origin);
    (void)printf(",\"entries\":%llu,\"bytes\":%llu,\"root\":\"%s\","
                 "\"keeper\":%llu,\"tree_ms\":%llu,\"checks\":[",
        (unsigned long long)r->entries, (unsigned long long)r->bytes, root,
        (unsigned long long)r->keeper, (unsigned long long)r->tree_ms);
    for (size_t i = 0; i < r->counts_n; i++)
        (void)printf("%s{\"name\":\"%s\",\"rows\":%llu}", i == 0 ? "" : ",",
            r->count[i].name, (unsigned long long)r->count[i].rows);
    (void)printf("]}\n");
}

/* --- both --------------------------------------------------------------- */

int
fsck_show(const struct fsck_result *r, const char *name, bool json)
{
    fsck_show_progress_end();
    if (json)
        print_json(r);
    else if (!r->bad)
        print_whole(r);
    if (r->bad && !json)
        print_fault(r, name);
    if (fflush(stdout) != 0)
        return EXITS_LOCAL;
    return !r->bad ? EXITS_DONE : r->derived ? EXITS_NO : EXITS_INVALID;
}

int
fsck_show_killed(
    const struct fsck_place *place, const char *name, int signal, bool json)
{
    static struct fsck_result r; /* large; one answer a process */

    memset(&r, 0, sizeof r);
    r.bad = true;
    r.fault = *place;
    (void)snprintf(r.what, sizeof r.what,
        "what is stored here, or behind it, cannot be read: it ended the "
        "reading process (signal %d)",
        signal);
    return fsck_show(&r, name, json);
}

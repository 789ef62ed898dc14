/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger query: a complete answer in a file of its own; and what
 * driehoek ledger check says of such a file. */
#include "cmd_ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "cmd_ledger_answer.h"
#include "fullanswer.h"
#include "fullanswer_make.h"
#include "progress.h"
#include "trust.h"
#include "verify_node.h"

/* --- query --- */

struct asking {
    struct cmd_ledger l;
    const char *partner, *case_handle, *kind, *outcome, *since, *until;
    struct progress progress;
    struct verify_from from;
};

static bool
wrong(const struct asking *x, const char *why)
{
    (void)cli_wrong(x->l.cli, "%s", why);
    return false;
}

/* Seconds, and then milliseconds in the question. */
static bool
read_times(struct asking *x)
{
    int64_t since = 0, before = 0;

    if ((x->since != NULL && !clock_parse(&since, x->since)) ||
        (x->until != NULL && !clock_parse(&before, x->until)) || since < 0 ||
        before < 0 || (x->until != NULL && before <= since))
        return wrong(x, "--since and --until want a date like 2026-11-23 or a "
                        "time like 2026-11-23T19:12:30Z, the later one behind "
                        "--until");
    x->l.query.since = (uint64_t)since * 1000;
    x->l.query.before = (uint64_t)before * 1000;
    return true;
}

static bool
read_filters(struct asking *x)
{
    struct query *q = &x->l.query;

    if (x->partner != NULL && !bytes_is_name(slice_str(x->partner)))
        return wrong(x, "--partner wants a partner's name");
    if (x->kind != NULL && !bytes_is_name(slice_str(x->kind)))
        return wrong(x, "--kind wants the name of a kind of signal");
    if (!cmd_ledger_outcome(x->l.cli, x->outcome) ||
        !cmd_ledger_case(x->l.cli, q->case_handle, x->case_handle))
        return false;
    q->has_case = x->case_handle != NULL;
    q->partner = slice_str(x->partner != NULL ? x->partner : "");
    q->kind = slice_str(x->kind != NULL ? x->kind : "");
    q->outcome = slice_str(x->outcome != NULL ? x->outcome : "");
    return read_times(x);
}

/* A partner asks about its own part; whom else it names must be known. */
static bool
find_partner(struct asking *x, enum cli_exit *exit)
{
    const struct roster *roster = trust_roster(x->l.node->trust);
    struct slice own = slice_str(x->l.node->name);
    const struct roster_partner *p = roster_find(roster, own);
    struct slice *partner = &x->l.query.partner;

    *exit = CLI_NO;
    if (p != NULL && p->role != ROSTER_AUDITOR && partner->n == 0)
        *partner = own;
    if (p != NULL && p->role != ROSTER_AUDITOR && !slice_equal(*partner, own)) {
        cli_say(x->l.cli, "only auditors may ask about another partner");
        return false;
    }
    if (partner->n > 0 && roster_find(roster, *partner) == NULL) {
        cli_say(x->l.cli, "the roster has no partner %s", x->partner);
        return false;
    }
    return true;
}

static void
answer_progress(void *ctx, uint64_t done, uint64_t total)
{
    struct asking *x = ctx;

    progress_to(&x->progress, done, total);
}

static enum cli_exit
ask(struct asking *x)
{
    struct dhk_problem problem = {""};
    bool out_failed = false;
    const struct fullanswer_make make = {.node = x->l.node,
        .query = &x->l.query,
        .verify = &x->from.input,
        .timeout_ms = (int)x->l.timeout * 1000,
        .progress = answer_progress,
        .ctx = x,
        .out = stdout};
    enum dhk_err rc = verify_from_node(&x->from, x->l.node, NULL, &problem);

    if (rc == DHK_OK) {
        progress_start(&x->progress);
        rc = fullanswer_make(&make, &out_failed, &problem);
        progress_end(&x->progress);
    }
    if (rc == DHK_OK)
        return CLI_OK;
    return out_failed
               ? cli_fail(x->l.cli, rc, "the output could not be written")
               : cmd_ledger_failed(&x->l, rc, &problem);
}

enum cli_exit
cmd_ledger_query(struct cli *cli, int argc, char **argv)
{
    struct asking x = {.l = {.cli = cli, .timeout = 60}};
    enum cli_exit exit;
    const struct cli_option options[] = {
        CMD_LEDGER_FOR(&x.l),
        {"case", 'c', CLI_TEXT, "HANDLE", "only what is of this case",
            &x.case_handle},
        {"partner", 'p', CLI_TEXT, "NAME",
            "what this partner took part in (else all that one may see)",
            &x.partner},
        {"kind", 'k', CLI_TEXT, "KIND", "only signals of this kind", &x.kind},
        {"outcome", 'o', CLI_TEXT, "NAME", "only what became this of them",
            &x.outcome},
        {"since", 's', CLI_TEXT, "TIME", "only from this date or time on",
            &x.since},
        {"until", 'u', CLI_TEXT, "TIME", "only before this date or time",
            &x.until},
        {"timeout", 't', CLI_NUMBER, "SECONDS", "wait for the broker (60)",
            &x.l.timeout},
    };
    const struct cli_usage usage = {
        "--for PURPOSE [--case HANDLE] [--partner NAME]\n"
        "    [--kind KIND] [--outcome NAME] [--since TIME] [--until TIME] > "
        "ANSWER",
        "Writes a complete answer to a file that stands on its own: the "
        "entries, and the\nproof that none was left out. 'driehoek ledger "
        "check ANSWER' checks it anywhere,\noffline.",
        options, sizeof options / sizeof options[0], 0, 0};

    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    if (!read_filters(&x))
        return CLI_USAGE;
    if (isatty(STDOUT_FILENO))
        return cli_wrong(cli, "an answer is no text: send it to a file with >");
    if (cmd_ledger_begin(&x.l, &exit) && find_partner(&x, &exit))
        exit = ask(&x);
    verify_from_end(&x.from);
    cmd_ledger_end(&x.l);
    return cli_flushed(cli, exit);
}

/* --- check --- */

bool
cmd_ledger_answer_is(struct slice file)
{
    struct fullanswer_reader r;

    return fullanswer_open(&r, file) == DHK_OK;
}

static void
name_of(char out[LIMIT_NAME + 1], struct slice name)
{
    if (slice_to_str(name, out, LIMIT_NAME + 1) != DHK_OK)
        out[0] = '\0';
}

static void
print_times(const struct query *q)
{
    char text[21];

    if (q->since > 0) {
        clock_text(text, (int64_t)(q->since / 1000));
        printf("  since        %s\n", text);
    }
    if (q->before > 0) {
        clock_text(text, (int64_t)(q->before / 1000));
        printf("  before       %s\n", text);
    }
}

/* "case c5c5..., kind zorgsignaal, outcome taken" */
static void
print_about(const struct fullanswer_result *r)
{
    const struct query *q = &r->query;
    char text[LIMIT_NAME + 1];
    char hex[33];

    printf("  about        ");
    bytes_hex(hex, q->case_handle, sizeof q->case_handle);
    if (q->has_case)
        printf("case %s, ", hex);
    name_of(text, q->kind);
    if (q->kind.n > 0)
        printf("signals of kind %s, ", text);
    name_of(text, q->outcome);
    if (q->outcome.n > 0)
        printf("outcome %s, ", text);
    if (!q->has_case && q->kind.n + q->outcome.n == 0)
        printf("everything, ");
    name_of(text, q->partner);
    if (q->partner.n > 0)
        printf("that %s took part in\n", text);
    else
        printf("of all %" PRIu64 " partners\n", r->lists);
    print_times(q);
}

static void
print_result(const struct fullanswer_result *r, bool partners_known)
{
    char time[21];
    const char *between = "";

    clock_text(time, (int64_t)(r->time / 1000));
    printf("Verified: a complete answer of %s, signed at %" PRIu64
           " entries.\n",
        r->origin, r->size);
    printf("  asked        by %s at %s, for %s (entry %" PRIu64 ")\n", r->asker,
        time, query_purpose_name(r->query.purpose), r->index);
    print_about(r);
    printf("  from         entry 0 up to entry %" PRIu64 "\n", r->until - 1);
    printf("  rows         %" PRIu64, r->rows);
    for (int k = 1; k < ENTRY_KINDS; k++) {
        if (r->kinds[k] == 0)
            continue;
        printf("%s%" PRIu64 " %s", between[0] == '\0' ? ": " : between,
            r->kinds[k], entry_kind_name((enum entry_kind)k));
        between = ", ";
    }
    if (r->query.since + r->query.before > 0)
        printf("\n  outside      %" PRIu64 " rows that fit are of another "
               "time, as their entries show",
            r->outside);
    printf("\n  complete     nothing was left out: %" PRIu64 " seals follow "
           "each other without a gap,\n               and each shows all its "
           "rows of what was asked\n",
        r->seals);
    printf("  entries      %" PRIu64 ", each in the signed ledger\n",
        r->head_entries);
    if (r->query.partner.n == 0 && !partners_known)
        printf("  not checked  whether these are all partners: give the roster "
               "with --roster\n");
    printf("  not checked  that each seal was made of the right list, and the "
           "partners' own\n               signatures: 'driehoek ledger verify' "
           "does that; the node that asked\n               did it for what it "
           "may see\n");
}

static json_t *
result_json(const struct fullanswer_result *r)
{
    json_t *o = json_build_object();
    json_t *kinds = json_build_object();
    char hex[33];

    bytes_hex(hex, r->query.case_handle, sizeof r->query.case_handle);
    for (int k = 1; k < ENTRY_KINDS; k++) {
        if (r->kinds[k] > 0)
            json_build_uint(
                kinds, entry_kind_name((enum entry_kind)k), r->kinds[k]);
    }
    json_build_bool(o, "complete", true);
    json_build_text(o, "origin", r->origin);
    json_build_uint(o, "size", r->size);
    json_build_text(o, "asker", r->asker);
    json_build_text(o, "for", query_purpose_name(r->query.purpose));
    json_build_uint(o, "query", r->index);
    json_build_time(o, "time", (int64_t)(r->time / 1000));
    if (r->query.has_case)
        json_build_text(o, "case", hex);
    if (r->query.partner.n > 0)
        json_build_slice(o, "partner", r->query.partner);
    if (r->query.kind.n > 0)
        json_build_slice(o, "kind", r->query.kind);
    if (r->query.outcome.n > 0)
        json_build_slice(o, "outcome", r->query.outcome);
    if (r->query.since > 0)
        json_build_time(o, "since", (int64_t)(r->query.since / 1000));
    if (r->query.before > 0)
        json_build_time(o, "before", (int64_t)(r->query.before / 1000));
    json_build_uint(o, "entries_until", r->until);
    json_build_uint(o, "lists", r->lists);
    json_build_uint(o, "seals", r->seals);
    json_build_uint(o, "rows", r->rows);
    json_build_uint(o, "rows_outside", r->outside);
    json_build_put(o, "events", kinds);
    json_build_uint(o, "entries", r->head_entries);
    return o;
}

enum cli_exit
cmd_ledger_answer_check(const struct cmd_ledger_answer *a)
{
    struct fullanswer_result result;
    struct fullanswer_fault fault;
    const char **names = NULL;
    const struct roster *r = a->roster;
    struct fullanswer_input in = {.key = a->key, .keys_n = a->keys_n};

    if (r != NULL) {
        names = calloc(r->partners_n + 1, sizeof *names);
        if (names == NULL)
            return cli_fail(a->cli, DHK_NOMEM, a->path);
        for (size_t i = 0; i < r->partners_n; i++)
            names[i] = r->partners[i].name;
        in.partners = names;
        in.partners_n = r->partners_n;
    }
    enum dhk_err rc = fullanswer_check(a->file, &in, &result, &fault);
    free(names);
    if (rc != DHK_OK) {
        cli_say(a->cli, "%s: NOT a complete answer: %s", a->path, fault.text);
        return rc == DHK_NOMEM ? CLI_LOCAL : CLI_INVALID;
    }
    if (a->json)
        rc = json_print(stdout, result_json(&result));
    else
        print_result(&result, r != NULL);
    return rc == DHK_OK ? CLI_OK : cli_fail(a->cli, rc, a->path);
}

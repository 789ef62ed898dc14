/* SPDX-License-Identifier: EUPL-1.2
 *
 * driehoek ledger list. */
#include "cmd_ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "csv.h"
#include "question.h"
#include "table.h"

struct listing {
    struct cmd_ledger l;
    struct dhk_question question;
    const char *since, *until, *after;
    int64_t limit; /* 0: none */
    bool json, csv;
    struct table *table;
    struct entryview_row *row;
    size_t n;
    uint64_t last; /* the entry listed last */
    bool more;     /* at least one follows */
};

/* --- the command line --- */

static bool
wrong(struct listing *x, const char *why)
{
    (void)cli_wrong(x->l.cli, "%s", why);
    return false;
}

static bool
read_names(struct listing *x)
{
    const struct dhk_question *q = &x->question;
    const struct {
        const char *value, *why;
    } names[] = {
        {q->partner, "--partner wants a partner's name"},
        {q->sender, "--sender wants a partner's name"},
        {q->recipient, "--recipient wants a partner's name"},
        {q->kind, "--kind wants the name of a kind of signal"},
        {q->share_purpose, "--purpose wants the name of one of the "
                           "agreement's purposes; what the question is for is "
                           "said with --for"},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].value != NULL && !bytes_is_name(slice_str(names[i].value)))
            return wrong(x, names[i].why);
    }
    return true;
}

static bool
read_filters(struct listing *x)
{
    uint8_t handle[16];
    struct dhk_question *q = &x->question;

    if (!read_names(x))
        return false;
    if (!cmd_ledger_case(x->l.cli, handle, q->case_handle))
        return false;
    if (q->rule != NULL &&
        (q->rule[0] == '\0' || strlen(q->rule) > LIMIT_RULE_ID))
        return wrong(x, "--rule wants the id of a rule, as the agreement has "
                        "it");
    if (!cmd_ledger_outcome(x->l.cli, q->outcome))
        return false;
    if ((x->since != NULL && !clock_parse(&q->since, x->since)) ||
        (x->until != NULL && !clock_parse(&q->until, x->until)))
        return wrong(x, "--since and --until want a date like 2026-11-23 or a "
                        "time like 2026-11-23T19:12:30Z");
    return true;
}

static bool
read_paging(struct listing *x)
{
    int64_t after;

    if (x->after != NULL) {
        if (!cli_number(&after, x->after) || after == INT64_MAX)
            return wrong(x, "--after wants the number of an entry");
        x->question.from = (uint64_t)after + 1;
    }
    if (x->json && x->csv)
        return wrong(x, "--json or --csv, not both");
    return true;
}

/* --- what is printed --- */

static const struct table_column columns[ENTRYVIEW_COLUMNS] = {
    {"ENTRY", TABLE_RIGHT}, {"TIME", 0}, {"EVENT", 0}, {"FROM", 0}, {"TO", 0},
    {"SIGNAL", 0}, {"FOR", 0}, {"CASE", 0}, {"DETAIL", TABLE_WRAP}};

enum { CSV_CASE = 7, CSV_RULES = 8, CSV_DETAIL = 9, CSV_COLUMNS = 10 };
static const char *const csv_columns[CSV_COLUMNS] = {"entry", "time", "event",
    "from", "to", "kind", "for", "case", "rules", "detail"};

/* Ids of rules have no blanks. */
static void
join(char *to, size_t cap, const char *const *list)
{
    size_t at = 0;

    to[0] = '\0';
    for (size_t i = 0; list != NULL && list[i] != NULL && at < cap; i++)
        at += (size_t)snprintf(
            to + at, cap - at, "%s%s", i > 0 ? " " : "", list[i]);
}

/* The same as the table, with the case in full and the rules by themselves. */
static void
print_csv(struct listing *x, const struct dhk_entry *entry)
{
    char rules[LIMIT_RULES_USED * (LIMIT_RULE_ID + 1) + 1];
    const char *cells[CSV_COLUMNS];

    for (size_t i = 0; i < CSV_CASE; i++)
        cells[i] = x->row->cell[i];
    join(rules, sizeof rules, entry->rules);
    cells[CSV_CASE] = entry->case_handle;
    cells[CSV_RULES] = rules;
    cells[CSV_DETAIL] = x->row->cell[ENTRYVIEW_DETAIL];
    csv_line(stdout, cells, CSV_COLUMNS);
}

static enum dhk_err
list_entry(struct listing *x, const struct dhk_entry *entry)
{
    struct entryview_names names = cmd_ledger_names(&x->l);
    const char *cells[ENTRYVIEW_COLUMNS];

    x->n++;
    x->last = entry->index;
    if (x->json)
        return cmd_ledger_print(
            &x->l, entry->index, slice_of(entry->bytes, entry->n), true);
    entryview_row(x->row, entry->index, question_entry(x->l.about), &names);
    if (x->csv) {
        print_csv(x, entry);
        return DHK_OK;
    }
    for (size_t i = 0; i < ENTRYVIEW_COLUMNS; i++)
        cells[i] = x->row->cell[i];
    return table_row(x->table, cells);
}

/* Entries until there are no more, or the limit. */
static enum dhk_err
list_entries(struct listing *x, struct dhk_problem *problem)
{
    const struct dhk_entry *entry = NULL;
    enum dhk_err rc = DHK_OK;

    while (rc == DHK_OK && !x->more) {
        rc = dhk_query_next(x->l.about, &entry, problem);
        if (rc == DHK_NOTFOUND) {
            problem->text[0] = '\0';
            return DHK_OK;
        }
        if (rc != DHK_OK)
            return rc;
        x->more = x->limit > 0 && x->n == (uint64_t)x->limit;
        if (!x->more)
            rc = list_entry(x, entry);
    }
    return rc;
}

static enum dhk_err
list_all(struct listing *x, struct dhk_problem *problem)
{
    enum dhk_err rc = table_new(&x->table, columns, ENTRYVIEW_COLUMNS);

    x->row = malloc(sizeof *x->row);
    if (x->row == NULL)
        rc = DHK_NOMEM;
    if (rc == DHK_OK)
        rc = dhk_query_open(&x->l.about, x->l.node, &x->question,
            (int)x->l.timeout * 1000, problem);
    if (rc == DHK_OK && x->csv)
        csv_line(stdout, csv_columns, CSV_COLUMNS);
    if (rc == DHK_OK)
        rc = list_entries(x, problem);
    if (rc == DHK_OK && !x->json && !x->csv)
        rc = table_print(x->table, stdout);
    if (ferror(stdout) != 0)
        rc = DHK_OK; /* cli_flushed() says so */
    table_destroy(&x->table);
    free(x->row);
    return rc;
}

/* What a person needs to know beside the list; the last line. */
static void
say_end(const struct listing *x)
{
    if (x->more)
        cli_say(x->l.cli, "more follow: go on with --after %" PRIu64, x->last);
    else if (x->n == 0 && !x->json && !x->csv)
        cli_say(x->l.cli, "no entry fits");
}

static enum cli_exit
run(struct listing *x)
{
    struct dhk_problem problem = {""};
    enum cli_exit exit = CLI_USAGE;

    if (!read_filters(x) || !read_paging(x))
        return CLI_USAGE;
    if (cmd_ledger_begin(&x->l, &exit)) {
        x->question.purpose = (enum dhk_purpose)x->l.query.purpose;
        enum dhk_err rc = list_all(x, &problem);
        exit = rc == DHK_OK ? CLI_OK : cmd_ledger_failed(&x->l, rc, &problem);
        if (rc == DHK_OK && ferror(stdout) == 0)
            say_end(x);
    }
    cmd_ledger_end(&x->l);
    return cli_flushed(x->l.cli, exit);
}

enum cli_exit
cmd_ledger_list(struct cli *cli, int argc, char **argv)
{
    struct listing x = {.l = {.cli = cli, .timeout = 10}};
    struct dhk_question *q = &x.question;
    enum cli_exit exit;
    const struct cli_option options[] = {
        CMD_LEDGER_FOR(&x.l),
        {"partner", 'p', CLI_TEXT, "NAME",
            "only what this partner took part in", &q->partner},
        {"sender", 0, CLI_TEXT, "NAME", "only of signals from this partner",
            &q->sender},
        {"recipient", 'r', CLI_TEXT, "NAME", "only of shares with this partner",
            &q->recipient},
        {"kind", 'k', CLI_TEXT, "KIND", "only of this kind of signal",
            &q->kind},
        {"purpose", 0, CLI_TEXT, "NAME",
            "only what was shared for this purpose", &q->share_purpose},
        {"rule", 0, CLI_TEXT, "ID", "only what this rule decided", &q->rule},
        {"outcome", 'o', CLI_TEXT, "NAME",
            "only entries that tell this: taken, refused, expired ...",
            &q->outcome},
        {"case", 'c', CLI_TEXT, "HANDLE", "only this case", &q->case_handle},
        {"since", 's', CLI_TEXT, "TIME", "only from this date or time on",
            &x.since},
        {"until", 'u', CLI_TEXT, "TIME", "only before this date or time",
            &x.until},
        {"after", 'a', CLI_TEXT, "ENTRY", "only entries behind this one",
            &x.after},
        {"limit", 'n', CLI_NUMBER, "N", "at most so many, and how to go on",
            &x.limit},
        {"csv", 0, CLI_FLAG, NULL, "comma-separated values with a header line",
            &x.csv},
        {"json", 'j', CLI_FLAG, NULL, "one JSON object for each entry",
            &x.json},
        CMD_LEDGER_TIMEOUT(&x.l),
    };
    const struct cli_usage usage = {"--for PURPOSE [options]",
        "Lists the ledger's entries, as far as this node may see them. No name "
        "or\nvalue of a field is on the ledger. Every entry is proved to be in "
        "the signed\nledger before it is shown.",
        options, sizeof options / sizeof options[0], 0, 0};

    if (!cli_parse(cli, &usage, argc, argv, &exit))
        return exit;
    return run(&x);
}

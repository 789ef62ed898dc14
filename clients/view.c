/* SPDX-License-Identifier: EUPL-1.2
 *
 * Previews and sent signals as texts and as JSON. */
#include "view.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "entry.h"
#include "table.h"
#include "undelivered.h"
#include "wrap_text.h"

enum { LINE = 78, TEXT = 2048 };

static void
append(char *out, size_t cap, const char *text)
{
    size_t at = strlen(out);
    (void)snprintf(out + at, cap - at, "%s", text);
}

void
view_join(char *out, size_t cap, const char *const *list)
{
    out[0] = '\0';
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        if (i > 0)
            append(out, cap, ", ");
        append(out, cap, list[i]);
    }
}

/* "    gets       a, b, c" */
static void
print_item(FILE *out, const char *head, const char *text)
{
    (void)fprintf(out, "    %-10s ", head);
    wrap_text_print(out, text, 15, LINE);
}

static void
print_list(FILE *out, const char *head, const char *const *list)
{
    char text[TEXT];
    if (list == NULL || list[0] == NULL)
        return;
    view_join(text, sizeof text, list);
    print_item(out, head, text);
}

static bool
keeps_back(const struct dhk_preview_recipient *r, const char *rule)
{
    for (size_t i = 0; r->withheld[i] != NULL; i++) {
        if (strcmp(r->withheld_by[i], rule) == 0)
            return true;
    }
    return false;
}

static void
append_keeper(char *out, size_t cap, const char *by)
{
    if (strcmp(by, "sender") == 0) {
        append(out, cap, " (by you)");
    } else if (strcmp(by, "no-rule") == 0) {
        append(out, cap, " (no rule gives it)");
    } else {
        append(out, cap, " (by rule ");
        append(out, cap, by);
        append(out, cap, ")");
    }
}

/* "geloof, gezondheid (by rule N3); bsn (by you)" */
static void
print_withheld(FILE *out, const struct dhk_preview_recipient *r)
{
    char text[TEXT] = "";
    for (size_t i = 0; r->withheld[i] != NULL; i++) {
        bool last = r->withheld[i + 1] == NULL;
        append(text, sizeof text, r->withheld[i]);
        if (!last && strcmp(r->withheld_by[i], r->withheld_by[i + 1]) == 0) {
            append(text, sizeof text, ", ");
            continue;
        }
        append_keeper(text, sizeof text, r->withheld_by[i]);
        append(text, sizeof text, last ? "" : "; ");
    }
    if (text[0] != '\0')
        print_item(out, "withheld", text);
}

static void
print_recipient(FILE *out, const struct dhk_preview_recipient *r)
{
    char text[TEXT];
    (void)fprintf(out, "  %s\n", r->partner);
    print_list(out, r->conditional ? "may get" : "gets", r->fields);
    print_withheld(out, r);
    if (r->why != NULL && r->why[0] != '\0')
        print_item(out, "because", r->why);
    for (size_t i = 0; r->rules != NULL && r->rules[i] != NULL; i++) {
        if (i >= r->permits && !keeps_back(r, r->rules[i]))
            continue;
        (void)snprintf(text, sizeof text, "%s %s", r->rules[i],
            r->titles != NULL && r->titles[i] != NULL ? r->titles[i] : "");
        print_item(out, "by rule", text);
    }
    if (r->duties != NULL && r->duties[0] != '\0')
        print_item(out, "duties", r->duties);
    if (r->conditional)
        print_item(out, "note",
            "the broker decides: it depends on a fact that the broker knows");
}

static bool
same(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* Who gets nothing, joined by reason. */
static void
print_denied(FILE *out, const struct dhk_preview *p)
{
    bool any = false;
    for (size_t i = 0; i < p->n; i++) {
        const struct dhk_preview_recipient *r = &p->list[i];
        char names[TEXT] = "";
        bool before = r->permitted;
        for (size_t k = 0; k < i && !before; k++)
            before = !p->list[k].permitted && same(p->list[k].why, r->why);
        if (before)
            continue;
        for (size_t k = i; k < p->n; k++) {
            if (p->list[k].permitted || !same(p->list[k].why, r->why))
                continue;
            append(names, sizeof names, names[0] != '\0' ? ", " : "");
            append(names, sizeof names, p->list[k].partner);
        }
        if (!any)
            (void)fputs("  nothing goes to\n", out);
        any = true;
        if (r->why != NULL && r->why[0] != '\0') {
            append(names, sizeof names, ": ");
            append(names, sizeof names, r->why);
        }
        (void)fputs("    ", out);
        wrap_text_print(out, names, 6, LINE);
    }
}

static void
print_covert(FILE *out, const struct dhk_preview *preview)
{
    char until[21];
    if (preview->covert_until == 0)
        return;
    clock_text(until, preview->covert_until);
    (void)fprintf(out,
        "covert until %s: not in answers to the person it is about; the "
        "ledger shows auditors that\n",
        until);
}

void
view_preview(FILE *out, const struct dhk_preview *preview)
{
    for (size_t i = 0; i < preview->n; i++) {
        if (preview->list[i].permitted)
            print_recipient(out, &preview->list[i]);
    }
    print_denied(out, preview);
    print_covert(out, preview);
}

static json_t *
withheld_by(const struct dhk_preview_recipient *r)
{
    json_t *o = json_build_object();
    for (size_t i = 0; r->withheld[i] != NULL; i++)
        json_build_text(o, r->withheld[i], r->withheld_by[i]);
    return o;
}

json_t *
view_preview_json(const struct dhk_preview *preview)
{
    json_t *list = json_build_array();
    for (size_t i = 0; i < preview->n; i++) {
        const struct dhk_preview_recipient *r = &preview->list[i];
        json_t *o = json_build_object();
        json_build_text(o, "partner", r->partner);
        json_build_bool(o, "permitted", r->permitted);
        json_build_bool(o, "conditional", r->conditional);
        json_build_list(o, "fields", r->fields);
        json_build_list(o, "withheld", r->withheld);
        json_build_put(o, "withheld_by", withheld_by(r));
        json_build_list(o, "rules", r->rules);
        if (r->duties != NULL && r->duties[0] != '\0')
            json_build_text(o, "duties", r->duties);
        if (r->why != NULL && r->why[0] != '\0')
            json_build_text(o, "why", r->why);
        json_build_add(list, o);
    }
    return list;
}

/* --- what was sent
 * ------------------------------------------------------------ */

const char *
view_state(enum dhk_state state)
{
    switch (state) {
    case DHK_WAITING:
        return "waiting";
    case DHK_ACCEPTED:
        return "accepted";
    case DHK_DONE:
        return "done";
    case DHK_REFUSED:
        return "refused";
    case DHK_REVIEW:
        return "review";
    case DHK_CANCELLED:
        return "cancelled";
    default:
        break;
    }
    return "unknown";
}

static bool
has_open_notice(const struct dhk_sent *sent)
{
    for (size_t i = 0; i < sent->outcomes_n; i++) {
        const char *what = sent->outcomes[i].withdrawal;
        if (what != NULL && strcmp(what, "open") == 0)
            return true;
    }
    return false;
}

bool
view_is_over(const struct dhk_sent *sent)
{
    return sent->state != DHK_WAITING && sent->state != DHK_ACCEPTED &&
           sent->state != DHK_REVIEW && !sent->withdrawal_waits &&
           !has_open_notice(sent);
}

void
view_outcomes(char *out, size_t cap, const struct dhk_sent *sent)
{
    out[0] = '\0';
    for (size_t i = 0; i < sent->outcomes_n; i++) {
        if (i > 0)
            append(out, cap, ", ");
        append(out, cap, sent->outcomes[i].partner);
        append(out, cap, " ");
        append(out, cap, sent->outcomes[i].outcome);
        if (sent->outcomes[i].index != 0) {
            char index[32];
            (void)snprintf(
                index, sizeof index, " (%" PRIu64 ")", sent->outcomes[i].index);
            append(out, cap, index);
        }
        const char *what = sent->outcomes[i].withdrawal;
        if (what != NULL && strcmp(what, "not-told") != 0) {
            append(out, cap, ", withdrawn: ");
            append(out, cap, what);
        }
    }
}

/* The code's own advice, e.g. "denied: the agreement permits ...". */
static const char *
advice(const char *why)
{
    for (int c = 1; c < ENTRY_CODES; c++) {
        if (why != NULL &&
            strcmp(entry_code_name((enum entry_code)c), why) == 0)
            return entry_code_advice((enum entry_code)c);
    }
    return "";
}

void
view_sent(FILE *out, const struct dhk_sent *sent)
{
    char outcomes[TEXT];
    (void)fprintf(out, "Signal %" PRIu64 " ", sent->number);
    switch (sent->state) {
    case DHK_WAITING:
        (void)fputs("waits in the outbox.\n", out);
        return;
    case DHK_REFUSED:
        (void)fprintf(out,
            "was refused by the broker (%s), ledger entry %" PRIu64 ". %s\n",
            sent->why != NULL ? sent->why : "?", sent->index,
            advice(sent->why));
        return;
    case DHK_REVIEW:
        (void)fputs("was not sent: the agreement changed and would share it "
                    "otherwise. Look at it with --dry-run and push it again.\n",
            out);
        return;
    case DHK_CANCELLED:
        (void)fputs("was cancelled.\n", out);
        return;
    case DHK_ACCEPTED:
    case DHK_DONE:
        break;
    }
    view_outcomes(outcomes, sizeof outcomes, sent);
    (void)fprintf(out, "was accepted%s: ledger entry %" PRIu64 "%s%s.\n",
        undelivered_by_all(sent) != NULL ? ", but nobody gets it" : "",
        sent->index, outcomes[0] != '\0' ? "; " : "", outcomes);
    undelivered_print(out, sent);
    (void)fputs(sent->counted
                    ? "  The receipt counts: a quorum cosigned the ledger "
                      "with it.\n"
                    : "  The receipt is provisional: no quorum has cosigned "
                      "the ledger with it yet.\n",
        out);
    if (sent->withdrawn != NULL)
        (void)fprintf(out, "  %s (%s)%s.\n",
            sent->replaced_with != 0 || sent->replaced_by[0] != '\0'
                ? "Corrected"
                : "Withdrawn",
            sent->withdrawn,
            sent->withdrawal_waits ? "; the broker's receipt is awaited" : "");
    if (sent->not_replaced_with != 0)
        (void)fprintf(out,
            "  Not corrected or withdrawn: signal %" PRIu64
            ", which was to replace it, went to nobody.\n",
            sent->not_replaced_with);
    if (sent->alarms > 0)
        (void)fprintf(out,
            "  ALARM: recipients reported %zu gaps or contradictions.\n",
            sent->alarms);
}

static void
receipt_json(json_t *object, const struct dhk_sent *sent)
{
    json_build_uint(object, "index", sent->index);
    json_build_text(
        object, "receipt", sent->counted ? "counted" : "provisional");
}

static json_t *
outcome_json(const struct dhk_outcome *outcome)
{
    const char *why = undelivered_why(outcome);
    json_t *o = json_build_object();
    json_build_text(o, "partner", outcome->partner);
    json_build_text(o, "outcome", outcome->outcome);
    json_build_uint(o, "index", outcome->index);
    if (why != NULL)
        json_build_text(o, "why", why);
    if (outcome->withdrawal != NULL)
        json_build_text(o, "withdrawal", outcome->withdrawal);
    return o;
}

void
view_sent_json(json_t *object, const struct dhk_sent *sent)
{
    json_t *list = json_build_array();
    const char *why = sent->why != NULL ? sent->why : undelivered_by_all(sent);
    json_build_uint(object, "number", sent->number);
    json_build_text(object, "state", view_state(sent->state));
    json_build_text(object, "id", sent->id);
    json_build_text(object, "kind", sent->kind);
    json_build_text(object, "case", sent->case_handle);
    json_build_time(object, "pushed", sent->pushed);
    json_build_time(object, "expires", sent->expires);
    if (sent->state == DHK_ACCEPTED || sent->state == DHK_DONE ||
        sent->state == DHK_REFUSED)
        receipt_json(object, sent);
    if (why != NULL)
        json_build_text(object, "why", why);
    for (size_t i = 0; i < sent->outcomes_n; i++)
        json_build_add(list, outcome_json(&sent->outcomes[i]));
    json_build_put(object, "outcomes", list);
    json_build_uint(object, "alarms", sent->alarms);
    if (sent->not_replaced_with != 0)
        json_build_uint(object, "not_replaced_with", sent->not_replaced_with);
    if (sent->withdrawn == NULL)
        return;
    json_build_text(object, "withdrawn", sent->withdrawn);
    json_build_bool(object, "withdrawal_waits", sent->withdrawal_waits);
    if (sent->replaced_with != 0)
        json_build_uint(object, "replaced_with", sent->replaced_with);
    if (sent->replaced_by[0] != '\0')
        json_build_text(object, "replaced_by", sent->replaced_by);
}

/* Adds to TEXT what became of a wish to take SENT back. */
static void
append_recall(char *text, size_t cap, const struct dhk_sent *sent)
{
    char line[128];
    if (sent->withdrawal_waits)
        append(text, cap, "; the withdrawal waits for the broker");
    if (sent->not_replaced_with == 0)
        return;
    (void)snprintf(line, sizeof line,
        "; not withdrawn: signal %" PRIu64 ", to replace it, went to nobody",
        sent->not_replaced_with);
    append(text, cap, line);
}

static enum dhk_err
sent_row(struct table *table, const struct dhk_sent *sent)
{
    char number[24];
    char pushed[21];
    char index[24] = "";
    char text[TEXT];
    (void)snprintf(number, sizeof number, "%" PRIu64, sent->number);
    clock_text(pushed, sent->pushed);
    if (sent->state == DHK_ACCEPTED || sent->state == DHK_DONE ||
        sent->state == DHK_REFUSED)
        (void)snprintf(index, sizeof index, "%" PRIu64 "%s", sent->index,
            sent->counted ? "" : "*");
    view_outcomes(text, sizeof text, sent);
    if (sent->why != NULL) {
        append(text, sizeof text, text[0] != '\0' ? "; " : "");
        append(text, sizeof text, sent->why);
    }
    append_recall(text, sizeof text, sent);
    if (sent->alarms > 0)
        append(text, sizeof text, "; ALARM: see the report of a recipient");
    const char *const cells[] = {number, pushed, sent->kind, sent->case_handle,
        view_state(sent->state), index, text};
    return table_row(table, cells);
}

enum dhk_err
view_sent_list(struct dhk_node *node, bool open_only, bool json, size_t *n)
{
    static const struct table_column columns[] = {{"NR", TABLE_RIGHT},
        {"PUSHED", 0}, {"KIND", 0}, {"CASE", 0}, {"STATE", 0},
        {"ENTRY", TABLE_RIGHT}, {"OUTCOMES", TABLE_WRAP}};
    struct table *table = NULL;
    const struct dhk_sent *sent = NULL;
    struct undelivered_legend legend = {0};
    uint64_t after = 0;
    bool provisional = false;
    enum dhk_err rc = table_new(&table, columns, 7);
    *n = 0;
    while (rc == DHK_OK) {
        rc = dhk_sent_next(node, after, &sent);
        if (rc != DHK_OK)
            break;
        after = sent->number;
        if (open_only && view_is_over(sent))
            continue;
        ++*n;
        if (!json) {
            provisional = provisional || (sent->index != 0 && !sent->counted);
            undelivered_see(&legend, sent);
            rc = sent_row(table, sent);
            continue;
        }
        json_t *o = json_build_object();
        view_sent_json(o, sent);
        rc = json_print(stdout, o);
    }
    if (rc == DHK_NOTFOUND)
        rc = json ? DHK_OK : table_print(table, stdout);
    if (rc == DHK_OK && provisional)
        printf("* The receipt is provisional: no quorum has cosigned the "
               "ledger with it yet.\n");
    if (rc == DHK_OK)
        undelivered_explain(stdout, &legend);
    table_destroy(&table);
    return rc;
}

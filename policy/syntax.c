/* SPDX-License-Identifier: EUPL-1.2
 *
 * Building the syntax tree; see syntax.h and grammar.y. */
#include "syntax.h"

#include <string.h>

#include "grammar.h"

struct keyword {
    const char *text;
    int token;
};

/* sorted by text */
static const struct keyword keywords[] = {
    {"above", ABOVE},
    {"and", AND},
    {"any", ANY},
    {"approval", APPROVAL},
    {"at", AT},
    {"attribute", ATTRIBUTE},
    {"attributes", ATTRIBUTES},
    {"baseline", BASELINE},
    {"because", BECAUSE},
    {"below", BELOW},
    {"broker", BROKER},
    {"by", BY},
    {"category", CATEGORY},
    {"choice", CHOICE},
    {"closed", CLOSED},
    {"convenant", CONVENANT},
    {"days", DAYS},
    {"deny", DENY},
    {"during", DURING},
    {"exactly", EXACTLY},
    {"except", EXCEPT},
    {"expect", EXPECT},
    {"fields", FIELDS},
    {"for", FOR},
    {"forbid", FORBID},
    {"from", FROM},
    {"ground", GROUND},
    {"group", GROUP},
    {"is", IS},
    {"least", LEAST},
    {"level", LEVEL},
    {"log", LOG},
    {"most", MOST},
    {"never", NEVER},
    {"no", NO},
    {"not", NOT},
    {"notify", NOTIFY},
    {"number", NUMBER},
    {"oblige", OBLIGE},
    {"of", OF},
    {"on", ON},
    {"one", ONE},
    {"only", ONLY},
    {"onward", ONWARD},
    {"outside", OUTSIDE},
    {"party", PARTY},
    {"permit", PERMIT},
    {"psk", PSK},
    {"purpose", PURPOSE},
    {"requires", REQUIRES},
    {"retain", RETAIN},
    {"share", SHARE},
    {"shares", SHARES},
    {"signal", SIGNAL},
    {"signed", SIGNED},
    {"special", SPECIAL},
    {"supersedes", SUPERSEDES},
    {"timezone", TIMEZONE},
    {"to", TO},
    {"unless", UNLESS},
    {"until", UNTIL},
    {"urgent", URGENT},
    {"valid", VALID},
    {"version", VERSION},
    {"when", WHEN},
    {"window", WINDOW},
    {"with", WITH},
    {"withhold", WITHHOLD},
    {"yes-no", YES_NO},
};
enum { KEYWORDS = sizeof keywords / sizeof keywords[0] };

void *
syntax_new(struct syntax_parser *p, size_t size)
{
    void *node = arena_alloc(p->arena, 1, size);

    if (node == NULL) {
        p->no_memory = true;
    }
    return node;
}

bool
syntax_add(struct syntax_parser *p, struct list *list, void *node, size_t max,
    const char *what)
{
    struct node *new = node;

    if (list->n >= max) {
        findings_error(p->findings, p->last.at, "more than %zu %s", max, what);
        return false;
    }
    new->next = NULL;
    if (list->last != NULL) {
        list->last->next = new;
    } else {
        list->first = new;
    }
    list->last = new;
    list->n++;
    return true;
}

bool
syntax_add_word(struct syntax_parser *p, struct list *list, struct token token)
{
    struct word *word = syntax_new(p, sizeof *word);

    if (word == NULL) {
        return false;
    }
    word->token = token;
    return syntax_add(p, list, word, LIMIT_VOCABULARY, "names in one list");
}

bool
syntax_add_all(struct syntax_parser *p, struct list *list,
    const struct list *more, const char *what)
{
    if (list->n + more->n > LIMIT_VOCABULARY) {
        findings_error(p->findings, p->last.at, "more than %d %s",
            (int)LIMIT_VOCABULARY, what);
        return false;
    }
    if (list->last != NULL) {
        list->last->next = more->first;
    } else {
        list->first = more->first;
    }
    list->last = more->last;
    list->n += more->n;
    return true;
}

void
syntax_in_order(
    struct syntax_parser *p, enum syntax_phase phase, struct place at)
{
    static const char *const what[] = {
        "a declaration stands before the first rule",
        "a rule stands before the first expect line"};

    if (phase < p->phase) {
        findings_error(p->findings, at, "%s", what[phase]);
    }
    p->phase = phase; /* said once for each part that is out of order */
}

/* An agreement names its fields, so that a reader sees what is kept back. */
static void
refuse_categories(struct syntax_parser *p, const struct list *share)
{
    LIST_EACH(struct word, word, share)
    {
        if (word->class_ != WORD_NAME) {
            findings_error(p->findings, word->token.at,
                "an agreement names its fields; whole categories are for a "
                "baseline");
        }
    }
}

static void
refuse_approvals(struct syntax_parser *p, const struct list *atoms)
{
    LIST_EACH(struct syntax_atom, atom, atoms)
    {
        if (atom->op == OP_APPROVAL) {
            findings_error(p->findings, atom->name.at,
                "'unless approval' is for a baseline; a permit of an agreement "
                "says 'oblige approval by'");
        }
    }
}

void
syntax_allow_rule(struct syntax_parser *p, const struct syntax_rule *rule)
{
    if (p->goal == SYNTAX_AGREEMENT) {
        refuse_categories(p, &rule->share);
        refuse_approvals(p, &rule->atoms);
    } else if (rule->type == RULE_PERMIT) {
        findings_error(p->findings, rule->id.at,
            "a baseline permits nothing: its rules are forbid and never");
    }
}

void
syntax_allow_test(struct syntax_parser *p, const struct syntax_test *test)
{
    if (p->goal == SYNTAX_BASELINE && (test->permit || test->by.text.n > 0)) {
        findings_error(p->findings, test->at,
            "a baseline expects that it is denied, by whichever rule");
    }
}

int
syntax_token(struct slice text, int otherwise)
{
    size_t low = 0;
    size_t high = KEYWORDS;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(text, slice_str(keywords[middle].text));

        if (order == 0) {
            return keywords[middle].token;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return otherwise;
}

/* Words and marks are shown in quotes; "a name" and the like are not. */
static bool
is_literal(const char *symbol)
{
    return strchr(symbol, ' ') == NULL;
}

/* "; expected 'signal' or a name" */
static void
say_expected(struct sink *out, const struct syntax_fault *fault)
{
    enum { SHOWN = 5 };

    for (size_t i = 0; i < fault->expected_n && fault->expected_n <= SHOWN;
         i++) {
        const char *quote = is_literal(fault->expected[i]) ? "'" : "";
        const char *before = i + 1 < fault->expected_n ? ", " : " or ";

        sink_slice(out, slice_str(i == 0 ? "; expected " : before));
        sink_slice(out, slice_str(quote));
        sink_slice(out, slice_str(fault->expected[i]));
        sink_slice(out, slice_str(quote));
    }
}

static void
say_meant(
    struct sink *out, const struct syntax_fault *fault, struct slice typed)
{
    const char *words[SYNTAX_EXPECTED];
    const char *meant;
    size_t n = 0;

    for (size_t i = 0; i < fault->expected_n; i++) {
        if (is_literal(fault->expected[i])) {
            words[n++] = fault->expected[i];
        }
    }
    meant = agreement_nearest(typed, words, n);
    if (meant != NULL) {
        sink_slice(out, slice_str("; did you mean '"));
        sink_slice(out, slice_str(meant));
        sink_slice(out, slice_str("'?"));
    }
}

void
syntax_report(struct syntax_parser *p, const struct syntax_fault *fault)
{
    const struct token *found = &p->last;
    char text[160] = "";
    struct sink more;

    sink_init(&more, text, sizeof text - 1);
    say_expected(&more, fault);
    if (fault->is_name) {
        say_meant(&more, fault, found->text);
    }
    if (findings_is_full(p->findings)) {
        return; /* the lexer made the text end here */
    }
    if (found->kind == LEXER_END) {
        findings_error(
            p->findings, fault->at, "the text ends too early%s", text);
    } else if (found->kind == LEXER_STRING) {
        findings_error(
            p->findings, fault->at, "no title is expected here%s", text);
    } else if (found->kind == LEXER_NAME && !fault->is_name &&
               fault->wants_name) {
        findings_error(p->findings, fault->at,
            "'%.*s' is a word of the language and cannot be a name",
            (int)found->text.n, (const char *)found->text.p);
    } else {
        findings_error(p->findings, fault->at, "unexpected '%.*s'%s",
            found->text.n > LIMIT_NAME ? (int)LIMIT_NAME : (int)found->text.n,
            (const char *)found->text.p, text);
    }
}

enum dhk_err
syntax_parse(struct syntax *out, struct slice text, struct arena *arena,
    struct findings *findings)
{
    struct syntax_parser p = {
        .arena = arena, .findings = findings, .out = out, .goal = out->goal};
    int rc;

    if (!lexer_is_clean(text, findings)) {
        return DHK_FORMAT;
    }
    lexer_init(&p.lexer, text, findings);
    rc = grammar_parse(&p);
    if (rc == 2 || p.no_memory) {
        return DHK_NOMEM;
    }
    return rc == 0 && findings->errors == 0 ? DHK_OK : DHK_FORMAT;
}

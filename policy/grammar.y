/* SPDX-License-Identifier: EUPL-1.2
 *
 * The grammar of the agreement language. It must have no conflict: a contract
 * has exactly one reading. It builds the tree of syntax.h and looks nothing
 * up. There is no nesting, so that the parser's stack is bounded. */

%define api.pure full
%define api.prefix {grammar_}
%define api.location.type {struct place}
%define parse.error custom
%locations
%expect 0

%code requires {
#include "syntax.h"
}

%code {
#include "actions.h"

#define YYLLOC_DEFAULT(current, rhs, n)                                        \
    ((current) = YYRHSLOC(rhs, (n) > 0 ? 1 : 0))
/* lists recurse on the left: the stack stays this small for every text */
#define YYINITDEPTH 128
#define YYMAXDEPTH 128

static const struct list none;
static const struct token no_token;

static int grammar_lex(
    GRAMMAR_STYPE *value, struct place *at, struct syntax_parser *p);
static void grammar_error(
    const struct place *at, struct syntax_parser *p, const char *message);
}

%parse-param { struct syntax_parser *p }
%lex-param { struct syntax_parser *p }

%union {
    struct token token;
    struct list list;
    struct syntax_set set;
    struct syntax_attribute *attribute;
    struct syntax_span *span;
    struct syntax_field *field;
    struct syntax_atom *atom;
    struct syntax_duty *duty;
    struct syntax_rule *rule;
    struct syntax_test *test;
    bool yes;
}

%token END 0 "the end of the text"
%token <token> NAME "a name" RULE_ID "a rule id" INT "a number"
%token <token> DATE "a date" TIME "a time" HASH "a hash" STRING "a title"
%token SEMICOLON ";" COLON ":" COMMA "," EQUALS "=" DASH "-" DOTS ".."
/* the words of the language; in the order of the table at the end */
%token ABOVE "above" AND "and" ANY "any" APPROVAL "approval" AT "at"
%token ATTRIBUTE "attribute" ATTRIBUTES "attributes" BASELINE "baseline"
%token BECAUSE "because" BELOW "below" BROKER "broker" BY "by"
%token CATEGORY "category" CHOICE "choice" CLOSED "closed"
%token CONVENANT "convenant" DAYS "days" DENY "deny" DURING "during"
%token EXACTLY "exactly" EXCEPT "except" EXPECT "expect" FIELDS "fields"
%token FOR "for" FORBID "forbid" FROM "from" GROUND "ground" GROUP "group"
%token IS "is" LEAST "least" LEVEL "level" LOG "log" MOST "most" NEVER "never"
%token <token> NO "no"
%token NOT "not" NOTIFY "notify" NUMBER "number" OBLIGE "oblige" OF "of"
%token ON "on" ONE "one" ONLY "only" ONWARD "onward" OUTSIDE "outside"
%token PARTY "party" PERMIT "permit" PSK "psk" PURPOSE "purpose"
%token REQUIRES "requires" RETAIN "retain" SHARE "share" SHARES "shares"
%token SIGNAL "signal" SIGNED "signed" SPECIAL "special"
%token SUPERSEDES "supersedes" TIMEZONE "timezone" TO "to" UNLESS "unless"
%token UNTIL "until" URGENT "urgent" VALID "valid" VERSION "version"
%token WHEN "when" WINDOW "window" WITH "with" WITHHOLD "withhold"
%token YES_NO "yes-no"
/* what text it is: read before the first token, in the order of syntax_goal */
%token AN_AGREEMENT A_BASELINE BARE_RULES BARE_CASES

%type <token> supersedes value because by
%type <list> names items spans fields attributes for withhold share
%type <list> conds whens unlesses oblige duties facts with
%type <set> set kinds
%type <attribute> type
%type <span> span
%type <field> field
%type <atom> atom exception fact
%type <duty> duty
%type <rule> permit forbid never forbidden kept
%type <test> expect request
%type <yes> requires

%%

file:
    AN_AGREEMENT header statements
    | A_BASELINE BASELINE NAME VERSION INT SEMICOLON
    {
        p->out->name = $3;
        p->out->version = $5;
    }
    statements
    | BARE_RULES assertions
    | BARE_CASES cases

header:
    CONVENANT NAME VERSION INT VALID DATE UNTIL DATE TIMEZONE STRING
    supersedes SIGNED BY names SEMICOLON
    {
        p->out->name = $2;
        p->out->version = $4;
        p->out->from = $6;
        p->out->until = $8;
        p->out->timezone = $10;
        p->out->supersedes = $11;
        p->out->signatories = $14;
    }

supersedes:
    %empty { $$ = no_token; }
    | SUPERSEDES HASH { $$ = $2; }

/* Declarations, then rules, then expect lines; the actions see to the order,
 * because that gives a better message than the grammar would. */
statements:
    %empty
    | statements declaration { syntax_in_order(p, PHASE_DECLARATIONS, @2); }
    | statements rule { syntax_in_order(p, PHASE_RULES, @2); }
    | statements expect
    {
        syntax_in_order(p, PHASE_TESTS, @2);
        syntax_allow_test(p, $2);
        ADD(&p->out->tests, $2, LIMIT_EXPECTS, "expect lines");
    }
    | statements error SEMICOLON { yyerrok; }

/* expect lines in a text of their own */
cases:
    %empty
    | cases expect { ADD(&p->out->tests, $2, LIMIT_EXPECTS, "expect lines"); }
    | cases error SEMICOLON { yyerrok; }

declaration:
    PARTY names SEMICOLON { ADD_ALL(&p->out->parties, &$2, "parties"); }
    | GROUP NAME EQUALS names SEMICOLON
    {
        struct syntax_group *group;

        LISTED(group, $2, members, $4);
        ADD(&p->out->groups, group, LIMIT_VOCABULARY, "groups");
    }
    | PURPOSE NAME STRING SEMICOLON
    { NAMED(&p->out->purposes, $2, $3, "purposes"); }
    | GROUND NAME STRING SEMICOLON
    { NAMED(&p->out->grounds, $2, $3, "grounds"); }
    | ATTRIBUTE NAME COLON type SEMICOLON
    {
        $4->name = $2;
        ADD(&p->out->attributes, $4, LIMIT_VOCABULARY, "attributes");
    }
    | WINDOW NAME EQUALS spans SEMICOLON
    {
        struct syntax_window *window;

        LISTED(window, $2, spans, $4);
        ADD(&p->out->windows, window, LIMIT_WINDOWS, "windows");
    }
    | SIGNAL NAME requires WITH FIELDS fields attributes SEMICOLON
    {
        struct syntax_kind *kind;

        NEW(kind);
        kind->name = $2;
        kind->requires_psk = $3;
        kind->fields = $6;
        kind->attributes = $7;
        ADD(&p->out->kinds, kind, LIMIT_VOCABULARY, "signals");
    }

type:
    YES_NO { TYPE($$, ATTRIBUTE_YES_NO, none); }
    | LEVEL names { TYPE($$, ATTRIBUTE_LEVEL, $2); }
    | CHOICE names { TYPE($$, ATTRIBUTE_CHOICE, $2); }
    | NUMBER INT DOTS INT
    { TYPE($$, ATTRIBUTE_NUMBER, none); $$->min = $2; $$->max = $4; }
    | type BY BROKER { ($$ = $1)->by_broker = true; }
    | type CLOSED { ($$ = $1)->closed = true; }
    | type URGENT { ($$ = $1)->urgent = true; }

spans:
    span { FIRST($$, $1, LIMIT_SPANS, "spans in one window"); }
    | spans COMMA span { NEXT($$, $1, $3, LIMIT_SPANS, "spans in one window"); }

/* mon-fri without spaces is one name; the meaning is looked up later */
span:
    NAME TIME DASH TIME
    {
        NEW($$);
        $$->first = $1;
        $$->from = $2;
        $$->until = $4;
    }
    | NAME DASH NAME TIME DASH TIME
    {
        NEW($$);
        $$->first = $1;
        $$->last = $3;
        $$->from = $4;
        $$->until = $6;
    }

requires:
    %empty { $$ = false; }
    | REQUIRES PSK { $$ = true; }

fields:
    field { FIRST($$, $1, LIMIT_FIELDS, "fields in one signal"); }
    | fields COMMA field { NEXT($$, $1, $3, LIMIT_FIELDS, "fields in one signal"); }

field:
    NAME
    {
        NEW($$);
        $$->name = $1;
    }
    | NAME NAME
    {
        NEW($$);
        $$->name = $1;
        $$->category = $2;
    }
    | NAME SPECIAL NAME
    {
        NEW($$);
        $$->name = $1;
        $$->category = $3;
        $$->special = true;
    }

attributes:
    %empty { $$ = none; }
    | ATTRIBUTES names { $$ = $2; }

/* Said of an agreement, once; so its rules may do without id and title. */
assertions:
    %empty
    | assertions rule
    | assertions FORBID forbidden { UNNAMED($3, RULE_FORBID, @2); }
    | assertions NEVER kept { UNNAMED($3, RULE_NEVER, @2); }
    | assertions error SEMICOLON { yyerrok; }

rule:
    permit { RULE($1); }
    | forbid { RULE($1); }
    | never { RULE($1); }

permit:
    PERMIT RULE_ID STRING COLON FROM set TO set SIGNAL kinds
    FOR names ON names conds share withhold oblige SEMICOLON
    {
        NEW($$);
        $$->type = RULE_PERMIT;
        $$->id = $2;
        $$->title = $3;
        $$->from = $6;
        $$->to = $8;
        $$->kinds = $10;
        $$->purposes = $12;
        $$->grounds = $14;
        $$->atoms = $15;
        $$->share = $16;
        $$->withhold = $17;
        $$->duties = $18;
    }

forbid:
    FORBID RULE_ID STRING COLON forbidden
    { NAMED_RULE($$, RULE_FORBID, $2, $3, $5); }

forbidden:
    FROM set TO set SIGNAL kinds for conds because SEMICOLON
    {
        NEW($$);
        $$->from = $2;
        $$->to = $4;
        $$->kinds = $6;
        $$->purposes = $7;
        $$->atoms = $8;
        $$->because = $9;
    }

never:
    NEVER RULE_ID STRING COLON kept
    { NAMED_RULE($$, RULE_NEVER, $2, $3, $5); }

kept:
    SHARE items TO set conds SEMICOLON
    {
        NEW($$);
        $$->share = $2;
        $$->to = $4;
        $$->atoms = $5;
    }

items:
    NAME { $$ = none; WORD(&$$, $1); }
    | CATEGORY NAME { $$ = none; CLASS(&$$, $2, WORD_CATEGORY); }
    | SPECIAL NAME { $$ = none; CLASS(&$$, $2, WORD_SPECIAL); }
    | items COMMA NAME { $$ = $1; WORD(&$$, $3); }
    | items COMMA CATEGORY NAME { $$ = $1; CLASS(&$$, $4, WORD_CATEGORY); }
    | items COMMA SPECIAL NAME { $$ = $1; CLASS(&$$, $4, WORD_SPECIAL); }

set:
    names { $$ = (struct syntax_set){.names = $1, .at = @1}; }
    | ANY { $$ = (struct syntax_set){.any = true, .at = @1}; }
    | ANY EXCEPT names { $$ = (struct syntax_set){.any = true, .names = $3, .at = @1}; }

kinds:
    names { $$ = (struct syntax_set){.names = $1, .at = @1}; }
    | ANY { $$ = (struct syntax_set){.any = true, .at = @1}; }

for:
    %empty { $$ = none; }
    | FOR names { $$ = $2; }

because:
    %empty { $$ = no_token; }
    | BECAUSE STRING { $$ = $2; }

share:
    SHARE names { $$ = $2; }

withhold:
    %empty { $$ = none; }
    | WITHHOLD names { $$ = $2; }

oblige:
    %empty { $$ = none; }
    | OBLIGE duties { $$ = $2; }

/* No `or`: two rules say it. Every condition narrows. */
conds:
    unlesses
    | WHEN whens unlesses
    {
        $$ = $2;
        ADD_ALL(&$$, &$3, "conditions in one rule");
    }

whens:
    atom { FIRST($$, $1, LIMIT_ATOMS, "conditions in one rule"); }
    | whens AND atom { NEXT($$, $1, $3, LIMIT_ATOMS, "conditions in one rule"); }

unlesses:
    %empty { $$ = none; }
    | unlesses UNLESS exception
    {
        $$ = $1;
        $3->unless = true;
        ADD(&$$, $3, LIMIT_ATOMS, "exceptions in one rule");
    }

exception:
    atom
    | APPROVAL BY set
    {
        ATOM($$, OP_APPROVAL, no_token, no_token);
        $$->name.at = @1;
        $$->set = $3;
    }

atom:
    NAME IS value { ATOM($$, OP_IS, $1, $3); }
    | NAME IS NOT value { ATOM($$, OP_IS_NOT, $1, $4); }
    | NAME IS ONE OF names
    { ATOM($$, OP_ONE_OF, $1, no_token); $$->values = $5; }
    | NAME AT LEAST value { ATOM($$, OP_AT_LEAST, $1, $4); }
    | NAME AT MOST value { ATOM($$, OP_AT_MOST, $1, $4); }
    | NAME BELOW INT { ATOM($$, OP_BELOW, $1, $3); }
    | NAME ABOVE INT { ATOM($$, OP_ABOVE, $1, $3); }
    | DURING NAME { ATOM($$, OP_DURING, $2, no_token); }
    | OUTSIDE NAME { ATOM($$, OP_OUTSIDE, $2, no_token); }

value:
    NAME | INT | NO

duties:
    duty { FIRST($$, $1, LIMIT_ATOMS, "obligations in one rule"); }
    | duties AND duty { NEXT($$, $1, $3, LIMIT_ATOMS, "obligations in one rule"); }

duty:
    RETAIN AT LEAST INT DAYS { DUTY($$, DUTY_AT_LEAST, @1, $4); }
    | RETAIN AT MOST INT DAYS { DUTY($$, DUTY_AT_MOST, @1, $4); }
    | NO ONWARD { DUTY($$, DUTY_NO_ONWARD, @1, no_token); }
    | ONWARD ONLY TO set
    {
        DUTY($$, DUTY_ONWARD_ONLY, @1, no_token);
        $$->set = $4;
    }
    | APPROVAL BY INT { DUTY($$, DUTY_APPROVAL, @1, $3); }
    | APPROVAL BY INT OF names
    {
        DUTY($$, DUTY_APPROVAL, @1, $3);
        $$->names = $5;
    }
    | NOTIFY NAME { DUTY($$, DUTY_NOTIFY, @1, no_token); WORD(&$$->names, $2); }
    | LOG { DUTY($$, DUTY_LOG, @1, no_token); }

expect:
    EXPECT PERMIT BY RULE_ID COLON request SHARES EXACTLY names SEMICOLON
    {
        $$ = $6;
        $$->at = @1;
        $$->permit = true;
        $$->by = $4;
        $$->fields = $9;
    }
    | EXPECT DENY by COLON request SEMICOLON
    {
        $$ = $5;
        $$->at = @1;
        $$->by = $3;
    }

by:
    %empty { $$ = no_token; }
    | BY RULE_ID { $$ = $2; }

request:
    FROM NAME TO NAME SIGNAL NAME FOR NAME ON NAME with
    {
        NEW($$);
        $$->from = $2;
        $$->to = $4;
        $$->kind = $6;
        $$->purpose = $8;
        $$->ground = $10;
        $$->facts = $11;
    }

with:
    %empty { $$ = none; }
    | WITH facts { $$ = $2; }

facts:
    fact { FIRST($$, $1, LIMIT_VOCABULARY, "facts in one request"); }
    | facts COMMA fact { NEXT($$, $1, $3, LIMIT_VOCABULARY, "facts in one request"); }

fact:
    NAME IS value { ATOM($$, OP_IS, $1, $3); }
    | DURING NAME { ATOM($$, OP_DURING, $2, no_token); }

names:
    NAME { $$ = none; WORD(&$$, $1); }
    | names COMMA NAME { $$ = $1; WORD(&$$, $3); }
%%

static int
grammar_lex(GRAMMAR_STYPE *value, struct place *at, struct syntax_parser *p)
{
    static const int tokens[] = {END, NAME, RULE_ID, INT, DATE, TIME, HASH,
        STRING, SEMICOLON, COLON, COMMA, EQUALS, DASH, DOTS};

    if (!p->begun) {
        p->begun = true;
        *at = p->lexer.at;
        return AN_AGREEMENT + (int)p->goal;
    }
    p->last = lexer_next(&p->lexer);
    value->token = p->last;
    *at = p->last.at;
    return p->last.kind == LEXER_NAME ? syntax_token(p->last.text, NAME)
                                      : tokens[p->last.kind];
}

static int
yyreport_syntax_error(const yypcontext_t *context, struct syntax_parser *p)
{
    yysymbol_kind_t kinds[SYNTAX_EXPECTED];
    yysymbol_kind_t found = yypcontext_token(context);
    struct syntax_fault fault = {.at = *yypcontext_location(context)};
    int n = yypcontext_expected_tokens(context, kinds, SYNTAX_EXPECTED);

    for (int i = 0; i < n; i++) {
        fault.expected[fault.expected_n++] = yysymbol_name(kinds[i]);
        fault.wants_name = fault.wants_name || kinds[i] == YYSYMBOL_NAME;
    }
    fault.is_name = found == YYSYMBOL_NAME;
    syntax_report(p, &fault);
    return 0;
}

/* Called for an exhausted stack only; faults of the text go the way above. */
static void
grammar_error(
    const struct place *at, struct syntax_parser *p, const char *message)
{
    findings_error(p->findings, *at, "%s", message);
}

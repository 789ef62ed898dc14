/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to policy/: the syntax tree that the grammar builds. It holds names
 * as written with their places; nothing is looked up yet. Every list is
 * bounded while it grows, so that no text makes a tree much larger than
 * itself. */
#ifndef POLICY_SYNTAX_H
#define POLICY_SYNTAX_H

#include "arena.h"
#include "lexer.h"

struct node { /* the first member of everything that stands in a list */
    struct node *next;
};
struct list {
    struct node *first, *last;
    size_t n;
};

enum word_class {
    WORD_NAME = 0,
    WORD_CATEGORY, /* the letter of a statutory category */
    WORD_SPECIAL,  /* the name of a special category */
};
struct word {
    struct node node;
    struct token token;
    enum word_class class_; /* of what a never shares; else WORD_NAME */
};
struct syntax_set {
    bool any;
    struct list names; /* word; of `any`: those excepted */
    struct place at;
};
struct syntax_group {
    struct node node;
    struct token name;
    struct list members; /* word */
};
struct syntax_named {
    struct node node;
    struct token name, title;
};
struct syntax_attribute {
    struct node node;
    struct token name;
    enum attribute_type type;
    struct list values;    /* word */
    struct token min, max; /* of a number */
    bool by_broker, closed, urgent;
};
struct syntax_span {
    struct node node;
    struct token first, last; /* days; last without text: one day */
    struct token from, until;
};
struct syntax_window {
    struct node node;
    struct token name;
    struct list spans; /* syntax_span */
};
struct syntax_field {
    struct node node;
    struct token name;
    struct token category; /* without text: none */
    bool special;          /* category is the word after `special` */
};
struct syntax_kind {
    struct node node;
    struct token name;
    struct list fields;     /* syntax_field */
    struct list attributes; /* word */
    bool requires_psk;
};

enum atom_op {
    OP_IS = 0,
    OP_IS_NOT,
    OP_ONE_OF,
    OP_AT_LEAST,
    OP_AT_MOST,
    OP_BELOW,
    OP_ABOVE,
    OP_DURING,
    OP_OUTSIDE,
    OP_APPROVAL, /* an exception alone */
};
struct syntax_atom { /* also a fact of an expect line */
    struct node node;
    enum atom_op op;
    bool unless;
    struct token name;
    struct token value;
    struct list values;    /* word; of OP_ONE_OF */
    struct syntax_set set; /* of OP_APPROVAL: one of these, not the sender */
};
enum duty_op {
    DUTY_AT_LEAST = 0,
    DUTY_AT_MOST,
    DUTY_NO_ONWARD,
    DUTY_ONWARD_ONLY,
    DUTY_APPROVAL,
    DUTY_NOTIFY,
    DUTY_LOG,
};
struct syntax_duty {
    struct node node;
    enum duty_op op;
    struct token number;
    struct list names; /* word; of an approval */
    struct syntax_set set;
    struct place at;
};
enum rule_type { RULE_PERMIT = 0, RULE_FORBID, RULE_NEVER };
struct syntax_rule {
    struct node node;
    enum rule_type type;
    struct token id, title, because;
    struct syntax_set from, to; /* of a never: to alone */
    struct syntax_set kinds;
    struct list purposes, grounds; /* word */
    struct list atoms;             /* syntax_atom */
    struct list share, withhold;   /* word */
    struct list duties;            /* syntax_duty */
};
struct syntax_test {
    struct node node;
    bool permit;
    struct token by; /* without text: any rule, or none */
    struct token from, to, kind, purpose, ground;
    struct list facts;  /* syntax_atom */
    struct list fields; /* word */
    struct place at;
};

/* What text it is. */
enum syntax_goal {
    SYNTAX_AGREEMENT = 0,
    SYNTAX_BASELINE,
    SYNTAX_RULES, /* forbids and nevers alone, in words of an agreement */
    SYNTAX_CASES, /* expect lines alone, in words of an agreement */
};

struct syntax {
    enum syntax_goal goal;
    struct token name, version, from, until, timezone;
    struct token supersedes;       /* without text: none */
    struct list signatories;       /* word */
    struct list parties;           /* word */
    struct list groups;            /* syntax_group */
    struct list purposes, grounds; /* syntax_named */
    struct list attributes;        /* syntax_attribute */
    struct list windows;           /* syntax_window */
    struct list kinds;             /* syntax_kind */
    struct list rules;             /* syntax_rule */
    struct list tests;             /* syntax_test */
};

enum syntax_phase { PHASE_DECLARATIONS = 0, PHASE_RULES, PHASE_TESTS };

struct syntax_parser { /* what the grammar's actions work on */
    struct lexer lexer;
    struct arena *arena;
    struct findings *findings;
    struct syntax *out;
    enum syntax_goal goal;
    bool begun;        /* the grammar knows the goal */
    struct token last; /* read last */
    enum syntax_phase phase;
    bool no_memory;
};

/* Parses TEXT into OUT, whose goal says what it is, all in ARENA; names borrow
 * from TEXT. Every fault is in FINDINGS. DHK_FORMAT or DHK_NOMEM when there is
 * no usable tree. */
DHK_MUST_USE enum dhk_err syntax_parse(struct syntax *out, struct slice text,
    struct arena *arena, struct findings *findings);

/* For the grammar's actions: memory, or NULL and no_memory. */
void *syntax_new(struct syntax_parser *p, size_t size);
/* Appends NODE, unless LIST has MAX already: then an error that says WHAT. */
bool syntax_add(struct syntax_parser *p, struct list *list, void *node,
    size_t max, const char *what);
bool syntax_add_word(
    struct syntax_parser *p, struct list *list, struct token token);
bool syntax_add_all(struct syntax_parser *p, struct list *list,
    const struct list *more, const char *what);
/* Statements come in three parts; an error when PHASE is over already. */
void syntax_in_order(
    struct syntax_parser *p, enum syntax_phase phase, struct place at);

/* Errors for what texts of this goal may not hold. */
void syntax_allow_rule(struct syntax_parser *p, const struct syntax_rule *rule);
void syntax_allow_test(struct syntax_parser *p, const struct syntax_test *test);

/* What a syntax error is made of. */
enum { SYNTAX_EXPECTED = 96 };
struct syntax_fault {
    struct place at;
    const char *expected[SYNTAX_EXPECTED];
    size_t expected_n;
    bool is_name;    /* a name stands there that is no word of the language */
    bool wants_name; /* a name could stand there */
};
void syntax_report(struct syntax_parser *p, const struct syntax_fault *fault);
/* The grammar's token for the word TEXT of the language, or OTHERWISE. */
int syntax_token(struct slice text, int otherwise);

/* Walking a list. TYPE and VAR cannot stand in parentheses. */
/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define LIST_EACH(type, var, listp)                                            \
    for (const type *var = (const type *)(const void *)(listp)->first;         \
         var != NULL; var = (const type *)(const void *)var->node.next)
/* NOLINTEND(bugprone-macro-parentheses) */

#endif

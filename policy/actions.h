/* SPDX-License-Identifier: EUPL-1.2
 *
 * Private to grammar.y: what its actions are made of. Each ends the parse when
 * memory or a limit is exhausted. */
#ifndef POLICY_ACTIONS_H
#define POLICY_ACTIONS_H

/* A new node of the type that VAR points to. */
#define NEW(var)                                                               \
    do {                                                                       \
        (var) = syntax_new(p, sizeof *(var));                                  \
        if ((var) == NULL) {                                                   \
            YYNOMEM;                                                           \
        }                                                                      \
    } while (0)
#define ADD(list, node, max, what)                                             \
    do {                                                                       \
        if (!syntax_add(p, (list), (node), (max), (what))) {                   \
            YYABORT;                                                           \
        }                                                                      \
    } while (0)
#define ADD_ALL(list, more, what)                                              \
    do {                                                                       \
        if (!syntax_add_all(p, (list), (more), (what))) {                      \
            YYABORT;                                                           \
        }                                                                      \
    } while (0)
/* A new node with a name and a list. */
#define LISTED(var, of, member, list)                                          \
    do {                                                                       \
        NEW(var);                                                              \
        (var)->name = (of);                                                    \
        (var)->member = (list);                                                \
    } while (0)
#define FIRST(list, node, max, what)                                           \
    do {                                                                       \
        (list) = none;                                                         \
        ADD(&(list), (node), (max), (what));                                   \
    } while (0)
#define NEXT(list, before, node, max, what)                                    \
    do {                                                                       \
        (list) = (before);                                                     \
        ADD(&(list), (node), (max), (what));                                   \
    } while (0)
#define NAMED(list, of, called, what)                                          \
    do {                                                                       \
        struct syntax_named *named;                                            \
                                                                               \
        NEW(named);                                                            \
        named->name = (of);                                                    \
        named->title = (called);                                               \
        ADD((list), named, LIMIT_VOCABULARY, (what));                          \
    } while (0)
#define FIELD(field, named, of, is_special)                                    \
    do {                                                                       \
        NEW(field);                                                            \
        (field)->name = (named);                                               \
        (field)->category = (of);                                              \
        (field)->special = (is_special);                                       \
    } while (0)
#define TYPE(attribute, of, list)                                              \
    do {                                                                       \
        NEW(attribute);                                                        \
        (attribute)->type = (of);                                              \
        (attribute)->values = (list);                                          \
    } while (0)
#define ATOM(atom, operator, of, with)                                         \
    do {                                                                       \
        NEW(atom);                                                             \
        (atom)->op = (operator);                                               \
        (atom)->name = (of);                                                   \
        (atom)->value = (with);                                                \
    } while (0)
#define DUTY(duty, operator, place, count)                                     \
    do {                                                                       \
        NEW(duty);                                                             \
        (duty)->op = (operator);                                               \
        (duty)->at = (place);                                                  \
        (duty)->number = (count);                                              \
    } while (0)
/* REST with its id and title is a rule of TYPE. */
#define NAMED_RULE(rule, of, named, called, rest)                              \
    do {                                                                       \
        (rule) = (rest);                                                       \
        (rule)->type = (of);                                                   \
        (rule)->id = (named);                                                  \
        (rule)->title = (called);                                              \
    } while (0)
#define RULE(rule)                                                             \
    do {                                                                       \
        syntax_allow_rule(p, (rule));                                          \
        ADD(&p->out->rules, (rule), LIMIT_RULES, "rules");                     \
    } while (0)
#define UNNAMED(rule, of, place)                                               \
    do {                                                                       \
        (rule)->type = (of);                                                   \
        (rule)->id.at = (place);                                               \
        RULE(rule);                                                            \
    } while (0)
/* A category, by its letter or name, as a word. */
#define CLASS(list, token, of)                                                 \
    do {                                                                       \
        WORD(list, token);                                                     \
        ((struct word *)(void *)(list)->last)->class_ = (of);                  \
    } while (0)
#define WORD(list, token)                                                      \
    do {                                                                       \
        if (!syntax_add_word(p, (list), (token))) {                            \
            YYABORT;                                                           \
        }                                                                      \
    } while (0)

#endif

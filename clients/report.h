/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reports on a ledger: a name for each question that the law asks of it. What
 * one finds is facts, tables and charts of words and numbers, so that text,
 * JSON, CSV and HTML never say different things. */
#ifndef CLIENTS_REPORT_H
#define CLIENTS_REPORT_H

#include "evidence.h"
#include "json.h"
#include "render.h"
#include "verify.h"

/* The same in Dutch and English. */
struct report_words {
    const char *nl, *en;
};

enum {
    REPORT_CASE = 1,
    REPORT_PARTNER = 2,
    REPORT_SINCE = 4,
    REPORT_UNTIL = 8,
    REPORT_TIMES = REPORT_SINCE | REPORT_UNTIL,
    REPORT_CARD = 16,
    REPORT_SMALLEST = 32,
};
/* What the abbreviations of laws stand for. */
extern const struct report_words report_laws;
/* What the letters of categories stand for. */
extern const struct report_words report_letters;

enum { REPORT_K = 5 }; /* no figure below it, unless another is asked for */

struct report_ask { /* what was asked for; all may be left out */
    bool has_case, has_card;
    uint8_t case_handle[16], card[SEAL_HASH];
    const char *partner;
    int64_t since, until;  /* seconds; 0: no bound */
    uint64_t smallest;     /* k */
    const char *purpose;   /* of the question to the broker; NULL: a file */
    bool has_shown;        /* the broker listed the shares for a subject: */
    const uint64_t *shown; /* their indexes */
    size_t shown_n;
    enum render_lang lang;
};

struct report;
struct report_spec {
    const char *name;
    const char *number; /* of the question among the law's, "" for none */
    struct report_words title, question;
    const char *law;
    /* what it would need and is on no ledger yet; "" for nothing */
    struct report_words missing;
    unsigned takes; /* REPORT_CASE... */
    unsigned needs; /* one of these */
    void (*build)(struct report *r);
};
/* All, in the order of the list; NULL after the last. */
const struct report_spec *report_spec(size_t i);
const struct report_spec *report_find(const char *name);

enum {
    REPORT_COLUMN_PLAIN = 0,
    REPORT_COLUMN_RIGHT = 1,
    REPORT_COLUMN_HEX = 2,   /* shortened for people, who have the whole in JSON
                                and CSV */
    REPORT_COLUMN_SMALL = 4, /* null: too small a number to be told */
    REPORT_COLUMN_WORD = 8,  /* words of ours, told in the reader's language */
    REPORT_COLUMN_TIME = 16,
};
struct report_column {
    const char *key; /* in JSON and CSV */
    struct report_words title;
    unsigned flags;
};
struct report_table {
    const char *key;
    struct report_words title;
    const struct report_column *columns; /* static */
    size_t columns_n;
    json_t *rows; /* objects by key of column */
};
struct report_fact {
    const char *key;
    struct report_words title;
    unsigned flags; /* as of a column */
    json_t *value;
};

enum report_chart_kind {
    REPORT_CHART_MATRIX = 1, /* a box for each row and column */
    REPORT_CHART_COLUMNS,    /* a stack for each moment */
    REPORT_CHART_BARS,       /* a stacked bar for each row */
};
enum { REPORT_SERIES = 4 };
struct report_chart {
    const char *key;
    enum report_chart_kind kind;
    struct report_words title;
    struct report_words series[REPORT_SERIES];
    size_t series_n;
    char **row, **column; /* owned labels; column of a matrix only */
    size_t rows_n, columns_n;
    /* owned: rows x columns, or rows x series; NAN: too small to be told */
    double *value;
};

enum {
    REPORT_TABLES = 6,
    REPORT_FACTS = 40,
    REPORT_CHARTS = 6,
    REPORT_REMARKS = 12
};
struct report {
    const struct report_spec *spec;
    const struct evidence *e;
    const struct verify_result *verified;
    const struct report_ask *ask;
    enum render_lang lang;
    uint64_t now; /* ms: what is open or overdue, is so at this time */
    struct report_fact fact[REPORT_FACTS];
    size_t facts_n;
    struct report_table table[REPORT_TABLES];
    size_t tables_n;
    struct report_chart chart[REPORT_CHARTS];
    size_t charts_n;
    struct report_words remark[REPORT_REMARKS]; /* what it cannot tell */
    size_t remarks_n;
    struct course *course; /* owned; of the case that was asked for last */
    const struct evidence_case *course_of;
    bool hides_dissent; /* its reader may not hear of the case's course yet */
};

/* Builds the report SPEC of E, of what was asked for. It borrows all; for
 * report_done(). Out of memory ends the program with status 5. */
void report_build(struct report *out, const struct report_spec *spec,
    const struct evidence *e, const struct verify_result *verified,
    const struct report_ask *ask);
void report_done(struct report *r);

/* --- what is written; ferror(OUT) remembers what could not be --- */
DHK_MUST_USE enum dhk_err report_print(FILE *out, const struct report *r);
void report_csv(FILE *out, const struct report *r); /* its first table */
json_t *report_json(const struct report *r);
void report_html(FILE *out, const struct report *r);
/* What there is to ask for, for people and as objects. */
void report_list(FILE *out, enum render_lang lang);
json_t *report_list_json(void);

/* Whether some table has letters of categories, and none tells what they are.
 */
bool report_has_categories(const struct report *r);
/* What stands in a cell, for people; FLAGS as of its column. */
void report_cell(struct words *out, const struct report *r, unsigned flags,
    const json_t *value);
/* The value of fact I, for people: an empty list is "none". */
void report_fact_text(struct words *out, const struct report *r, size_t i);
/* A word of ours in the reader's language, or WORD itself. */
const char *report_word(const struct report *r, const char *word);

/* --- for those that build one --- */

const char *report_say(const struct report *r, struct report_words words);
/* FLAGS as of a column; VALUE is taken. */
void report_fact(struct report *r, const char *key, struct report_words title,
    unsigned flags, json_t *value);
void report_count(
    struct report *r, const char *key, struct report_words title, uint64_t n);
void report_remark(struct report *r, struct report_words remark);
/* A table of N static columns, to be filled by report_row(). */
struct report_table *report_table(struct report *r, const char *key,
    struct report_words title, const struct report_column *columns, size_t n);
/* A new last row, to be filled: an object by keys of columns. */
json_t *report_row(struct report_table *t);

/* Whether what was asked for leaves this in: its time, either party, case. */
bool report_has_time(const struct report *r, uint64_t ms);
bool report_has_case(const struct report *r, const uint8_t handle[16]);
bool report_has_party(const struct report *r, const char *from, const char *to);
bool report_has_share(const struct report *r, const struct evidence_share *s);

/* --- report_course.c: what several say of the course of cases --- */

/* Adds to rows about a case with a vote against it who gave that, and a fact
 * that names them all. After everything else. */
void report_note_dissent(struct report *r);
/* The course of C as it was at the report's time; it lasts until that of
 * another is asked for. Of a partner's part it may lack statements. */
const struct course *report_course(
    struct report *r, const struct evidence_case *c);
/* Statement I of case C, when it was taken and made by the report's time; NULL
 * when not. */
const struct evidence_stated *report_stated(
    const struct report *r, const struct evidence_case *c, size_t i);
/* The time that terms are compared with, in seconds; it may be to come. */
int64_t report_seconds(const struct report *r);
/* A name, or null. */
void report_put_text(json_t *row, const char *key, const char *text);
void report_put_code(json_t *row, const char *key, unsigned act, unsigned code);
void report_put_index(json_t *row, const char *key, uint64_t index);
void report_put_seconds(json_t *row, const char *key, int64_t s);
/* The name behind number I of C, or NULL. */
const char *report_name(const struct course *c, uint8_t i);
/* The phase of S's case then, or "": it cannot be told. */
const char *report_phase(char out[EVIDENCE_VALUE], const struct report *r,
    const struct evidence_share *s);
/* Who has or had a part in C: sent or had something of it, voted, was a member,
 * holds its file. */
enum { REPORT_PARTIES = 64 };
struct report_parties {
    const char *name[REPORT_PARTIES];
    size_t n;
};
void report_parties(struct report_parties *out, struct report *r,
    const struct evidence_case *c);
/* What PARTNER stated last of C's destruction, or NULL. */
const struct evidence_stated *report_destroyed(
    const struct report *r, const struct evidence_case *c, const char *partner);
/* Whether S is of the meeting: only those who take part in a case may have
 * it. */
bool report_is_of_meeting(const struct evidence_share *s);

/* --- report_words.c: what several say of shares --- */

/* Columns that many have. */
#define REPORT_ENTRY                                                           \
    {                                                                          \
        "entry", {"BOEKING", "ENTRY"}, REPORT_COLUMN_RIGHT                     \
    }
#define REPORT_TIME                                                            \
    {                                                                          \
        "time", {"TIJD", "TIME"}, REPORT_COLUMN_TIME                           \
    }
#define REPORT_ENDED                                                           \
    {                                                                          \
        "ended", {"AFGELOPEN", "ENDED"}, REPORT_COLUMN_TIME                    \
    }
#define REPORT_RECALLED                                                        \
    {                                                                          \
        "recalled", {"TERUGGEROEPEN", "RECALLED"}, REPORT_COLUMN_WORD          \
    }
#define REPORT_PURPOSE                                                         \
    {                                                                          \
        "purpose", {"DOEL", "PURPOSE"}, 0                                      \
    }
#define REPORT_GROUND                                                          \
    {                                                                          \
        "ground", {"GROND", "GROUND"}, 0                                       \
    }
#define REPORT_CATEGORIES                                                      \
    {                                                                          \
        "categories", {"CATEGORIE", "CATEGORIES"}, 0                           \
    }
#define REPORT_SPECIAL                                                         \
    {                                                                          \
        "special", {"BIJZONDER", "SPECIAL"}, REPORT_COLUMN_WORD                \
    }
#define REPORT_FIELDS                                                          \
    {                                                                          \
        "fields", {"VELDEN", "FIELDS"}, 0                                      \
    }
#define REPORT_RULES                                                           \
    {                                                                          \
        "rules", {"REGELS", "RULES"}, 0                                        \
    }
#define REPORT_FROM                                                            \
    {                                                                          \
        "from", {"VAN", "FROM"}, 0                                             \
    }
#define REPORT_TO                                                              \
    {                                                                          \
        "to", {"AAN", "TO"}, 0                                                 \
    }
#define REPORT_KIND                                                            \
    {                                                                          \
        "kind", {"SIGNAAL", "SIGNAL"}, 0                                       \
    }
#define REPORT_CASE_COLUMN                                                     \
    {                                                                          \
        "case", {"CASUS", "CASE"}, REPORT_COLUMN_HEX                           \
    }
#define REPORT_OUTCOME                                                         \
    {                                                                          \
        "outcome", {"UITKOMST", "OUTCOME"}, REPORT_COLUMN_WORD                 \
    }
/* Entry, time, from, to, kind and case of S. */
void report_put_share(json_t *row, const struct evidence_share *s);
/* Names of FIELDS; of a kind that is not known their numbers. */
void report_put_fields(json_t *row, const char *key,
    const struct evidence_share *s, uint32_t fields);
/* Letters of categories of FIELDS and names of special ones. */
void report_put_categories(
    json_t *row, const struct evidence_share *s, uint32_t fields);
void report_put_rules(json_t *row, const struct evidence_share *s);
/* All of these of S, as of a transfer of FIELDS; report_put_share() too, and
 * for how many days it may be kept. */
void report_put_transfer(
    json_t *row, const struct evidence_share *s, uint32_t fields);
void report_put_outcome(json_t *row, const struct evidence_share *s);
/* A word for programs: "open", "taken", "returned: quota"... */
const char *report_outcome(const struct evidence_share *s);
/* What was declared of attribute NAME: its value, "unknown", "not-asked" or
 * null where it cannot be told. */
void report_put_said(json_t *row, const char *key,
    const struct evidence_share *s, const char *name);
void report_put_hex(
    json_t *row, const char *key, const uint8_t *bytes, size_t n);
void report_put_time(json_t *row, const char *key, uint64_t ms);
void report_put_days(
    json_t *row, const char *key, uint64_t from_ms, uint64_t until_ms);
/* Remarks on what E lacks for any report: that it is a partner's part, or has
 * unreadable agreements. */
void report_remark_part(struct report *r);

/* --- report_chart.c --- */

/* A chart with room for ROWS and COLUMNS (or series), all zero. Labels are
 * copied by report_chart_row() and _column(). */
struct report_chart *report_chart(struct report *r, const char *key,
    enum report_chart_kind kind, struct report_words title, size_t rows,
    size_t columns);
void report_chart_series(
    struct report_chart *c, size_t i, struct report_words title);
void report_chart_row(struct report_chart *c, size_t i, const char *label);
void report_chart_column(struct report_chart *c, size_t i, const char *label);
double *report_chart_at(struct report_chart *c, size_t row, size_t column);
void report_chart_done(struct report_chart *c);
/* As SVG, inside HTML. */
void report_chart_svg(
    FILE *out, const struct report *r, const struct report_chart *c);

#endif

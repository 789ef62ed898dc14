/* SPDX-License-Identifier: EUPL-1.2
 *
 * What signatories get before they sign an agreement: a directory with the
 * text, what it means by each of the other commands, and how to sign it. A file
 * is what a command prints about the texts in the same directory, so that
 * whoever gets it can make it again and compare. */
#ifndef CLIENTS_DOSSIER_H
#define CLIENTS_DOSSIER_H

#include "policyfile.h"
#include "render.h"

enum { DOSSIER_NAME = 80, DOSSIER_FILES = 24, DOSSIER_WORDS = 6 };
enum {                    /* flags of a file */
    DOSSIER_FINDINGS = 1, /* what the command says on standard error is in it */
    DOSSIER_DIFFERS = 2,  /* exit code 1 is an answer, no failure */
};

struct dossier_file {
    const char *name;
    const char *what[2]; /* by enum render_lang */
    unsigned flags;
    const char *words[DOSSIER_WORDS]; /* after "driehoek policy"; or none */
    char sha256[65];
};
struct dossier {
    enum render_lang lang; /* of the pages */
    struct policyfile new;
    struct policyfile old;       /* without an agreement: there is none */
    char new_name[DOSSIER_NAME]; /* of its copy in the directory */
    char old_name[DOSSIER_NAME];
    const char *signatory[2 * LIMIT_SIGNATORIES]; /* all who must sign */
    size_t signatories_n;
    struct dossier_file file[DOSSIER_FILES]; /* made so far */
    size_t files_n;
};

/* Makes DIR of the two texts of D, which are valid. DIR must not exist, or be
 * empty; it is not touched when something fails, which has been printed. */
enum cli_exit dossier_write(
    const struct cli *cli, struct dossier *d, const char *dir);

/* dossier_pages.c: how to sign; what there is, for people; the hashes, for
 * `sha256sum -c`. */
enum { DOSSIER_LINE = 512 };
/* The command line by which the signatory NAME signs. */
void dossier_sign_line(
    char out[DOSSIER_LINE], const struct dossier *d, const char *name);
void dossier_signing(FILE *out, const struct dossier *d);
void dossier_index(FILE *out, const struct dossier *d);
void dossier_sums(FILE *out, const struct dossier *d);

#endif

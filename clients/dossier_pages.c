/* SPDX-License-Identifier: EUPL-1.2
 *
 * The pages of a dossier that no other command prints; see dossier.h. */
#include "dossier.h"

#include <string.h>

#include "html.h"
#include "sshsig.h"

static const char *
say(const struct dossier *d, const char *nl, const char *en)
{
    return d->lang == RENDER_EN ? en : nl;
}

static void
hash_lines(FILE *out, const struct dossier *d)
{
    const struct agreement *a = d->new.agreement;
    (void)fprintf(out, "%s: %s %s %u\n", say(d, "Convenant", "Agreement"),
        a->name, say(d, "versie", "version"), a->version);
    (void)fprintf(
        out, "%s: sha256:%s\n", say(d, "Tekst", "Text"), d->new.sha256);
    (void)fprintf(out, "%s: sha256:%s\n",
        say(d, "Betekenis (gecompileerd)", "Meaning (compiled)"),
        d->new.compiled);
    if (d->old.agreement != NULL)
        (void)fprintf(out, "%s: sha256:%s (%s %u)\n",
            say(d, "De tekst ervoor", "The text before"), d->old.sha256,
            say(d, "versie", "version"), d->old.agreement->version);
}

void
dossier_sign_line(
    char out[DOSSIER_LINE], const struct dossier *d, const char *name)
{
    (void)snprintf(out, DOSSIER_LINE,
        "ssh-keygen -Y sign -n " SSHSIG_NS_AGREEMENT " -f KEY <%s >%s.%s.sig",
        d->new_name, d->new_name, name);
}

static void
verify_line(FILE *out, const struct dossier *d, const char *name)
{
    (void)fprintf(out,
        "ssh-keygen -Y verify -n " SSHSIG_NS_AGREEMENT
        " -f allowed_signers -I %s -s %s.%s.sig <%s",
        name, d->new_name, name, d->new_name);
}

void
dossier_signing(FILE *out, const struct dossier *d)
{
    char line[DOSSIER_LINE];
    hash_lines(out, d);
    (void)fprintf(out, "\n%s\n\n  sha256sum %s\n",
        say(d, "Ga eerst na dat dit de tekst is, met de hash hierboven:",
            "First make sure that this is the text, by the hash above:"),
        d->new_name);
    (void)fprintf(out, "\n%s\n",
        say(d,
            "Wie ondertekent, voert in deze map zijn eigen regel uit. KEY is "
            "het bestand van de\neigen sleutel.",
            "Whoever signs runs the line with his own name in this directory. "
            "KEY is the file\nof his own key."));
    for (size_t i = 0; i < d->signatories_n; i++) {
        dossier_sign_line(line, d, d->signatory[i]);
        (void)fprintf(out, "\n%s:\n  %s\n", d->signatory[i], line);
    }
    if (d->old.agreement == NULL)
        (void)fprintf(out, "\n%s\n",
            say(d,
                "Een eerste convenant wordt ook ondertekend door ieder ander "
                "die allowed_signers\ndaarvoor noemt.",
                "A first agreement is signed also by everybody else whom "
                "allowed_signers names for it."));
    (void)fprintf(out, "\n%s\n\n  ",
        say(d, "Zo wordt een handtekening nagegaan, bijvoorbeeld de eerste:",
            "A signature is verified so, the first for example:"));
    verify_line(out, d, d->signatory[0]);
    (void)fprintf(out, "\n\n%s\n\n  driehoek policy status --next %s\n",
        say(d, "Wie nog niet heeft ondertekend:", "Who has not signed yet:"),
        d->new_name);
}

static void
index_head(FILE *out, const struct dossier *d)
{
    const struct agreement *a = d->new.agreement;
    (void)fprintf(out,
        "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
        "<meta charset=\"utf-8\">\n<title>%s %s %u</title>\n<style>\n"
        "@page { size: A4; margin: 2cm; }\n"
        "body { font: 16px/1.5 sans-serif; max-width: 60em; margin: 2em auto;"
        " padding: 0 1em; }\n"
        "table { border-collapse: collapse; width: 100%%; }\n"
        "th, td { border: 1px solid #666; padding: .3em .6em;"
        " text-align: left; vertical-align: top; }\n"
        "code, pre { font: 13px/1.4 monospace; overflow-wrap: anywhere;"
        " white-space: pre-wrap; }\n</style>\n</head>\n<body>\n",
        say(d, "nl", "en"), a->name, say(d, "versie", "version"), a->version);
    (void)fprintf(out, "<h1>%s %s, %s %u</h1>\n<p>%s</p>\n<pre>",
        say(d, "Convenant", "Agreement"), a->name, say(d, "versie", "version"),
        a->version,
        say(d,
            "Wat u krijgt voordat u ondertekent. Alleen de tekst van het "
            "convenant wordt ondertekend; het overige zegt wat die tekst "
            "betekent, en is met de genoemde opdracht in deze map opnieuw te "
            "maken en te vergelijken.",
            "What you get before you sign. Only the text of the agreement is "
            "signed; the rest says what that text means, and can be made again "
            "in this directory with the command beside it, and compared."));
    hash_lines(out, d);
    (void)fputs("</pre>\n", out);
}

static void
index_row(FILE *out, const struct dossier *d, const struct dossier_file *file)
{
    (void)fprintf(
        out, "<tr><td><a href=\"%s\">%s</a></td><td>", file->name, file->name);
    html_put(out, file->what[d->lang]);
    if (file->words[0] != NULL) {
        (void)fputs("<br><code>driehoek policy", out);
        for (size_t i = 0; i < DOSSIER_WORDS && file->words[i] != NULL; i++) {
            (void)fputc(' ', out);
            html_put(out, file->words[i]);
        }
        (void)fputs("</code>", out);
    }
    (void)fprintf(out, "</td><td><code>%s</code></td></tr>\n", file->sha256);
}

void
dossier_index(FILE *out, const struct dossier *d)
{
    char line[DOSSIER_LINE];
    index_head(out, d);
    (void)fprintf(out,
        "<h2>%s</h2>\n<table>\n<tr><th>%s</th><th>%s</th><th>SHA-256</th></"
        "tr>\n",
        say(d, "Bestanden", "Files"), say(d, "Bestand", "File"),
        say(d, "Wat het is", "What it is"));
    for (size_t i = 0; i < d->files_n; i++)
        index_row(out, d, &d->file[i]);
    (void)fprintf(out, "</table>\n<h2>%s</h2>\n<p>%s</p>\n",
        say(d, "Ondertekenen", "Signing"),
        say(d,
            "Wie ondertekent, voert in deze map zijn eigen regel uit; KEY is "
            "het bestand van de eigen sleutel. Meer staat in signing.txt.",
            "Whoever signs runs the line with his own name in this directory; "
            "KEY is the file of his own key. signing.txt has more."));
    for (size_t i = 0; i < d->signatories_n; i++) {
        dossier_sign_line(line, d, d->signatory[i]);
        (void)fprintf(out, "<h3>%s</h3>\n<pre>", d->signatory[i]);
        html_put(out, line);
        (void)fputs("</pre>\n", out);
    }
    (void)fputs("</body>\n</html>\n", out);
}

void
dossier_sums(FILE *out, const struct dossier *d)
{
    for (size_t i = 0; i < d->files_n; i++)
        (void)fprintf(out, "%s  %s\n", d->file[i].sha256, d->file[i].name);
}

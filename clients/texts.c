/* SPDX-License-Identifier: EUPL-1.2
 *
 * Verified texts and the floor, in files. */
#include "texts.h"

#include "node.h"

#include "file.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FLOOR_MAX = 1024, HEX = 2 * SEAL_HASH + 1 };

static const char *const folders[] = {"rosters", "agreements"};
static const char *const endings[] = {"roster", "convenant"};

/* FOLDER/HASH.ENDING, then .PRINCIPAL.sig when PRINCIPAL is given. */
static enum dhk_err
text_path(char path[NODE_PATH], const char *dir, enum texts_kind kind,
    const uint8_t hash[SEAL_HASH], const char *principal)
{
    char hex[HEX], name[HEX + LIMIT_NAME + 64], folder[NODE_PATH];
    enum dhk_err rc = node_path(folder, dir, folders[kind]);

    bytes_hex(hex, hash, SEAL_HASH);
    if (principal == NULL)
        (void)snprintf(name, sizeof name, "%s.%s", hex, endings[kind]);
    else
        (void)snprintf(
            name, sizeof name, "%s.%s.%s.sig", hex, endings[kind], principal);
    return rc == DHK_OK ? node_path(path, folder, name) : rc;
}

enum dhk_err
texts_path(char *path, const char *dir, enum texts_kind kind,
    const uint8_t hash[SEAL_HASH])
{
    return text_path(path, dir, kind, hash, NULL);
}

enum dhk_err
texts_store(const char *dir, enum texts_kind kind, const struct trust_text *in,
    const struct quorum *quorum, const struct sshsig_signers *signers)
{
    char path[NODE_PATH];
    uint8_t hash[SEAL_HASH];
    enum dhk_err rc;

    if (dir[0] == '\0')
        return DHK_OK;
    seal_sha256(hash, in->text);
    rc = node_path(path, dir, folders[kind]);
    if (rc == DHK_OK)
        rc = file_mkdir(path);
    for (size_t i = 0; rc == DHK_OK && i < quorum->results_n; i++) {
        const struct sshsig_result *r = &quorum->result[i];

        if (r->status != SSHSIG_VALID || r->signer < 0)
            continue;
        rc = text_path(
            path, dir, kind, hash, signers->list[r->signer].principal);
        if (rc == DHK_OK)
            rc = file_write(path, in->sig[i].armor, 0600);
    }
    /* the text last: that it is there says that its signatures are */
    if (rc == DHK_OK)
        rc = text_path(path, dir, kind, hash, NULL);
    return rc == DHK_OK ? file_write(path, in->text, 0600) : rc;
}

enum dhk_err
texts_read(uint8_t **mem, size_t *n, const char *dir, enum texts_kind kind,
    const uint8_t hash[SEAL_HASH])
{
    char path[NODE_PATH];
    uint8_t is[SEAL_HASH];
    enum dhk_err rc;

    *mem = NULL;
    *n = 0;
    if (dir[0] == '\0')
        return DHK_NOTFOUND;
    rc = text_path(path, dir, kind, hash, NULL);
    if (rc == DHK_OK)
        rc = file_read(mem, n, path, LIMIT_TEXT);
    if (rc == DHK_IO && errno == ENOENT)
        rc = DHK_NOTFOUND;
    if (rc != DHK_OK)
        return rc;
    seal_sha256(is, slice_of(*mem, *n));
    if (memcmp(is, hash, SEAL_HASH) == 0)
        return DHK_OK;
    file_free(mem, *n);
    return DHK_AUTH;
}

static void
floor_line(struct sink *s, const char *what, const struct texts_floor_one *one)
{
    char hex[HEX], line[HEX + 64];

    if (one->version == 0)
        return;
    bytes_hex(hex, one->hash, SEAL_HASH);
    (void)snprintf(line, sizeof line, "%s %u %s\n", what, one->version, hex);
    sink_slice(s, slice_str(line));
}

enum dhk_err
texts_floor_store(const char *dir, const struct texts_floor *floor)
{
    char path[NODE_PATH];
    uint8_t mem[FLOOR_MAX];
    struct sink s;
    enum dhk_err rc;

    if (dir[0] == '\0')
        return DHK_OK;
    sink_init(&s, mem, sizeof mem);
    floor_line(&s, "roster", &floor->roster);
    floor_line(&s, "agreement", &floor->agreement);
    if (floor->ended)
        sink_slice(&s, slice_str(floor->revoked ? "revoked\n" : "none\n"));
    rc = node_path(path, dir, "floor");
    return rc == DHK_OK ? file_write(path, sink_done(&s), 0600) : rc;
}

static enum dhk_err
read_line(struct texts_floor *floor, struct slice line)
{
    struct texts_floor_one *one = NULL;
    struct slice rest = line, word = text_word(&rest);
    uint64_t version;
    enum dhk_err rc;

    if (text_is(word, "none") || text_is(word, "revoked")) {
        floor->ended = true;
        floor->revoked = text_is(word, "revoked");
        return DHK_OK;
    }
    if (text_is(word, "roster"))
        one = &floor->roster;
    else if (text_is(word, "agreement"))
        one = &floor->agreement;
    else
        return DHK_FORMAT;
    rc = text_uint(&version, text_word(&rest), UINT32_MAX);
    if (rc != DHK_OK)
        return rc;
    one->version = (uint32_t)version;
    return bytes_unhex(one->hash, SEAL_HASH, text_word(&rest));
}

enum dhk_err
texts_floor_read(struct texts_floor *floor, const char *dir)
{
    char path[NODE_PATH];
    uint8_t *mem = NULL;
    size_t n = 0;
    struct slice line;
    struct text text;
    enum dhk_err rc = node_path(path, dir, "floor");

    *floor = (struct texts_floor){{0}, {0}, false, false};
    if (rc == DHK_OK)
        rc = file_read(&mem, &n, path, FLOOR_MAX);
    if (rc == DHK_IO && errno == ENOENT)
        rc = DHK_NOTFOUND;
    text_init(&text, slice_of(mem, n));
    while (rc == DHK_OK && text_line(&line, &text))
        rc = read_line(floor, line);
    file_free(&mem, n);
    return rc;
}

static enum dhk_err
read_part(
    struct slice *out, struct trust_text *in, const char *path, size_t max)
{
    size_t i = in->owned_n;
    enum dhk_err rc = file_read(&in->owned[i], &in->owned_size[i], path, max);

    if (rc != DHK_OK)
        return rc;
    in->owned_n++;
    *out = slice_of(in->owned[i], in->owned_size[i]);
    return DHK_OK;
}

static bool
has_sig_of(const struct trust_text *in, const char *name)
{
    for (size_t i = 0; i < in->sigs_n; i++) {
        if (strcmp(in->sig[i].name, name) == 0)
            return true;
    }
    return false;
}

enum dhk_err
texts_gather(struct trust_text *in, const struct sshsig_signers *signers,
    const char *path, struct dhk_problem *problem)
{
    char sig_path[NODE_PATH];
    enum dhk_err rc;

    *in = (struct trust_text){.owned_n = 0};
    rc = read_part(&in->text, in, path, LIMIT_TEXT);
    if (rc != DHK_OK)
        return problem_file(problem, rc, path);
    for (size_t i = 0; i < signers->n; i++) {
        const char *name = signers->list[i].principal;
        struct quorum_sig *sig = &in->sig[in->sigs_n];
        int n = snprintf(sig_path, sizeof sig_path, "%s.%s.sig", path, name);

        if (n < 0 || (size_t)n >= sizeof sig_path || has_sig_of(in, name) ||
            in->sigs_n == QUORUM_SIGNATURES ||
            read_part(&sig->armor, in, sig_path, LIMIT_SSHSIG) != DHK_OK)
            continue; /* who is missing is named by the check */
        (void)snprintf(sig->name, sizeof sig->name, "%s", name);
        in->sigs_n++;
    }
    return DHK_OK;
}

void
texts_release(struct trust_text *in)
{
    for (size_t i = 0; i < in->owned_n; i++)
        file_free(&in->owned[i], in->owned_size[i]);
    in->owned_n = 0;
}

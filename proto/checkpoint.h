/* SPDX-License-Identifier: EUPL-1.2
 *
 * C2SP signed notes (signed-note), checkpoints (tlog-checkpoint), cosignatures
 * (tlog-cosignature, type 0x04) and proof files (tlog-proof). Bytes exactly as
 * those specifications fix them. Every key carries its algorithm byte, so that
 * further types can be added. */
#ifndef PROTO_CHECKPOINT_H
#define PROTO_CHECKPOINT_H

#include "seal.h"
#include "limits.h"

enum {
    CHECKPOINT_ED25519 = 0x01,     /* signed-note, the log itself */
    CHECKPOINT_COSIGNATURE = 0x04, /* timestamped witness */
};

/* A verifier key. */
struct checkpoint_vkey {
    uint8_t type;
    char name[LIMIT_ORIGIN + 1];
    uint32_t id; /* first 4 bytes of SHA-256(name \n type pk) */
    struct sign_public pk;
};

struct checkpoint {
    char origin[LIMIT_ORIGIN + 1];
    uint64_t size;
    uint8_t root[32];
};

/* Whether S can name a key or a log: UTF-8 of at most LIMIT_ORIGIN bytes
 * without white space, control characters and '+'. */
bool checkpoint_is_name(struct slice s);
/* NAME must be one; it is the caller's to check. */
void checkpoint_vkey_make(struct checkpoint_vkey *out, uint8_t type,
    const char *name, const struct sign_public *pk);
/* "name+hexid+base64"; OUT holds KEY_VKEY_MAX bytes and gets a NUL. */
void checkpoint_vkey_text(char *out, const struct checkpoint_vkey *vkey);
/* DHK_VERSION: a type other than the two. */
DHK_MUST_USE enum dhk_err checkpoint_vkey_parse(
    struct checkpoint_vkey *out, struct slice text);

/* Writes the note text (no signature). DHK_FORMAT: the origin is no name or
 * the size is over 2^63-1. */
DHK_MUST_USE enum dhk_err checkpoint_text(
    struct sink *out, const struct checkpoint *cp);
/* Writes a whole note signed by the log's key: text, blank line, one
 * signature line. */
DHK_MUST_USE enum dhk_err checkpoint_sign(struct sink *out,
    const struct checkpoint *cp, const struct sign_secret *sk,
    const struct sign_public *pk);
/* The same from a signature made elsewhere (the keeper). */
DHK_MUST_USE enum dhk_err checkpoint_assemble(struct sink *out,
    const struct checkpoint *cp, const struct sign_public *pk,
    const uint8_t sig[KEY_SIGNATURE]);

/* Reads NOTE and demands a valid signature of VKEY (type 0x01), whose name
 * must be the origin. Unknown lines are ignored; a line of VKEY's name and id
 * that does not verify refuses the note (DHK_AUTH). With VKEY NULL only the
 * form is read. Extension lines are read over: *OUT does not hold them. */
DHK_MUST_USE enum dhk_err checkpoint_open(struct checkpoint *out,
    struct slice note, const struct checkpoint_vkey *vkey, struct diag *diag);

/* General signed note (also not a checkpoint): text of a note that at least
 * one of VKEYS (at most 32, of both types) signed; *SIGNED_MASK tells which.
 * One bad signature of any of them refuses the note. TEXT points into NOTE. */
DHK_MUST_USE enum dhk_err checkpoint_note_open(struct slice *text,
    uint32_t *signed_mask, struct slice note,
    const struct checkpoint_vkey *vkeys, size_t vkeys_n);

/* One signature line of a note. */
struct checkpoint_signature {
    struct slice name; /* points into the note */
    uint32_t id;
    int key;       /* which of the keys it verified with; -1: of none of them */
    uint64_t time; /* of a cosignature, seconds; else 0 */
};
enum { CHECKPOINT_SIGNATURES = 64 };
/* The same for who wants to see every line: OUT has room for
 * CHECKPOINT_SIGNATURES of them. DHK_LIMIT: there are more; DHK_AUTH: none of
 * VKEYS signed, or one of them did not sign what stands there. */
DHK_MUST_USE enum dhk_err checkpoint_signatures(
    struct checkpoint_signature *out, size_t *n, struct slice note,
    const struct checkpoint_vkey *vkeys, size_t vkeys_n);

/* cosignature/v1 line (with its newline) over CP at TIME (seconds). */
DHK_MUST_USE enum dhk_err checkpoint_cosign(struct sink *out,
    const struct checkpoint *cp, const char *witness,
    const struct sign_secret *sk, const struct sign_public *pk, uint64_t time);

/* Reads a cosignature/v1 line (with its newline) and demands that it is
 * VKEY's (type 0x04) over CP. DHK_NOTFOUND: of another name or key. */
DHK_MUST_USE enum dhk_err checkpoint_cosigned(uint64_t *time, struct slice line,
    const struct checkpoint *cp, const struct checkpoint_vkey *vkey);

/* The first line of VKEY (of either type) in NOTE, verified over its text as
 * received; LINE, with its newline, points into NOTE. TIME is that of a
 * cosignature, else 0. No other line is verified. DHK_NOTFOUND: there is none;
 * DHK_AUTH: it does not verify. */
DHK_MUST_USE enum dhk_err checkpoint_line(uint64_t *time, struct slice *line,
    struct slice note, const struct checkpoint_vkey *vkey);

/* Writes NOTE, a checkpoint of LOG (type 0x01), with the log's line alone.
 * DHK_FORMAT: it has extension lines; DHK_NOTFOUND, DHK_AUTH: LOG did not sign
 * it. */
DHK_MUST_USE enum dhk_err checkpoint_plain(
    struct sink *out, struct slice note, const struct checkpoint_vkey *log);

/* A tlog-proof file: optional `extra` (for us: the entry's bytes), index,
 * inclusion hashes, checkpoint. Read are those of others as well, with more in
 * `extra` than ours. */
enum { CHECKPOINT_EXTRA = 65535 };
struct checkpoint_proof {
    bool has_extra;
    uint8_t extra[CHECKPOINT_EXTRA];
    size_t extra_n;
    uint64_t index;
    uint8_t hash[LIMIT_PROOF][32];
    size_t hashes_n;
    struct slice note; /* points into the parsed text */
};
/* DHK_LIMIT: `extra` is longer than LIMIT_ENTRY. */
DHK_MUST_USE enum dhk_err checkpoint_proof_encode(
    struct sink *out, const struct checkpoint_proof *proof);
/* The form, and that the index lies in the checkpoint's tree; no signature and
 * no hash is verified. */
DHK_MUST_USE enum dhk_err checkpoint_proof_decode(
    struct checkpoint_proof *out, struct slice text, struct diag *diag);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * OpenSSH signatures (SSHSIG, PROTOCOL.sshsig of OpenSSH) made by stock
 * `ssh-keygen -Y sign`, checked with libsodium against an OpenSSH
 * allowed_signers file. Key types ssh-ed25519 and sk-ssh-ed25519@openssh.com
 * (user-present flag required); hash sha512 (sha256 is accepted as well). */
#ifndef PROTO_SSHSIG_H
#define PROTO_SSHSIG_H

#include "key.h"
#include "limits.h"

#define SSHSIG_NS_AGREEMENT "driehoek-convenant"
#define SSHSIG_NS_ROSTER "driehoek-roster"
#define SSHSIG_NS_REVOKE "driehoek-revoke"

enum { SSHSIG_SIGNERS_MAX = 64, SSHSIG_FINGERPRINT = 51 };

enum sshsig_type { SSHSIG_ED25519 = 0, SSHSIG_SK_ED25519 };

/* One line of allowed_signers. */
struct sshsig_signer {
    char principal[LIMIT_NAME + 1];
    char namespaces[256]; /* comma separated; empty: any */
    enum sshsig_type type;
    struct sign_public pk;
    char application[128]; /* of a sk key */
    int64_t valid_after;   /* seconds since 1970 UTC; 0: always */
    int64_t valid_before;  /* 0: for ever */
    unsigned line;
};
struct sshsig_signers {
    struct sshsig_signer list[SSHSIG_SIGNERS_MAX];
    size_t n;
};

/* Reads an allowed_signers file. Patterns, wildcards, lists of principals and
 * cert-authority lines are refused (DHK_FORMAT): who counts must be plain to
 * see; a principal is a name of the agreement language. Of other key types
 * only lines whose namespaces leave out everything that begins with
 * "driehoek-" are skipped: to skip more would silently take a signatory off
 * the list of those who must sign. Times without a zone are UTC. At most
 * LIMIT_SIGNATORIES distinct principals and SSHSIG_SIGNERS_MAX lines
 * (DHK_LIMIT). DIAG.at is the line number. */
DHK_MUST_USE enum dhk_err sshsig_signers_parse(
    struct sshsig_signers *out, struct slice text, struct diag *diag);

/* Reads a public key in SSH wire form: type, key and application of OUT.
 * DHK_VERSION: a type other than the two. */
DHK_MUST_USE enum dhk_err sshsig_key_decode(
    struct sshsig_signer *out, struct slice blob);
/* Whether A and B hold the same key. */
bool sshsig_key_equal(
    const struct sshsig_signer *a, const struct sshsig_signer *b);
/* Whether the line of S counts for NAMESPACE, its times aside. */
bool sshsig_signer_is_for(
    const struct sshsig_signer *s, const char *namespace_);

enum sshsig_status {
    SSHSIG_INVALID = 0, /* malformed, wrong namespace, or does not verify */
    SSHSIG_UNKNOWN,     /* verifies, by a key that the file does not name */
    SSHSIG_OUTSIDE,     /* known key, not allowed for the namespace or time */
    SSHSIG_VALID,
};
struct sshsig_result {
    enum sshsig_status status;
    const char *why;       /* static text when not valid */
    int signer;            /* index into signers, or -1 */
    struct sign_public pk; /* of the signature, when it was readable */
    /* "SHA256:" and base64 without padding, as ssh-keygen -l prints it; empty
     * when not even a public key could be read */
    char fingerprint[SSHSIG_FINGERPRINT];
};

/* Verifies the armored signature ARMOR over MESSAGE for NAMESPACE at time NOW
 * (seconds). A known key whose signature does not verify is SSHSIG_INVALID
 * with `signer` set. */
void sshsig_verify(struct sshsig_result *out, struct slice armor,
    struct slice message, const char *namespace_,
    const struct sshsig_signers *signers, int64_t now);

/* The signature of ARMOR without it, of *N bytes: what the ledger keeps.
 * DHK_FORMAT, DHK_LIMIT. */
DHK_MUST_USE enum dhk_err sshsig_unarmor(
    uint8_t blob[LIMIT_SSHSIG_BLOB], size_t *n, struct slice armor);
enum { SSHSIG_ARMOR_MAX = 640 };
/* And back, for sshsig_verify(); BLOB of at most LIMIT_SSHSIG_BLOB bytes. */
DHK_MUST_USE struct slice sshsig_armor(
    uint8_t mem[SSHSIG_ARMOR_MAX], struct slice blob);

#endif

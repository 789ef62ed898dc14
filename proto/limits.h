/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every maximum of the formats in one place, each with its reason. */

/* This folder is searched first, so who asks for the system's <limits.h> gets
 * here: hand on. Outside the guard, for this file may be passed twice; as a
 * system header, for -Wpedantic knows no #include_next. */
#pragma GCC system_header
#include_next <limits.h>

#ifndef PROTO_LIMITS_H
#define PROTO_LIMITS_H

enum {
    /* bytes of a party, kind, field, purpose, ground or attribute name: one
     * msgpack length byte, and a screen column */
    LIMIT_NAME = 48,
    /* bytes of a rule id */
    LIMIT_RULE_ID = 16,
    /* bytes of a ledger origin; also the key name of its signed notes */
    LIMIT_ORIGIN = 128,
    /* fields of one kind: a presence bitmap fits five msgpack bytes, so that
     * the accepted entry of a full bundle stays under LIMIT_ENTRY */
    LIMIT_FIELDS = 32,
    /* attributes of one kind */
    LIMIT_ATTRIBUTES = 16,
    /* parties of one agreement; the header has a recipient slot for each */
    LIMIT_PARTIES = 64,
    /* bytes of one field's value, before padding */
    LIMIT_VALUE = 16384,
    /* bytes of one header: 128 slots of 32 bytes and the names */
    LIMIT_HEADER = 6144,
    /* bytes of a manifest: 64 recipients, 64 exclusions */
    LIMIT_MANIFEST = 8192,
    /* exclusions (partner or field withheld by the sender) in a manifest */
    LIMIT_EXCLUSIONS = 64,
    /* bytes of the sealed wrap of one recipient: 32 keys and the counter */
    LIMIT_WRAP = 1152,
    /* envelopes of a bundle: their ids in one accepted entry */
    LIMIT_BUNDLE = 48,
    /* bytes of a bundle: two parts between processes */
    LIMIT_BUNDLE_BYTES = 160 * 1024,
    /* bytes of a ledger entry; one more and LMDB gives it a page of its own */
    LIMIT_ENTRY = 2022,
    /* bytes of a share: of one envelope, with its ledger entry and those of a
     * release, which are 33 at most */
    LIMIT_SHARE = LIMIT_BUNDLE_BYTES + 34 * LIMIT_ENTRY,
    /* items of one signed answer: the answer and their ledger indexes in one
     * delivered entry, at their longest */
    LIMIT_ANSWER = 32,
    /* approvals of one share: their ledger indexes in one released entry */
    LIMIT_APPROVALS = 32,
    /* rules named in a decision */
    LIMIT_RULES_USED = 16,
    /* attribute facts stated by the broker in a share */
    LIMIT_FACTS = 16,
    /* bytes of a key card with its signature */
    LIMIT_CARD = 512,
    /* bytes of a partner's own revocation of a card, with its signature: an
     * origin and a name at their longest */
    LIMIT_REVOCATION = 320,
    /* bytes of a withdrawal with its signature: a correction of the longest
     * origin */
    LIMIT_WITHDRAWAL = 384,
    /* bytes of the body of a query: the longest origin and all filters */
    LIMIT_QUERY = 640,
    /* bytes of a confirmation with its signature: the longest origin */
    LIMIT_CONFIRMATION = 256,
    /* bytes of a statement about a case with its signature: an admission with
     * the longest origin and name */
    LIMIT_STATEMENT = 359,
    /* bytes of the text of an extract for a third party: the fields of a
     * bundle's share as JSON */
    LIMIT_EXTRACT_TEXT = 256 * 1024,
    /* bytes of an SSHSIG without its armor: a FIDO key with an application of
     * 127 bytes has 351 */
    LIMIT_SSHSIG_BLOB = 384,
    /* bytes of an agreement or roster text */
    LIMIT_TEXT = 1024 * 1024,
    /* bytes of a detached SSHSIG file, or an allowed_signers line */
    LIMIT_SSHSIG = 8192,
    /* signatories of an agreement or roster */
    LIMIT_SIGNATORIES = 16,
    /* bytes of an allowed_signers file */
    LIMIT_SIGNERS_FILE = 64 * 1024,
    /* partners in a roster */
    LIMIT_PARTNERS = 16384,
    /* bytes of a checkpoint note; 16 cosignatures and more fit */
    LIMIT_CHECKPOINT = 8192,
    /* hashes of a single Merkle proof: 2^63 leaves */
    LIMIT_PROOF = 63,
    /* hashes of a multi-proof */
    LIMIT_MULTIPROOF = 4096,
    /* bytes of one message between node and broker */
    LIMIT_MESSAGE = 1024 * 1024,
    /* bytes of one record part between the broker's processes: Debian's
     * default send buffer refuses more */
    LIMIT_RECORD_PART = 128 * 1024,
    /* nesting of msgpack arrays */
    LIMIT_DEPTH = 8,
    /* elements of one msgpack array */
    LIMIT_ELEMENTS = 16384,
    /* rules of one agreement: more is not read before it is signed, and every
     * decision looks at each of them */
    LIMIT_RULES = 256,
    /* purposes, grounds, attributes, groups or kinds of one agreement, and
     * values of one attribute: sets of them are the bits of one word */
    LIMIT_VOCABULARY = 64,
    /* time windows of one agreement: a 32-bit set in a request */
    LIMIT_WINDOWS = 32,
    /* spans of one window: two each day, and room for school breaks */
    LIMIT_SPANS = 32,
    /* conditions of one rule */
    LIMIT_ATOMS = 16,
    /* expect lines of one agreement: they all run at every load */
    LIMIT_EXPECTS = 2048,
    /* bytes of a title in an agreement: three lines of a screen */
    LIMIT_TITLE = 240,
};

#endif

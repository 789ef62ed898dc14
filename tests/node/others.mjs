// SPDX-License-Identifier: EUPL-1.2
//
// What others wrote, under names of ours: trees and proofs of RFC 9162 by
// @transmute/rfc9162; inclusion proofs, checkpoints and Ed25519 by
// @sigstore/verify. Nothing is hashed or verified here but the id of a key.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { crypto as sigstore } from "@sigstore/core";
import rfc9162 from "@transmute/rfc9162";

const require = createRequire(import.meta.url);
const { verifyMerkleInclusion } = require(
    "@sigstore/verify/dist/timestamp/merkle.js");
const { verifyCheckpoint } = require(
    "@sigstore/verify/dist/timestamp/checkpoint.js");
const { RFC9162 } = rfc9162;

export const ED25519 = 1;
export const COSIGNATURE = 4;
const DER = Buffer.from("302a300506032b6570032100", "hex"); // SPKI of Ed25519

export function demand(good, what) {
    if (!good)
        throw new Error(what);
}

// Buffer.from() reads what is no base64 as well.
export function unbase64(text) {
    const bytes = Buffer.from(text, "base64");
    demand(bytes.toString("base64") === text, "no base64");
    return bytes;
}

// NAME+ID+BASE64, whose id must be the one that the specification gives.
export function parseVkey(text) {
    const [name, hex, ...rest] = text.split("+");
    const raw = unbase64(rest.join("+"));
    demand(raw.length === 33, `${text}: not a key that is known here`);
    const id = createHash("sha256").update(name + "\n").update(raw).digest()
        .subarray(0, 4);
    demand(id.toString("hex") === hex, `${text}: the id is another key's`);
    return {
        name, id, type: raw[0],
        key: sigstore.createPublicKey(Buffer.concat([DER, raw.subarray(1)])),
    };
}

// --- trees ---

export const root = (entries) => RFC9162.MTH(entries);
export const leaf = (entry) => RFC9162.leaf(entry);
export const path = (index, entries) => RFC9162.PATH(index, entries);
export const bytesEqual = (a, b) => sigstore.bufferEqual(a, b);

// PROOF is { entry, index, size, hashes, root }; both implementations have to
// agree. Throws when it does not verify.
export async function inclusion(proof) {
    verifyMerkleInclusion({
        canonicalizedBody: Buffer.from(proof.entry),
        inclusionProof: {
            logIndex: String(proof.index),
            treeSize: String(proof.size),
            hashes: proof.hashes.map(Buffer.from),
            rootHash: Buffer.from(proof.root),
        },
    });
    const good = await RFC9162.verifyInclusionProof(
        proof.root, await RFC9162.leaf(proof.entry), {
            log_id: "",
            tree_size: proof.size,
            leaf_index: proof.index,
            inclusion_path: proof.hashes,
        });
    demand(good, "inclusion proof");
}

const isPowerOf2 = (n) => Number.isInteger(Math.log2(n));

// PROOF is { old, oldRoot, size, root, hashes }, as RFC 9162 has it: the
// package wants the first hash of step 2 in its place already.
export async function consistency(proof) {
    const hashes = isPowerOf2(proof.old)
        ? [proof.oldRoot, ...proof.hashes] : proof.hashes;
    const good = await RFC9162.verifyConsistencyProof(
        proof.oldRoot, proof.root, {
            log_id: "",
            tree_size_1: proof.old,
            tree_size_2: proof.size,
            consistency_path: hashes,
        });
    demand(good, `consistency of ${proof.old} and ${proof.size}`);
}

// The package's own proof that ENTRIES begin with their first OLD.
export async function prove(old, entries) {
    const hashes = await RFC9162.PROOF(old, entries);
    return isPowerOf2(old) ? hashes.slice(1) : hashes;
}

// --- notes ---

const split = (note) => {
    const at = note.indexOf("\n\n");
    demand(at >= 0, "no signed note");
    return [note.slice(0, at + 1), note.slice(at + 2)];
};

function parseLine(line) {
    const [dash, name, base64, ...more] = line.split(" ");
    demand(dash === "\u2014" && more.length === 0, "no signature line");
    const raw = unbase64(base64);
    return { line, name, id: raw.subarray(0, 4), sig: raw.subarray(4) };
}

// The checkpoint in NOTE, signed by LOG and by each of COSIGNERS, whose times
// it has. Lines of others are left out: the package knows no cosignatures.
export function checkpoint(note, log, cosigners = []) {
    const [text, lines] = split(note);
    const [origin, size, hash] = text.split("\n");
    const list = lines.split("\n");
    demand(list.pop() === "", "a note ends with a newline");
    const parsed = list.map(parseLine);
    const of = (k) => parsed.find((l) => l.name === k.name &&
        bytesEqual(l.id, k.id));
    const own = of(log);
    demand(own !== undefined, "the log has not signed");
    demand(log.type === ED25519 && log.name === origin, "of another log");
    const rootHash = unbase64(hash);
    verifyCheckpoint({
        integratedTime: "0",
        inclusionProof: {
            rootHash,
            checkpoint: { envelope: `${text}\n${own.line}\n` },
        },
    }, [{
        logID: log.id,
        publicKey: log.key,
        validFor: { start: new Date(0), end: new Date(0) },
    }]);
    const times = cosigners.map((k) => {
        const line = of(k);
        demand(line !== undefined, `${k.name} has not cosigned`);
        return cosignature(text, line.sig, k);
    });
    return { origin, size: Number(size), root: rootHash, times };
}

function cosignature(text, sig, key) {
    demand(key.type === COSIGNATURE && sig.length === 72, "no cosignature");
    const time = sig.readBigUInt64BE(0);
    const message = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
    demand(sigstore.verify(message, key.key, sig.subarray(8)),
        `the cosignature of ${key.name}`);
    return Number(time);
}

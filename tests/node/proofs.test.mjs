// SPDX-License-Identifier: EUPL-1.2
//
// What our prover makes (proofs.c, one JSON object a line in the file MADE),
// verified by the implementations of others; and that they find what is
// changed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import * as others from "./others.mjs";

const made = (await readFile(process.env.MADE, "utf8")).trimEnd().split("\n")
    .map((line) => JSON.parse(line));
const of = (kind) => made.filter((m) => m.kind === kind);
const bin = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const bins = (list) => list.map(bin);
const changed = (bytes) => {
    const bad = Uint8Array.from(bytes);
    bad[bad.length >> 1] ^= 1;
    return bad;
};

test("inclusion proofs verify", async () => {
    assert.ok(of("inclusion").length > 1000);
    for (const m of of("inclusion")) {
        const proof = {
            ...m, entry: bin(m.entry), root: bin(m.root),
            hashes: bins(m.hashes),
        };
        await others.inclusion(proof);
        await assert.rejects(others.inclusion(
            { ...proof, entry: changed(proof.entry) }));
        if (proof.hashes.length > 0)
            await assert.rejects(others.inclusion(
                { ...proof, hashes: proof.hashes.slice(1) }));
    }
});

test("consistency proofs verify", async () => {
    assert.ok(of("consistency").length > 1000);
    for (const m of of("consistency")) {
        const proof = {
            ...m, root: bin(m.root), oldRoot: bin(m.oldRoot),
            hashes: bins(m.hashes),
        };
        await others.consistency(proof);
        const hashes = [...proof.hashes];
        const i = proof.old % hashes.length;
        hashes[i] = changed(hashes[i]);
        await assert.rejects(others.consistency({ ...proof, hashes }));
    }
});

test("roots are those of the entries", async () => {
    for (const m of of("tree"))
        assert.deepEqual(await others.root(bins(m.entries)), bin(m.root));
});

test("a cosigned checkpoint verifies", () => {
    const [m] = of("note");
    const log = others.parseVkey(m.log);
    const cosigners = m.cosigners.map(others.parseVkey);
    const cp = others.checkpoint(m.note, log, cosigners);
    assert.equal(cp.size, m.size);
    assert.deepEqual(cp.times, m.times);
    const bytes = Buffer.from(m.note);
    for (let i = 0; i < bytes.length; i++) {
        const bad = Buffer.from(bytes);
        bad[i] ^= 1;
        assert.throws(() => others.checkpoint(
            bad.toString("utf8"), log, cosigners), undefined, `byte ${i}`);
    }
});

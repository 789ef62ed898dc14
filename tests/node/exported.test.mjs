// SPDX-License-Identifier: EUPL-1.2
//
// The export, the proofs and the older checkpoint that the real commands wrote
// (see run, which sets the environment).
import assert from "node:assert/strict";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import * as exported from "./exported.mjs";
import { parseVkey } from "./others.mjs";

const { EXPORT, LOG, COSIGNERS, OLDER, PROOFS, PROOFS_TO } = process.env;
const log = parseVkey(LOG);
const cosigners = COSIGNERS.split(" ").map(parseVkey);
const proofs = PROOFS.split(" ");

// Calls CHECK with the bytes of FILE, each time with another bit changed.
async function flipped(file, places, check) {
    const good = await readFile(file);
    for (let i = 0; i < places; i++) {
        const bad = Buffer.from(good);
        const at = Math.floor(good.length * i / places);
        bad[at] ^= 1 << i % 8;
        await check(bad, `${file}, bit ${i % 8} of byte ${at}`);
    }
    return good;
}

test("the export is the log that was signed", async () => {
    const whole = await exported.readLog(EXPORT, log);
    assert.ok(whole.entries.length > 10);
    await exported.checkInclusion(whole);
    await exported.checkOlder(whole, await readFile(OLDER, "utf8"), log);
    await exported.writeProofs(whole, PROOFS_TO);
});

test("the proofs hold entries of the export", async () => {
    const { entries } = await exported.readLog(EXPORT, log);
    for (const name of proofs) {
        const proof = await exported.checkProof(
            await readFile(name, "utf8"), log);
        assert.deepEqual(proof.entry, entries[proof.index]);
    }
});

test("the cosigners signed the tree at their time", async () => {
    const whole = await exported.readLog(EXPORT, log);
    const folder = join(EXPORT, "cosigned");
    const signed = {};
    for (const name of await readdir(folder)) {
        const note = await readFile(join(folder, name), "utf8");
        const { size, by } = await exported.checkCosigned(
            whole, note, log, cosigners);
        assert.equal(String(size), name);
        assert.ok(Object.keys(by).length > 0);
        for (const seconds of Object.values(by))
            assert.ok(Math.abs(Date.now() / 1000 - seconds) < 3600);
        Object.assign(signed, by);
        await flipped(join(folder, name), 60, async (bad, where) => {
            const said = await exported.checkCosigned(
                whole, bad.toString("utf8"), log, cosigners).catch(() => null);
            // the line of an unknown name or key counts for nobody
            assert.ok(said === null || Object.keys(said.by).length <
                Object.keys(by).length, where);
        });
    }
    assert.deepEqual(Object.keys(signed).sort(),
        cosigners.map((k) => k.name).sort());
});

test("a changed bit of any file of the tree is found", async () => {
    const copy = join(dirname(PROOFS_TO), "changed");
    await cp(EXPORT, copy, { recursive: true });
    const { cp: { size } } = await exported.readLog(copy, log);
    const names = ["checkpoint"];
    for (const [n, width] of exported.tiles(size, 0))
        names.push(exported.tileName("entries", n, width),
            exported.tileName(0, n, width));
    for (const name of names) {
        const file = join(copy, name);
        const good = await flipped(file, 16, async (bad, where) => {
            await writeFile(file, bad);
            await assert.rejects(
                exported.readLog(copy, log), undefined, where);
        });
        await writeFile(file, good);
    }
    await exported.readLog(copy, log);
});

test("a changed bit of a proof is found", async () => {
    const whole = await exported.readLog(EXPORT, log);
    for (const name of proofs)
        await flipped(name, 40, async (bad, where) => {
            await assert.rejects(
                exported.checkProof(bad.toString("utf8"), log), undefined,
                where);
        });
    await flipped(OLDER, 40, async (bad, where) => {
        await assert.rejects(
            exported.checkOlder(whole, bad.toString("utf8"), log), undefined,
            where);
    });
});

test("no other key will do", async () => {
    const other = parseVkey(
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    await assert.rejects(exported.readLog(EXPORT, other));
    await assert.rejects(exported.readLog(EXPORT, log, [other]));
});

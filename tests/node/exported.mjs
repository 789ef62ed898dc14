// SPDX-License-Identifier: EUPL-1.2
//
// An exported ledger (C2SP tlog-tiles) and proofs from it, checked. Everything
// that does not fit throws.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as others from "./others.mjs";

const { demand } = others;
const WIDTH = 256;
const HASH = 32;

// x001/x234/067, and the partial one's width
export function tileName(level, n, width) {
    const groups = [];
    for (let rest = n; groups.length === 0 || rest > 0;
        rest = Math.floor(rest / 1000))
        groups.unshift(String(rest % 1000).padStart(3, "0"));
    const number = groups.map((g, i) =>
        i < groups.length - 1 ? "x" + g : g).join("/");
    return `tile/${level}/${number}${width < WIDTH ? ".p/" + width : ""}`;
}

// The files of one level: [n, width]
export function* tiles(size, level) {
    const hashes = Math.floor(size / WIDTH ** level);
    for (let n = 0; n * WIDTH < hashes; n++)
        yield [n, Math.min(WIDTH, hashes - n * WIDTH)];
}

function unpackBundle(bytes, width, name) {
    const entries = [];
    let at = 0;
    for (let i = 0; i < width; i++) {
        demand(at + 2 <= bytes.length, `${name} is cut off`);
        const n = bytes.readUInt16BE(at);
        demand(at + 2 + n <= bytes.length, `${name} is cut off`);
        entries.push(new Uint8Array(bytes.subarray(at + 2, at + 2 + n)));
        at += 2 + n;
    }
    demand(at === bytes.length, `${name} has more than its entries`);
    return entries;
}

// All entries, after their tree and every tile were compared with what the log
// signed. LOG and COSIGNERS are vkeys.
export async function readLog(dir, log, cosigners = []) {
    const note = await readFile(join(dir, "checkpoint"), "utf8");
    const cp = others.checkpoint(note, log, cosigners);
    const entries = [];
    for (const [n, width] of tiles(cp.size, 0)) {
        const name = tileName("entries", n, width);
        entries.push(...unpackBundle(
            await readFile(join(dir, name)), width, name));
    }
    demand(entries.length === cp.size, "entries are missing");
    demand(others.bytesEqual(await others.root(entries), cp.root),
        "the root is not that of the entries");
    for (let level = 0; WIDTH ** level <= cp.size; level++)
        await checkTiles(dir, entries, level);
    return { note, cp, entries };
}

async function checkTiles(dir, entries, level) {
    const span = WIDTH ** level;
    for (const [n, width] of tiles(entries.length, level)) {
        const name = tileName(level, n, width);
        const bytes = await readFile(join(dir, name));
        demand(bytes.length === width * HASH, `${name} has another length`);
        for (let i = 0; i < width; i++) {
            const from = (n * WIDTH + i) * span;
            const wanted = await others.root(entries.slice(from, from + span));
            demand(others.bytesEqual(wanted,
                bytes.subarray(i * HASH, (i + 1) * HASH)),
            `${name}: hash ${i} is another`);
        }
    }
}

// Every entry is in the tree, by proofs that others made and verify.
export async function checkInclusion({ cp, entries }) {
    for (let index = 0; index < entries.length; index++)
        await others.inclusion({
            entry: entries[index], index, size: cp.size, root: cp.root,
            hashes: await others.path(index, entries),
        });
}

// That the log grew from what the note OLD says.
export async function checkOlder({ cp, entries }, old, log) {
    const before = others.checkpoint(old, log);
    demand(others.bytesEqual(before.root,
        await others.root(entries.slice(0, before.size))),
    "the older checkpoint is of another tree");
    if (before.size === cp.size)
        return;
    await others.consistency({
        old: before.size, oldRoot: before.root, size: cp.size, root: cp.root,
        hashes: await others.prove(before.size, entries),
    });
}

// The checkpoint NOTE of the same tree, with the times of those of COSIGNERS who
// have a line in it: { size, by: { NAME: SECONDS } }
export async function checkCosigned({ cp, entries }, note, log, cosigners) {
    const there = cosigners.filter((k) => note.includes(`\u2014 ${k.name} `));
    const cosigned = others.checkpoint(note, log, there);
    demand(cosigned.size <= cp.size, "of more entries than there are");
    demand(others.bytesEqual(cosigned.root,
        await others.root(entries.slice(0, cosigned.size))),
    "the cosigned checkpoint is of another tree");
    return {
        size: cosigned.size,
        by: Object.fromEntries(
            there.map((k, i) => [k.name, cosigned.times[i]])),
    };
}

// A tlog-proof file: the entry that it proves.
export async function checkProof(text, log, cosigners = []) {
    const at = text.indexOf("\n\n");
    const lines = text.slice(0, at).split("\n");
    demand(lines.shift() === "c2sp.org/tlog-proof@v1", "no proof file");
    const extra = lines.shift();
    demand(extra.startsWith("extra "), "the entry is not in the proof");
    const index = lines.shift();
    demand(/^index (0|[1-9][0-9]*)$/.test(index), "no index");
    const cp = others.checkpoint(text.slice(at + 2), log, cosigners);
    const proof = {
        entry: new Uint8Array(others.unbase64(extra.slice(6))),
        index: Number(index.slice(6)),
        size: cp.size,
        root: cp.root,
        hashes: lines.map((l) => new Uint8Array(others.unbase64(l))),
    };
    await others.inclusion(proof);
    return proof;
}

// Writes a proof file of every entry, as TO.INDEX.
export async function writeProofs({ note, entries }, to) {
    for (let index = 0; index < entries.length; index++) {
        const hashes = await others.path(index, entries);
        const b64 = (b) => Buffer.from(b).toString("base64");
        await writeFile(`${to}.${index}`, [
            "c2sp.org/tlog-proof@v1", `extra ${b64(entries[index])}`,
            `index ${index}`, ...hashes.map(b64), "", note].join("\n"));
    }
}

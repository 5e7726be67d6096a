import type { HealthReply } from '@heddle/core';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import { send } from '../../e2e/server-calls.js';
import { createRandom, type Random } from '../random.js';
import { readAnswers } from './answers.js';
import type { FaultCase } from './fault-case.js';
import { judgeAnswers, judgeRefusal } from './judge-answers.js';
import { copyOf, type GetSample } from './sample.js';
import { startOrEnd } from './start-or-end.js';

/**
 * Flips a bit of the database, its log or a stored value while no server runs. The server must then serve everything as it was written,
 * refuse to start, or report the damage.
 */
export async function flipBit(getSample: GetSample, seed: number, number: number): Promise<FaultCase> {
  const sample = await getSample();
  const data = copyOf(sample);
  const detail = flip(data, createRandom(seed, 10_000 + number));
  try {
    const started = await startOrEnd(data);
    if (!started.isListening) {
      const violations = judgeRefusal(started.code, started.text);
      return { kind: 'bitrot', number, detail, outcome: 'refused', violations };
    }
    const { server } = started;
    const answers = await readAnswers(server, sample.runIds);
    const health = JSON.parse((await send(server, '/api/health')).text) as HealthReply;
    await server.kill();
    const judged = judgeAnswers(sample.truth, { answers, isFaultReported: health.storage.status === 'fault' });
    return { kind: 'bitrot', number, detail, ...judged };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** Flips one bit; returns a description of its location. */
function flip(data: string, random: Random): string {
  const file = chooseFile(data, random);
  const bytes = readFileSync(file);
  // A log can have preallocated zeros behind the written bytes; only written bytes are changed.
  const length = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const at = Math.floor(random.next() * length);
  const bit = Math.floor(random.next() * 8);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from([(bytes[at] ?? 0) ^ (1 << bit)]), 0, 1, at);
  closeSync(handle);
  return `bit ${bit} of byte ${at} of ${relative(data, file)} (${length} bytes)`;
}

function chooseFile(data: string, random: Random): string {
  const [database, wal, blobs] = ['heddle.db', 'heddle.db-wal', 'blobs'].map((name) => join(data, name));
  const values = existsSync(blobs ?? '')
    ? readdirSync(blobs ?? '', { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : [];
  const draw = random.next();
  if (draw < 0.15 && values.length > 0) return values[Math.floor(random.next() * values.length)] ?? '';
  return (draw < 0.45 && existsSync(wal ?? '') ? wal : database) ?? '';
}

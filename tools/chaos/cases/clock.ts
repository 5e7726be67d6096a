import type { HealthReply } from '@heddle/core';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../e2e/built-program.js';
import { eventually } from '../../e2e/eventually.js';
import { send } from '../../e2e/server-calls.js';
import type { ServerProcess } from '../../e2e/start-server.js';
import { createRandom, type Random } from '../random.js';
import { readAnswers } from './answers.js';
import type { FaultCase } from './fault-case.js';
import { judgeKept } from './judge-kept.js';
import { copyOf, type GetSample } from './sample.js';
import { startOrEnd } from './start-or-end.js';

const hour = 3_600_000;
const day = 24 * hour;
/** The first sweep of retention comes a minute after the start. */
const sweepMs = 180_000;

/** Starts a server with a wrong clock, or sets a wrong clock while it runs, and waits for a sweep. Nothing may be deleted. */
export async function shiftClock(getSample: GetSample, seed: number, number: number): Promise<FaultCase> {
  const sample = await getSample();
  const data = copyOf(sample);
  const random = createRandom(seed, 20_000 + number);
  const shift = Math.round(shiftOf(random));
  const isWhileRunning = random.chance(0.5);
  const detail = `${(shift / day).toFixed(1)} days ${isWhileRunning ? 'while it runs' : 'at its start'}`;
  const file = join(data, '..', 'shift');
  const set = (ms: number): void => writeFileSync(file, String(ms));
  set(isWhileRunning ? 0 : shift);
  const preload = pathToFileURL(join(root, 'tools', 'e2e', 'shift-clock.mjs')).href;
  const environment = { NODE_OPTIONS: `--import ${preload}`, CLOCK_SHIFT: file, HEDDLE_SWEEP_MINUTES: '1' };
  try {
    const started = await startOrEnd(data, environment);
    if (!started.isListening)
      return {
        kind: 'clock',
        number,
        detail,
        outcome: 'refused',
        violations: [`the start was refused: ${started.text}`],
      };
    const { server } = started;
    if (isWhileRunning) set(shift);
    await eventually('sweep', async () => (await healthOf(server)).retention.lastSweep, sweepMs);
    const answers = await readAnswers(server, sample.runIds);
    await server.kill();
    return { kind: 'clock', number, detail, ...judgeKept(sample.truth, answers) };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

const healthOf = async (server: ServerProcess): Promise<HealthReply> =>
  JSON.parse((await send(server, '/api/health')).text) as HealthReply;

/** Most shifts go far ahead, where retention would delete data. */
function shiftOf(random: Random): number {
  const kind = random.next();
  if (kind < 0.2) return -random.between(hour, 400 * day);
  if (kind < 0.4) return random.between(25 * hour, 40 * day);
  return random.between(91 * day, 1_000 * day);
}

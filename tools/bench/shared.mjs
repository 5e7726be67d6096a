import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';

/** Finds the folder of PubMedQA in the test data beside the repository; undefined if it does not exist. */
export function pubmedQaFolder() {
  const folder = join(process.env.HEDDLE_SHARED ?? join(root, '..', 'shared'), 'data', 'pubmedqa');
  return existsSync(folder) ? folder : undefined;
}

/** Runs work in a temporary folder that is removed afterwards. */
export async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives the milliseconds of each repetition. The first `warm` calls do not count. */
export async function sample(repeats, warm, work) {
  for (let index = 0; index < warm; index += 1) await work(index);
  const samples = [];
  for (let index = 0; index < repeats; index += 1) {
    const begin = performance.now();
    await work(index + warm);
    samples.push(performance.now() - begin);
  }
  return samples;
}

/** Opens the model hub of this machine if the starter models are installed; otherwise gives the reason. */
export async function openHub(folder, settings = {}) {
  const { LocalModelHub, defaultModelsFolder } = await import('@heddle/adapters/models');
  const hub = new LocalModelHub({ modelsFolder: defaultModelsFolder(), dataFolder: folder, settings });
  const missing = (await hub.list()).filter((state) => state.card.isStarter && state.status === 'absent');
  if (missing.length === 0) return hub;
  await hub.close();
  return `the model ${missing[0].card.id} is not on this machine (npm start fetches it)`;
}

/** Makes a generator of repeatable numbers in [0, 1) (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

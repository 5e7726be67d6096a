import { join } from 'node:path';
import { inTemporaryFolder, sample } from './shared.mjs';

const runs = 100;
/** The number of facts that each subject has before the run. */
const earlier = 50;
const dimensions = 384;

/** Measures the milliseconds that facts add to a run, without the embedding: finding the nearest facts, and storing one with its vector. */
async function factsRun() {
  const { openDatabase, sqliteTables } = await import('@heddle/adapters/database');
  const { createFactStore } = await import('@heddle/adapters/memory');
  const label = { level: 'internal', marks: [] };
  const vectorOf = (seed) => Float32Array.from({ length: dimensions }, (_, at) => Math.sin(seed + at) / 14);
  const embed = async (facts) => {
    const missing = await facts.withoutVector('m', 'internal');
    if (missing.length === 0) return;
    await facts.setVectors(
      'm',
      missing.map(({ id, text }, index) => ({ id, text, vector: vectorOf(index) })),
    );
  };
  return inTemporaryFolder(async (folder) => {
    const database = openDatabase(join(folder, 'heddle.db'));
    const store = createFactStore(sqliteTables(database), { now: () => Date.now() });
    const subjects = [];
    for (let index = 0; index < runs; index += 1) {
      const facts = store.of({ project: 'p', workflow: 'w', subject: `user:${index}` }, { run: 'r' });
      const known = Array.from({ length: earlier }, (_, at) => ({
        key: `key ${at}`,
        text: `The fact ${at} about a person.`,
        label,
      }));
      await facts.remember(known, { idempotencyKey: `before ${index}` });
      await embed(facts);
      subjects.push(facts);
    }
    let count = 0;
    const like = { vector: vectorOf(3), model: 'm' };
    const perRun = await sample(15, 2, async () => {
      for (const facts of subjects) {
        await embed(facts);
        const found = await facts.find({ like, reader: 'internal', limit: 8 });
        if (found.length !== 8) throw new Error('facts are missing');
        await facts.remember([{ key: 'town', text: `Town ${count}`, label }], {
          idempotencyKey: `run ${(count += 1)}`,
        });
      }
    });
    database.close();
    return [{ case: 'facts-run', unit: 'ms', samples: perRun.map((ms) => ms / runs) }];
  });
}

export const cases = [
  {
    group: 'server',
    name: 'facts-run',
    title: `${runs} runs that recall 8 of ${earlier} facts and remember one`,
    run: factsRun,
  },
];

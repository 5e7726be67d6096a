import { join } from 'node:path';
import { inTemporaryFolder, sample } from './shared.mjs';

const runs = 200;
/** The number of messages that the thread has before the run. */
const earlier = 100;

/** Measures the milliseconds that a thread adds to a run: finding and claiming it, reading it, and adding the question and the answer. */
async function threadRun() {
  const { openDatabase, sqliteTables } = await import('@heddle/adapters/database');
  const { createConversations } = await import('@heddle/adapters/memory');
  const label = { level: 'internal', marks: [] };
  const turn = (role, content) => ({ message: { role, content }, label });
  return inTemporaryFolder(async (folder) => {
    const database = openDatabase(join(folder, 'heddle.db'));
    const conversations = createConversations(sqliteTables(database), { now: () => Date.now() });
    let count = 0;
    const threads = [];
    for (let index = 0; index < runs; index += 1) {
      const { id } = await conversations.begin({ project: 'p', workflow: 'w', subject: `user:${index}` });
      const turns = Array.from({ length: earlier }, (_, at) =>
        turn(at % 2 ? 'assistant' : 'user', `Message ${at} of a thread.`),
      );
      await conversations.memory(id, 'r').append(turns, { idempotencyKey: 'before' });
      threads.push(id);
    }
    const perRun = await sample(15, 2, async () => {
      for (const id of threads) {
        const run = `run-${(count += 1)}`;
        const found = await conversations.find(id);
        if (!(await conversations.claim(id, run, found?.run))) throw new Error('the thread is free');
        const memory = conversations.memory(id, run);
        await memory.read({ limit: 20 });
        await memory.append([turn('user', 'How much is tea?'), turn('assistant', 'Three euros.')], {
          idempotencyKey: run,
        });
        await conversations.record(id, { run, turns: [], citations: [] });
      }
    });
    database.close();
    return [{ case: 'thread-run', unit: 'ms', samples: perRun.map((ms) => ms / runs) }];
  });
}

export const cases = [
  {
    group: 'server',
    name: 'thread-run',
    title: `${runs} runs, each on a thread of ${earlier} messages or more`,
    run: threadRun,
  },
];

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const texts = Array.from({ length: 12 }, (_, at) => ({
  id: `d${at}`,
  title: `Page ${at}`,
  content: `# Page ${at}\n\nText ${at} about animals and plants.\n\n## More\n\nAnd more ${at} about rivers and lakes.`,
}));

/** The steps at which the program can be killed. */
const steps = [
  ...['begun', 'embed 2', 'written', 'deleted', 'filled', 'rename 1', 'renamed 1', 'switched', 'written again'],
  ...['rename 2', 'renamed 2', 'back'],
];

/**
 * Kills a program at each step of a re-index. Acknowledged documents must be there, every search must answer, and from whatever is left
 * another program must make a full index, switch to it and switch back. `program` contains the function that opens the store, and its
 * options.
 */
export async function survivesReindexKills(open, program) {
  const { createCollections } = await import('@heddle/adapters/collections');
  const { createDocuments } = await import('@heddle/adapters/documents');
  const { createFakeEmbedder, createFakeTokenizer } = await import('@heddle/core/testing');
  const documents = createDocuments();
  const opened = async (work) => {
    const store = open();
    try {
      return await work(
        createCollections({
          ...{ servers: [store], documents },
          embedder: async () => createFakeEmbedder({ id: 'fake' }),
          tokenizer: async () => createFakeTokenizer(),
        }),
      );
    } finally {
      await store.close();
    }
  };
  try {
    for (const step of steps) {
      await opened(async (collections) => {
        await collections.drop('indexed');
        await (await collections.create({ name: 'indexed', embedding: 'fake' })).ingest(texts);
      });
      const said = await killedAt(step, program);
      await opened((collections) => checkAfter(collections, step, said));
    }
    await opened((collections) => collections.drop('indexed'));
  } finally {
    await documents.close();
  }
}

/** Runs the program, kills it at a step, and returns the steps that it printed. */
async function killedAt(step, [creator, options]) {
  const program = fileURLToPath(new URL('reindex-program.mjs', import.meta.url));
  const child = spawn(process.execPath, [program, creator, JSON.stringify(options), step], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const said = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (line === step) child.kill('SIGKILL');
  }
  await exited;
  if (said.at(-1) !== step) throw new Error(`the program ended before '${step}': it said ${said.join(', ')}`);
  return new Set(said);
}

async function checkAfter({ open, list, reindexing }, step, said) {
  const names = (await list()).map(({ name }) => name);
  if (!isDeepStrictEqual(names, ['indexed'])) throw new Error(`after '${step}' there are ${names.join(', ')}`);
  const collection = await open('indexed');
  const idsOf = async () => (await collection.documents()).map(({ id }) => id).sort();
  const there = await idsOf();
  const require = (id, isThere) => {
    if (there.includes(id) !== isThere) throw new Error(`after '${step}', '${id}' is ${isThere ? 'lost' : 'back'}`);
  };
  for (const { id } of texts) if (id !== 'd2') require(id, true);
  if (said.has('written')) require('late', true);
  if (said.has('deleted')) require('d2', false);
  if (said.has('written again')) require('after', true);
  await requireFound(collection, step);
  const { next, previous } = await reindexing.state('indexed');
  if (next === undefined && previous === undefined) await reindexing.begin('indexed', { embedding: 'fake' });
  if (previous !== undefined && next === undefined) await reindexing.back('indexed');
  const full = await reindexing.fill('indexed');
  if (full.next?.missing !== 0 || full.next.info.documents !== there.length)
    throw new Error(`after '${step}', the new index lacks ${full.next?.missing} of ${there.length} documents`);
  for (const change of ['switch', 'back']) {
    await reindexing[change]('indexed', { keepMs: 60_000 });
    const now = await idsOf();
    if (!isDeepStrictEqual(now, there)) throw new Error(`after '${step}' and ${change} there are ${now.join(', ')}`);
    await requireFound(collection, step);
  }
}

async function requireFound(collection, step) {
  const found = await collection.search({ query: 'Text 9 about animals and plants.', k: 5 });
  if (found.length !== 5) throw new Error(`after '${step}' a search finds ${found.length} of 5 passages`);
}

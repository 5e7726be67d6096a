import type { DocumentInfo, JobReply, Passage } from '@heddle/core';
import { post, send } from '../e2e/server-calls.js';
import type { ServerProcess } from '../e2e/start-server.js';
import { ask, pause, type ClientWorld } from './client-world.js';
import { dimensions } from './embedder.js';
import type { Library, Search, SentDocument } from './evidence.js';
import { createRandom, type Random } from './random.js';

/**
 * The collection that the clients fill. The outside server computes its vectors, so that the model is available at once after each kill.
 */
export const library = 'library';

/** The number of words in one search, which finds as many passages. */
const searchText = 20;

/** Creates the collection, in the data folder or in the given store. */
export async function createLibrary(server: ServerProcess, ledger: string, store?: string): Promise<void> {
  await mustPost(server, '/api/connections', {
    id: 'ledger',
    kind: 'openai-compatible',
    baseUrl: `${ledger}/v1`,
    isLocal: true,
    models: [{ name: 'vectors', kind: 'embed', contextTokens: 512, dimensions }],
  });
  await mustPost(server, '/api/collections', {
    name: library,
    embedding: 'ledger/vectors',
    ...(store !== undefined && { store }),
  });
}

async function mustPost(server: ServerProcess, path: string, body: unknown): Promise<void> {
  const { status, text } = await post(server, path, body);
  if (status !== 201) throw new Error(`POST ${path}: ${status} ${text}`);
}

/** Repeatedly sends documents and waits until their job has ended. */
export async function ingestAgainAndAgain(world: ClientWorld, actor: number, isStopped: () => boolean): Promise<void> {
  const random = createRandom(world.seed, 500_000 + actor);
  for (let number = 1; !isStopped(); number += 1) {
    const documents = documentsOf(`${actor}x${number}`, number % 6 === 1, random);
    const isUpload = random.chance(0.4);
    const reply = await ask<{ jobId: string }>(world, (server) => put(server, documents, isUpload));
    const jobId = reply?.status === 202 ? reply.body.jobId : undefined;
    world.history.ingests.push({ jobId, acceptedAt: Date.now(), documents });
    if (jobId !== undefined) await followJob(world, jobId, documents, random);
    await pause(random.between(0, 400));
  }
}

/** Makes a few documents, or (if `isLarge`) more than are stored in one step. */
function documentsOf(name: string, isLarge: boolean, random: Random): SentDocument[] {
  const count = isLarge ? 40 : Math.round(random.between(1, 5));
  return Array.from({ length: count }, (_, index) => ({
    id: `d${name}x${index}`,
    words: Array.from(
      { length: isLarge ? 3 : Math.round(random.between(1, 3)) },
      (_word, at) => `w${name}x${index}x${at}`,
    ),
  }));
}

const textOf = ({ id, words }: SentDocument): string =>
  words.map((word, at) => `# Part ${at + 1} of ${id}\n\nHere stands ${word}, and nowhere else.\n`).join('\n');

async function put(
  server: ServerProcess,
  documents: readonly SentDocument[],
  isUpload: boolean,
): Promise<{ readonly status: number; readonly text: string }> {
  const path = `/api/collections/${library}/documents`;
  if (!isUpload) return post(server, path, { documents: documents.map((one) => ({ id: one.id, text: textOf(one) })) });
  const form = new FormData();
  for (const one of documents) {
    form.append('about', JSON.stringify({ id: one.id }));
    form.append('file', new Blob([textOf(one)], { type: 'text/markdown' }), `${one.id}.md`);
  }
  const reply = await fetch(`${server.address}${path}`, { method: 'POST', body: form });
  return { status: reply.status, text: await reply.text() };
}

async function followJob(
  world: ClientWorld,
  jobId: string,
  documents: readonly SentDocument[],
  random: Random,
): Promise<void> {
  while (!world.isOver) {
    const { id } = documents[Math.floor(random.next() * documents.length)] ?? { id: '' };
    const there = await ask(world, (server) => send(server, `/api/collections/${library}/documents/${id}`));
    if (there?.status === 200) world.history.stored.push({ document: id, seenAt: Date.now() });
    const job = await ask<JobReply>(world, (server) => send(server, `/api/jobs/${jobId}`));
    if (job?.status === 200 && job.body.endedAt !== undefined) return;
    await pause(random.between(30, 250));
  }
}

/** Reads the list of jobs repeatedly. */
export async function watchJobs(world: ClientWorld): Promise<void> {
  while (!world.isOver) {
    const { jobs } = world.history;
    const askedAt = Date.now();
    const reply = await ask<{ jobs: readonly JobReply[] }>(world, (server) => send(server, '/api/jobs'));
    if (reply?.status === 200) {
      const ingests = reply.body.jobs.filter(({ subject }) => subject === library);
      jobs.push({ askedAt, statuses: new Map(ingests.map(({ jobId, status }) => [jobId, status])) });
    }
    await pause(200);
  }
}

/** Counts the ingests that have not ended; undefined if the server died. */
export async function unfinishedJobs(world: ClientWorld): Promise<number | undefined> {
  const reply = await ask<{ jobs: readonly JobReply[] }>(world, (server) => send(server, '/api/jobs'));
  return reply?.status === 200 ? reply.body.jobs.filter(({ endedAt }) => endedAt === undefined).length : undefined;
}

/** Reads the final state: the accepted jobs, every document, and the results of searches. */
export async function readLibrary(world: ClientWorld): Promise<Library> {
  const server = await world.server.current();
  const read = async <T>(path: string): Promise<T> => JSON.parse((await send(server, path)).text) as T;
  const jobs: JobReply[] = [];
  for (const { jobId } of world.history.ingests) {
    if (jobId === undefined) continue;
    const { status, text } = await send(server, `/api/jobs/${jobId}`);
    if (status === 200) jobs.push(JSON.parse(text) as JobReply);
  }
  const documents: Library['documents'][number][] = [];
  for (let after = ''; ;) {
    const path = `/api/collections/${library}/documents?limit=500${after === '' ? '' : `&after=${after}`}`;
    const page = (await read<{ documents: readonly DocumentInfo[] }>(path)).documents;
    for (const { id } of page) {
      const found = await read<{ passages?: readonly Passage[] }>(
        `/api/collections/${library}/passages?document=${id}`,
      );
      documents.push({ id, passages: found.passages ?? [] });
    }
    after = page.at(-1)?.id ?? '';
    if (page.length < 500) break;
  }
  return { jobs, documents, searches: await searchAll(server, documents) };
}

async function searchAll(server: ServerProcess, documents: Library['documents']): Promise<Search[]> {
  const searches: Search[] = [];
  const search = async (mode: Search['mode'], query: string, k: number, expected: readonly string[]): Promise<void> => {
    const { text } = await post(server, `/api/collections/${library}/search`, { query, mode, k });
    const { results } = JSON.parse(text) as { results: readonly Passage[] };
    searches.push({ mode, expected, found: results.map(({ id }) => id) });
  };
  const passages = documents.flatMap((document) => document.passages);
  for (let start = 0; start < passages.length; start += searchText) {
    const some = passages.slice(start, start + searchText);
    const ids = some.map(({ id }) => id);
    const words = some.map(({ text }) => /\bw[\dx]+\b/.exec(text)?.[0] ?? '').join(' ');
    await search('lexical', words, 2 * searchText, ids);
  }
  for (const { passages: own } of documents) {
    const [first] = own;
    if (first !== undefined) await search('dense', first.text, 1, [first.id]);
  }
  return searches;
}

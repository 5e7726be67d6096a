import type { Lab } from '@heddle/core';
import { isLong, sampleSeed } from '@heddle/core/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dimensions } from '../../chaos/embedder.js';
import { MortalServer } from '../../chaos/mortal-server.js';
import { createRandom } from '../../chaos/random.js';
import { cleanUp, temporaryFolder } from '../built-program.js';
import { eventually } from '../eventually.js';
import { startFakeProvider, type FakeProvider } from '../fake-provider.js';
import { callJson } from '../server-calls.js';

jest.setTimeout(isLong ? 900_000 : 300_000);

const kills = isLong ? 30 : 4;
const topics = ['tides', 'glaciers', 'looms', 'violins', 'comets', 'harbours'];
const towns = ['Bergen', 'Lisbon', 'Kyoto', 'Quito', 'Accra'];
const pairs = topics.flatMap((topic) => towns.map((town) => ({ topic, town })));
const questionOf = ({ topic, town }: (typeof pairs)[number]): string => `How often were ${topic} of ${town} counted?`;

/** Rewrites a question to words of that question, so that the results depend on the reply; judges that no passage answers. */
function replyTo(prompt: string): string {
  if (!prompt.startsWith('Question: ')) return '{"answered": false}';
  const [question = ''] = prompt.slice('Question: '.length).split('\n');
  const [, , , topic = '', , town = ''] = question.split(' ');
  return `${topic} in spring\n${town} in spring`;
}

type Json = Record<string, unknown>;

describe('labs and hard negatives of a server that is killed', () => {
  let provider: FakeProvider;
  let server: MortalServer;
  let dataset: string;
  const random = createRandom(sampleSeed, 78);
  const call = async <Reply = Json>(method: string, path: string, body?: object): Promise<Reply> =>
    (await callJson(await server.current(), method, path, body)) as Reply; // The server's own JSON.

  beforeAll(async () => {
    provider = await startFakeProvider('k', { reply: replyTo, ms: 15 });
    // Kills often come before a job makes progress.
    server = new MortalServer(temporaryFolder(), { HEDDLE_CRASH_LIMIT: '0' });
    server.start();
    await Promise.race([server.current(), server.ownEnd]);
    await call('POST', '/api/connections', {
      id: 'far',
      kind: 'openai-compatible',
      baseUrl: provider.address,
      isLocal: true,
      models: [{ name: 'large' }, { name: 'vectors', kind: 'embed', contextTokens: 512, dimensions }],
    });
    await call('PUT', '/api/connections/far/key', { value: 'k' });
    await call('POST', '/api/collections', { name: 'notes', embedding: 'far/vectors' });
    const documents = pairs.map(({ topic, town }) => ({
      id: `${topic}-${town}.md`,
      text: `# Notes\n\nThe ${topic} near ${town} were counted in spring.`,
    }));
    await call('POST', '/api/collections/notes/documents', { documents });
    const isFull = async (): Promise<true | undefined> =>
      (await call('GET', '/api/collections/notes'))['documents'] === pairs.length ? true : undefined;
    await eventually('full collection', isFull, 60_000);
    dataset = await questions();
  });
  afterAll(async () => {
    await server.stop();
    await provider.stop();
    await cleanUp();
  });

  async function questions(): Promise<string> {
    const { id } = await call<{ id: string }>('POST', '/api/datasets', { name: 'Questions' });
    const set = pairs.map((pair) => ({
      id: `${pair.topic}-${pair.town}`,
      inputs: { question: questionOf(pair) },
      references: [{ document: `${pair.topic}-${pair.town}.md` }],
    }));
    await call('POST', `/api/datasets/${id}/rows`, { set });
    return id;
  }

  /** Kills the server repeatedly, each time after some more model calls, and starts it again. */
  async function killMeanwhile(calls: number): Promise<void> {
    for (let kill = 0; kill < kills; kill += 1) {
      const due = provider.questions.length + random.between(1, Math.floor(calls / (kills + 1)));
      await eventually('more calls of the model', () => provider.questions.length >= due || undefined, 60_000);
      await server.kill();
      server.start();
      await Promise.race([server.current(), server.ownEnd]);
    }
  }

  /** How many questions were asked since a point, and how many different ones. */
  function repeatsSince(point: number): { readonly different: number; readonly asked: number } {
    const asked = provider.questions.slice(point);
    return { asked: asked.length, different: new Set(asked.map((one) => JSON.stringify(one))).size };
  }

  it(`rewrite each question once for all configurations, and measure the same after ${kills} kills`, async () => {
    const at = `/api/datasets/${dataset}/labs`;
    const grid = { mode: ['hybrid', 'lexical'], rewrite: ['none', 'multi', 'split'], rewriter: ['far/large'] };
    const begin = async (): Promise<string> =>
      (await call<Lab>('POST', at, { collection: 'notes', grid, race: false })).id;
    const ended = (id: string): Promise<Lab> =>
      eventually(
        'end of the lab',
        async () => {
          const lab = await call<Lab>('GET', `${at}/${id}`);
          return ['done', 'failed', 'cancelled'].includes(lab.status) ? lab : undefined;
        },
        120_000,
      );
    const measured = ({ status, report: { best, comparisons, configurations } }: Lab) => ({
      status,
      best,
      comparisons,
      scores: configurations.map(({ number, status: own, questions: asked, means, rewriteCalls }) => ({
        number,
        own,
        asked,
        means,
        rewriteCalls,
      })),
    });
    const calm = await ended(await begin());
    const expected = 2 * pairs.length;
    expect(repeatsSince(0)).toEqual({ asked: expected, different: expected });
    const point = provider.questions.length;
    const id = await begin();
    await killMeanwhile(expected);
    expect(measured(await ended(id))).toEqual(measured(calm));
    expect(measured(calm).scores.map(({ own, asked }) => [own, asked])).toEqual(
      Array.from({ length: 6 }, () => ['done', pairs.length]),
    );
    // A call whose reply was lost in a kill is made again: one question is rewritten at a time.
    const { asked, different } = repeatsSince(point);
    expect(different).toBe(expected);
    expect(asked).toBeLessThanOrEqual(expected + kills);
  });

  it(`propose hard negatives once after ${kills} kills, in one version`, async () => {
    const each = 2;
    const proposedBy = async (meanwhile: () => Promise<void>) => {
      const id = await questions();
      const body = { collection: 'notes', each, model: 'far/large' };
      const job = await call<{ jobId: string }>('POST', `/api/datasets/${id}/negatives`, body);
      await meanwhile();
      const end = await eventually(
        'end of the job',
        async () => {
          const now = await call('GET', `/api/jobs/${job.jobId}`);
          return now['status'] === 'queued' || now['status'] === 'running' ? undefined : now;
        },
        120_000,
      );
      const { version } = await call<{ version: number }>('GET', `/api/datasets/${id}`);
      const { rows } = await call<{ rows: Json[] }>('GET', `/api/datasets/${id}/rows?limit=500`);
      const proposed = Object.fromEntries(rows.map((row) => [String(row['id']), row['proposed']]));
      return { status: end['status'], version, proposed };
    };
    const calm = await proposedBy(() => Promise.resolve());
    expect(Object.values(calm.proposed).map((list) => (list as Json[]).length)).toEqual(pairs.map(() => each));
    const killed = await proposedBy(() => killMeanwhile(each * pairs.length));
    expect(killed).toEqual(calm);
    expect(killed).toMatchObject({ status: 'done', version: 2 });
  });
});

import { PublishedReply, type Citation, type WorkflowDocument } from '@heddle/core';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Shown } from '../../security/testing/two-projects.js';
import { startModelServer, type TestModelServer } from '../../testing/test-model-server.js';
import { openGraphHouse, type GraphHouse } from './testing/graph-house.js';

/** Answers from a collection that is searched with its graph. */
const asking: WorkflowDocument = {
  heddle: 2,
  name: 'Ask films',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    search: {
      type: 'retrieve',
      version: 2,
      config: { collection: 'films', mode: 'lexical', topK: 9, relevance: 'off', graphWeight: 1 },
    },
    answer: { type: 'reason', version: 1, config: { model: 'far/one' } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'answer', type: 'Text' },
          { name: 'sources', type: 'Json' },
        ],
      },
    },
  },
  edges: [
    { from: 'asked.question', to: 'search.query' },
    { from: 'asked.question', to: 'answer.prompt' },
    { from: 'search.passages', to: 'answer.passages' },
    { from: 'answer.text', to: 'reply.answer' },
    { from: 'answer.citations', to: 'reply.sources' },
  ],
};
const texts = [
  { id: 'film', content: 'The film Harbour was made by VERA in spring.' },
  { id: 'vera', content: 'VERA was born in LOWTOWN by the lake.' },
  { id: 'town', content: 'LOWTOWN lies north and has ZED as its mayor.' },
  { id: 'deal', content: 'Harbour hides that ZED pays EVE for silence.' },
  { id: 'eve', content: 'EVE owns nine boats.' },
];
const question = 'Who made Harbour?';

let house: GraphHouse;
let far: TestModelServer;
let slug: string;
let runner: Shown & { readonly id: string };

const runOf = async (who: Shown): Promise<PublishedReply> => {
  const { body } = await house.call(who, 'POST', `/v1/workflows/${slug}`, { question });
  expect([body['status'], body['error']]).toEqual(['done', undefined]);
  return PublishedReply.parse(body);
};
const linksOf = (citations: readonly Citation[] = []): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(citations.map(({ document, linkedBy = [] }) => [document, [...linkedBy].sort()]));
const setReaders = (document: string, readers: readonly string[] | null) =>
  house.ask('PUT', `/api/collections/films/documents/${document}/readers`, { readers });

beforeAll(async () => {
  // The model cites all passages, even those that this reader does not get.
  far = await startModelServer(['Made [1]. Born [2]. Further [3]. More [4]. All [5].']);
  house = await openGraphHouse();
  await house.connect(far.baseUrl);
  runner = house.person({ [house.alpha]: ['runner'] });
  await house.collection('films', texts);
  const { body } = await house.ask('PUT', '/api/collections/films/graph', { options: { model: 'marker' } });
  await house.ended(body['jobId']);
  ({ slug } = await house.published(house.alpha, asking));
});
beforeEach(async () => {
  for (const { id } of texts) await setReaders(id, null);
});
afterAll(async () => {
  await house.close();
  await far.close();
});

it('a citation names the entities by which the search found its passage, in the reply, the stream and the trace', async () => {
  const reply = await runOf(runner);
  expect(linksOf(reply.citations)).toMatchObject({ vera: ['VERA'], eve: ['EVE'] });
  expect(reply.citations).toEqual(reply.outputs['sources']);
  const { body: run } = await house.ask('GET', `/api/runs/${reply.runId}`);
  expect(JSON.stringify(run)).toContain('"linkedBy":["VERA"]');
  const streamed = await fetch(`${house.server.address}/v1/runs/${reply.runId}/events`, { headers: shown(runner) });
  const sent = (await streamed.text()).split('\n').filter((line) => line.includes('"document":"vera"'));
  expect(sent.some((line) => line.includes('"linkedBy":["VERA"]'))).toBe(true);
});

it('a citation shows no link through a document that the caller may not read, nor the names in it', async () => {
  await setReaders('deal', []);
  const reply = await runOf(runner);
  expect(JSON.stringify(reply)).not.toContain('EVE');
  expect(linksOf(reply.citations)).toMatchObject({ vera: ['VERA'] });
  // A caller who may read the document sees that link.
  await setReaders('deal', [`user:${runner.id}`]);
  expect(linksOf((await runOf(runner)).citations)).toMatchObject({ eve: ['EVE'] });
  // Both entities of this passage are in hidden documents too, so a search that may not read these has no link by them.
  await setReaders('film', []);
  await setReaders('vera', []);
  await setReaders('deal', []);
  const left = await runOf(runner);
  expect(JSON.stringify(left)).not.toMatch(/linkedBy|VERA|EVE/);
});

const shown = ({ id: _id, ...headers }: Shown): Record<string, string> => headers;

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import { HeddleError, JobReply, type Classifier, type DocumentInput, type Graphs, type ModelHub } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer, createMemorySource, type MemoryWorld } from '@heddle/core/testing';
import { openTwoProjects, type Shown, type TwoProjects } from '../../../security/testing/two-projects.js';
import type { TestReply } from '../../../testing/test-server.js';

const here = { name: 'here', clearance: 'restricted', isLocal: true } as const;
/** A classifier that marks words in capitals as people. */
const marker: Classifier = {
  id: 'marker',
  labels: ['PERSON', 'DATE'],
  destination: here,
  classify: () => Promise.resolve([]),
  tag: (texts) =>
    Promise.resolve(
      texts.map((text) =>
        [...text.matchAll(/[A-Z]{3,}|\d+/g)].map(({ 0: name, index }) => ({
          start: index,
          end: index + name.length,
          label: /\d/.test(name) ? 'DATE' : 'PERSON',
          score: 0.9,
        })),
      ),
    ),
};
const moods: Classifier = { id: 'moods', labels: ['good'], destination: here, classify: () => Promise.resolve([]) };
const wrongKind = (id: string) => Promise.reject(new HeddleError('model_wrong_kind', `'${id}' is of another kind.`));

/** A server for tests with collections that have knowledge graphs. The model `marker` marks words in capitals as people. */
export interface GraphHouse extends TwoProjects {
  readonly owner: Shown;
  /** Creates a collection of the first project with these documents. */
  collection(name: string, documents: readonly DocumentInput[]): Promise<void>;
  /** Sends a request in the first project; `who` defaults to the owner. */
  ask(method: string, path: string, body?: object, who?: Shown): Promise<TestReply>;
  /** Connects a model server under the id `far`, with the model `far/one`. */
  connect(baseUrl: string): Promise<void>;
  /** Resolves with the job when it has ended. */
  ended(jobId: unknown): Promise<JobReply>;
  /** Waits until no job of a collection runs. */
  settled(collection: string): Promise<void>;
}

/** Starts the server, with sources that read from `world` if it is given. */
export async function openGraphHouse(world?: MemoryWorld): Promise<GraphHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-graph-api-'));
  const parser = createDocuments();
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  const embedder = (id: string) => Promise.resolve(createFakeEmbedder({ id }));
  // A function, because the server is created after its collections.
  const graphsNow = (): Graphs => house.server.heddle.parts.graphs;
  const graphs: Graphs = {
    get store() {
      return graphsNow().store;
    },
    describe: (id) => graphsNow().describe(id),
    model: (collection, id) => graphsNow().model(collection, id),
  };
  const collections = createCollections({
    embedded: store,
    documents: parser,
    embedder,
    graphs,
    tokenizer: () => Promise.resolve(createFakeTokenizer()),
  });
  const classifier = async (id: string) => (id === 'marker' ? marker : id === 'moods' ? moods : wrongKind(id));
  // Only what collections and runs use is implemented.
  const models = {
    embedder,
    classifier,
    languageModel: wrongKind,
    list: () => Promise.resolve([]),
    watch: () => () => undefined,
  } as unknown as ModelHub;
  const sourceConnectors = world === undefined ? [] : [createMemorySource(world)];
  const house = await openTwoProjects({ collections, models, sourceConnectors, withStandardNodes: true });
  const { alpha, beta, server } = house;
  const owner = house.person({ [alpha]: ['owner'], [beta]: ['owner'] });
  const ask: GraphHouse['ask'] = (method, path, body, who = owner) => house.call(who, method, path, body, alpha);
  return {
    ...house,
    owner,
    ask,
    collection: async (name, documents) => {
      await server.heddle.collections.create({ name, embedding: 'fake' });
      server.heddle.ownership.assign('collection', name, alpha);
      await server.heddle.collections.ingestNow(name, { documents: [...documents], sync: false }, {});
    },
    connect: async (baseUrl) => {
      const { status } = await ask('POST', '/api/connections', {
        id: 'far',
        kind: 'openai-compatible',
        attempts: 1,
        baseUrl,
        models: [{ name: 'one' }],
        clearance: 'internal',
      });
      if (status !== 201) throw new Error(`The connection was refused with ${status}.`);
    },
    ended: async (jobId) => {
      for (;;) {
        const job = JobReply.parse((await ask('GET', `/api/jobs/${String(jobId)}`)).body);
        if (job.endedAt !== undefined) return job;
        await wait(10);
      }
    },
    settled: async (collection) => {
      for (;;) {
        const { jobs } = (await ask('GET', '/api/jobs')).body as { jobs: JobReply[] };
        if (jobs.every(({ subject, endedAt }) => subject !== collection || endedAt !== undefined)) return;
        await wait(10);
      }
    },
    close: async () => {
      await house.close();
      await parser.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

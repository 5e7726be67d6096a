import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

function same(given, wanted, what) {
  if (isDeepStrictEqual(given, wanted)) return;
  throw new Error(`${what}: ${JSON.stringify(given)?.slice(0, 300)} is not ${JSON.stringify(wanted).slice(0, 300)}`);
}

/** Tests the double that the specs of the store use with Pinecone's own client, and runs the whole suite on it. */
export async function runPinecone({ partner: { folder }, report }, runSuite) {
  const { startFakePinecone } = await import('@heddle/adapters/testing');
  const { createPineconeStore } = await import('@heddle/adapters/vectors');
  const { Pinecone } = createRequire(join(folder, 'package.json'))('@pinecone-database/pinecone');
  const fake = await startFakePinecone();
  const open = (options = {}) => createPineconeStore({ url: fake.url, apiKey: fake.apiKey, ...options });
  // The client sends a newer version of the API; the double accepts it only in this case.
  fake.takesAnyVersion = true;
  const client = new Pinecone({ apiKey: fake.apiKey, controllerHostUrl: fake.url, maxRetries: 0 });
  try {
    await report("Pinecone's client makes indexes of the double and finds them", () => makesIndexes(client));
    await report("Pinecone's client reads what the store wrote", () => readsRecords({ client, fake, open }));
    await report("Pinecone's client writes, changes and removes records of the double", () =>
      changesRecords({ client, fake }),
    );
    await report("Pinecone's client knows the double's refusals", () => knowsRefusals({ client, fake, Pinecone }));
    fake.clear();
    const program = ['createPineconeStore', { url: fake.url, apiKey: fake.apiKey }];
    await runSuite({ open, program, openTenant: () => open({ prefix: 'other' }), report, searches: 2_000 });
  } finally {
    await fake.close();
  }
}

async function makesIndexes(client) {
  const spec = { serverless: { cloud: 'aws', region: 'us-east-1' } };
  await client.createIndex({ name: 'theirs', dimension: 4, metric: 'dotproduct', spec });
  const { name, dimension, metric, vectorType, status } = await client.describeIndex('theirs');
  same([name, dimension, metric, vectorType, status.ready], ['theirs', 4, 'dotproduct', 'dense', true], 'the index');
}

const label = { level: 'internal', marks: [] };
const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 };
const pets = { name: 'pets', embedding: 'tiny', dimensions: 4, splitter, label };

async function readsRecords({ client, fake, open }) {
  const store = open();
  const collection = await store.create(pets);
  const document = { id: 'a', title: 'A', mediaType: 'text/plain', hash: 'h', size: 1 };
  const passages = [1, 2, 3].map((at) => ({ id: `p${at}`, text: `robin ${at}`, vector: Float32Array.of(1, at, 0, 0) }));
  await collection.put([{ document, passages, readers: { list: ['user:ada'] } }]);
  const [, namespace] = /(c\d+-[\w-]+)/.exec([...fake.indexes.get('heddle-vectors-4').spaces.keys()].join()) ?? [];
  const vectors = client.index({ host: hostOf(fake, 'heddle-vectors-4'), namespace });
  const { matches } = await vectors.query({ topK: 2, vector: [0, 1, 0, 0], includeMetadata: true });
  same(
    matches.map(({ metadata }) => [metadata.kind, metadata.position, metadata.readers.length]),
    [
      ['passage', 2, 1],
      ['passage', 1, 1],
    ],
    'the nearest',
  );
  const terms = client.index({ host: hostOf(fake, 'heddle-terms'), namespace });
  const read = await terms.fetchByMetadata({ filter: { kind: { $eq: 'passage' } }, limit: 2 });
  same([Object.keys(read.records).length, read.pagination?.next !== undefined], [2, true], 'a page of records');
  const [first] = Object.values(read.records);
  same(first.sparseValues.indices.length > 0 && JSON.parse(first.metadata.payload).document, 'a', 'a record');
  const listed = await terms.listPaginated({ prefix: 'd' });
  same(listed.vectors.length, 1, 'the ids of documents');
  same(
    (await terms.fetch({ ids: [listed.vectors[0].id] })).records[listed.vectors[0].id].metadata.kind,
    'document',
    'one',
  );
  await store.drop('pets');
}

const hostOf = (fake, name) => `${fake.url}/i/${name}`;

async function changesRecords({ client, fake }) {
  const index = client.index({ host: hostOf(fake, 'theirs'), namespace: 'mine' });
  await index.createNamespace({ name: 'mine' });
  await index.upsert({
    records: ['a', 'b', 'c'].map((id, at) => ({ id, values: [1, at, 0, 0], metadata: { id, tags: ['x', id] } })),
  });
  await index.update({ filter: { tags: { $in: ['a'] } }, metadata: { id: 'changed' } });
  await index.deleteMany({ filter: { tags: { $in: ['b'] } } });
  const { records } = await index.fetch({ ids: ['a', 'b', 'c'] });
  same(
    Object.entries(records)
      .map(([id, { metadata }]) => [id, metadata.id])
      .sort(),
    [
      ['a', 'changed'],
      ['c', 'c'],
    ],
    'what is left',
  );
  const { namespaces } = await index.listNamespaces();
  same(
    namespaces.map(({ name }) => name),
    ['mine'],
    'namespaces',
  );
  await index.deleteNamespace('mine');
}

async function knowsRefusals({ client, fake, Pinecone }) {
  const nameOf = (work) =>
    work.then(
      () => undefined,
      (error) => error.name,
    );
  const index = client.index({ host: hostOf(fake, 'theirs') });
  same(await nameOf(client.describeIndex('none')), 'PineconeNotFoundError', 'an index that is not there');
  const again = { name: 'theirs', dimension: 4, spec: { serverless: { cloud: 'aws', region: 'us-east-1' } } };
  same(await nameOf(client.createIndex(again)), 'PineconeConflictError', 'a name that is taken');
  const wrong = new Pinecone({ apiKey: 'wrong', controllerHostUrl: fake.url, maxRetries: 0 });
  same(await nameOf(wrong.describeIndex('theirs')), 'PineconeAuthorizationError', 'a wrong key');
  const zeros = { records: [{ id: 'z', values: [0, 0, 0, 0] }] };
  same(await nameOf(index.upsert(zeros)), 'PineconeBadRequestError', 'a vector of zeros');
}

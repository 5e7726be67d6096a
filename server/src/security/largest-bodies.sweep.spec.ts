import { JobReply, localPrincipal } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatWorkflow, openChannels } from '../channels/testing/open-channels.js';
import { until } from '../channels/testing/open-published.js';
import { createFakeCollections } from '../testing/fake-collections.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

/** A row of nodes without required inputs, and a number of edges. */
function documentOf(nodes: number, edges: number) {
  const prompt = { type: 'prompt', version: 1, config: { template: 'x' } };
  return {
    heddle: 2,
    name: 'Large',
    nodes: Object.fromEntries(Array.from({ length: nodes }, (_, index) => [`n${index}`, prompt])),
    edges: Array.from({ length: edges }, (_, index) => ({
      from: `n${index % nodes}.text`,
      to: `n${(index + 1 + Math.floor(index / nodes)) % nodes}.none`,
    })),
  };
}

/** Returns its input. */
const back = (type: string) => ({
  heddle: 2,
  name: 'Back',
  nodes: {
    given: { type: 'input', version: 1, config: { fields: [{ name: 'value', type }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'value', type }] } },
  },
  edges: [{ from: 'given.value', to: 'reply.value' }],
});

describe('the largest useful bodies', () => {
  const collections = createFakeCollections();
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      collections,
      withStoredJournal: true,
      nodes: standardNodes,
      engine: { startRun, resumeRun },
      settings: { HEDDLE_BODY_LIMIT: '40mb' },
    });
    for (const [slug, type] of [
      ['json', 'Json'],
      ['file', 'File'],
    ] as const) {
      await server.heddle.workflows.create(back(type), slug);
      await server.heddle.publishing.versions.publish(slug, { acceptDataMap: true }, localPrincipal);
    }
    await server.call('POST', '/api/collections', { name: 'faq', embedding: 'mini' });
  });
  afterAll(() => server.close());

  it('a workflow of 5,000 nodes is stored, returned, changed and compared', async () => {
    const document = documentOf(5_000, 4_999);
    const made = await server.call('POST', '/api/workflows', { document, slug: 'large' });
    expect([made.status, made.body.slug]).toEqual([201, 'large']);
    const { body } = await server.call('GET', '/api/workflows/large');
    expect(Object.keys(body.document.nodes)).toHaveLength(5_000);
    const renamed = { ...document, name: 'Larger' };
    const saved = await server.call('PUT', '/api/workflows/large', { document: renamed }, { 'if-match': '*' });
    expect([saved.status, saved.body.document.name]).toEqual([200, 'Larger']);
    const merged = await server.call('POST', '/api/workflows/large/merge', {
      base: document,
      mine: { ...document, description: 'Mine.' },
    });
    expect([merged.status, merged.body.document.name, merged.body.document.description]).toEqual([
      200,
      'Larger',
      'Mine.',
    ]);
  });

  it('a document of 10,000 nodes and 50,000 edges is compiled, and one more of either is refused', async () => {
    const { status, body } = await server.call('POST', '/api/compile', { document: documentOf(10_000, 50_000) });
    expect([status, Object.keys(body.ports).length]).toEqual([200, 10_000]);
    expect(body.issues).toHaveLength(1_001);
    expect(body.issues.at(-1).code).toBe('issues-left-out');
    for (const [path, document] of [
      ['/api/compile', documentOf(10_000, 50_001)],
      ['/api/workflows', documentOf(1, 50_001)],
    ] as const) {
      const refused = await server.call('POST', path, { document });
      expect([refused.status, refused.body.error.code]).toEqual([400, 'document_unreadable']);
      expect(refused.body.error.message).toContain('at most 50000 edges');
    }
    // The number of members of an object is limited.
    const wide = await server.call('POST', '/api/compile', { document: documentOf(10_001, 0) });
    expect([wide.status, wide.body.error.code]).toEqual([413, 'body_too_complex']);
  });

  it('10,000 documents are added to a collection by one body', async () => {
    const documents = Array.from({ length: 10_000 }, (_, index) => ({
      id: `d${index}`,
      text: `Text ${index}`,
      metadata: { index, kind: 'note' },
    }));
    const broken = [...documents.slice(1), { id: 'last', text: 7 }];
    const refused = await server.call('POST', '/api/collections/faq/documents', { documents: broken });
    expect([refused.status, refused.body.error.code]).toEqual([400, 'bad_request']);
    expect(refused.body.error.message).toContain('documents.9999.text');
    const { status, body } = await server.call('POST', '/api/collections/faq/documents', { documents });
    expect(status).toBe(202);
    // The job goes on after the reply, and reports the total from its first document on.
    const documentsOfJob = await until(async () => {
      const { progress } = JobReply.parse((await server.call('GET', `/api/jobs/${body.jobId}`)).body);
      return progress['documents'];
    });
    expect(documentsOfJob).toBe(10_000);
  }, 60_000);

  it('a file of 25 MB as a data URL is stored whole', async () => {
    const size = 25 * 1024 * 1024;
    const value = `data:text/plain;base64,${Buffer.alloc(size, 'x').toString('base64')}`;
    const { status, body } = await server.call('POST', '/v1/workflows/file', { value });
    expect([status, body.code, body.detail, body.outputs?.value?.size]).toEqual([200, undefined, undefined, size]);
    // As an input that is not a file, such a text is too large.
    const text = await server.call('POST', '/v1/workflows/json', { value });
    expect([text.status, text.body.code]).toEqual([413, 'input_too_large']);
  });

  it('a part of JSON has 50,000 values, and no more', async () => {
    // A Blob in a form gets a file name, and so counts as a file.
    const send = async (count: number) => {
      const json = JSON.stringify(Array.from({ length: count }, () => 1));
      const head = 'Content-Disposition: form-data; name="value"\r\nContent-Type: application/json';
      const reply = await fetch(`${server.address}/v1/workflows/json`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=part' },
        body: `--part\r\n${head}\r\n\r\n${json}\r\n--part--\r\n`,
      });
      const body = (await reply.json()) as { outputs?: { value: readonly number[] }; code?: string };
      return [reply.status, body.outputs?.value.length ?? body.code];
    };
    expect(await send(49_999)).toEqual([200, 49_999]);
    expect(await send(50_001)).toEqual([422, 'input_type']);
  });

  it('rows of a batch are read from a body of 400,000 values', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => ({ value: index }));
    const { status, body } = await server.call('POST', '/api/workflows/json/batches/preview', { rows });
    expect([status, body.rows, body.bad]).toEqual([200, 100_000, 0]);
    const more = await server.call('POST', '/api/workflows/json/batches/preview', { rows: [...rows, { value: 1 }] });
    expect([more.status, more.body.error.code]).toEqual([400, 'bad_request']);
  });
});

describe('a request for embeddings', () => {
  it('may have 2,048 texts, and no more', async () => {
    const channels = await openChannels(['x'], { chat: chatWorkflow() });
    try {
      const ask = async (count: number) => {
        const reply = await fetch(`${channels.address}/v1/embeddings`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
          body: JSON.stringify({
            model: 'fake-embedder',
            input: Array.from({ length: count }, (_, index) => `text number ${index}`),
          }),
        });
        return { status: reply.status, body: (await reply.json()) as { data?: object[]; error?: { message: string } } };
      };
      const whole = await ask(2_048);
      expect([whole.status, whole.body.data?.length]).toEqual([200, 2_048]);
      const more = await ask(2_049);
      expect(more.status).toBe(400);
      expect(more.body.error?.message).toContain('Use at most 2,048 entries');
    } finally {
      await channels.close();
    }
  });
});

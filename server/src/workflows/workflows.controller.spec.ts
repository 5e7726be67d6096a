import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDocument } from '../testing/test-nodes.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

describe('/api/workflows', () => {
  let server: TestServer;
  beforeAll(async () => (server = await startTestServer()));
  afterAll(() => server.close());

  it('creates, returns, saves and deletes a workflow, with the revision as ETag', async () => {
    const created = await server.call('POST', '/api/workflows', { document: testDocument('First') });
    expect([created.status, created.headers.get('etag'), created.body.slug]).toEqual([201, '"1"', 'first']);
    const { id } = created.body;
    const saved = await server.call(
      'PUT',
      `/api/workflows/${id}`,
      { document: testDocument('Second') },
      { 'if-match': '"1"' },
    );
    expect([saved.status, saved.headers.get('etag'), saved.body.document.name]).toEqual([200, '"2"', 'Second']);
    expect((await server.call('GET', `/api/workflows/first`)).body.revision).toBe(2);
    expect((await server.call('DELETE', `/api/workflows/${id}`, undefined, { 'if-match': '"2"' })).status).toBe(204);
    const gone = await server.call('GET', `/api/workflows/${id}`);
    expect([gone.status, gone.body.error.code]).toEqual([404, 'workflow_not_found']);
  });

  it("refuses to overwrite another person's change, and to save without a revision", async () => {
    const { body } = await server.call('POST', '/api/workflows', { document: testDocument('Shared') });
    await server.call('PUT', `/api/workflows/${body.id}`, { document: testDocument('Theirs') }, { 'if-match': '"1"' });
    const late = await server.call(
      'PUT',
      `/api/workflows/${body.id}`,
      { document: testDocument('Mine') },
      { 'if-match': '"1"' },
    );
    expect([late.status, late.body.error.code]).toEqual([409, 'conflict']);
    const blind = await server.call('PUT', `/api/workflows/${body.id}`, { document: testDocument('Mine') });
    expect([blind.status, blind.body.error.code]).toEqual([428, 'precondition_required']);
    expect((await server.call('GET', `/api/workflows/${body.id}`)).body.document.name).toBe('Theirs');
    const odd = await server.call(
      'PUT',
      `/api/workflows/${body.id}`,
      { document: testDocument('Mine') },
      { 'if-match': 'yesterday' },
    );
    expect([odd.status, odd.body.error.code]).toEqual([400, 'bad_request']);
  });

  it('lists drafts with the number of their errors', async () => {
    const broken = { ...testDocument('Broken'), edges: [] };
    await server.call('POST', '/api/workflows', { document: broken });
    const { body } = await server.call('GET', '/api/workflows');
    const listed = body.workflows.find((workflow: { name: string }) => workflow.name === 'Broken');
    expect(listed).toMatchObject({ slug: 'broken', nodes: 3 });
    expect(listed.issues).toBeGreaterThan(0);
  });

  it.each([
    [
      '__proto__ as a node id',
      `{"document":{"heddle":1,"name":"x","nodes":{"__proto__":{"type":"ask","version":1}},"edges":[]}}`,
      400,
      'forbidden_name',
    ],
    [
      'constructor as a node id',
      `{"document":{"heddle":1,"name":"x","nodes":{"constructor":{"type":"ask","version":1}},"edges":[]}}`,
      400,
      'forbidden_name',
    ],
    ['text that is not JSON', `{"document":`, 400, 'bad_json'],
    [
      'a document of another form',
      `{"document":{"heddle":1,"name":"x","nodes":[],"edges":[]}}`,
      400,
      'document_unreadable',
    ],
    ['a newer document', `{"document":{"heddle":99,"name":"x","nodes":{},"edges":[]}}`, 400, 'document_version'],
    ['a slug that is no slug', `{"slug":"../etc","document":{}}`, 400, 'bad_request'],
  ])('refuses %s', async (_what, body, status, code) => {
    const reply = await server.call('POST', '/api/workflows', body);
    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
  });
});

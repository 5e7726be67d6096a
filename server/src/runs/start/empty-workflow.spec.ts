import { afterEach, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

let server: TestServer;
afterEach(() => server.close());

it('refuses to run or publish a workflow without nodes, and says how to begin', async () => {
  server = await startTestServer();
  const document = { heddle: 2, name: 'Empty', nodes: {}, edges: [] };
  const { id } = (await server.call('POST', '/api/workflows', { document })).body;
  const replies = [
    await server.call('POST', `/api/workflows/${id}/runs`, { inputs: {} }),
    await server.call('POST', '/api/runs', { document, inputs: {} }),
    await server.call('POST', `/api/workflows/${id}/publish`, {}),
  ];
  for (const { status, body } of replies) {
    expect([status, body.error.code]).toEqual([422, 'workflow_invalid']);
    expect(body.error.message).toContain('has no nodes, so there is nothing to run: start with an "input" node.');
    expect(body.error.details.issues).toMatchObject([{ code: 'workflow-empty', fix: expect.stringMatching(/^Add/) }]);
  }
  expect((await server.call('GET', '/api/runs')).body.runs).toEqual([]);
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument, type WorkflowDocument } from '@heddle/core';
import { echoDocument } from '../testing/echo-document.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const named = (name: string, prefix = 'You asked: '): WorkflowDocument => ({ ...echoDocument(prefix), name });

describe('two drafts of one workflow', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer({ withStandardNodes: true });
    await server.call('POST', '/api/workflows', { document: echoDocument(), slug: 'echo' });
  });
  afterEach(() => server.close());
  const theirs = (document: WorkflowDocument) =>
    server.call('PUT', '/api/workflows/echo', { document }, { 'if-match': '*' });
  const merge = (mine: unknown, base: unknown = echoDocument()) =>
    server.call('POST', '/api/workflows/echo/merge', { base, mine });

  it('are merged by node and field, and saved with the merged revision', async () => {
    await theirs(named('Echo', 'They say: '));
    const { status, body } = await merge(named('Mine'));
    expect([status, body.conflicts, body.revision]).toEqual([200, [], 2]);
    expect(parseDocument(body.document)).toMatchObject({
      name: 'Mine',
      nodes: { say: { config: { template: 'They say: {{ question }}' } } },
    });
    const save = (revision: number) =>
      server.call('PUT', '/api/workflows/echo', { document: body.document }, { 'if-match': `"${revision}"` });
    expect((await save(1)).status).toBe(409);
    expect((await save(body.revision)).status).toBe(200);
  });

  it('report the location that both changed, and save nothing', async () => {
    await theirs(named('Echo', 'They say: '));
    const { body } = await merge(named('Echo', 'I say: '));
    expect(body.conflicts).toMatchObject([
      { path: 'nodes.say.config.template', mine: 'I say: {{ question }}', theirs: 'They say: {{ question }}' },
    ]);
    expect((await server.call('GET', '/api/workflows/echo')).body.revision).toBe(2);
  });

  it('must be documents', async () => {
    expect((await merge({ heddle: 99 })).status).toBe(400);
    expect(
      (await server.call('POST', '/api/workflows/none/merge', { base: echoDocument(), mine: echoDocument() })).status,
    ).toBe(404);
  });
});

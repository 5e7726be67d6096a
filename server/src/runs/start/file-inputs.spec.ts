import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openPublished } from '../../channels/testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const document = (type: string) => ({
  heddle: 2,
  name: 'Files',
  nodes: {
    given: { type: 'input', version: 1, config: { fields: [{ name: 'file', type }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'file', type: 'Json' }] } },
  },
  edges: [{ from: 'given.file', to: 'reply.file' }],
});

describe('a file in the inputs of a run', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await openPublished();
  });
  afterEach(() => server.close());
  const run = (type: string, file: unknown) =>
    server.call('POST', '/api/runs?wait=1', { document: document(type), inputs: { file } });

  it('can be a data URL, as at the published addresses', async () => {
    const { body } = await run('File', `data:text/plain;base64,${Buffer.from('Grüße').toString('base64')}`);
    expect(body.outputs.file).toMatchObject({ name: 'file.txt', mediaType: 'text/plain', size: 7 });
    const stored = await fetch(`${server.address}/api/files/${String(body.outputs.file.id)}`);
    expect(await stored.text()).toBe('Grüße');
    const many = await run('Image[]', [`data:image/png;base64,${png}`, `data:image/png;base64,${png}`]);
    expect(many.body.outputs.file).toMatchObject([{ mediaType: 'image/png' }, { mediaType: 'image/png' }]);
  });

  it('can be a data URL in a run of a stored workflow, and in a rerun', async () => {
    const { body: workflow } = await server.call('POST', '/api/workflows', { document: document('File') });
    const inputs = { file: 'data:text/plain;base64,aGk=' };
    const { body } = await server.call('POST', `/api/workflows/${String(workflow.id)}/runs?wait=1`, { inputs });
    expect(body.outputs.file).toMatchObject({ size: 2 });
    const again = await server.call('POST', `/api/runs/${String(body.summary.runId)}/rerun`, {
      inputs: { file: 'data:text/plain;base64,aGVsbG8=' },
    });
    const { outputs } = await server.heddle.runs.wait(String(again.body.runId));
    expect(outputs).toMatchObject({ file: { size: 5 } });
  });

  it('is refused with instructions when it is another text, or not the picture that is required', async () => {
    const other = await run('File', 'notes.txt');
    expect([other.status, other.body.error.code, other.body.error.message]).toEqual([
      422,
      'input_type',
      expect.stringContaining('give it as a data URL in base64 (data:…;base64,…), or upload it with POST /api/files'),
    ]);
    const text = await run('Image', 'data:image/png;base64,aGk=');
    expect([text.status, text.body.error.code]).toEqual([422, 'input_type']);
  });
});

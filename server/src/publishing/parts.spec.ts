import { localPrincipal, type WorkflowDocument } from '@heddle/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPublished } from '../doors/testing/open-published.js';
import type { TestServer } from '../testing/test-server.js';

const document: WorkflowDocument = {
  heddle: 1,
  name: 'Parts',
  nodes: {
    given: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'file', type: 'File', required: false },
          { name: 'files', type: 'File[]', required: false },
          { name: 'order', type: 'Json', required: false },
          { name: 'words', type: 'Text', required: false, maxLength: 5_000_000 },
        ],
      },
    },
    reply: {
      type: 'output',
      version: 1,
      config: { fields: ['file', 'files', 'order', 'words'].map((name) => ({ name, type: 'Json' })) },
    },
  },
  edges: ['file', 'files', 'order', 'words'].map((name) => ({ from: `given.${name}`, to: `reply.${name}` })),
};

let server: TestServer;
beforeAll(async () => {
  server = await openPublished();
  const { id } = await server.heddle.workflows.create(document, 'parts');
  await server.heddle.publishing.versions.publish(id, { acceptDataMap: true }, localPrincipal);
});
afterAll(() => server.close());

/** A part as programs send it: with a type and without a file name. */
const part = (name: string, type: string, content: string): string =>
  `--b\r\ncontent-disposition: form-data; name="${name}"\r\ncontent-type: ${type}\r\n\r\n${content}\r\n`;

async function send(body: FormData | string) {
  const headers = typeof body === 'string' ? { 'content-type': 'multipart/form-data; boundary=b' } : {};
  const content = typeof body === 'string' ? `${body}--b--\r\n` : body;
  const reply = await fetch(`${server.address}/v1/workflows/parts`, { method: 'POST', headers, body: content });
  const { code, outputs } = (await reply.json()) as { code?: string; outputs?: Record<string, unknown> };
  return { status: reply.status, code, outputs };
}

function form(...parts: readonly (readonly [string, string | Blob, string?])[]): FormData {
  const data = new FormData();
  for (const [name, value, file] of parts)
    if (typeof value === 'string') data.append(name, value);
    else data.append(name, value, file);
  return data;
}

describe('the parts of a multipart request', () => {
  it('are refused where one value came twice, and none is lost', async () => {
    const [a, b] = [new Blob(['one']), new Blob(['two'])];
    expect(await send(form(['file', a, 'a.txt'], ['file', b, 'b.txt']))).toMatchObject({ code: 'input_type' });
    expect(await send(form(['words', 'one'], ['words', 'two']))).toMatchObject({ code: 'input_type' });
    const { outputs } = await send(form(['files', a, 'a.txt'], ['files', b, 'b.txt']));
    expect(outputs?.['files']).toMatchObject([{ name: 'a.txt' }, { name: 'b.txt' }]);
  });

  it('may be declared as JSON, as clients made of the description send them', async () => {
    const json = 'application/json';
    const { outputs } = await send(part('order', json, '{"id":7}') + part('words', json, '"hi"'));
    expect(outputs).toEqual({ order: { id: 7 }, words: 'hi' });
    expect(await send(part('order', json, '['.repeat(100_000) + ']'.repeat(100_000)))).toMatchObject({ status: 422 });
  });

  it('are refused where a text is too long, instead of being cut off', async () => {
    expect(await send(form(['words', 'x'.repeat(2_000_000)]))).toMatchObject({ status: 413, code: 'input_too_large' });
  });
});

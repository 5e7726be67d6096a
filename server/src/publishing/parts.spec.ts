import { localPrincipal, type WorkflowDocument } from '@heddle/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPublished } from '../channels/testing/open-published.js';
import type { TestServer } from '../testing/test-server.js';

const names = ['file', 'files', 'order', 'words', 'picture'];
const document: WorkflowDocument = {
  heddle: 2,
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
          { name: 'picture', type: 'Image', required: false },
        ],
      },
    },
    reply: {
      type: 'output',
      version: 1,
      config: { fields: names.map((name) => ({ name, type: 'Json' })) },
    },
  },
  edges: names.map((name) => ({ from: `given.${name}`, to: `reply.${name}` })),
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
  return answerOf(reply);
}

async function sendJson(inputs: object) {
  const headers = { 'content-type': 'application/json' };
  return answerOf(
    await fetch(`${server.address}/v1/workflows/parts`, { method: 'POST', headers, body: JSON.stringify(inputs) }),
  );
}

async function answerOf(reply: Response) {
  const { code, detail, outputs } = (await reply.json()) as {
    code?: string;
    detail?: string;
    outputs?: Record<string, unknown>;
  };
  return { status: reply.status, code, detail, outputs };
}

/** A picture of one pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function form(...parts: readonly (readonly [string, string | Blob, string?])[]): FormData {
  const data = new FormData();
  for (const [name, value, file] of parts)
    if (typeof value === 'string') data.append(name, value);
    else data.append(name, value, file);
  return data;
}

describe('the parts of a multipart request', () => {
  it('are refused when a single value is repeated, and all kept for a list', async () => {
    const a = new Blob(['one']);
    const b = new Blob(['two']);
    expect(await send(form(['file', a, 'a.txt'], ['file', b, 'b.txt']))).toMatchObject({ code: 'input_type' });
    expect(await send(form(['words', 'one'], ['words', 'two']))).toMatchObject({ code: 'input_type' });
    const { outputs } = await send(form(['files', a, 'a.txt'], ['files', b, 'b.txt']));
    expect(outputs?.['files']).toMatchObject([{ name: 'a.txt' }, { name: 'b.txt' }]);
  });

  it('may be declared as JSON, as generated clients send them', async () => {
    const json = 'application/json';
    const { outputs } = await send(part('order', json, '{"id":7}') + part('words', json, '"hi"'));
    expect(outputs).toEqual({ order: { id: 7 }, words: 'hi' });
    expect(await send(part('order', json, '['.repeat(100_000) + ']'.repeat(100_000)))).toMatchObject({ status: 422 });
  });

  it('are refused when a text is too long, instead of being cut off', async () => {
    expect(await send(form(['words', 'x'.repeat(2_000_000)]))).toMatchObject({ status: 413, code: 'input_too_large' });
  });
});

describe('files in the inputs of a published workflow', () => {
  it('can be data URLs, in JSON and in a form field', async () => {
    const text = `data:text/plain;base64,${Buffer.from('hi').toString('base64')}`;
    const { outputs } = await sendJson({ file: text, files: [text], picture: `data:image/png;base64,${png}` });
    expect(outputs).toMatchObject({
      file: { name: 'file.txt', mediaType: 'text/plain', size: 2 },
      files: [{ name: 'file.txt' }],
      picture: { name: 'file.png', mediaType: 'image/png' },
    });
    const inField = await send(form(['picture', `data:image/jpg;base64,${png}`]));
    expect(inField.outputs).toMatchObject({ picture: { mediaType: 'image/png' } });
  });

  it('are refused with instructions when they are other texts', async () => {
    const refused = await sendJson({ picture: 'https://example.org/a.png' });
    expect(refused).toMatchObject({ status: 422, code: 'input_type', detail: expect.stringContaining('data URL') });
  });

  it('are refused as pictures when their bytes are none', async () => {
    const lie = new Blob(['no picture'], { type: 'image/png' });
    expect(await send(form(['picture', lie, 'a.png']))).toMatchObject({
      status: 422,
      code: 'input_type',
      detail: expect.stringContaining("'a.png' is text/plain"),
    });
    expect(await sendJson({ picture: 'data:image/png;base64,aGk=' })).toMatchObject({ code: 'input_type' });
    const bytes = new Blob([Buffer.from(png, 'base64')]);
    expect(await send(form(['picture', bytes, 'a.txt']))).toMatchObject({ status: 200 });
  });

  it('are refused before the run when one of a list does not exist', async () => {
    const none = { id: `sha256:${'0'.repeat(64)}`, name: 'a', mediaType: 'text/plain', size: 1 };
    expect(await sendJson({ files: [none] })).toMatchObject({ status: 404, code: 'file_not_found' });
  });
});

import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { readMultipart, type FieldPart, type FilePart } from './read-multipart.js';

const limits = { longestText: 1_000, largestFile: 1_000_000 };
const isFile = (_name: unknown, _type: unknown, fileName: string | undefined): boolean => fileName !== undefined;

/** A request whose body arrives in these chunks. */
function requestOf(chunks: Iterable<Buffer>, boundary = 'b'): IncomingMessage {
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  return Object.assign(Readable.from(chunks, { objectMode: false }), { headers }) as unknown as IncomingMessage;
}
const field = (name: string, text: string): string =>
  `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
const file = (name: string, text: string): string =>
  `--b\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n${text}\r\n`;

async function readAll(request: IncomingMessage): Promise<readonly (readonly [string, string])[]> {
  const found: [string, string][] = [];
  for await (const part of readMultipart(request, isFile, limits)) found.push([nameOf(part), await textOf(part)]);
  return found;
}
const nameOf = (part: FieldPart | FilePart): string => (part.type === 'file' ? part.filename : part.fieldname) ?? '';
async function textOf(part: FieldPart | FilePart): Promise<string> {
  if (part.type === 'field') return part.text;
  let text = '';
  for await (const chunk of part.file as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}

describe('readMultipart', () => {
  it('returns the parts in their order, however the body is cut into chunks', async () => {
    const body = Buffer.from(`${field('a', '1')}${file('x', 'xx')}${file('y', '')}${field('b', '2')}--b--\r\n`);
    const expected = [
      ['a', '1'],
      ['x', 'xx'],
      ['y', ''],
      ['b', '2'],
    ];
    for (const size of [1, 7, 50, body.length]) {
      const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
        body.subarray(at * size, (at + 1) * size),
      );
      expect(await readAll(requestOf(chunks))).toEqual(expected);
    }
  });

  it('does not block the event loop while it parses a body of boundaries only', async () => {
    let ticks = 0;
    let isDone = false;
    const count = (): void => {
      ticks += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const size = 10 * 1024 * 1024;
    const boundary = 'b'.repeat(60);
    await expect(readAll(requestOf([Buffer.alloc(size, `--${boundary}\r\n`)], boundary))).rejects.toThrow();
    isDone = true;
    expect(ticks).toBeGreaterThan(100);
  });

  it('reads the body only as far as its consumer', async () => {
    let read = 0;
    function* body(): Generator<Buffer> {
      for (let index = 0; index < 1_000; index += 1) {
        read += 1;
        yield Buffer.from(field(`f${index}`, 'x'.repeat(900)));
      }
      yield Buffer.from('--b--\r\n');
    }
    const request = requestOf(body());
    const parts = readMultipart(request, isFile, limits);
    expect((await parts.next()).value).toMatchObject({ fieldname: 'f0' });
    for (let tick = 0; tick < 300; tick += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(read).toBeLessThan(300);
    let count = 1;
    for await (const part of parts) count += part.type === 'field' ? 1 : 0;
    expect(count).toBe(1_000);
  });

  it('discards the rest when its consumer stops early', async () => {
    const request = requestOf([
      Buffer.from(field('a', '1')),
      Buffer.from(file('x', 'y'.repeat(100_000))),
      Buffer.from('--b--'),
    ]);
    for await (const part of readMultipart(request, isFile, limits)) {
      expect(part).toMatchObject({ fieldname: 'a' });
      break;
    }
    await new Promise((resolve) => request.once('end', resolve));
    expect(request.readableEnded).toBe(true);
  });

  it('reports to the consumer of a file that the body broke off', async () => {
    const request = requestOf([
      Buffer.from('--b\r\ncontent-disposition: form-data; name="f"; filename="a"\r\n\r\nhalf'),
    ]);
    await expect(readAll(request)).rejects.toThrow(/unexpected end|terminated early/i);
    const gone = requestOf(
      (function* (): Generator<Buffer> {
        yield Buffer.from('--b\r\ncontent-disposition: form-data; name="f"; filename="a"\r\n\r\nhalf');
        throw new Error('the connection is gone');
      })(),
    );
    await expect(readAll(gone)).rejects.toThrow('the connection is gone');
  });
});

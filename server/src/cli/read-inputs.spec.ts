import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInputs } from './read-inputs.js';

describe('a text input from a file', () => {
  let file: string;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-inputs-'));
    file = join(folder, 'a.txt');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const read = async (content: Uint8Array): Promise<unknown> => {
    writeFileSync(file, content);
    const caller = { request: () => Promise.reject(new Error('no file is uploaded')) };
    return (await readInputs([`text=@${file}`], [{ name: 'text', type: 'Text' }] as never, caller))['text'];
  };

  it.each([
    ['UTF-8', Buffer.from('Grüße aus Köln')],
    ['UTF-16', Buffer.from('\ufeffGrüße aus Köln', 'utf16le')],
    ['windows-1252', Buffer.from('Gr\xfc\xdfe aus K\xf6ln', 'latin1')],
  ])('is read in %s', async (_name, content) => {
    expect(await read(content)).toBe('Grüße aus Köln');
  });

  it('is refused when it is no text, or its encoding cannot be determined', async () => {
    await expect(read(Buffer.from('Привет, мир!', 'utf16le'))).rejects.toMatchObject({
      code: 'input_type',
      message: `The file of input 'text', ${file}: The content seems to be text in UTF-16 without a byte order mark, which cannot be determined: save it as UTF-8.`,
    });
    await expect(read(Buffer.from([0, 1, 2, 255, 254, 0]))).rejects.toMatchObject({ code: 'input_type' });
  });
});

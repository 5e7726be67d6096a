import { describe, expect, it } from '@jest/globals';
import type { Message } from '@heddle/core';
import { fileAsText, loadFiles } from './load-files.js';

const textOf = async (content: Uint8Array, mediaType = 'text/plain'): Promise<string> => {
  const file = { id: 'f', name: 'a.txt', mediaType, size: content.length };
  const messages: Message[] = [{ role: 'user', content: [{ type: 'file', file }] }];
  const loaded = (await loadFiles(messages, () => Promise.resolve(content))).get('f');
  return loaded === undefined ? '' : fileAsText(loaded);
};

describe('files of a conversation', () => {
  it.each([
    ['UTF-8', Buffer.from('Grüße aus Köln')],
    ['UTF-16 with a byte order mark', Buffer.from('\ufeffGrüße aus Köln', 'utf16le')],
    ['windows-1252', Buffer.from('Gr\xfc\xdfe aus K\xf6ln', 'latin1')],
  ])('are sent to a model as text, in any encoding: %s', async (_name, content) => {
    expect(await textOf(content)).toBe('File a.txt:\nGrüße aus Köln');
  });

  it('stay unchanged when their type is not text', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x41, 0x00]);
    expect(await textOf(bytes, 'application/pdf')).toBe(`File a.txt:\n${bytes.toString('utf8')}`);
  });
});

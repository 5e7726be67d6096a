import { describe, expect, it } from '@jest/globals';
import { sniffMediaType } from './sniff-media-type.js';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('sniffMediaType', () => {
  it.each([
    ['a picture that calls itself text', png, 'notes.txt', 'image/png'],
    ['a page that calls itself a picture', Buffer.from('<!doctype html><script>1</script>'), 'a.png', 'text/html'],
    ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n'), undefined, 'application/pdf'],
    ['a program', Buffer.from('\x7fELF\x02\x01\x01'.padEnd(64, '\0')), 'a.txt', 'application/x-elf'],
    ['text', Buffer.from('Grüße'), 'a.pdf', 'text/plain'],
    ['Markdown by its name', Buffer.from('plain'), 'a.md', 'text/markdown'],
    ['bytes of no form', Buffer.from([1, 0, 255, 3]), 'a.txt', 'application/octet-stream'],
    ['UTF-16 with a byte order mark', Buffer.from('\ufeffGrüße', 'utf16le'), 'a.txt', 'text/plain'],
    ['Markdown in UTF-16', Buffer.from('# A heading\n\nand text', 'utf16le'), 'a.md', 'text/markdown'],
    ['a table in windows-1252', Buffer.from('name;city\nM\xfcller;K\xf6ln\n', 'latin1'), 'a.csv', 'text/csv'],
    ['nothing', Buffer.alloc(0), undefined, 'text/plain'],
  ])('recognises %s', async (_what, content, name, type) => {
    expect(await sniffMediaType(content, name)).toBe(type);
  });

  it('is not misled when the cut goes through a character', async () => {
    expect(await sniffMediaType(Buffer.from(`x${'ü'.repeat(40_000)}`))).toBe('text/plain');
  });
});

import { describe, expect, it } from '@jest/globals';
import { readRows } from './read-rows.js';

const table = 'name;city\nMüller;Köln\n';
const rows = [{ name: 'Müller', city: 'Köln' }];
const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('rows of a batch', () => {
  it.each([
    ['UTF-8', Buffer.from(table)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${table}`)],
    ['UTF-16, as Excel saves "Unicode text"', Buffer.from(`\ufeff${table}`, 'utf16le')],
    ['UTF-16 the other way round', bigEndian(`\ufeff${table}`)],
  ])('are read in %s', async (_name, content) => {
    expect(await readRows(content, 'people.csv')).toEqual(rows);
  });

  it('are not guessed: who sends another encoding is told which it seems to be and what to do', async () => {
    const old = Buffer.from(`${table}Größe;Düsseldorf\nJäger;Zürich\n`, 'latin1');
    await expect(readRows(old, 'people.csv')).rejects.toThrow(
      /^The file is not UTF-8 text, and seems to be [\w-]+: save it as UTF-8\.$/,
    );
    await expect(readRows(Buffer.from('имя;город\nИван;Москва\n', 'utf16le'), 'people.csv')).rejects.toThrow(
      'The file is not UTF-8 text, and seems to be UTF-16 without a byte order mark: save it as UTF-8.',
    );
    await expect(readRows(Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'people.csv')).rejects.toThrow('save it as UTF-8');
    await expect(readRows(Buffer.from([0x80, 0x00, 0x01]), 'people.csv')).rejects.toThrow(
      'The file is not UTF-8 text: save it as UTF-8.',
    );
  });
});

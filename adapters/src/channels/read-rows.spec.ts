import { describe, expect, it } from '@jest/globals';
import { readRows as readPieces } from './read-rows.js';

const readRows = (content: Uint8Array, name: string) => readPieces([content], name);

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

  it('are read correctly when a large file is read in pieces', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ name: `Müller ${index}`, city: 'Köln "am" Rhein' }));
    const lines = many.map((row) => JSON.stringify(row)).join('\r\n');
    expect(await readRows(Buffer.from(lines), 'people.jsonl')).toEqual(many);
    const cells = many.map(({ name, city }) => `${name},"${city.replaceAll('"', '""')}"`).join('\n');
    expect(await readRows(Buffer.from(`name,city\n${cells}`), 'people.csv')).toEqual(many);
    const broken = Buffer.concat([Buffer.from(`name,city\n${cells}`), Buffer.from([0xff])]);
    await expect(readRows(broken, 'people.csv')).rejects.toThrow('not UTF-8');
    await expect(readRows(Buffer.from(`${lines}\n{"name":`), 'people.jsonl')).rejects.toThrow(
      'Line 20001 is not JSON.',
    );
  });

  it('are refused when they are too many, too wide, too deep or too long', async () => {
    const csv = (text: string) => readRows(Buffer.from(text), 'a.csv');
    const jsonl = (text: string) => readRows(Buffer.from(text), 'a.jsonl');
    await expect(jsonl('{"a":1}\n'.repeat(100_001))).rejects.toThrow('more than 100,000 rows');
    await expect(csv(`${'a,'.repeat(1_000_000)}\n1`)).rejects.toThrow('at most 10,000');
    await expect(
      csv(
        `${Array.from({ length: 9_000 }, (_, index) => `c${index}`).join(',')}\n${`${','.repeat(8_999)}\n`.repeat(600)}`,
      ),
    ).rejects.toThrow('5,000,000 values');
    await expect(csv('a,b,a\n1,2,3')).rejects.toThrow("Two columns are called 'a'");
    await expect(jsonl(`{"a":${'['.repeat(600)}${']'.repeat(600)}}`)).rejects.toThrow('levels deep');
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`k${index}`, 1])));
    await expect(jsonl(wide)).rejects.toThrow('10,000 members');
    await expect(jsonl(`{"a":"${'x'.repeat(10_000_001)}"}`)).rejects.toThrow('10,000,000 characters');
  });

  it('are not guessed: the refusal of another encoding names the likely encoding and the remedy', async () => {
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

import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

/** The objects of a PDF by number, as PDF source; a stream also has bytes. Object 1 is the catalog. */
export type RawObjects = Readonly<Record<number, string | RawStream>>;

export interface RawStream {
  /** The entries of its dictionary, without the length. */
  readonly entries: string;
  readonly bytes: Buffer;
}

/** How the file lists the offsets of its objects. */
export type RawIndex = 'table' | 'stream' | 'object-streams' | 'none' | 'wrong-offsets';

export const rawStream = (content: string | Buffer, entries = ''): RawStream => ({
  entries,
  bytes: Buffer.from(content as string, 'latin1'),
});

export const deflated = (content: string, entries = ''): RawStream => ({
  entries: `${entries} /Filter /FlateDecode`,
  bytes: deflateSync(Buffer.from(content, 'latin1')),
});

/** Builds a catalog, a page tree with one page, a font and the page's content. `more` adds or replaces objects. */
export function pageObjects(content: string | RawStream, more: RawObjects = {}): RawObjects {
  return {
    1: '<< /Type /Catalog /Pages 2 0 R >>',
    2: '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>',
    4: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    5: typeof content === 'string' ? rawStream(content) : content,
    ...more,
  };
}

/** The page content for one line of text. */
export const show = (text: string, y = 700): string => `BT /F1 12 Tf 1 0 0 1 72 ${y} Tm ${text} Tj ET\n`;

/** Writes a PDF from its objects. */
export function rawPdf(objects: RawObjects, index: RawIndex = 'table', trailer = '', before = ''): Buffer {
  const parts: Buffer[] = [Buffer.from(`${before}%PDF-1.6\n%\xe2\xe3\xcf\xd3\n`, 'latin1')];
  const offsets = new Map<number, number>();
  let length = parts[0]?.length ?? 0;
  const add = (text: string | Buffer): void => {
    const bytes = Buffer.from(text as string, 'latin1');
    parts.push(bytes);
    length += bytes.length;
  };
  const addObject = (number: number, object: string | RawStream): void => {
    offsets.set(number, length);
    add(`${number} 0 obj\n`);
    if (typeof object === 'string') add(`${object}\n`);
    else {
      add(`<< ${object.entries} /Length ${object.bytes.length} >>\nstream\n`);
      add(object.bytes);
      add('\nendstream\n');
    }
    add('endobj\n');
  };
  const numbers = Object.keys(objects).map(Number);
  const size = Math.max(...numbers) + 3;
  if (index === 'object-streams' || index === 'stream') {
    const inside = index === 'stream' ? [] : numbers.filter((number) => typeof objects[number] === 'string');
    for (const number of numbers) if (!inside.includes(number)) addObject(number, objects[number] ?? '');
    if (inside.length > 0) {
      const texts = inside.map((number) => `${objects[number] as string} `);
      let at = 0;
      const head = inside.map((number, position) => {
        const pair = `${number} ${at}`;
        at += texts[position]?.length ?? 0;
        return pair;
      });
      const first = `${head.join(' ')} `;
      addObject(size - 2, deflated(first + texts.join(''), `/Type /ObjStm /N ${inside.length} /First ${first.length}`));
    }
    const start = length;
    offsets.set(size - 1, start);
    const rows = Array.from({ length: size }, (_, number) => {
      const row = Buffer.alloc(7);
      const position = inside.indexOf(number);
      const offset = offsets.get(number);
      if (position >= 0) {
        row[0] = 2;
        row.writeUInt32BE(size - 2, 1);
        row.writeUInt16BE(position, 5);
      } else if (offset !== undefined) {
        row[0] = 1;
        row.writeUInt32BE(offset, 1);
      }
      return row;
    });
    addObject(size - 1, {
      entries: `/Type /XRef /Size ${size} /W [1 4 2] /Root 1 0 R ${trailer} /Filter /FlateDecode`,
      bytes: deflateSync(Buffer.concat(rows)),
    });
    add(`startxref\n${start}\n%%EOF\n`);
    return Buffer.concat(parts);
  }
  for (const number of numbers) addObject(number, objects[number] ?? '');
  const start = length;
  if (index === 'table' || index === 'wrong-offsets') {
    const shift = index === 'table' ? 0 : 7;
    add(`xref\n0 ${size}\n0000000000 65535 f \n`);
    for (let number = 1; number < size; number += 1) {
      const offset = offsets.get(number);
      add(offset === undefined ? '0000000000 00000 f \n' : `${String(offset + shift).padStart(10, '0')} 00000 n \n`);
    }
  }
  add(`trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\n`);
  add(`startxref\n${index === 'table' ? start : 0}\n%%EOF\n`);
  return Buffer.concat(parts);
}

const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');

function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Array.from({ length: 256 }, (_, index) => index);
  const swap = (a: number, b: number): void => {
    [state[a], state[b]] = [state[b] ?? 0, state[a] ?? 0];
  };
  for (let index = 0, other = 0; index < 256; index += 1) {
    other = (other + (state[index] ?? 0) + (key[index % key.length] ?? 0)) & 255;
    swap(index, other);
  }
  let a = 0;
  let b = 0;
  return Buffer.from(
    data.map((byte) => {
      a = (a + 1) & 255;
      b = (b + (state[a] ?? 0)) & 255;
      swap(a, b);
      return byte ^ (state[((state[a] ?? 0) + (state[b] ?? 0)) & 255] ?? 0);
    }),
  );
}

const md5 = (...parts: readonly Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();

/** Writes a PDF with one page whose strings and streams are encrypted with 40-bit RC4. It can be read without a password. */
export function encryptedPdf(content: string): Buffer {
  const id = Buffer.from('0123456789abcdef', 'latin1');
  const owner = rc4(md5(padding).subarray(0, 5), padding);
  const permissions = Buffer.from([0xfc, 0xff, 0xff, 0xff]);
  const key = md5(padding, owner, permissions, id).subarray(0, 5);
  const user = rc4(key, padding);
  const sealed = rc4(md5(key, Buffer.from([5, 0, 0, 0, 0])).subarray(0, 10), Buffer.from(content, 'latin1'));
  return rawPdf(
    pageObjects(rawStream(sealed), {
      6: `<< /Filter /Standard /V 1 /R 2 /P -4 /O <${owner.toString('hex')}> /U <${user.toString('hex')}> >>`,
    }),
    'table',
    `/Encrypt 6 0 R /ID [<${id.toString('hex')}> <${id.toString('hex')}>]`,
  );
}

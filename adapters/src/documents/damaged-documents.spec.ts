import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { docx, epub, paragraph, pptx, shape, xlsx } from '../testing/files/office-files.js';
import { writePdf } from '../testing/files/write-pdf.js';
import { defaultLimits } from './limits.js';
import { parseBytes } from './parse-bytes.js';

const random = (seed: number) => () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff;

/** Flips, cuts, doubles or zeroes a few bytes. */
function damage(bytes: Buffer, seed: number): Buffer {
  const next = random(seed);
  const copy = Buffer.from(bytes);
  for (let count = 1 + Math.floor(next() * 6); count > 0; count -= 1)
    copy[Math.floor(next() * copy.length)] = Math.floor(next() * 256);
  const at = Math.floor(next() * copy.length);
  if (seed % 4 === 0) return copy.subarray(0, at);
  return seed % 4 === 1 ? Buffer.concat([copy.subarray(0, at), copy.subarray(at >> 1)]) : copy;
}

const files: Readonly<Record<string, Buffer>> = {
  pdf: writePdf(
    [
      [
        { text: 'Hello (you)', y: 700, size: 20 },
        { text: 'Text', y: 600 },
      ],
      [{ text: 'Two', y: 700 }],
    ],
    'T',
  ),
  docx: docx(paragraph('Hello', 'Heading1') + paragraph('Text')),
  xlsx: xlsx({ S: '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>2</v></c></row>' }, { strings: ['<t>a</t>'] }),
  pptx: pptx([{ shapes: shape('title', ['T']), notes: 'n' }]),
  epub: epub(['<h1>A</h1><p>x</p>']),
  html: Buffer.from('<html><body><h1>A</h1><table><tr><td>1</td></tr></table><ul><li>x</ul></body></html>'),
  eml: Buffer.from(
    'From: a@b.example\r\nSubject: S\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--',
  ),
  csv: Buffer.from('a,b\n"x ""y""",2\n3,4\n'),
  json: Buffer.from('{"a":[1,{"b":"c"}],"text":"x"}'),
};

describe('a damaged file', () => {
  it.each(Object.keys(files))('%s is read or refused with a known code', async (kind) => {
    for (let seed = 1; seed <= 120; seed += 1) {
      const content = damage(files[kind]!, seed);
      const outcome = await parseBytes({ content, name: `x.${kind}` }, defaultLimits).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(HeddleError);
        expect('code' in outcome ? outcome.code : 'none').toMatch(
          /^document_(damaged|empty|type|encrypted|bomb|too_large)$/,
        );
        expect(outcome.message).toMatch(new RegExp(`'x\\.${kind}'`));
      } else expect(outcome).toMatchObject({ text: expect.stringMatching(/\S/), spans: expect.any(Array) });
    }
  });
});

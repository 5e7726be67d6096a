import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { docx, epub, paragraph, pptx, shape, xlsx } from '../testing/files/office-files.js';
import { writeOle } from '../testing/files/write-ole.js';
import { writePdf } from '../testing/files/write-pdf.js';
import { writeZip } from '../testing/files/write-zip.js';
import { createDocuments } from './create-documents.js';

const documents = createDocuments();
const small = createDocuments({ memoryBytes: 260 * 1024 * 1024, textLength: 1e9, idleMs: 300 });
afterAll(() => Promise.all([documents.close(), small.close()]));

const zeros = Buffer.alloc(60_000_000);
const encryptedPdf = Buffer.from(
  readFileSync(new URL('./__fixtures__/encrypted.pdf.base64', import.meta.url), 'utf8'),
  'base64',
);
const pdf = writePdf([[{ text: 'Hello', y: 700 }]]);
const doctype =
  '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:document>&b;</w:document>';

describe('a bad document is refused with its own code, its name and a way out', () => {
  const cases: readonly (readonly [string, Uint8Array | string, string])[] = [
    ['nothing.txt', '', 'document_empty'],
    ['blank.md', ' \n\n\t', 'document_empty'],
    ['blank.pdf', writePdf([[]]), 'document_empty'],
    ['blank.docx', docx(''), 'document_empty'],
    ['blank.csv', ',,\n,,\n', 'document_empty'],
    ['blank.html', '<html><body><script>x</script></body></html>', 'document_empty'],
    ['blank.eml', 'From: a@b.example\nTo: c@d.example\n\n', 'document_empty'],
    ['locked.pdf', encryptedPdf, 'document_encrypted'],
    ['locked.docx', writeOle({ EncryptedPackage: 'x' }), 'document_encrypted'],
    ['locked.zip', writeZip([{ name: 'word/document.xml', content: 'x', isEncrypted: true }]), 'document_encrypted'],
    ['locked.epub', epub(['<p>x</p>'], [{ name: 'META-INF/rights.xml', content: '<x/>' }]), 'document_encrypted'],
    ['old.doc', writeOle({ Contents: 'x' }), 'document_type'],
    [
      'picture.txt',
      Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
      'document_damaged',
    ],
    ['archive.docx', writeZip([{ name: 'a.txt', content: 'x' }]), 'document_type'],
    ['film.mp4', Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex'), 'document_type'],
    ['deep.rtf', Buffer.from(`{\\rtf1 ${'{'.repeat(20_000)}`), 'document_bomb'],
    [
      'noise.csv',
      Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919 + (index >> 3)) & 0xff)),
      'document_type',
    ],
    ['cut.pdf', pdf.subarray(0, 60), 'document_damaged'],
    ['cut.docx', docx(paragraph('x')).subarray(0, 300), 'document_damaged'],
    [
      'broken.docx',
      writeZip([{ name: 'word/document.xml', content: '<w:document><w:body></w:document>' }]),
      'document_damaged',
    ],
    ['broken.json', '{"a": 1,,}', 'document_damaged'],
    ['broken.jsonl', '{"a":1}\n{"a":\n', 'document_damaged'],
    ['deep.html', '<div>'.repeat(100_000), 'document_damaged'],
    ['bomb.docx', docx('', [{ name: 'word/media/x.xml', content: zeros }]), 'document_bomb'],
    ['bomb.xlsx', xlsx({ S: '' }, { strings: [zeros.toString('latin1')] }), 'document_bomb'],
    ['huge.docx', docx('', [{ name: 'x', content: 'x', claimedSize: 300_000_000 }]), 'document_bomb'],
    [
      'total.docx',
      docx(
        '',
        Array.from({ length: 600 }, (_, index) => ({ name: `x${index}`, content: 'x', claimedSize: 1_000_000 })),
      ),
      'document_bomb',
    ],
    [
      'many.docx',
      docx(
        '',
        Array.from({ length: 10_001 }, (_, index) => ({ name: `x${index}`, content: '' })),
      ),
      'document_bomb',
    ],
    ['entities.docx', writeZip([{ name: 'word/document.xml', content: doctype }]), 'document_bomb'],
    ['deep.docx', docx(`${'<w:p>'.repeat(5000)}${'</w:p>'.repeat(5000)}`), 'document_bomb'],
    [
      'deep.pptx',
      pptx([{ shapes: `${'<a:p>'.repeat(5000)}${'</a:p>'.repeat(5000)}${shape('', ['x'])}` }]),
      'document_bomb',
    ],
    ['lying.docx', writeZip([{ name: 'word/document.xml', content: zeros, claimedSize: 100 }]), 'document_damaged'],
  ];

  it.each(cases)('%s', async (name, content, code) => {
    const start = performance.now();
    await expect(documents.parse(content, { name })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`'${name}'.*: .`)),
    });
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  it('reads the next document after all of these', async () => {
    expect((await documents.parse(pdf)).text).toBe('Hello');
  });
});

describe('limits', () => {
  it('refuses a row of 100 MB at once, without blocking', async () => {
    const row = Buffer.alloc(100_000_000, 'x');
    row.write('a,b\n1,2\n');
    let beats = 0;
    const timer = setInterval(() => (beats += 1), 5);
    await expect(documents.parse(row, { name: 'rows.csv' })).rejects.toMatchObject({
      code: 'document_too_large',
      message: expect.stringContaining('Row 3'),
      details: { row: 3, limit: 1_000_000 },
    });
    clearInterval(timer);
    // A loop that is blocked from the call to the answer would count none or one.
    expect(beats).toBeGreaterThan(3);
  }, 90_000);

  it('refuses a file beyond the size limit without reading it', async () => {
    const tight = createDocuments({ sourceBytes: 10, textLength: 5 });
    await expect(tight.parse('12345678901', { name: 'a.txt' })).rejects.toMatchObject({
      code: 'document_too_large',
      details: { size: 11, limit: 10 },
    });
    await expect(tight.parse('1234567', { name: 'a.txt' })).rejects.toMatchObject({ code: 'document_too_large' });
    await tight.close();
  });

  it('ends a parser that uses too much memory, and reads the next document in a new child', async () => {
    const table = Buffer.from('aa,bb,cc\n'.repeat(6_000_000));
    await expect(small.parse(table, { name: 'big.csv' })).rejects.toMatchObject({
      code: 'document_bomb',
      message: expect.stringContaining("'big.csv'"),
    });
    expect((await small.parse('a,b\n1,2\n', { name: 'a.csv' })).text).toBe('a: 1\nb: 2');
  }, 60_000);

  it('ends a parser that takes too long, and reads the next document in a new child', async () => {
    const quick = createDocuments({ wallMs: 2500, textLength: 1e9 });
    const table = Buffer.from('aa,bb,cc\n'.repeat(11_000_000));
    await expect(quick.parse(table, { name: 'slow.csv' })).rejects.toMatchObject({
      code: 'document_timeout',
      message: expect.stringContaining('2.5 s'),
    });
    expect((await quick.parse('a,b\n1,2\n', { name: 'a.csv' })).text).toBe('a: 1\nb: 2');
    await quick.close();
  }, 60_000);

  it('stops on abort, and continues with the next document', async () => {
    const controller = new AbortController();
    const slow = documents.parse(Buffer.from('aa,bb,cc\n'.repeat(3_000_000)), {
      name: 'slow.csv',
      signal: controller.signal,
    });
    const next = documents.parse('a,b\n1,2\n', { name: 'a.csv' });
    setTimeout(() => controller.abort(), 300);
    await expect(slow).rejects.toMatchObject({ code: 'aborted' });
    expect((await next).text).toBe('a: 1\nb: 2');
  }, 90_000);

  it('returns the right text for each of several concurrent documents, including a large one', async () => {
    const large = 'word '.repeat(400_000);
    const [one, two, three] = await Promise.all([
      documents.parse(`a,b\n1,${'x'.repeat(10)}\n`, { name: 'a.csv' }),
      documents.parse(large, { name: 'b.txt' }),
      documents.parse(pdf),
    ]);
    expect([one?.format, two?.text, three?.text]).toEqual(['rows', large, 'Hello']);
  }, 90_000);
});

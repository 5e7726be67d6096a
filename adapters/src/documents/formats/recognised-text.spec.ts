import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { writePdf } from '../../testing/files/write-pdf.js';
import { createDocuments } from '../create-documents.js';
import { defaultLimits } from '../limits.js';
import { parseBytes } from '../parse-bytes.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`../__fixtures__/office/${name}`, import.meta.url));
const documents = createDocuments();
const withoutRecognition = createDocuments({ recognise: '' });
afterAll(() => Promise.all([documents.close(), withoutRecognition.close()]));

describe('text in pictures', () => {
  it.each([
    ['scan.png', 'image/png', 1],
    ['scan.tiff', 'image/tiff', 2],
    ['scan.pdf', 'application/pdf', 2],
  ])(
    'in %s is recognised, with its pages',
    async (name, mediaType, pages) => {
      const { text, spans, ...found } = await documents.parse(fixture(name), { name: 'any.bin' });

      expect(found.mediaType).toBe(mediaType);
      expect(text).toMatch(/Invoice number 4711\s+The lamp costs twelve euros\./);
      expect(spans.map(({ page }) => page)).toEqual(Array.from({ length: pages }, (_, index) => index + 1));
      if (pages === 2) expect(text).toContain('Second page of the scan');
    },
    60_000,
  );

  it.each(['scan.png', 'scan.pdf'])('in %s is refused when recognition is off, with a remedy', async (name) => {
    await expect(withoutRecognition.parse(fixture(name), { name })).rejects.toMatchObject({
      code: 'document_scanned',
      message: expect.stringContaining('HEDDLE_OCR'),
    });
  });

  it('is refused in a language that is not installed', async () => {
    await expect(
      parseBytes({ content: fixture('scan.png') }, { ...defaultLimits, recognise: 'xyz' }),
    ).rejects.toMatchObject({ code: 'document_scanned', message: expect.stringContaining('@tesseract.js-data/xyz') });
  });

  it('is not searched on a blank page', async () => {
    await expect(withoutRecognition.parse(writePdf([[]]), { name: 'a.pdf' })).rejects.toMatchObject({
      code: 'document_empty',
    });
  });

  it('is refused in a TIFF whose pages form a cycle, and in a truncated picture', async () => {
    const tiff = fixture('scan.tiff');
    const first = tiff.readUInt32LE(4);
    tiff.writeUInt32LE(first, first + 2 + tiff.readUInt16LE(first) * 12);

    await expect(documents.parse(tiff, { name: 'a.tiff' })).rejects.toMatchObject({ code: 'document_damaged' });
    await expect(documents.parse(fixture('scan.png').subarray(0, 60), { name: 'a.png' })).rejects.toMatchObject({
      code: 'document_damaged',
    });
  }, 60_000);
});

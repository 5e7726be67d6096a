import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { wordTokenizer } from '../testing/word-tokenizer.js';
import { createDocuments, readFolder } from './index.js';

const folder = fileURLToPath(new URL('../../../workflows/ask-the-handbook/handbook', import.meta.url));
const documents = createDocuments();
const tokenizer = wordTokenizer();
afterAll(() => documents.close());

const read = async (path: string) => {
  for await (const { id, content } of readFolder([`${folder}/${path}`])) return documents.parse(content, { name: id });
  throw new Error(`no ${path}`);
};
const cut = async (path: string) =>
  documents.split(await read(path), { kind: 'markdown', maxTokens: 200, overlapTokens: 20 }, tokenizer);

describe('the sample handbook', () => {
  it('is read completely: every document has a text, and every chunk its location', async () => {
    let count = 0;
    for await (const { id, content } of readFolder([folder])) {
      count += 1;
      const document = await documents.parse(content, { name: id });
      const chunks = documents.split(document, { kind: 'markdown', maxTokens: 200, overlapTokens: 20 }, tokenizer);
      expect(chunks.length).toBeGreaterThan(2);
      for (const { text, place, tokens } of chunks) {
        expect(text).toBe(document.text.slice(place.start, place.end));
        expect(tokens).toBeLessThanOrEqual(200);
        if (id.endsWith('.pdf')) expect(place.page).toBeGreaterThan(0);
        if (id.endsWith('.csv')) expect(place.row).toBeGreaterThan(1);
        else expect(place.headings?.length).toBeGreaterThan(0);
      }
    }
    expect(count).toBeGreaterThan(20);
  }, 90_000);

  it('keeps a table of a page with its heading', async () => {
    const chunk = (await cut('sites/ghent.html')).find(({ text }) => text.includes('Ground floor'));
    expect(chunk?.place.headings).toEqual(['Heron Mill, Ghent: site guide', 'What is where']);
    expect(chunk?.text).toMatch(/\| Ground floor +\| reception, Lumen assembly/);
  });

  it('keeps a price with its product', async () => {
    const chunk = (await cut('products/price-list.csv')).find(({ text }) => text.includes('W-25\n'));
    expect(chunk?.text).toMatch(/article: W-25\nproduct: Wren folding loom\nprice in euros: 149\n/);
    expect(chunk?.place.row).toBe(2);
  });

  it('finds the headings of a Word document and of a PDF, without page footers', async () => {
    expect((await cut('people/parental-leave.docx'))[1]?.place.headings).toHaveLength(2);
    const pdf = await read('people/travel-policy.pdf');
    expect(pdf.spans.map(({ headings }) => headings?.at(-1))).toContain('Trains before planes');
    expect(pdf.text).not.toMatch(/page 1/);
  });
});

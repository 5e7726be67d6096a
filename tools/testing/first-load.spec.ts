import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { overBudget, staticChunks, type Budget } from './static-chunks.js';
import { temporaryFolder } from './temporary-folder.mjs';

const dist = fileURLToPath(new URL('../../editor/dist', import.meta.url));
const isBuilt = existsSync(join(dist, 'index.html'));

// Measured on 30 November 2026, with some allowance: since then versions of workflows have A/B tests and gates, answers have marks on their
// sentences, kill switches come over the socket, and connections have prompt caches. Class modules cost a workflow 7 kB of names, and every
// page needs 13 kB less CSS. Since 1 December, schemas that no page uses are left out: 5 kB. On 2 December, plainer texts and names of
// properties added 0.1 kB to the home page. Growth for a good reason gets a new number here and in docs/benchmarks.md.
const home: Budget = {
  bytes: 179_900,
  known: { index: 83_100, session: 31_200, schemas: 27_500, http: 10_100, 'jsx-runtime': 3100, src: 2800, route: 1900 },
};
const workflow: Budget = {
  bytes: 338_600,
  known: { ...home.known, LazyInspector: 54_500, 'all-commands': 49_400, WorkflowPage: 17_000 },
};

const title = 'what the built editor loads before it shows anything';
(isBuilt ? describe : describe.skip)(
  isBuilt ? title : `${title} (skipped: the editor is not built: npm run build)`,
  () => {
    const homeChunks = () => staticChunks(dist);

    it('is within the budget for the home page', () => {
      expect(overBudget('The home page', homeChunks(), home)).toBeUndefined();
    });

    it('is within the budget for a workflow', () => {
      const pages = readdirSync(join(dist, 'assets')).filter((name) => /^DraftPage-[\w-]+\.js$/.test(name));
      expect(pages).toHaveLength(1);
      const chunks = staticChunks(
        dist,
        pages.map((name) => join(dist, 'assets', name)),
      );
      expect(chunks.length).toBeGreaterThan(homeChunks().length);
      expect(overBudget('A workflow', chunks, workflow)).toBeUndefined();
    });

    it('includes the texts of every schema, which nothing imports by name', () => {
      const code = homeChunks().map(({ file }) => readFileSync(file, 'utf8'));
      expect(code.some((text) => text.includes('A name in it is not valid'))).toBe(true);
    });
  },
);

describe('the sum of what a page loads at once', () => {
  const temporary = temporaryFolder();
  const { folder } = temporary;
  afterAll(() => temporary.remove());

  it('counts every file that its scripts import once, and nothing that loads later', () => {
    mkdirSync(join(folder, 'assets'));
    const files = {
      'index.html': '<script src="/assets/index-12345678.js"></script>',
      'assets/index-12345678.js':
        'import{a}from"./shared-1234-_78.js";import"./words-12345678.js";import(`./late-12345678.js`);a()',
      'assets/shared-1234-_78.js': 'import"./words-12345678.js";export{a}',
      'assets/words-12345678.js': 'export{}',
      'assets/late-12345678.js': 'export{}',
    };
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    const names = staticChunks(folder).map(({ name }) => name);
    expect(names).toEqual(['index', 'shared', 'words']);
  });

  it('has a budget: the file that grew most is named first', () => {
    const budget = { bytes: 100_000, known: { index: 60_000, session: 30_000 } };
    const chunk = (name: string, bytes: number) => ({ name, bytes });
    expect(overBudget('It', [chunk('index', 61_000), chunk('session', 39_000)], budget)).toBeUndefined();
    const problems = overBudget(
      'It',
      [chunk('index', 61_000), chunk('session', 39_000), chunk('charts', 20_000)],
      budget,
    );
    expect(problems?.split('\n').slice(0, 3)).toEqual([
      'It needs 120.0 kB of JavaScript (gzip) before it shows anything; it may need 100.0 kB. What grew most:',
      '  charts: 20.0 kB, 20.0 kB more than known',
      '  session: 39.0 kB, 9.0 kB more than known',
    ]);
    expect(problems).toContain('npx vite build --sourcemap');
  });
});

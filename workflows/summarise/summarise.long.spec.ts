import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { hasStarterModels, openTestHeddle, type TestHeddle, type TestRun } from '../testing/open-test-heddle.js';

const here = path.dirname(fileURLToPath(import.meta.url));
/** Sections of the sample with the facts to find, and some sections in between; the model needs seconds for each. */
const sections = [
  'Silverheron Looms',
  'The year in numbers',
  'Products',
  'Wren',
  'Lumen',
  'Osprey',
  'Sites',
  'Ghent',
  'Biella',
  'Thanks',
];
const report = readFileSync(path.join(here, 'samples/report.md'), 'utf8')
  .split(/^(?=#)/m)
  .filter((section) => sections.some((title) => section.replace(/^#+ /, '').startsWith(title)))
  .join('');
const Outputs = z.object({ summary: z.string(), parts: z.array(z.string()) });

/** Facts of the report that the starter model keeps, each with a word from its part, in the report's order. */
const kept = [
  ['10,940', 'Wren'],
  ['310', 'Osprey'],
  ['1.6 metres', 'Leie'],
  ['640 panels', 'roof'],
  ['900 boxes', 'volunteers'],
] as const;

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;

suite(
  `summarise${isReady ? '' : ' (skipped: the starter models are not on this machine; npm start fetches them)'}`,
  () => {
    let heddle: TestHeddle;
    let run: TestRun;
    let folder: string;

    // One run for all tests: it is slow, and none of them changes it.
    beforeAll(async () => {
      heddle = await openTestHeddle();
      folder = await mkdtemp(path.join(tmpdir(), 'heddle-summarise-'));
      const file = path.join(folder, 'report.md');
      await writeFile(file, report);
      run = await heddle.run(path.join(here, 'workflow.json'), { document: await heddle.upload(file) });
    }, 240_000);

    afterAll(async () => {
      await heddle.close();
      await rm(folder, { recursive: true });
    });

    /** Starts and ends of the inner generation, in order. */
    const writing = (): { readonly type: string; readonly path: string }[] =>
      run.events.flatMap((event) =>
        (event.type === 'node-start' || event.type === 'node-end') && event.path.endsWith('/write')
          ? [{ type: event.type, path: event.path }]
          : [],
      );

    it('gives a summary for each part, none of them empty', () => {
      expect(run.outcome.error).toBeUndefined();
      const { parts } = Outputs.parse(run.outputs);
      // Neighbouring sections that fit together become one part.
      expect(parts.length).toBeGreaterThanOrEqual(6);
      expect(parts.length).toBeLessThanOrEqual(sections.length);
      expect(parts.filter((part) => part.trim() === '')).toEqual([]);
    });

    it('runs the inner workflow once for each part, two at a time', () => {
      const { parts } = Outputs.parse(run.outputs);
      const ended = writing().flatMap(({ type, path: location }) => (type === 'node-end' ? [location] : []));
      expect([...ended].sort()).toEqual(parts.map((_, index) => `each#${index}/write`).sort());
      let open = 0;
      let most = 0;
      for (const { type } of writing()) {
        open += type === 'node-start' ? 1 : -1;
        most = Math.max(most, open);
      }
      expect(most).toBe(2);
    });

    it('keeps facts of the report, in its order', () => {
      const { parts } = Outputs.parse(run.outputs);
      const positions = kept.map(([fact, word]) =>
        parts.findIndex((part) => part.includes(fact) && part.includes(word)),
      );
      expect(positions).not.toContain(-1);
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
    });

    it('writes a summary of the whole that is shorter than the summaries of the parts', () => {
      const { summary, parts } = Outputs.parse(run.outputs);
      expect(summary.trim()).not.toBe('');
      expect(summary.length).toBeLessThan(parts.join('\n\n').length);
      expect(parts.join('\n\n').length).toBeLessThan(report.length);
    });
  },
);

import { openDatabase, sqliteTables } from '@heddle/adapters/database';
import { createLabStore } from '@heddle/adapters/lab';
import { expandConfigurations, LabRequest } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { captureOutput } from '../../../testing/capture-output.js';
import { runCommandLine } from '../../run-command-line.js';

const Datasets = z.array(z.object({ id: z.string(), name: z.string() }));

describe('heddle lab', () => {
  let folder: string;
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', join(folder, 'data'), ...args]));
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-lab-command-'));
    const file = join(folder, 'rows.jsonl');
    writeFileSync(file, JSON.stringify({ inputs: { question: 'Why?' }, references: [{ document: 'a' }] }));
    expect((await heddle('datasets', 'import', 'rows', file)).result).toBe(0);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Stores a lab without a job that runs it. */
  async function leaveLab(): Promise<void> {
    const { stdout } = await heddle('datasets', 'list', '--json');
    const listed: unknown = JSON.parse(stdout);
    const dataset = z.union([Datasets, z.object({ datasets: Datasets }).transform(({ datasets }) => datasets)]);
    const [found] = dataset.parse(listed);
    const grid = { rewrite: ['none', 'hyde'], rewriter: ['small'] };
    const request = LabRequest.parse({ collection: 'faq', grid });
    const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20, context: true } as const;
    const database = openDatabase(join(folder, 'data', 'heddle.db'));
    const tables = sqliteTables(database);
    const store = createLabStore(tables);
    const of = { dataset: found?.id ?? '', version: 1, project: 'default', owner: 'local', request, createdAt: 1 };
    const configurations = expandConfigurations({ embedding: 'mini', splitter }, request.grid);
    await tables.commit(store.write.insert({ id: 'l_1', ...of, questions: 2, skipped: 0 }, configurations));
    const answers = ['a', 'b'].map((row) => ({ row, ms: 120, ndcg: 1, recall: 1, mrr: 1 }));
    await store.addAnswers('l_1', 2, answers, { rewritten: { calls: 2, cost: 0.01, currency: 'USD' } });
    await store.setProgress('l_1', 2, { status: 'done' });
    database.close();
  }

  it('prints the rewriting of a search, with its duration and its cost', async () => {
    await leaveLab();
    const { result, stdout } = await heddle('lab', 'rows', '--show', 'l_1');
    expect(result).toBe(0);
    expect(stdout).toMatch(
      /2 +mini, markdown 200\/20 with context, hybrid, hyde by small +1\.000 +120\.0 ms +5\.00 USD/,
    );
    expect(stdout).toMatch(/1 +mini, .*, hybrid \(as it is\)/);
  });

  it('refuses a kind of rewriting that does not exist, and names the field', async () => {
    const { result, stderr } = await heddle('lab', 'rows', '--collection', 'faq', '--rewrite', 'none,whole');
    expect([result, stderr]).toEqual([2, expect.stringContaining('grid.rewrite')]);
  });
});

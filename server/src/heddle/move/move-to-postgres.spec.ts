import { openTestDatabase, type TestDatabase } from '@heddle/adapters/testing';
import { parseDocument, type RunAcceptance } from '@heddle/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../settings/read-settings.js';
import { openHeddle } from '../open-heddle.js';
import { moveDataToFolder } from './move-to-folder.js';
import { moveDataToPostgres } from './move-to-postgres.js';

const server = process.env['HEDDLE_TEST_POSTGRES'];
const where = server === undefined ? 'skipped: no Postgres is installed (apt-get install postgresql)' : 'installed';
const suite = server === undefined ? describe.skip : describe;

const documentOf = (name: string, nodes: object, workflows: object = {}) => ({
  heddle: 2,
  name,
  edges: [],
  workflows,
  nodes: { question: { type: 'input', version: 1, config: { name: 'question' } }, ...nodes },
});
const answer = (model: string) => ({ type: 'generate', version: 1, config: { model } });

const choices = { leavesCollections: true, leavesFiles: false, replacesText: false, startsOver: false, mayLose: true };

suite(`unfinished runs of a folder that is moved to Postgres (${where})`, () => {
  let postgres: TestDatabase;
  let folder = '';
  beforeAll(async () => {
    postgres = await openTestDatabase();
  }, 120_000);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  afterAll(() => postgres?.close());

  const settings = (more: Readonly<Record<string, string>> = {}) =>
    readSettings({ HEDDLE_DATA: join(folder, 'data'), HEDDLE_LOG: 'silent', ...more });
  const rows = async (): Promise<unknown> =>
    Object.fromEntries(
      (
        (await postgres.query('SELECT id, needs, class, acceptance FROM heddle.runs')) as {
          id: string;
          needs: string[];
          class: string;
          acceptance: string;
        }[]
      ).map(({ id, needs, class: name, acceptance }) => {
        const {
          needs: inside = null,
          workerClass = null,
          workflowName,
        } = JSON.parse(acceptance) as Record<string, unknown>;
        expect(workflowName).toBe(id);
        return [id, { needs, class: name, inside, workerClass }];
      }),
    );

  it('moved runs get the needs and the class of their plans, like runs that are accepted there', async () => {
    const heddle = await openHeddle(settings(), { kind: 'command', waitMs: 0 });
    const { journal } = heddle.parts;
    const accept = async (id: string, document: object, options: RunAcceptance['options'] = {}): Promise<void> => {
      const acceptance: RunAcceptance = {
        runId: id,
        workflowId: undefined,
        workflowName: id,
        time: 1,
        trigger: 'api',
        inputs: {},
        options,
        rootId: id,
        origin: undefined,
        reused: [],
      };
      await journal.accept(acceptance, { document: parseDocument(document), workflows: {} });
    };
    await accept('local', documentOf('local', { answer: answer('small') }));
    await accept('far', documentOf('far', { answer: answer('far/big') }));
    await accept('beside', documentOf('beside', { answer: answer('small') }), { only: 'question' });
    await accept('unknown', documentOf('unknown', { odd: { type: 'of-a-package', version: 3, config: {} } }));
    await accept('over', documentOf('over', { answer: answer('small') }));
    await journal.append('over', [{ type: 'run-end', time: 2, status: 'cancelled' }]);
    await heddle.stop();
    await heddle.close();

    const target = postgres.url;
    await moveDataToPostgres(settings({ HEDDLE_REDIS_URL: 'redis://127.0.0.1:1' }), target, choices);
    const placed = (needs: string[], name: string) => ({ needs, class: name, inside: needs, workerClass: name });
    expect(await rows()).toEqual({
      local: placed(['model:small', 'node:generate@1', 'node:input@1'], 'gpu'),
      far: placed(['node:generate@1', 'node:input@1'], 'cpu'),
      beside: placed(['node:generate@1', 'node:input@1'], 'cpu'),
      unknown: placed(['node:input@1', 'node:of-a-package@3'], 'cpu'),
      over: { needs: [], class: 'cpu', inside: null, workerClass: null },
    });

    await moveDataToFolder(settings(), target, join(folder, 'back'), choices);
    const back = await openHeddle(readSettings({ HEDDLE_DATA: join(folder, 'back'), HEDDLE_LOG: 'silent' }), {
      kind: 'command',
      waitMs: 0,
    });
    const { journal: after } = back.parts;
    const acceptance = await after.acceptance('beside');
    expect(acceptance).toMatchObject({ workflowName: 'beside', options: { only: 'question' } });
    expect(acceptance).not.toHaveProperty('needs');
    await back.stop();
    await back.close();
  }, 120_000);
});

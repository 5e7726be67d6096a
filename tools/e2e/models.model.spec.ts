import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRunState, foldRun, type IngestReport, type Passage, type RunReply } from '@heddle/core';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, temporaryFolder } from './built-program.js';
import { childrenOf } from './child-processes.js';
import { storytelling } from './documents.js';
import { eventually } from './eventually.js';
import { chapterOfHandbook, sample } from './handbook.js';
import { heddle } from './heddle-command.js';
import { watchBySse } from './run-events.js';
import { begin, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';
import { hasStarterModels } from './starter-models.js';

jest.setTimeout(120_000);

const isReady = await hasStarterModels();
const suite = isReady ? describe : describe.skip;
const question = 'How much is the meal allowance on business trips?';

suite(
  `the built program with the starter models${isReady ? '' : ' (skipped: they are not on this machine; npm start fetches them)'}`,
  () => {
    const data = () => join(temporaryFolder(), 'data');
    let handbook: string;
    let documents: string;

    beforeAll(async () => {
      handbook = data();
      documents = chapterOfHandbook();
      const result = await heddle(['ingest', 'handbook', documents, '--json'], { data: handbook });
      expect(result.code).toBe(0);
      expect(result.json()).toMatchObject({ failed: 0, unchanged: 0, failures: [] });
    });
    afterAll(cleanUp);

    it('imports unchanged documents without work', async () => {
      const result = await heddle(['ingest', 'handbook', documents, '--json'], { data: handbook });
      const report = result.json() as IngestReport;
      expect(result.code).toBe(0);
      expect(report.documents).toBeGreaterThan(5);
      expect(report).toMatchObject({ done: 0, unchanged: report.documents, failed: 0 });
    });

    it('finds the passage that answers a question', async () => {
      const result = await heddle(['search', 'handbook', question, '-k', '3', '--json'], { data: handbook });
      const passages = result.json() as Passage[];
      expect(result.code).toBe(0);
      expect(passages.length).toBeLessThanOrEqual(3);
      expect(passages.map((passage) => passage.document)).toContain('people/expenses.md');
      expect(passages.find((passage) => passage.document === 'people/expenses.md')?.text).toContain('48');
    });

    describe('on a folder that a server uses', () => {
      let server: ServerProcess;
      beforeAll(async () => {
        server = await startServer({ data: handbook });
      });
      afterAll(() => server.stop());

      it.each([
        ['a query of search operators', 'NEAR( "open AND (* OR NOT ^ {x} : -'],
        ['only quotes', '"""'],
        ['a long text', 'allowance '.repeat(5000)],
      ])('searches with %s', async (_, query) => {
        const result = await heddle(['search', 'handbook', query, '--json'], { data: handbook });
        expect([result.code, result.stderr]).toEqual([0, '']);
        expect(Array.isArray(result.json())).toBe(true);
      });
    });

    it('streams an answer with its source', async () => {
      const result = await heddle(
        ['run', join(sample, 'workflow.json'), '--stream', '--input', `question=${question}`],
        { data: handbook },
      );
      expect(result.code).toBe(0);
      expect(result.stdout).toContain('48');
      expect(result.stdout).toContain('people/expenses.md');
      // What was streamed is not printed a second time.
      const [said = ''] = result.stdout.split('Sources:');
      const answer = said.split('\n').find((line) => line.includes('48')) ?? '';
      expect(said.split(answer)).toHaveLength(2);
    });

    it('imports the readable documents of a folder, names the damaged one, and exits with 1', async () => {
      const folder = join(temporaryFolder(), 'documents');
      mkdirSync(folder);
      writeFileSync(join(folder, 'good.md'), '# Looms\n\nThe tall loom stands in the north hall.');
      writeFileSync(join(folder, 'also good.txt'), 'Yarn is kept in the cellar.');
      writeFileSync(join(folder, 'bad.pdf'), '%PDF-1.7\nthis is no PDF at all');
      const target = data();
      const result = await heddle(['ingest', 'mixed', folder, '--json'], { data: target });
      expect(result.code).toBe(1);
      expect(result.json()).toMatchObject({
        documents: 3,
        done: 2,
        failed: 1,
        failures: [{ document: 'bad.pdf', code: expect.any(String) }],
      });
      expect(result.stderr).toContain('bad.pdf');
      const found = (
        await heddle(['search', 'mixed', 'Where is the tall loom?', '-k', '1', '--json'], { data: target })
      ).json();
      expect(found).toMatchObject([{ document: 'good.md' }]);
    });

    it('says which collection is missing', async () => {
      const result = await heddle(['search', 'nowhere', 'anything', '--json'], { data: handbook });
      expect(result.code).toBe(1);
      expect(result.json()).toMatchObject({
        error: { code: 'collection_not_found', message: expect.stringContaining('nowhere') },
      });
    });

    const canSeeChildren = process.platform === 'linux';
    (canSeeChildren ? describe : describe.skip)(
      `when its model process is killed during an answer${canSeeChildren ? '' : ' (skipped: finding it needs /proc)'}`,
      () => {
        let server: ServerProcess;
        beforeAll(async () => {
          server = await startServer({ data: handbook });
        });
        afterAll(() => server.stop());

        /** Starts a run, kills the model process after some words, and waits for the end of the run. */
        async function interrupted(attempts: number): Promise<RunReply> {
          const runId = await begin(server, storytelling(attempts), {
            topic: 'Tell a long story about a weaver and a fox.',
          });
          const watcher = watchBySse(server, runId);
          await eventually('words', () =>
            watcher.events.find((event) => event.type === 'node-delta' && event.offset > 20),
          );
          const [host, ...others] = childrenOf(server.pid, 'llama');
          expect(others).toEqual([]);
          process.kill(host ?? 0, 'SIGKILL');
          const run = await untilStatus(server, runId);
          await watcher.ended;
          if (run.status !== 'done') return run;
          const state = createRunState(runId);
          for (const event of watcher.events) foldRun(state, event);
          expect(state.executions.get('story')?.text['text']).toBe(run.outputs['text']);
          return run;
        }

        it('fails with a code without a retry, and answers the next run', async () => {
          expect(await interrupted(1)).toMatchObject({
            status: 'failed',
            error: { code: 'model_host_lost', path: 'story', retryable: true },
          });
          const next = await begin(server, storytelling(1, 8), { topic: 'Say hello.' });
          expect(await untilStatus(server, next)).toMatchObject({
            status: 'done',
            outputs: { text: expect.any(String) },
          });
        });

        it('retries if the node has retries, and repeats no words', async () => {
          const run = await interrupted(3);
          expect(run).toMatchObject({ status: 'done', nodes: { story: { status: 'done', attempt: 2 } } });
          expect(childrenOf(server.pid, 'llama')).toHaveLength(1);
        });

        it('leaves no model process behind when the server is killed', async () => {
          const other = await startServer();
          const runId = await begin(other, storytelling(1), { topic: 'Tell a long story.' });
          const hosts = await eventually(
            'model process',
            () => {
              const found = childrenOf(other.pid, 'llama');
              return found.length > 0 ? found : undefined;
            },
            30_000,
          );
          expect(runId).not.toBe('');
          await other.kill();
          await eventually('end of the model process', () => (hosts.some(isRunning) ? undefined : true));
        });
      },
    );
  },
);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

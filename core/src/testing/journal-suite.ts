import type { Journal } from '../ports/journal.js';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, labelled, records } from './journal-fixtures.js';
import { journalLists } from './journal-lists.js';
import { check, checkEqual, checkRejects, type SuiteCase } from './suite.js';

/**
 * The conformance suite of journals. Each test gets a new, empty journal.
 *
 * @example for (const promise of journalSuite) it(promise.name, () => promise.run(createMemoryJournal(clock)));
 */
export const journalSuite: readonly SuiteCase<Journal>[] = [
  {
    name: 'returns an accepted run and its bundle',
    async run(journal) {
      const acceptance = acceptanceOf('run-1', {
        options: { breakpoints: ['answer'] },
        origin: 'run-0',
        rootId: 'run-0',
        reused: ['search'],
        workflowId: undefined,
        trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', isLink: true },
      });
      await journal.accept(acceptanceOf('run-0'), bundleNamed('Sample'));
      await journal.accept(acceptance, bundleNamed('Sample'));
      checkEqual(await journal.acceptance('run-1'), acceptance, 'the acceptance changed');
      checkEqual(await journal.bundle('run-1'), bundleNamed('Sample'), 'the bundle changed');
      const summary = await journal.summary('run-1');
      check(summary.status === 'queued', `a new run is queued, not ${summary.status}`);
      checkEqual(
        [summary.acceptedAt, summary.lastSeq, summary.workflowName, summary.origin],
        [1000, 0, 'Sample', 'run-0'],
        'the summary is wrong',
      );
    },
  },
  {
    name: 'reports the commit of a run in a later tick and before it resolves, and never for a refused run',
    async run(journal) {
      const received: string[] = [];
      const accepted = journal.accept(acceptanceOf('run-1'), bundleNamed('Sample'), () => received.push('committed'));
      received.push('called');
      await accepted;
      received.push('accepted');
      const again = journal.accept(acceptanceOf('run-1'), bundleNamed('Sample'), () =>
        received.push('committed again'),
      );
      await checkRejects(again, 'conflict');
      checkEqual(received, ['called', 'committed', 'accepted'], 'the order is wrong');
    },
  },
  {
    name: 'refuses an existing run id',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      await checkRejects(acceptRun(journal, 'run-1', { workflowName: 'Another' }), 'conflict');
      check((await journal.summary('run-1')).workflowName === 'Sample', 'the first run was overwritten');
    },
  },
  {
    name: 'gives equal bundles one hash and different ones different hashes',
    async run(journal) {
      const first = await journal.accept(acceptanceOf('run-1'), bundleNamed('A'));
      const second = await journal.accept(acceptanceOf('run-2'), bundleNamed('A'));
      const third = await journal.accept(acceptanceOf('run-3'), bundleNamed('B'));
      check(first === second && first !== third, 'the hash does not follow the content');
    },
  },
  {
    name: 'numbers the records of a run from 1 without gaps',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      const firsts = [
        await appendTo(journal, 'run-1', [records.runStart()]),
        await appendTo(journal, 'run-1', [records.nodeStart('a'), records.nodeEnd('a')]),
        await appendTo(journal, 'run-1', [records.nodeStart('b')]),
      ];
      checkEqual(firsts, [1, 2, 4], 'the first seqs are wrong');
      checkEqual(
        (await journal.events('run-1')).map((event) => event.seq),
        [1, 2, 3, 4],
        'the seqs have gaps',
      );
      check((await journal.summary('run-1')).lastSeq === 4, 'lastSeq is wrong');
    },
  },
  {
    name: 'keeps the order of concurrent appends for each run',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      await acceptRun(journal, 'run-2');
      const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
      await Promise.all(
        names.flatMap((name) => [
          appendTo(journal, 'run-1', [records.nodeStart(name)]),
          appendTo(journal, 'run-2', [records.nodeStart(name), records.nodeEnd(name)]),
        ]),
      );
      const paths = async (runId: string, type: string): Promise<(string | undefined)[]> =>
        (await journal.events(runId))
          .filter((event) => event.type === type)
          .map((event) => ('path' in event ? event.path : undefined));
      checkEqual(await paths('run-1', 'node-start'), names, 'run-1 is out of order');
      checkEqual(await paths('run-2', 'node-end'), names, 'run-2 is out of order');
      checkEqual(
        (await journal.events('run-2')).map((event) => event.seq),
        Array.from({ length: 100 }, (_, index) => index + 1),
        'run-2 has gaps',
      );
    },
  },
  {
    name: 'stores nothing of a refused batch',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      await checkRejects(
        appendTo(journal, 'run-1', [records.runStart(), records.runEnd(), records.nodeStart('late')]),
        'run_terminal',
      );
      checkEqual(await journal.events('run-1'), [], 'a part of the batch was kept');
      check((await journal.summary('run-1')).status === 'queued', 'the status moved');
      check((await appendTo(journal, 'run-1', [records.runStart()])) === 1, 'the refused batch used seqs up');
    },
  },
  {
    name: 'appends nothing to a run that has ended',
    async run(journal) {
      for (const status of ['done', 'failed', 'cancelled'] as const) {
        await acceptRun(journal, status);
        await appendTo(journal, status, [records.runStart(), records.runEnd(status)]);
        await checkRejects(appendTo(journal, status, [records.nodeStart('late')]), 'run_terminal');
        await checkRejects(appendTo(journal, status, [records.runEnd('done')]), 'run_terminal');
        check((await journal.summary(status)).status === status, 'a terminal status changed');
      }
    },
  },
  {
    name: 'accepts only one of two run-end records',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      const results = await Promise.allSettled([
        appendTo(journal, 'run-1', [records.runEnd('done')]),
        appendTo(journal, 'run-1', [records.runEnd('cancelled')]),
      ]);
      checkEqual(
        results.map((result) => result.status),
        ['fulfilled', 'rejected'],
        'both or neither won',
      );
      check((await journal.summary('run-1')).status === 'done', 'the second run-end won');
    },
  },
  {
    name: 'updates the status with the run records',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      const statusAfter = async (record: Parameters<typeof appendTo>[2][number]): Promise<string> => {
        await appendTo(journal, 'run-1', [record]);
        return (await journal.summary('run-1')).status;
      };
      const seen = [
        await statusAfter(records.runStart()),
        await statusAfter(records.suspend(undefined)),
        await statusAfter({ type: 'run-resume', time: 1600, reason: 'answered' }),
        await statusAfter({ type: 'run-pause', time: 1700, reason: 'kill switch' }),
        await statusAfter({ type: 'run-resume', time: 1800, reason: 'released' }),
        await statusAfter(records.runEnd('done', 2000)),
      ];
      checkEqual(
        seen,
        ['running', 'suspended', 'running', 'paused', 'running', 'done'],
        'the status does not follow the records',
      );
      const summary = await journal.summary('run-1');
      checkEqual([summary.startedAt, summary.endedAt], [1001, 2000], 'start or end time is wrong');
    },
  },
  {
    name: 'stores the error of a failed run and adds up its usage',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      const usage = { inputTokens: 10, outputTokens: 5, cost: 0.25, model: 'm' };
      const error = { code: 'node_failed', message: 'It broke.', retryable: false };
      await appendTo(journal, 'run-1', [
        { type: 'node-end', time: 1, path: 'a', attempt: 1, started: 1, outputs: {}, usage },
        { type: 'node-end', time: 1, path: 'b', attempt: 1, started: 1, outputs: {}, usage },
      ]);
      await appendTo(journal, 'run-1', [{ type: 'run-end', time: 9, status: 'failed', error }]);
      const summary = await journal.summary('run-1');
      checkEqual(
        [summary.inputTokens, summary.outputTokens, summary.cost, summary.error],
        [20, 10, 0.5, error],
        'the summary is wrong',
      );
    },
  },
  {
    name: 'returns exactly the appended records, with whole large values',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      const large = { text: 'ä'.repeat(200_000), list: [1, null, true, { deep: ['x'] }] };
      const appended = [
        records.runStart(),
        records.nodeStart('a'),
        records.nodeEnd('a', large),
        records.nodeEnd('b', large),
        records.humanInputStart('ask-1'),
        records.humanInputEnd('ask-1'),
      ];
      await appendTo(journal, 'run-1', appended);
      checkEqual(
        await journal.events('run-1'),
        appended.map((record, index) => ({ ...record, runId: 'run-1', seq: index + 1 })),
        'the events differ from the records',
      );
    },
  },
  {
    name: 'returns the events after a sequence number, up to a limit',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      await appendTo(
        journal,
        'run-1',
        ['a', 'b', 'c', 'd'].map((path) => records.nodeStart(path)),
      );
      const seqs = async (options: { after?: number; limit?: number }): Promise<number[]> =>
        (await journal.events('run-1', options)).map((event) => event.seq);
      checkEqual(await seqs({ after: 2 }), [3, 4], 'after is wrong');
      checkEqual(await seqs({ after: 1, limit: 2 }), [2, 3], 'limit is wrong');
      checkEqual(await seqs({ after: 4 }), [], 'there is nothing after the last');
    },
  },
  {
    name: 'returns the events of one execution',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      await appendTo(journal, 'run-1', [records.nodeStart('a'), records.nodeStart('a#1'), records.nodeStart('b')]);
      await appendTo(journal, 'run-1', [records.nodeEnd('b'), records.nodeEnd('a'), records.runEnd()]);
      const seqs = async (path: string, after = 0): Promise<number[]> =>
        (await journal.events('run-1', { path, after })).map((event) => event.seq);
      checkEqual(await seqs('a'), [1, 5], 'the events are wrong');
      checkEqual(await seqs('a', 1), [5], 'after is wrong');
      checkEqual(await seqs('c'), [], 'there is no such execution');
      await checkRejects(journal.events('none', { path: 'a' }), 'run_not_found');
    },
  },
  {
    name: 'keeps streamed text of attempts that have not ended',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      const delta = (path: string, attempt: number, offset: number, text: string) =>
        ({ type: 'node-delta', runId: 'run-1', time: 1, path, attempt, port: 'text', offset, delta: text }) as const;
      journal.saveDeltas('run-1', [delta('a', 1, 0, 'Hel'), delta('a', 1, 3, 'lo'), delta('b', 1, 0, 'old')]);
      journal.saveDeltas('run-1', [delta('b', 2, 0, 'new'), delta('c', 1, 0, 'gone')]);
      await appendTo(journal, 'run-1', [records.nodeEnd('c', 'gone')]);
      const texts = (await journal.streams('run-1'))
        .map((entry) => `${entry.path}/${entry.attempt}/${entry.port}: ${entry.text}`)
        .sort();
      checkEqual(texts, ['a/1/text: Hello', 'b/2/text: new'], 'the streamed text is wrong');
    },
  },
  {
    name: 'reports a run that does not exist',
    async run(journal) {
      const questions = [
        () => journal.acceptance('none'),
        () => journal.bundle('none'),
        () => journal.summary('none'),
        () => journal.events('none'),
        () => appendTo(journal, 'none', [records.runStart()]),
      ];
      for (const ask of questions) await checkRejects(ask(), 'run_not_found');
    },
  },
  {
    name: 'does not change when callers change the values later',
    async run(journal) {
      await acceptRun(journal, 'run-1');
      await appendTo(journal, 'run-1', [records.nodeEnd('a', labelled('kept'))]);
      const events = await journal.events('run-1');
      (events as unknown[]).length = 0;
      check((await journal.events('run-1')).length === 1, 'the list that was given out is the journal itself');
    },
  },
  ...journalLists,
];

import type { Journal } from '../ports/journal.js';
import { acceptRun, appendTo, records } from './journal-fixtures.js';
import { checkEqual, type SuiteCase } from './suite.js';

/** The conformance tests of the journal's lists of runs and human input requests. */
export const journalLists: readonly SuiteCase<Journal>[] = [
  {
    name: 'lists runs newest first, by workflow, status, limit and page',
    async run(journal) {
      await acceptRun(journal, 'run-1', { time: 1 });
      await acceptRun(journal, 'run-2', { time: 2, workflowId: 'workflow-2' });
      await acceptRun(journal, 'run-3', { time: 3 });
      await appendTo(journal, 'run-3', [records.runEnd('failed')]);
      const ids = async (query: Parameters<Journal['list']>[0]): Promise<string[]> =>
        (await journal.list(query)).map((run) => run.runId);
      checkEqual(await ids({}), ['run-3', 'run-2', 'run-1'], 'the order is wrong');
      checkEqual(await ids({ workflowId: 'workflow-1' }), ['run-3', 'run-1'], 'the workflow filter is wrong');
      checkEqual(await ids({ status: ['failed', 'done'] }), ['run-3'], 'the status filter is wrong');
      checkEqual(await ids({ status: ['queued'], limit: 1 }), ['run-2'], 'the limit is wrong');
      checkEqual(await ids({ before: 3 }), ['run-2', 'run-1'], 'the page is wrong');
      checkEqual(await ids({ search: 'RUN-2' }), ['run-2'], 'the search by id is wrong');
      checkEqual(await ids({ search: '100%_' }), [], 'signs of patterns count as themselves');
      checkEqual(await ids({ trigger: ['schedule'] }), [], 'the trigger filter is wrong');
    },
  },
  {
    name: 'lists the runs after a given run, also among runs of the same millisecond, and if that run no longer exists',
    async run(journal) {
      for (const [id, time] of [
        ['a', 1],
        ['b', 2],
        ['c', 2],
        ['d', 2],
        ['e', 3],
      ] as const)
        await acceptRun(journal, id, { time });
      const ids = async (runId: string, acceptedAt: number): Promise<string[]> =>
        (await journal.list({ before: { acceptedAt, runId }, limit: 2 })).map((run) => run.runId);
      checkEqual(await ids('e', 3), ['d', 'c'], 'the second page is wrong');
      checkEqual(await ids('c', 2), ['b', 'a'], 'the third page is wrong');
      checkEqual(await ids('a', 1), [], 'there is nothing behind the last');
      checkEqual(await ids('gone', 2), ['d', 'c'], 'behind a run that is gone nothing may be left out');
    },
  },
  {
    name: 'lists unfinished runs, without ended and paused runs',
    async run(journal) {
      for (const id of ['queued', 'running', 'suspended', 'paused', 'done']) await acceptRun(journal, id);
      await appendTo(journal, 'running', [records.runStart()]);
      await appendTo(journal, 'suspended', [records.runStart(), records.suspend(undefined)]);
      await appendTo(journal, 'paused', [records.runStart(), { type: 'run-pause', time: 1, reason: 'stop' }]);
      await appendTo(journal, 'done', [records.runStart(), records.runEnd()]);
      checkEqual(
        (await journal.unfinished()).map((run) => run.runId).sort(),
        ['queued', 'running', 'suspended'],
        'the unfinished runs are wrong',
      );
    },
  },
  {
    name: 'lists suspended runs with a wake time, soonest first',
    async run(journal) {
      for (const id of ['late', 'soon', 'person', 'woken', 'ended']) await acceptRun(journal, id);
      await appendTo(journal, 'late', [records.suspend(9000)]);
      await appendTo(journal, 'soon', [records.suspend(5000)]);
      await appendTo(journal, 'person', [records.suspend(undefined, ['ask-1'])]);
      await appendTo(journal, 'woken', [records.suspend(4000), { type: 'run-resume', time: 4001, reason: 'timer' }]);
      await appendTo(journal, 'ended', [
        records.suspend(3000),
        { type: 'run-resume', time: 3001, reason: 'timer' },
        records.runEnd(),
      ]);
      checkEqual(
        await journal.due(),
        [
          { runId: 'soon', until: 5000 },
          { runId: 'late', until: 9000 },
        ],
        'the due runs are wrong',
      );
    },
  },
  {
    name: 'lists open human input requests until they are answered or their run ends',
    async run(journal) {
      for (const id of ['run-1', 'run-2']) await acceptRun(journal, id);
      await appendTo(journal, 'run-1', [records.humanInputStart('ask-1'), records.humanInputStart('ask-2', 'other')]);
      await appendTo(journal, 'run-2', [records.humanInputStart('ask-3')]);
      const ids = async (runId?: string): Promise<string[]> =>
        (await journal.requests(runId === undefined ? {} : { runId })).map((request) => request.requestId).sort();
      checkEqual(await ids(), ['ask-1', 'ask-2', 'ask-3'], 'open questions are missing');
      checkEqual(await ids('run-1'), ['ask-1', 'ask-2'], 'the run filter is wrong');
      await appendTo(journal, 'run-1', [records.humanInputEnd('ask-1')]);
      await appendTo(journal, 'run-2', [records.runEnd('cancelled')]);
      checkEqual(await ids(), ['ask-2'], 'a closed question is still open');
      const [request] = await journal.requests();
      checkEqual(
        [request?.runId, request?.path, request?.titles, request?.question.title, request?.time],
        ['run-1', 'other', ['Approve'], 'May I?', 1400],
        'the question is incomplete',
      );
    },
  },
];

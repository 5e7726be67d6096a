import { afterEach, describe, expect, it } from '@jest/globals';
import { ExperimentRequest, localPrincipal, type ExperimentReply } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import type { Heddle } from '../heddle/heddle.js';
import { addDataset } from '../testing/reach/add-dataset.js';
import { openTwoProcesses, type TwoProcesses } from '../testing/cluster/two-processes.js';
import { createWaitingWorkflow } from '../testing/cluster/waiting-workflow.js';

const by = { who: 'ann' };
describe('an experiment, in two processes on one database', () => {
  let opened: TwoProcesses | undefined;
  let letGo = (): void => undefined;
  afterEach(async () => {
    letGo();
    await opened?.close();
    opened = undefined;
  });

  async function open() {
    const workflow = createWaitingWorkflow();
    const { asked, document } = workflow;
    letGo = workflow.letGo;
    opened = await openTwoProcesses({
      withStoredJournal: true,
      nodes: [...standardNodes, workflow.node],
      engine: { startRun, resumeRun },
    });
    const [one, other] = opened.processes;
    await one.workflows.create(document, 'quiz');
    const rows = ['1', '2', '3'].map((question) => ({
      id: `r${question}`,
      inputs: { question },
      expected: question,
      label: 'internal' as const,
    }));
    const dataset = await addDataset(one, { name: 'Numbers', project: 'default', rows });
    const request = ExperimentRequest.parse({
      name: 'Quiz',
      dataset,
      concurrency: 1,
      repeats: 1,
      variants: [{ workflow: 'quiz', version: 'draft' }],
      evaluators: [{ kind: 'exact', config: {} }],
    });
    const create = (): Promise<ExperimentReply> => one.experiments.create(request, localPrincipal, 'default', by);
    const jobs = async () => (await one.jobs.list()).filter(({ kind }) => kind === 'experiment');
    const reach = async (process: Heddle, id: string, isSo: (reply: ExperimentReply) => boolean) => {
      for (;;) {
        const reply = await process.experiments.get(id);
        if (isSo(reply)) return reply;
        await opened?.pass(1);
      }
    };
    const lives = (process: Heddle): Promise<void> =>
      process.jobs.resume(() => {
        throw new Error('There is nothing to continue.');
      });
    return { ...opened, one, other, create, jobs, reach, lives, asked };
  }

  const isRunning = ({ cells }: ExperimentReply): boolean => cells.running === 1;

  it('stays with the process that works on it while that process lives', async () => {
    const { one, other, create, jobs, reach, lives, asked, pass } = await open();
    await lives(one);
    await lives(other);
    const { id } = await create();
    await reach(one, id, isRunning);
    for (let second = 0; second < 10; second += 1) {
      await other.experiments.recoverAbandoned();
      await pass(1);
    }
    const [job] = await jobs();
    expect([(await jobs()).length, (await other.experiments.get(id)).jobId]).toEqual([1, job?.jobId]);
    letGo();
    const { cells } = await reach(other, id, ({ status }) => status === 'done');
    expect([cells.done, asked, (await jobs()).length]).toEqual([3, ['1', '2', '3'], 1]);
  });

  it('goes on in another process once its process is gone, and runs no row twice', async () => {
    const { one, other, create, jobs, reach, lives, asked, pass } = await open();
    const { id } = await create();
    await reach(one, id, isRunning);
    await lives(other);
    await pass(5);
    await other.experiments.recoverAbandoned();
    await pass(1);
    const [second, first] = await jobs();
    expect([first?.status, second?.status]).toEqual(['failed', 'running']);
    letGo();
    const { cells } = await reach(other, id, ({ status }) => status === 'done');
    expect([cells.done, [...asked].sort()]).toEqual([3, ['1', '2', '3']]);
  });

  it('can be paused and cancelled through any process', async () => {
    const { one, other, create, jobs, reach, lives } = await open();
    await lives(one);
    await lives(other);
    const { id } = await create();
    await reach(one, id, isRunning);
    expect((await other.experiments.pause(id, by)).status).toBe('paused');
    expect((await jobs())[0]?.status).toBe('cancelled');
    expect((await other.experiments.resume(id, by)).status).toBe('running');
    await one.experiments.cancel(id, localPrincipal, by);
    const { cells } = await reach(other, id, ({ status }) => status === 'cancelled');
    expect([cells.waiting, cells.running]).toEqual([0, 0]);
  });
});

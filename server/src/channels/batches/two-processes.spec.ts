import { afterEach, describe, expect, it } from '@jest/globals';
import { BatchConfig, localPrincipal, type BatchReply } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import type { Heddle } from '../../heddle/heddle.js';
import { openTwoProcesses, type TwoProcesses } from '../../testing/cluster/two-processes.js';
import { createWaitingWorkflow } from '../../testing/cluster/waiting-workflow.js';

describe('a batch, in two processes on one database', () => {
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
    await one.workflows.create(document, 'waiting');
    await one.publishing.versions.publish('waiting', { acceptDataMap: true }, localPrincipal);
    const rows = ['a', 'b', 'c'].map((question) => ({ question }));
    const create = (): Promise<BatchReply> =>
      one.channels.batches.create('waiting', rows, BatchConfig.parse({ concurrency: 1 }), localPrincipal);
    const jobs = async () => (await one.jobs.list()).filter(({ kind }) => kind === 'batch');
    /** Moves the clock until the batch is as wanted. */
    const reach = async (process: Heddle, id: string, isSo: (batch: BatchReply) => boolean): Promise<BatchReply> => {
      for (;;) {
        const batch = await process.channels.batches.get('waiting', id);
        if (isSo(batch)) return batch;
        await opened?.pass(1);
      }
    };
    /** From now on the process renews its jobs. */
    const lives = (process: Heddle): Promise<void> =>
      process.jobs.resume(() => {
        throw new Error('There is nothing to continue.');
      });
    return { ...opened, one, other, create, jobs, reach, lives, asked };
  }

  const isRunning = ({ rows }: BatchReply): boolean => rows.running === 1;

  it('stays with the process that works on it while that process lives', async () => {
    const { one, other, create, jobs, reach, lives, asked, pass } = await open();
    await lives(one);
    await lives(other);
    const { id } = await create();
    await reach(one, id, isRunning);
    other.channels.start();
    await pass(10);
    const [job] = await jobs();
    expect([(await jobs()).length, (await other.channels.batches.get('waiting', id)).jobId]).toEqual([1, job?.jobId]);
    letGo();
    const { rows } = await reach(other, id, ({ status }) => status === 'done');
    expect([rows.done, asked, (await jobs()).length]).toEqual([3, ['a', 'b', 'c'], 1]);
  });

  it('goes on in another process once its process is gone, and runs no row twice', async () => {
    const { one, other, create, jobs, reach, lives, asked, pass } = await open();
    const { id } = await create();
    await reach(one, id, isRunning);
    await lives(other);
    other.channels.start();
    await pass(8);
    const [second, first] = await jobs();
    expect([first?.status, first?.error?.code, second?.status]).toEqual(['failed', 'job_interrupted', 'running']);
    // The first process is not dead: it slept, and now works on the same batch.
    letGo();
    const { rows } = await reach(other, id, ({ status }) => status === 'done');
    expect([rows.done, [...asked].sort()]).toEqual([3, ['a', 'b', 'c']]);
  });

  it('can be paused and resumed through any process', async () => {
    const { one, other, create, jobs, reach, lives, asked } = await open();
    await lives(one);
    await lives(other);
    const { id } = await create();
    await reach(one, id, isRunning);
    expect((await other.channels.batches.pause('waiting', id, localPrincipal)).status).toBe('paused');
    letGo();
    const { rows } = await reach(other, id, (batch) => batch.rows.running === 0);
    expect([rows.waiting, asked, (await jobs())[0]?.status]).toEqual([2, ['a'], 'cancelled']);
    await other.channels.batches.resume('waiting', id, localPrincipal);
    await reach(one, id, ({ status }) => status === 'done');
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('is not removed while another process adds its rows, but afterwards', async () => {
    const { other, pass, clock } = await open();
    const { batches } = other.parts.channels;
    const body = BatchConfig.parse({});
    await batches.insert({ id: 'b-new', workflowId: 'waiting', owner: 'ann', body, createdAt: clock.now() });
    await other.channels.batches.recoverAbandoned();
    expect(await batches.unfinished()).toEqual(['b-new']);
    await clock.advance(3_600_000);
    await pass(1);
    await other.channels.batches.recoverAbandoned();
    expect(await batches.unfinished()).toEqual([]);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { createSafeFetch } from '@heddle/adapters/fetch';
import { HeddleError, type JobReply, type SourceConnector, type SourceRecord } from '@heddle/core';
import { createMemorySource, MemoryWorld } from '@heddle/core/testing';
import { createFakeCollections } from '../testing/fake-collections.js';
import { openTwoProcesses, type TwoProcesses } from '../testing/cluster/two-processes.js';

const name = { collection: 'notes', id: 'wiki' };
const order = { isFull: false, mayEmpty: false };
const by = { who: 'ann' };

describe('sources, in two processes on one database', () => {
  let opened: TwoProcesses | undefined;
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });

  async function open() {
    /** A source that answers nothing until its sync is stopped, or until `go` is called. */
    let go = (): void => undefined;
    const isLetGo = new Promise<void>((resolve) => (go = resolve));
    const memory = createMemorySource(new MemoryWorld());
    const slow: SourceConnector = {
      ...(memory as unknown as SourceConnector),
      kind: 'slow',
      async *changes({ signal }) {
        await Promise.race([
          isLetGo,
          new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
        ]);
        signal.throwIfAborted();
        yield* [];
      },
    };
    opened = await openTwoProcesses({
      collections: createFakeCollections(),
      fetch: createSafeFetch(),
      sourceConnectors: [slow],
    });
    const [one, other] = opened.processes;
    await one.collections.create({ name: name.collection, embedding: 'fake', label: 'internal' });
    const source = {
      ...name,
      kind: 'slow',
      title: 'Wiki',
      config: {},
      project: 'default',
      createdBy: 'ann',
      createdAt: 1,
      isPaused: false,
      isRemoving: false,
      schedule: { cron: '0 * * * *', timeZone: 'UTC' },
    };
    await one.parts.tables.commit(one.parts.sources.write.insert(source));
    const record = async (): Promise<SourceRecord> => {
      const found = await one.parts.sources.find(name);
      if (found === undefined) throw new Error('There is no source.');
      return found;
    };
    const syncs = async (): Promise<readonly JobReply[]> =>
      (await one.jobs.list()).filter(({ kind }) => kind === 'sync');
    const until = async (isSo: (jobs: readonly JobReply[]) => boolean): Promise<readonly JobReply[]> => {
      for (;;) {
        const jobs = await syncs();
        if (isSo(jobs)) return jobs;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const running = (jobs: readonly JobReply[]): boolean => jobs[0]?.status === 'running';
    return { ...opened, one, other, record, syncs, until, running, letGo: go };
  }

  it('start one sync per time, whichever processes find it due', async () => {
    const { one, other, record, syncs } = await open();
    const due = await record();
    await Promise.all([one, other, one, other].map(({ sources }) => sources.syncAtTime(due, 5_000)));
    expect(await syncs()).toHaveLength(1);
    expect((await record()).firedAt).toBe(5_000);
  });

  it('start no second sync while another process syncs, and count the time as passed', async () => {
    const { one, other, record, syncs, until, running, letGo } = await open();
    const { jobId } = await one.sources.sync(name, order);
    await until(running);
    expect(await other.sources.sync(name, order)).toEqual({ jobId });
    await expect(other.sources.sync(name, { ...order, isFull: true })).rejects.toMatchObject({ code: 'conflict' });
    await other.sources.syncAtTime(await record(), 7_000);
    expect([(await syncs()).length, (await record()).firedAt]).toEqual([1, 7_000]);
    letGo();
    await until(([job]) => job?.endedAt !== undefined);
    await other.sources.sync(name, order);
    expect(await syncs()).toHaveLength(2);
  });

  it('stop a sync of another process when the source changes, and start a new one', async () => {
    const { one, other, until, running, pass, syncs } = await open();
    await one.jobs.resume(() => {
      throw new HeddleError('internal', 'There is nothing to take over.');
    });
    await one.sources.sync(name, order);
    await until(running);
    const changed = await other.sources.change(name, { label: 'internal' }, by);
    expect(changed.state?.job).toBe((await syncs())[0]?.jobId);
    const [second, first] = await syncs();
    expect([first?.status, second?.jobId === first?.jobId]).toEqual(['cancelled', false]);
    // The first process notices that its sync is gone, and stops.
    await pass(2);
    expect(await one.sources.sync(name, order)).toEqual({ jobId: second?.jobId });
  });

  it('continue in another process once the process that syncs is gone', async () => {
    const { one, other, until, running, pass, letGo, syncs } = await open();
    const { jobId } = await one.sources.sync(name, order);
    await until(running);
    await other.jobs.resume(({ job, work }) => other.sources.leftJob(job, work));
    await pass(2);
    expect((await other.jobs.get(jobId)).status).toBe('running');
    // The first process renews nothing any more.
    await pass(3);
    letGo();
    const [job] = await until(([only]) => only?.endedAt !== undefined);
    expect([job?.jobId, job?.status, (await syncs()).length]).toEqual([jobId, 'done', 1]);
  });
});

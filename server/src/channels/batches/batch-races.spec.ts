import { BatchReply, HeddleError, type ErrorCode } from '@heddle/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished, until } from '../testing/open-published.js';

let server: TestServer;
afterEach(() => server.close());

const path = '/api/workflows/echo/batches';
const begin = async (rows: readonly string[], config: object = {}): Promise<string> => {
  const body = { rows: rows.map((question) => ({ question })), ...config };
  return BatchReply.parse((await server.call('POST', path, body)).body).id;
};
const reaches = (id: string, is: (batch: BatchReply) => boolean) =>
  until(async () => {
    const batch = BatchReply.parse((await server.call('GET', `${path}/${id}`)).body);
    return is(batch) ? batch : undefined;
  });

/** Decides by the question of a row which error its start throws; with undefined, the row starts. */
function startsThrow(decide: (question: unknown) => Promise<ErrorCode | undefined>): void {
  const starts = server.heddle.publishing.runs;
  const start = starts.start.bind(starts);
  Object.assign(starts, {
    start: async (...asked: Parameters<typeof start>) => {
      const code = await decide(asked[0].inputs['question']);
      if (code !== undefined) throw new HeddleError(code, 'Not now.');
      return start(...asked);
    },
  });
}

/** Calls `before` just before a batch pauses by itself, and `behind` just after. */
function whenItPauses(come: {
  readonly before?: () => Promise<unknown>;
  readonly behind?: () => Promise<unknown>;
}): void {
  const { audit } = server.heddle;
  const commit = audit.commit.bind(audit);
  Object.assign(audit, {
    commit: async (...given: Parameters<typeof commit>) => {
      const events = JSON.stringify(given[0]);
      const isPause = events.includes('"who":"heddle"') && events.includes('"step":"batch paused"');
      if (isPause) await come.before?.();
      try {
        await commit(...given);
      } finally {
        if (isPause) await come.behind?.();
      }
    },
  });
}

describe('a batch that pauses by itself', () => {
  it('goes on when it is resumed while its job is just ending', async () => {
    server = await openPublished();
    let isOffAir = true;
    let open = (): void => undefined;
    const opened = new Promise<undefined>((resolve) => (open = () => resolve(undefined)));
    startsThrow(() => (isOffAir ? Promise.resolve('not_published') : opened));
    const resumed: number[] = [];
    whenItPauses({
      behind: async () => {
        isOffAir = false;
        const { id: workflow } = await server.heddle.workflows.get('echo');
        const [batch] = await server.heddle.parts.channels.batches.list(workflow, 1);
        resumed.push((await server.call('POST', `${path}/${batch?.id}/resume`)).status);
      },
    });
    const id = await begin(['a', 'b'], { concurrency: 1 });
    const jobs = () => server.heddle.jobs.list();
    await until(async () => (await jobs()).find(({ status }) => status === 'done' || status === 'cancelled'));
    // The first job has ended, and the job that continues the batch remains.
    const working = (await jobs()).find(({ status }) => status === 'running')?.jobId;
    expect((await reaches(id, () => true)).jobId).toBe(working);
    open();
    expect((await reaches(id, ({ status }) => status === 'done')).rows.done).toBe(2);
    expect(resumed).toEqual([200]);
  });

  it('stays cancelled when it is cancelled at that moment', async () => {
    server = await openPublished();
    const { batches } = server.heddle.parts.channels;
    const { id: workflow } = await server.heddle.workflows.get('echo');
    startsThrow(() => Promise.resolve('not_published'));
    let isOver = false;
    whenItPauses({
      before: async () => {
        const [batch] = await batches.list(workflow, 1);
        await server.heddle.parts.tables.commit([batches.write.setState(batch?.id ?? '', 'cancelled')]);
      },
      behind: () => Promise.resolve((isOver = true)),
    });
    const id = await begin(['a']);
    await until(() => (isOver ? true : undefined));
    expect((await batches.get(id)).state).toBe('cancelled');
  });

  it('reports no failure of a row that was just starting', async () => {
    server = await openPublished();
    const { batches } = server.heddle.parts.channels;
    const { id: workflow } = await server.heddle.workflows.get('echo');
    startsThrow(async (question) => {
      if (question === 'first') return 'not_published';
      await until(async () => ((await batches.list(workflow, 1))[0]?.state === 'paused' ? true : undefined));
      return 'conflict';
    });
    const id = await begin(['first', 'second'], { concurrency: 2 });
    const paused = await reaches(id, ({ status, jobId }) => status === 'paused' && jobId === undefined);
    expect(paused.rows).toMatchObject({ waiting: 2, failed: 0 });
  });
});

describe('runs that must still be cancelled with their batch', () => {
  it.each([
    ['run_terminal', 'ended meanwhile'],
    ['storage_failed', 'storage_failed'],
  ] as const)('are cancelled at the next start, which ignores only a run that has ended: %s: %s', async (code, end) => {
    server = await openPublished();
    const { channels, parts, runs } = server.heddle;
    Object.assign(parts.channels.batches, { toCancel: () => Promise.resolve([{ run: 'r', owner: 'local' }]) });
    Object.assign(runs, { cancel: () => Promise.reject(new HeddleError(code, 'x')) });
    const started = channels.batches.recoverAbandoned().then(
      () => 'ended meanwhile',
      (error: unknown) => error instanceof HeddleError && error.code,
    );
    expect(await started).toBe(end);
  });
});

it('a row that fails while the process stops waits for the next process', async () => {
  server = await openPublished();
  const { channels, parts } = server.heddle;
  let isBegun = false;
  let fail = (): void => undefined;
  const failed = new Promise<void>((resolve) => (fail = resolve));
  startsThrow(async () => {
    isBegun = true;
    await failed;
    return 'internal';
  });
  const id = await begin(['a']);
  await until(() => (isBegun ? true : undefined));
  await channels.batches.stop();
  fail();
  await until(async () => (await server.heddle.jobs.list()).find(({ status }) => status === 'cancelled'));
  expect(await parts.channels.batches.counts(id)).toMatchObject({ waiting: 1, failed: 0 });
});

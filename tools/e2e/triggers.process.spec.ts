import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import type { PublishedReply, RunSummary, ScheduleReply, WebhookReply } from '@heddle/core';
import { cleanUp, temporaryFolder } from './built-program.js';
import { greeting } from './documents.js';
import { eventually } from './eventually.js';
import { done, publish } from './published-documents.js';
import { post, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';
import { openWebhookReceiver } from './webhook-receiver.js';

jest.setTimeout(180_000);
const receiver = await openWebhookReceiver();
let server: ServerProcess | undefined;
afterEach(async () => {
  await server?.kill();
  receiver.answer();
});
afterAll(async () => {
  await receiver.close();
  await cleanUp();
});

const second = 1_000;
/** Waits until a time of the machine's clock. */
const untilTime = (time: number): Promise<true> =>
  eventually('time', () => (Date.now() >= time ? true : undefined), 60_000);

async function open() {
  const data = temporaryFolder();
  const start = async (): Promise<ServerProcess> =>
    (server = await startServer({ data, environment: { HEDDLE_FETCH_ALLOW: receiver.host } }));
  await publish(await start(), 'greet', greeting);
  return {
    start,
    kill: async () => server?.kill(),
    now: (): ServerProcess => {
      if (server === undefined) throw new Error('There is no server.');
      return server;
    },
  };
}

/** The times for which a schedule started runs, oldest first; a time with two runs is listed twice. */
async function timesOf(from: ServerProcess): Promise<number[]> {
  const { runs } = await done<{ runs: RunSummary[] }>(send(from, '/api/runs?limit=200&trigger=schedule'));
  const replies = await Promise.all(runs.map(({ runId }) => untilStatus(from, runId)));
  const said = replies.map(({ outputs }) => /^Hello (.+)!$/.exec(String(outputs['greeting']))?.[1] ?? '');
  return said.map((time) => Date.parse(time)).sort((a, b) => a - b);
}

const schedule = (to: ServerProcess, config: object): Promise<ScheduleReply> =>
  done(post(to, '/api/workflows/greet/schedules', { name: 'Often', inputs: { name: '{{ time }}' }, ...config }));

describe('a schedule on a server that is killed', () => {
  it('runs every time once, and also every missed time if it is to catch up on all', async () => {
    const { now, start, kill } = await open();
    await schedule(now(), { cron: '* * * * * *', catchUp: 'all', catchUpLimit: 1_000 });
    for (const count of [2, 5, 9]) {
      await eventually(`${count} runs`, async () => ((await timesOf(now())).length >= count ? true : undefined));
      await kill();
      await untilTime(Date.now() + 2 * second);
      await start();
    }
    const times = await eventually('run after the last start', async () => {
      const found = await timesOf(now());
      return found.length >= 14 ? found : undefined;
    });
    const [first = 0] = times;
    expect(times).toEqual(times.map((_, index) => first + index * second));
  });

  it('catches up once on a missed time, however often it is killed right afterwards', async () => {
    const { now, start, kill } = await open();
    const time = new Date(Math.ceil(Date.now() / second) * second + 3 * second);
    const s = time.getUTCSeconds();
    const m = time.getUTCMinutes();
    const h = time.getUTCHours();
    const cron = `${s} ${m} ${h} ${time.getUTCDate()} ${time.getUTCMonth() + 1} *`;
    expect((await schedule(now(), { cron, catchUp: 'one' })).next[0]).toBe(time.getTime());
    await kill();
    await untilTime(time.getTime() + second);
    for (let starts = 0; starts < 3; starts += 1) {
      await start();
      await eventually('run of the schedule', async () => ((await timesOf(now())).length > 0 ? true : undefined));
      await kill();
    }
    await start();
    const { schedules } = await done<{ schedules: ScheduleReply[] }>(send(now(), '/api/workflows/greet/schedules'));
    expect(schedules).toMatchObject([{ lastAt: time.getTime() }]);
    expect(await timesOf(now())).toEqual([time.getTime()]);
  });
});

describe('a webhook on a server that is killed', () => {
  const call = async (to: ServerProcess): Promise<string> =>
    (await done<PublishedReply>(post(to, '/v1/workflows/greet', { name: 'Ada' }))).runId;
  const idsOf = (runId: string): string[] => receiver.received.filter((one) => one.runId === runId).map(({ id }) => id);

  it('receives every run at least once, and again under the same id if its receipt is not certain', async () => {
    const { now, start, kill } = await open();
    const about = { name: 'Told', url: `${receiver.address}/`, events: ['run.done'] };
    const hook = await done<WebhookReply>(post(now(), '/api/workflows/greet/webhooks', about));
    receiver.fallSilent();
    // As many as a webhook sends at the same time: a third would wait until the receiver's time limit.
    const runs = [await call(now()), await call(now())];
    for (const runId of runs) await untilStatus(now(), runId);
    await eventually('message', () => (runs.every((runId) => idsOf(runId).length === 1) ? true : undefined));
    await kill();
    await start();
    await eventually('message again', () => (runs.every((runId) => idsOf(runId).length === 2) ? true : undefined));
    await kill();
    receiver.answer();
    await start();
    runs.push(await call(now()));
    const deliveries = () =>
      done<{ deliveries: { id: string; runId: string; status: string }[] }>(
        send(now(), `/api/workflows/greet/webhooks/${hook.id}/deliveries`),
      );
    const sent = await eventually('end of the deliveries', async () => {
      const found = (await deliveries()).deliveries;
      return found.length === runs.length && found.every(({ status }) => status === 'sent') ? found : undefined;
    });
    for (const runId of runs) {
      const [id, ...more] = new Set(idsOf(runId));
      expect([runId, more]).toEqual([runId, []]);
      expect(sent.find((delivery) => delivery.runId === runId)?.id).toBe(id);
    }
    expect(idsOf(runs[0] ?? '').length).toBe(3);
  });
});

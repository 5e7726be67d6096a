import { afterEach, describe, expect, it } from '@jest/globals';
import { DeliveriesReply, HeddleError, type Delivery } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createServer, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { openPublished, until } from '../testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';

let server: TestServer;
let receiver: Server | undefined;
afterEach(async () => {
  await server.close();
  receiver?.close();
  receiver = undefined;
});

describe('a webhook for events of runs', () => {
  interface Received {
    readonly headers: Record<string, string>;
    readonly body: string;
  }

  async function open(
    statuses: readonly number[] = [],
    config: object = {},
    more: Readonly<Record<string, string>> = {},
    settings: Readonly<Record<string, string>> = {},
  ) {
    const clock = createFakeClock(Date.now());
    server = await openPublished({ clock, settings });
    const received: Received[] = [];
    receiver = createServer((request, reply) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        received.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(parts).toString() });
        const status = statuses[received.length - 1] ?? 200;
        reply.writeHead(status, status === 200 ? {} : more).end(status === 500 ? 'out of order' : '');
      });
    });
    const port = await new Promise<number>((resolve) => {
      receiver?.listen(0, '127.0.0.1', () => {
        const address = receiver?.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const { body: webhook } = await server.call('POST', '/api/workflows/echo/webhooks', {
      name: 'CRM',
      url: `http://127.0.0.1:${port}/in`,
      ...config,
    });
    const deliveries = async (query = ''): Promise<readonly Delivery[]> =>
      DeliveriesReply.parse(
        (await server.call('GET', `/api/workflows/echo/webhooks/${webhook.id}/deliveries?${query}`)).body,
      ).deliveries;
    const run = async (): Promise<string> =>
      String((await server.call('POST', '/v1/workflows/echo', { question: 'hi' })).body.runId);
    const ended = (status: Delivery['status']) =>
      until(async () => (await deliveries()).find((delivery) => delivery.status === status));
    return { clock, received, webhook, deliveries, run, ended };
  }

  it('is signed, and sent after the run has ended', async () => {
    const { received, webhook, run, ended } = await open();
    server.heddle.channels.start();
    const runId = await run();
    const delivery = await ended('sent');
    expect(received).toHaveLength(1);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(headers['webhook-id']).toBe(delivery.id);
    expect(new Webhook(String(webhook.secret)).verify(body, headers)).toMatchObject({
      type: 'run.done',
      data: { runId, outputs: { answer: 'You asked: hi' } },
    });
    const [record] = await server.heddle.audit.list({ kinds: ['egress'] });
    expect(record).toMatchObject({ subject: `run:${runId}`, isAllowed: true, details: { decision: 'sent' } });
  });

  it('is not sent a message again that its receiver confirmed during an orderly stop', async () => {
    const { received, run, deliveries } = await open([], {}, {}, { HEDDLE_STOP_MS: '20000' });
    let answer = (): void => undefined;
    receiver?.removeAllListeners('request');
    receiver?.on('request', (request, reply) => {
      request.resume().on('end', () => {
        received.push({ headers: {}, body: '' });
        answer = () => void reply.writeHead(200).end();
      });
    });
    server.heddle.channels.start();
    await run();
    await until(() => received[0]);
    const stopped = server.heddle.channels.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await deliveries()).toMatchObject([{ status: 'waiting' }]);
    answer();
    await stopped;
    expect(await deliveries()).toMatchObject([{ status: 'sent', attempts: 1 }]);
    expect(received).toHaveLength(1);
  });

  it('gets nothing, not even other messages, for the time that its receiver asks for', async () => {
    const { clock, received, run, deliveries } = await open([429], {}, { 'retry-after': '900' });
    server.heddle.channels.start();
    await run();
    const [first] = await until(async () => {
      const found = await deliveries();
      return found[0]?.attempts === 1 ? found : undefined;
    });
    expect(first?.nextAt).toBe(clock.now() + 900_000);
    await run();
    await until(async () => ((await deliveries())[0]?.nextAt === clock.now() + 5_000 ? true : undefined));
    await clock.advance(899_000);
    expect(received).toHaveLength(1);
    await until(async () => {
      await clock.advance(1_000);
      return (await deliveries()).every(({ status }) => status === 'sent') ? true : undefined;
    });
    expect(received).toHaveLength(3);
    expect((await deliveries()).map(({ attempts }) => attempts).sort()).toEqual([1, 2]);
  });

  it('gets nothing more once its receiver answers that it is gone', async () => {
    const { received, run, ended } = await open([410]);
    server.heddle.channels.start();
    await run();
    expect(await ended('dead')).toMatchObject({ attempts: 1, error: expect.stringContaining('410') });
    expect(received).toHaveLength(1);
  });

  it('keeps a message in the outbox until it is sent, retries with growing waits, and marks it dead at the end', async () => {
    const { clock, received, webhook, run, deliveries, ended } = await open(Array.from({ length: 9 }, () => 500));
    await run();
    expect(await deliveries('status=waiting')).toHaveLength(1);
    expect(received).toHaveLength(0);
    server.heddle.channels.start();
    for (let tries = 1; tries < 9; tries += 1) {
      const waiting = await until(async () => (await deliveries()).find(({ attempts }) => attempts === tries));
      expect(waiting).toMatchObject({ status: 'waiting', error: expect.stringContaining('500') });
      await clock.advance((waiting.nextAt ?? 0) - clock.now());
    }
    const dead = await ended('dead');
    expect(dead.attempts).toBe(9);
    const path = `/api/workflows/echo/webhooks/${webhook.id}/deliveries/${dead.id}/send`;
    expect((await server.call('POST', path)).status).toBe(202);
    expect((await ended('sent')).id).toBe(dead.id);
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([dead.id]));
    const { body: shown } = await server.call('GET', path.replace(/\/send$/, ''));
    expect([shown.tries.length, shown.tries[0].status, shown.tries[1]]).toEqual([
      10,
      200,
      expect.objectContaining({ status: 500, response: 'out of order', error: expect.stringContaining('500') }),
    ]);
    expect((await server.heddle.audit.list({ kinds: ['egress'] })).map(({ details }) => details['decision'])).toEqual([
      'sent',
      'sent again',
      'dead',
    ]);
  });

  it('gets the messages of a time when the clock was a year ahead, once the clock is set back', async () => {
    const { clock, received, run, deliveries } = await open([200, 500]);
    const ahead = 365 * 86_400_000;
    const allSent = (count: number) =>
      until(async () => {
        const found = await deliveries('status=sent');
        return found.length === count ? received.length : undefined;
      });
    clock.jump(clock.now() + ahead);
    await run();
    clock.jump(clock.now() - ahead);
    server.heddle.channels.start();
    expect(await allSent(1)).toBe(1);
    clock.jump(clock.now() + ahead);
    await run();
    await until(async () =>
      (await deliveries()).find(({ attempts, status }) => attempts === 1 && status === 'waiting'),
    );
    clock.jump(clock.now() - ahead);
    await run();
    // The next try comes after its wait, whatever the clock does meanwhile.
    await clock.advance(60_000);
    expect(await allSent(3)).toBe(4);
  });

  it('retries after its wait even if the clock is set back by 25 hours meanwhile', async () => {
    const { clock, run, deliveries } = await open([500]);
    server.heddle.channels.start();
    await run();
    await until(async () => (await deliveries()).find(({ attempts }) => attempts === 1));
    clock.jump(clock.now() - 25 * 3_600_000);
    await clock.advance(60_000);
    expect((await until(async () => (await deliveries('status=sent'))[0])).attempts).toBe(2);
  });

  /** A second webhook of the workflow, whose receiver accepts messages and answers none until the end. */
  async function addSilent() {
    const held: (() => void)[] = [];
    const silent = createServer((_request, reply) => void held.push(() => reply.end()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
    const { body: webhook } = await server.call('POST', '/api/workflows/echo/webhooks', { name: 'Silent', url });
    const close = (): void => {
      for (const answer of held) answer();
      silent.close();
      silent.closeAllConnections();
    };
    return { held, id: String(webhook.id), close };
  }

  it('does not wait for another webhook whose receiver does not answer', async () => {
    const { received, run, deliveries } = await open();
    const silent = await addSilent();
    try {
      server.heddle.channels.start();
      const first = await run();
      await until(() => (silent.held.length === 1 ? true : undefined));
      const second = await run();
      await until(() => (silent.held.length === 2 && received.length === 2 ? true : undefined));
      await until(async () => ((await deliveries('status=sent')).length === 2 ? true : undefined));
      expect((await deliveries()).map(({ runId }) => runId).sort()).toEqual([first, second].sort());
      // The second message was sent while the first had no answer yet.
      const { body } = await server.call('GET', `/api/workflows/echo/webhooks/${silent.id}/deliveries`);
      expect(DeliveriesReply.parse(body).deliveries.map(({ attempts }) => attempts)).toEqual([0, 0]);
    } finally {
      silent.close();
    }
  });

  it('gets all its messages while many wait for another receiver that does not answer', async () => {
    const { received, run } = await open();
    const silent = await addSilent();
    try {
      for (let runs = 0; runs < 20; runs += 1) await run();
      server.heddle.channels.start();
      await until(() => (received.length === 20 ? true : undefined));
      expect(silent.held).toHaveLength(2);
    } finally {
      silent.close();
    }
  });

  it('gets a message once when the store failed to record the reply, and is not flooded meanwhile', async () => {
    const { clock, received, run, deliveries, ended } = await open();
    const { outbox } = server.heddle.parts.channels;
    const end = outbox.write.end.bind(outbox.write);
    const tryAt = outbox.tryAt.bind(outbox);
    const nextAt = outbox.nextAt.bind(outbox);
    let faults = 0;
    const away = (): never => {
      faults += 1;
      throw new HeddleError('storage_full', 'The disk is full.');
    };
    Object.assign(outbox, { tryAt: away, nextAt: away });
    Object.assign(outbox.write, { end: away });
    server.heddle.channels.start();
    await run();
    await until(() => (faults > 0 ? true : undefined));
    for (let checks = 0; checks < 3; checks += 1) {
      const before = faults;
      await clock.advance(60_000);
      await until(() => (faults > before ? true : undefined));
    }
    expect(received).toHaveLength(1);
    Object.assign(outbox, { tryAt, nextAt });
    Object.assign(outbox.write, { end });
    await clock.advance(60_000);
    await ended('sent');
    expect([received.length, (await deliveries()).length]).toEqual([1, 1]);
  });

  it('never gets what is above its clearance', async () => {
    const { received, run, ended } = await open([], { clearance: 'public' });
    server.heddle.channels.start();
    await run();
    await ended('sent');
    expect(received[0]?.body).toContain('label_refused');
    expect(received[0]?.body).not.toContain('You asked');
    expect((await server.heddle.audit.list({ kinds: ['egress'] }))[0]).toMatchObject({ isAllowed: false });
  });

  it('waits while a kill switch is on, and never calls into the network', async () => {
    const { clock, received, run, deliveries, ended, webhook } = await open();
    await run();
    await server.heddle.killSwitches.set('all', 'leak', 'local');
    server.heddle.channels.start();
    await until(async () => (await deliveries()).find(({ nextAt }) => (nextAt ?? 0) > clock.now()));
    expect(received).toHaveLength(0);
    await server.heddle.killSwitches.release('all', 'local');
    await clock.advance(10_000);
    await ended('sent');
    const { secret: _s, id, workflowId: _w, owner: _o, createdAt: _c, ...config } = webhook;
    const inside = { ...config, url: 'http://169.254.169.254/latest' };
    await server.call('PUT', `/api/workflows/echo/webhooks/${id}`, inside);
    await run();
    expect((await ended('dead')).error).toContain('fetch_blocked');
  });
});

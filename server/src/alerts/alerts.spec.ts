import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AlertHistoryReply, installationOwner, type AlertEvent } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { until } from '../channels/testing/open-published.js';
import { endedRun } from '../dashboard/testing/ended-run.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';
import { emptyDocument } from '../testing/empty-document.js';
import { SecretAccess } from '../secrets/secret-access.js';
import { createAlerts } from './create-alerts.js';
import { startMailServer, type TestMailServer } from './testing/mail-server.js';

const minute = 60_000;

describe('alerts', () => {
  let house: TwoProjects;
  let clock: FakeClock;
  let owner: Shown;
  let receiver: Server;
  let url: string;
  let workflow: string;
  let received: { headers: Record<string, string>; body: string }[];
  let answer: (() => number) | undefined;
  let mails: TestMailServer | undefined;
  beforeEach(async () => {
    received = [];
    answer = () => 200;
    clock = createFakeClock(Date.now());
    house = await openTwoProjects({ withStoredJournal: true, clock, settings: { HEDDLE_FETCH_ALLOW: '127.0.0.1' } });
    owner = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    workflow = await house.workflow(house.alpha, emptyDocument('Work'));
    receiver = createServer((request, reply) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        received.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(parts).toString() });
        if (answer !== undefined) reply.writeHead(answer()).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;
  });
  afterEach(async () => {
    await house.server.heddle.alerts.stop();
    await house.close();
    await mails?.close();
    mails = undefined;
    receiver.closeAllConnections();
    receiver.close();
  });

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    status = 200,
    who = owner,
    project?: string,
  ): Promise<AnyJson> => {
    const reply = await house.call(who, method, path, body, project);
    expect([method, path, reply.status, reply.body]).toEqual([method, path, status, reply.body]);
    return reply.body;
  };
  const channelOf = (config: object) =>
    call('POST', '/api/alert-channels', { name: 'Team', kind: 'webhook', url, ...config }, 201);
  const failing = (channels: readonly string[], more: object = {}) =>
    call(
      'POST',
      '/api/alerts',
      {
        name: 'Failures',
        condition: { kind: 'threshold', metric: 'failed-share', value: 0.1, windowMinutes: 30 },
        channels,
        ...more,
      },
      201,
    );
  /** Moves the clock by `minutes`, adds runs that ended meanwhile, and checks the rules. */
  async function check(minutes: number, runs: { done?: number; failed?: number } = {}): Promise<void> {
    const { heddle } = house.server;
    await clock.advance(minutes * minute);
    const run = endedRun(heddle);
    const error = { code: 'node_failed', message: 'Patient Ada was refused' };
    for (let index = 0; index < (runs.done ?? 0); index += 1) await run({ workflow, at: clock.now() - 500 });
    for (let index = 0; index < (runs.failed ?? 0); index += 1)
      await run({ workflow, at: clock.now() - 500, error, level: 'restricted' });
    await heddle.rollups.catchUp();
    await heddle.alerts.watcher.check();
  }
  const history = async (id: string): Promise<readonly AlertEvent[]> =>
    AlertHistoryReply.parse(await call('GET', `/api/alerts/${id}/history`)).events;
  const sendAll = async (count: number): Promise<void> => {
    house.server.heddle.alerts.sender.start();
    await until(() => (received.length >= count ? true : undefined));
  };

  it('sends one signed message when a rule fires and one when that ends, with runs to open and without their errors', async () => {
    const { id: channel, secret } = await channelOf({});
    const { id } = await failing([channel]);
    await check(1, { failed: 2, done: 2 });
    await check(1);
    expect((await call('GET', `/api/alerts/${id}`)).state).toMatchObject({ status: 'firing', value: 0.5 });
    await sendAll(1);
    const [first] = received;
    const message = new Webhook(secret).verify(first?.body ?? '', first?.headers ?? {}) as {
      type: string;
      data: { runs: { runId: string }[]; alert: object };
    };
    expect(message).toMatchObject({
      type: 'alert.fired',
      data: { alert: { id, name: 'Failures', severity: 'warning' } },
    });
    const run = await call('GET', `/api/runs/${message.data.runs[0]?.runId}`);
    expect(run.status).toBe('failed');
    await check(40, { done: 20 });
    await check(6);
    await until(() => (received.length === 2 ? true : undefined));
    expect(JSON.parse(received[1]?.body ?? '')).toMatchObject({ type: 'alert.resolved' });
    expect(JSON.stringify(received)).not.toMatch(/Ada|refused/);
    const events = await until(async () => {
      const found = await history(id);
      return found.every(({ deliveries }) => deliveries.every(({ status }) => status === 'sent')) ? found : undefined;
    });
    expect(events.map(({ kind, deliveries }) => [kind, deliveries.length])).toEqual([
      ['resolved', 1],
      ['fired', 1],
    ]);
  });

  it('sends nothing during a silence, and reports afterwards that the rule still fires', async () => {
    const { id: channel } = await channelOf({});
    const { id } = await failing([channel]);
    expect(
      (await call('POST', `/api/alerts/${id}/silence`, { minutes: 10, reason: 'we know' }, 200)).silentUntil,
    ).toBeDefined();
    await check(1, { failed: 2 });
    expect((await history(id))[0]).toMatchObject({ kind: 'fired', isSilenced: true, deliveries: [] });
    await check(10, { failed: 2 });
    expect((await history(id))[0]).toMatchObject({ kind: 'still firing', isSilenced: false });
    await check(1, { failed: 1 });
    await sendAll(1);
    expect((await history(id)).length).toBe(2);
  });

  it('sends a failed message again under the same id, and gives up a message that the receiver refuses', async () => {
    let tries = 0;
    answer = () => ((tries += 1) === 1 ? 503 : 200);
    const { id: channel } = await channelOf({});
    const { id } = await failing([channel]);
    await check(1, { failed: 2 });
    await sendAll(1);
    const state = async () => (await history(id))[0]?.deliveries[0];
    await until(async () => ((await state())?.status === 'waiting' ? true : undefined));
    expect((await state())?.error).toContain('503');
    await clock.advance(6_000);
    await until(async () => ((await state())?.status === 'sent' ? true : undefined));
    expect(received[0]?.headers['webhook-id']).toBe(received[1]?.headers['webhook-id']);
    answer = () => 410;
    expect(await call('POST', `/api/alert-channels/${channel}/test`, undefined, 200)).toMatchObject({ isSent: false });
  });

  it('does not repeat a delivery that a stop of the process interrupted', async () => {
    answer = undefined;
    const { id: channel } = await channelOf({});
    const { id } = await failing([channel]);
    await check(1, { failed: 2 });
    const { heddle } = house.server;
    await sendAll(1);
    await heddle.alerts.stop();
    // Stands for the next process.
    const { settings, ownership, workflows } = heddle;
    const next = createAlerts({
      ...heddle.parts,
      settings,
      ownership,
      workflows,
      secretAccess: new SecretAccess(heddle.parts.secrets, heddle.grants),
    });
    next.sender.start();
    const interrupted = await until(async () => {
      const [event] = await history(id);
      return event?.deliveries[0]?.status === 'interrupted' ? event : undefined;
    });
    expect(interrupted.deliveries[0]?.error).toContain('may have arrived');
    await next.watcher.check();
    await next.stop();
    expect([received.length, (await history(id)).length]).toEqual([1, 1]);
  });

  it('sends to Slack without showing the address again, and by e-mail with a secret that is allowed for that host', async () => {
    const slack = await channelOf({ kind: 'slack', url: `${url}/T0/B0/token-of-slack` });
    expect(slack.destination).toBe(new URL(url).host);
    mails = await startMailServer();
    const password = 'a-long-password';
    const secrets = house.server.heddle.parts.secrets;
    expect(await secrets.list(installationOwner)).toEqual([]);
    await call('PUT', '/api/secrets/smtp', { value: password, hosts: [`127.0.0.1:${mails.port}`] }, 204);
    const mail = await call(
      'POST',
      '/api/alert-channels',
      {
        kind: 'email',
        name: 'Mail',
        host: '127.0.0.1',
        port: mails.port,
        security: 'none',
        user: 'heddle',
        passwordSecret: 'smtp',
        from: 'heddle@example.org',
        to: ['ada@example.org'],
      },
      201,
    );
    for (const { id } of [slack, mail])
      expect(await call('POST', `/api/alert-channels/${id}/test`, undefined, 200)).toEqual({ isSent: true });
    expect(JSON.parse(received[0]?.body ?? '').text).toContain('Test of this channel');
    expect(mails.mails[0]).toContain('This is a test');
    expect(mails.commands.join('\n')).toContain(Buffer.from(`\0heddle\0${password}`).toString('base64'));
    const shown = JSON.stringify(await call('GET', '/api/alert-channels'));
    expect(shown).not.toMatch(/token-of-slack|a-long-password|whsec/);
    await call('PUT', '/api/secrets/smtp', { value: password, hosts: ['other.example'] }, 204);
    const refused = await call('POST', `/api/alert-channels/${mail.id}/test`, undefined, 200);
    expect(refused).toMatchObject({ isSent: false });
    expect(refused.error).toContain('secret_host_refused');
  });

  it('does not connect to an address inside the network that was not allowed', async () => {
    const { id } = await channelOf({ url: 'http://10.0.0.5/in' });
    expect((await call('POST', `/api/alert-channels/${id}/test`, undefined, 200)).error).toContain('fetch_blocked');
    await call(
      'POST',
      '/api/alert-channels',
      { kind: 'webhook', name: 'x', url: 'https://user:word@example.org/' },
      400,
    );
    await call('POST', '/api/alert-channels', { kind: 'webhook', name: 'x', url: 'ftp://example.org/' }, 400);
  });

  it('hides an alert from other projects, and refuses a rule about their workflows or channels', async () => {
    const { id: channel } = await channelOf({});
    const { id } = await failing([channel], { filter: { workflow } });
    const stranger = house.person({ [house.beta]: ['owner'] });
    for (const [method, path, body] of [
      ['GET', `/api/alerts/${id}`],
      ['DELETE', `/api/alerts/${id}`],
      ['POST', `/api/alerts/${id}/silence`, { minutes: 5 }],
      ['GET', `/api/alerts/${id}/history`],
      ['DELETE', `/api/alert-channels/${channel}`],
      ['POST', `/api/alert-channels/${channel}/test`],
    ] as const)
      await call(method, path, body, 404, stranger);
    expect((await call('GET', '/api/alerts', undefined, 200, stranger, house.beta)).alerts).toEqual([]);
    const theirs = { name: 'Spy', condition: { kind: 'threshold', metric: 'runs', value: 0 } };
    await call('POST', '/api/alerts', { ...theirs, channels: [channel] }, 404, stranger, house.beta);
    await call('POST', '/api/alerts', { ...theirs, filter: { workflow } }, 404, stranger, house.beta);
    await call('POST', '/api/alerts', theirs, 201, stranger, house.beta);
    await check(1, { failed: 3 });
    const { alerts } = await call('GET', '/api/alerts', undefined, 200, stranger, house.beta);
    expect(alerts[0].state).toMatchObject({ status: 'ok', value: 0 });
    const viewer = house.person({ [house.alpha]: ['viewer'] });
    expect((await call('GET', '/api/alerts', undefined, 200, viewer)).alerts).toHaveLength(1);
    await call('POST', '/api/alerts', theirs, 403, viewer);
    await call('GET', '/api/alert-channels', undefined, 403, viewer);
  });

  it('refuses an unknown metric, and checks the other rules when one rule fails', async () => {
    await call('POST', '/api/alerts', { name: 'x', condition: { kind: 'threshold', metric: 'mood', value: 1 } }, 400);
    await call('POST', '/api/alerts', { name: '', condition: { kind: 'threshold', metric: 'runs', value: 1 } }, 400);
    const { id } = await failing([]);
    await call('PUT', `/api/alerts/${id}`, {
      name: 'Changed',
      isEnabled: false,
      condition: { kind: 'threshold', metric: 'runs', value: 0 },
    });
    await check(1, { done: 1 });
    expect(await call('GET', `/api/alerts/${id}`)).toMatchObject({ name: 'Changed', state: { status: 'ok' } });
    await call('DELETE', `/api/alerts/${id}`, undefined, 204);
    await call('GET', `/api/alerts/${id}`, undefined, 404);
  });

  it('writes an audit event for each change, test and message, without the secret address', async () => {
    const { id: channel } = await channelOf({ kind: 'slack', url: `${url}/token-of-slack` });
    const { id } = await failing([channel]);
    await call('POST', `/api/alerts/${id}/silence`, { minutes: 0 });
    await call('POST', `/api/alert-channels/${channel}/test`);
    await call('DELETE', `/api/alerts/${id}`, undefined, 204);
    await call('DELETE', `/api/alert-channels/${channel}`, undefined, 204);
    expect(house.server.heddle.ownership.projectsOf('alert', id)).toEqual(['default']);
    const records = await house.server.heddle.audit.list({ limit: 50 });
    const about = records.filter(({ subject }) => /^alert/.test(subject)).toReversed();
    expect(about.map(({ details }) => details['step'] ?? details['event'])).toEqual([
      ...['alert channel made', 'alert saved', 'silence ended', 'test', 'alert removed', 'alert channel removed'],
    ]);
    expect(JSON.stringify(about)).not.toContain('token-of-slack');
  });
});

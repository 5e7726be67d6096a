import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { localPrincipal, ResponseReply } from '@heddle/core';
import { openPublished } from '../../channels/testing/open-published.js';
import type { AnyJson } from '../../testing/any-json.js';
import { echoDocument } from '../../testing/echo-document.js';
import type { TestServer } from '../../testing/test-server.js';

const arms = [
  { version: 1, share: 0.5 },
  { version: 2, share: 0.5 },
];
/** The chance that this many units all get the same version is one in eight million. */
const units = 24;

interface Answered {
  readonly id: string;
  readonly thread: string | undefined;
  readonly version: number | undefined;
  readonly text: string;
}

describe('A/B tests over /v1/responses', () => {
  let server: TestServer;
  let key: Readonly<Record<string, string>>;
  let test: AnyJson;

  beforeAll(async () => {
    server = await openPublished();
    await server.heddle.workflows.save(
      (await server.heddle.workflows.get('echo')).id,
      echoDocument('Second: '),
      undefined,
    );
    await server.heddle.publishing.versions.publish('echo', { acceptDataMap: true, goLive: false }, localPrincipal);
    key = await keyOf(['run:published', 'speak-for-users']);
  });
  afterEach(() => server.call('POST', `/api/workflows/echo/ab/${test['id']}/stop`));
  afterAll(() => server.close());

  async function keyOf(permissions: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const { status, body } = await server.call('POST', '/api/keys', { name: 'caller', scopes: { permissions } });
    expect(status).toBe(201);
    return { authorization: `Bearer ${body.secret}` };
  }

  async function begin(sticky: 'caller' | 'conversation'): Promise<void> {
    const asked = { arms, primary: { name: 'errors' }, sticky };
    const { status, body } = await server.call('POST', '/api/workflows/echo/ab', asked);
    expect(status).toBe(201);
    test = body.test;
  }

  async function respond(given: object = {}, headers: Readonly<Record<string, string>> = key): Promise<Answered> {
    const { status, body } = await server.call(
      'POST',
      '/v1/responses',
      { model: 'echo', input: 'hi', ...given },
      headers,
    );
    expect([status, body.error]).toEqual([200, null]);
    const { id, conversation } = ResponseReply.parse(body);
    const run = id.replace('resp_', '');
    const { version } = await server.heddle.parts.journal.summary(run);
    return { id, thread: conversation?.id, version, text: body.output[0].content[0].text };
  }
  /** The runs and units of each version, as the test counts them. */
  async function counted(): Promise<readonly (readonly [version: number, runs: number, callers: number])[]> {
    await server.heddle.publishing.abWorker.catchUp();
    const { body } = await server.call('GET', '/api/workflows/echo/ab');
    const found = (body.tests as AnyJson[]).find((one) => one['test'].id === test['id']);
    return (found?.['arms'] as AnyJson[]).map(({ version, runs, metrics }) => [
      Number(version),
      Number(runs),
      Number((metrics as AnyJson[]).find(({ metric }) => metric === 'errors')?.['callers']),
    ]);
  }
  const textOf = (version: number | undefined): string => (version === 1 ? 'You asked: hi' : 'Second: hi');
  /** The number of units on each version. */
  const split = (answers: readonly Answered[]): readonly [number, number] => {
    const first = answers.filter(({ version }) => version === 1).length;
    return [first, answers.length - first];
  };

  it('keep a conversation on its version: by the previous response, by the conversation, and as a stream', async () => {
    await begin('conversation');
    const begun: Answered[] = [];
    for (let count = 0; count < units; count += 1) begun.push(await respond());
    expect(new Set(begun.map(({ thread }) => thread)).size).toBe(units);
    const [first, second] = split(begun);
    expect([first > 0, second > 0]).toEqual([true, true]);
    for (const { id, thread, version, text } of begun) {
      expect(text).toBe(textOf(version));
      const next = await respond({ previous_response_id: id });
      const last = await respond({ conversation: { id: thread } });
      expect([next, last]).toMatchObject([
        { thread, version, text },
        { thread, version, text },
      ]);
    }
    expect(await counted()).toEqual([
      [1, first * 3, first],
      [2, second * 3, second],
    ]);
    const [one] = begun;
    const stream = await server.call(
      'POST',
      '/v1/responses',
      { model: 'echo', input: 'hi', conversation: one?.thread, stream: true },
      key,
    );
    expect(stream.body).toContain(`"text":"${textOf(one?.version)}"`);
  });

  it('keep an end user on one version, also across conversations and when nothing is stored', async () => {
    await begin('caller');
    const users = Array.from({ length: units }, (_, index) => ({ ...key, 'heddle-end-user': `user-${index}` }));
    const begun: Answered[] = [];
    for (const headers of users) begun.push(await respond({}, headers));
    const [first, second] = split(begun);
    expect([first > 0, second > 0]).toEqual([true, true]);
    for (const [index, { id, version }] of begun.entries()) {
      const again = [
        await respond({ previous_response_id: id }, users[index]),
        await respond({}, users[index]),
        await respond({ store: false }, users[index]),
      ];
      expect(again.map((one) => one.version)).toEqual([version, version, version]);
    }
    expect(await counted()).toEqual([
      [1, first * 4, first],
      [2, second * 4, second],
    ]);
  });
});

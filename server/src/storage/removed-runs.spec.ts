import { acceptanceOf, appendTo, bundleNamed, records } from '@heddle/core/testing';
import type { DeletedRun, Role } from '@heddle/core';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
const sockets: Socket[] = [];
beforeEach(async () => {
  server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' }, withStoredJournal: true });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await server.close();
});

async function signedIn(role: Role, project: string): Promise<Readonly<Record<string, string>>> {
  const { users, projects, sessions } = server.heddle.parts.identity;
  const user = await users.create({ email: `${project}@example.org`, name: role });
  await projects.setRoles(project, `user:${user.id}`, [role]);
  const { token } = await sessions.begin(user.id, { isSecure: false, agent: '' });
  return { cookie: `heddle=${token}`, origin: server.address };
}

/** The messages about runs that a caller gets after the first one, which is the present list. */
async function watching(extraHeaders: Readonly<Record<string, string>>): Promise<DeletedRun[][]> {
  const socket = io(`${server.address}/live`, { transports: ['websocket'], forceNew: true, extraHeaders });
  sockets.push(socket);
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const first = new Promise((resolve) => socket.once('events', resolve));
  await socket.emitWithAck('watch', { topic: 'runs' });
  await first;
  const messages: DeletedRun[][] = [];
  socket.on('events', ({ events }: { readonly events: DeletedRun[] }) => messages.push(events));
  return messages;
}

it('reports runs that retention removed to watchers who may see them, in few and small messages', async () => {
  const { journal, identity } = server.heddle.parts;
  const other = (await identity.projects.create('Other')).id;
  const runTo = async (runId: string, project: string, end: number): Promise<void> => {
    const caller = { principal: 'user:1', project };
    await journal.accept(acceptanceOf(runId, { time: 100, workflowId: undefined, caller }), bundleNamed('A'));
    await appendTo(journal, runId, [{ ...records.runEnd(), time: end }]);
  };
  const old = Array.from({ length: 260 }, (_, index) => `old-${index}`);
  await Promise.all(old.map((runId) => runTo(runId, 'default', 1_000)));
  await runTo('theirs', other, 1_000);
  await runTo('young', 'default', Date.now());
  const near = await watching(await signedIn('editor', 'default'));
  const far = await watching(await signedIn('runner', other));
  // The sweep of the day before marked them. The trusted time may be slightly behind the clock.
  const yesterday = Date.now() - 86_400_000 - 60_000;
  await server.heddle.parts.storage.mark('runs', yesterday - 90 * 86_400_000, yesterday);
  await server.heddle.sweeper.sweep();
  for (let tries = 0; near.flat().length < old.length && tries < 500; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const gone = (runIds: readonly string[]) => runIds.map((runId) => ({ runId, isDeleted: true }));
  expect(near.flat()).toHaveLength(old.length);
  expect(near.flat()).toEqual(expect.arrayContaining(gone(old)));
  expect(near).toHaveLength(2);
  expect(Math.max(...near.map((message) => message.length))).toBeLessThanOrEqual(200);
  expect(far).toEqual([gone(['theirs'])]);
});

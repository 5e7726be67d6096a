import { afterEach, describe, expect, it } from '@jest/globals';
import { localPrincipal, type WorkflowDocument } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished, until } from '../testing/open-published.js';

const hour = 3_600_000;
const document: WorkflowDocument = {
  heddle: 2,
  name: 'Approved',
  nodes: {
    letter: { type: 'input', version: 1, config: { fields: [{ name: 'letter', type: 'Text' }] } },
    ask: {
      type: 'human-input',
      version: 1,
      config: { assignee: 'ada', remindAfter: 1, escalateTo: 'bo', escalateAfter: 2, unit: 'hours' },
    },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'sent', type: 'Json' }] } },
  },
  edges: [
    { from: 'letter.letter', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.sent' },
  ],
};

interface Delivered {
  readonly type: string;
  readonly data: {
    readonly requestId?: string;
    readonly link?: string;
    readonly to?: string;
    readonly isOpen?: boolean;
  };
}

describe('webhooks for human input requests', () => {
  let server: TestServer;
  let receiver: Server;
  afterEach(async () => {
    await server.close();
    receiver.close();
  });

  it('get each request, reminder and reassignment once, with a link', async () => {
    const clock = createFakeClock(Date.now());
    server = await openPublished({ clock });
    await server.heddle.workflows.create(document, 'approved');
    await server.heddle.publishing.versions.publish('approved', { acceptDataMap: true }, localPrincipal);
    const received: Delivered[] = [];
    const bodies: string[] = [];
    receiver = createServer((request, reply) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        bodies.push(body);
        received.push(JSON.parse(body) as Delivered);
        reply.writeHead(200).end();
      });
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    const { status } = await server.call('POST', '/api/workflows/approved/webhooks', {
      name: 'Chat',
      url: `http://127.0.0.1:${port}/in`,
      events: ['human-input.opened', 'human-input.reminder', 'human-input.escalated', 'run.done'],
    });
    expect(status).toBe(201);
    server.heddle.channels.start();

    const { body: started } = await server.call('POST', '/v1/workflows/approved', { letter: 'Dear Ada' });
    const runId = String(started.runId);
    const heard = (type: string) => until(() => received.find((message) => message.type === type));
    const { data } = await heard('human-input.opened');
    expect(data).toMatchObject({ isOpen: true, to: 'ada', question: { title: 'Is this right?' } });
    expect(data.link).toBe(`/inbox?${new URLSearchParams({ run: runId, request: data.requestId ?? '' }).toString()}`);
    await until(async () => ((await server.heddle.runs.summary(runId)).status === 'suspended' ? true : undefined));

    await clock.advance(1.5 * hour);
    expect((await heard('human-input.reminder')).data).toMatchObject({ requestId: data.requestId, to: 'ada' });
    await clock.advance(hour);
    expect((await heard('human-input.escalated')).data).toMatchObject({ requestId: data.requestId, to: 'bo' });
    expect(bodies.join('\n')).not.toContain('Dear Ada');

    await server.heddle.runs.answer(runId, data.requestId ?? '', { value: { choice: 'approve' } }, localPrincipal);
    await heard('run.done');
    expect(received.map(({ type }) => type).sort()).toEqual([
      'human-input.escalated',
      'human-input.opened',
      'human-input.reminder',
      'run.done',
    ]);
  });

  it('get the same message under the same id at a second try, whatever the run did meanwhile', async () => {
    const clock = createFakeClock(Date.now());
    server = await openPublished({ clock });
    await server.heddle.workflows.create(document, 'approved');
    await server.heddle.publishing.versions.publish('approved', { acceptDataMap: true }, localPrincipal);
    const bodies: string[] = [];
    const ids: (string | undefined)[] = [];
    receiver = createServer((request, reply) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        bodies.push(Buffer.concat(parts).toString());
        ids.push(request.headers['webhook-id']?.toString());
        reply.writeHead(bodies.length === 1 ? 500 : 200).end();
      });
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    await server.call('POST', '/api/workflows/approved/webhooks', {
      name: 'Chat',
      url: `http://127.0.0.1:${port}/in`,
      events: ['human-input.opened'],
    });
    server.heddle.channels.start();
    const { body: started } = await server.call('POST', '/v1/workflows/approved', { letter: 'Dear Ada' });
    const runId = String(started.runId);
    await until(() => bodies[0]);
    await until(async () => ((await server.heddle.runs.summary(runId)).status === 'suspended' ? true : undefined));
    const [request] = await server.heddle.runs.requests(runId);
    await server.heddle.runs.answer(runId, request?.requestId ?? '', { value: { choice: 'approve' } }, localPrincipal);
    await until(async () => ((await server.heddle.runs.summary(runId)).status === 'done' ? true : undefined));
    await until(async () => {
      await clock.advance(1_000);
      return bodies[1];
    });
    expect(bodies[1]).toBe(bodies[0]);
    expect(ids[1]).toBe(ids[0]);
    expect(JSON.parse(bodies[1] ?? '')).toMatchObject({
      data: { runId, status: 'suspended', question: { title: 'Is this right?' } },
    });
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { EventsMessage, StreamEvent } from '@heddle/core';
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { cleanUp, root } from './built-program.js';
import { durable } from './run-events.js';
import { begin, post, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(120_000);
afterAll(cleanUp);

/** Characters of a piece, and pieces: 15 MB together, more than the system buffers for a connection that nobody reads (6 MB here). */
const size = 10_240;
const pieces = 1_500;
const readers = 60;

const writing = (tokens: number) => ({
  heddle: 2,
  name: 'Writing',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Json' }] } },
    write: { type: 'write-steadily', version: 1, config: { tokens, perSecond: 1_000, size } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Json' }] } },
  },
  edges: [
    { from: 'who.name', to: 'write.value' },
    { from: 'write.text', to: 'reply.text' },
  ],
});

/** Megabytes of memory that the process uses now, as Linux reports them. */
function usedMb(server: ServerProcess): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Requests the events of a run and reads only the head of the reply. */
function openUnread(server: ServerProcess, runId: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${server.address}/api/runs/${runId}/events`, { agent: false }, resolve).on('error', reject);
  });
}

/** Reads the rest of an unread event stream to its end. */
async function readRest(reply: IncomingMessage): Promise<StreamEvent[]> {
  let text = '';
  for await (const chunk of reply.setEncoding('utf8')) text += String(chunk);
  return text
    .split('\n\n')
    .flatMap((part) => /^data: (.*)$/m.exec(part)?.[1] ?? [])
    .map((data) => JSON.parse(data) as StreamEvent);
}

/** A watcher on a socket that can stop reading its connection. */
async function openSocket(server: ServerProcess, runId: string) {
  const topic = `run:${runId}`;
  const socket: Socket = io(`${server.address}/live`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  const events: StreamEvent[] = [];
  let resyncs = 0;
  const ended = new Promise<void>((resolve, reject) => {
    socket.on('events', (message: EventsMessage) => {
      events.push(...(message.events as StreamEvent[]));
      if (events.some(({ type }) => type === 'run-end')) resolve();
    });
    socket.on('resync', ({ after }: { after: number }) => {
      resyncs += 1;
      socket.emit('watch', { topic, after });
    });
    socket.on('disconnect', (reason) => reject(new Error(`The socket was closed: ${reason}`)));
  });
  ended.catch(() => undefined); // For sockets that no test awaits.
  await socket.emitWithAck('watch', { topic, after: 0 });
  // The library cannot pause, but its connection can.
  const { ws } = socket.io.engine.transport as unknown as {
    ws: { pause(): void; resume(): void; terminate(): void };
  };
  ws.pause();
  return {
    events,
    ended,
    resyncs: () => resyncs,
    resume: () => ws.resume(),
    close: () => {
      socket.off('disconnect').close();
      // A connection that is not read does not learn that the other side has closed it.
      ws.terminate();
    },
  };
}

const seqs = (events: readonly StreamEvent[]) => durable(events).map(({ seq }) => seq);

describe('watchers that stop reading', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    // A small heap: garbage is collected early, and a server that keeps too much runs out of memory and exits.
    server = await startServer({
      environment: { HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes'), NODE_OPTIONS: '--max-old-space-size=256' },
    });
  });
  afterAll(() => server.stop());

  it("use little of the server's memory, and receive everything once they read again", async () => {
    for (let round = 0; round < 2; round += 1)
      await untilStatus(server, await begin(server, writing(pieces), { name: 'warm' }), ['done']);
    const before = usedMb(server);
    // The run waits before it writes, until all watchers are connected and none reads.
    const held = await post(server, '/api/runs', {
      document: writing(pieces),
      inputs: { name: 'Ada' },
      breakpoints: ['write'],
    });
    const { runId } = JSON.parse(held.text) as { runId: string };
    await untilStatus(server, runId, ['suspended']);
    const streams = await Promise.all(Array.from({ length: readers }, () => openUnread(server, runId)));
    const sockets = await Promise.all(Array.from({ length: readers }, () => openSocket(server, runId)));
    try {
      let most = 0;
      const timer = setInterval(() => (most = Math.max(most, usedMb(server))), 50);
      const { requests } = JSON.parse((await send(server, `/api/human-inputs?run=${runId}`)).text) as {
        requests: { requestId: string }[];
      };
      await post(server, `/api/runs/${runId}/human-inputs/${requests[0]?.requestId ?? ''}`, { value: 'go' });
      const run = await untilStatus(server, runId, ['done']).finally(() => clearInterval(timer));
      // 1,750 MB of text were not read; garbage that is not yet collected is about 150 MB of them.
      expect(most - before).toBeLessThan((pieces * size * readers * 2) / 2 ** 20 / 3);

      const all = Array.from({ length: run.summary.lastSeq }, (_none, index) => index + 1);
      for (const stream of streams.slice(0, 5)) expect(seqs(await readRest(stream))).toEqual(all);
      for (const socket of sockets.slice(0, 5)) {
        socket.resume();
        await socket.ended;
        expect(seqs(socket.events)).toEqual(all);
      }
      // A socket needs no resync if its text just fits into the system's buffers.
      expect(sockets.slice(0, 5).every((socket) => socket.resyncs() > 0)).toBe(true);
    } finally {
      for (const stream of streams) stream.destroy();
      for (const socket of sockets) socket.close();
    }
  });
});

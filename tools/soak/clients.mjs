import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { failing, looping, quick, waiting, writing } from './workflows.mjs';

const count = (world, name) => (world.counts[name] = (world.counts[name] ?? 0) + 1);

/** Repeats until the soak is over: starts a random kind of run, follows it to its end over SSE or a socket, and sometimes cancels it. */
export async function client(world, number) {
  for (let round = 0; !world.isOver(); round += 1) {
    try {
      await oneRun(world, number + round);
    } catch (error) {
      if (world.isOver()) return;
      world.problems.push(String(error.message ?? error));
    }
  }
}

async function oneRun(world, index) {
  const { server, random } = world;
  const [document, inputs, expected] = kindOf(random(), index);
  // Some callers only wait for the answer and do not watch.
  if (document === quick && random() < 0.3) {
    const { status } = await server.post('/api/runs?wait=1', { document, inputs });
    count(world, 'waited for');
    count(world, status);
    if (status !== expected) world.problems.push(`${document.name} that was waited for ended as ${status}`);
    return;
  }
  const { runId } = await server.post('/api/runs', { document, inputs });
  count(world, document.name);
  const isCancelled = random() < 0.2;
  const follow = random() < 0.5 ? followBySse : followBySocket;
  const cancelled = isCancelled ? cancelLater(world, runId) : undefined;
  const status = await follow(world, runId);
  await cancelled;
  count(world, status);
  const allowed = isCancelled ? [expected, 'cancelled'] : [expected];
  if (!allowed.includes(status)) world.problems.push(`${document.name} ${runId} ended as ${status}`);
}

function kindOf(chance, index) {
  const inputs = { name: `run ${index}` };
  if (chance < 0.35) return [quick, inputs, 'done'];
  if (chance < 0.55) return [waiting(1 + (index % 3)), inputs, 'done'];
  if (chance < 0.8) return [writing(100, 60), inputs, 'done'];
  if (chance < 0.93) return [looping, { words: ['one', 'two', 'three', 'four'] }, 'done'];
  return [failing, inputs, 'failed'];
}

async function cancelLater({ server, random }, runId) {
  await pause(random() * 1_200);
  // If the run has ended in the meantime, the server answers with a conflict, which is correct.
  await server.post(`/api/runs/${runId}/cancel`).catch((error) => {
    if (!/^409/.test(error.message)) throw error;
  });
}

/** Follows a run over server-sent events. Sometimes disconnects in the middle and continues after the last sequence number. */
async function followBySse(world, runId) {
  const { server, random } = world;
  let after = 0;
  for (;;) {
    const hangUp = new AbortController();
    const timer = random() < 0.5 ? setTimeout(() => hangUp.abort(), random() * 800) : undefined;
    try {
      const reply = await fetch(`${server.address}/api/runs/${runId}/events`, {
        headers: after === 0 ? {} : { 'last-event-id': String(after) },
        signal: hangUp.signal,
      });
      let rest = '';
      for await (const chunk of reply.body.pipeThrough(new TextDecoderStream())) {
        const parts = `${rest}${chunk}`.split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) {
          const data = /^data: (.*)$/m.exec(part)?.[1];
          if (data === undefined) continue;
          const event = JSON.parse(data);
          after = nextSeq(world, runId, after, event);
          if (event.type === 'run-end') return event.status;
        }
      }
    } catch (error) {
      if (!hangUp.signal.aborted) throw error;
      count(world, 'reconnects');
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Follows a run over a socket in the same way. */
async function followBySocket(world, runId) {
  const topic = `run:${runId}`;
  let after = 0;
  for (;;) {
    const socket = io(`${world.server.address}/live`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    const status = await new Promise((resolve, reject) => {
      socket.once('connect', () => void socket.emitWithAck('watch', { topic, after }).catch(reject));
      socket.once('connect_error', reject);
      socket.on('resync', ({ after: seq }) => socket.emit('watch', { topic, after: seq }));
      socket.on('events', ({ events }) => {
        for (const event of events) {
          after = nextSeq(world, runId, after, event);
          if (event.type === 'run-end') resolve(event.status);
        }
      });
      if (world.random() < 0.5) setTimeout(() => resolve(undefined), world.random() * 800);
    }).finally(() => socket.off().close());
    if (status !== undefined) return status;
    count(world, 'reconnects');
  }
}

/** Checks that every recorded event comes once and in order, however often the watcher disconnected (G8). */
function nextSeq(world, runId, after, { seq }) {
  if (seq === undefined) return after;
  if (seq !== after + 1) world.problems.push(`${runId}: event ${seq} came after ${after}`);
  return seq;
}

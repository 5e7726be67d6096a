// A process of many sockets that watch one run: started by sockets.bench.mjs, so that the clients' work is not the server's.
import { io } from 'socket.io-client';

const [address, count] = [process.argv[2], Number(process.argv[3])];
/** Milliseconds from writing to arrival, of every token that came live. */
const delays = [];
const failures = [];

function connect() {
  const socket = io(`${address}/live`, { transports: ['websocket'], forceNew: true, reconnection: false });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}

/** Follows a run to its end; every durable event and every character must come once, in order. */
function watch(socket, runId) {
  const topic = `run:${runId}`;
  let lastSeq = 0;
  let length = 0;
  let resyncs = 0;
  const take = (event) => {
    if (event.seq !== undefined) {
      if (event.seq !== lastSeq + 1) failures.push(`seq ${event.seq} came after ${lastSeq}`);
      lastSeq = event.seq;
    }
    if (event.type === 'node-snapshot') length = event.text.length;
    if (event.type !== 'node-delta') return;
    if (event.offset > length) failures.push(`text from ${event.offset} came after ${length}`);
    if (event.offset + event.delta.length <= length) return;
    length = event.offset + event.delta.length;
    const written = /(\d{13}\.\d\d) $/.exec(event.delta)?.[1];
    if (written !== undefined) delays.push(performance.timeOrigin + performance.now() - Number(written));
  };
  const ended = new Promise((resolve) => {
    socket.on('events', (message) => {
      for (const event of message.events) {
        take(event);
        if (event.type === 'run-end') resolve();
      }
    });
    socket.on('resync', ({ after }) => {
      resyncs += 1;
      void socket.emitWithAck('watch', { topic, after });
    });
    socket.on('disconnect', (reason) => {
      failures.push(`a socket was closed: ${reason}`);
      resolve();
    });
  });
  const watching = socket.emitWithAck('watch', { topic, after: 0 });
  return { watching, ended: ended.then(() => ({ length, resyncs })) };
}

const sockets = [];
while (sockets.length < count)
  sockets.push(...(await Promise.all(Array.from({ length: Math.min(50, count - sockets.length) }, connect))));
const begun = new Promise((resolve) => process.once('message', ({ runId }) => resolve(runId)));
process.send({ type: 'connected' });
const runId = await begun;
const watchers = sockets.map((socket) => watch(socket, runId));
await Promise.all(watchers.map(({ watching }) => watching));
// Tokens from before a socket watched came late for it; what counts begins here.
delays.length = 0;
const ends = await Promise.all(watchers.map(({ ended }) => ended));
for (const socket of sockets) socket.off('disconnect').close();
const sorted = Float64Array.from(delays).sort();
const at = (share) => sorted[Math.floor((sorted.length - 1) * share)];
const report = {
  type: 'ended',
  arrival: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
  failures: failures.slice(0, 10),
  failed: failures.length,
  lengths: [...new Set(ends.map(({ length }) => length))],
  resyncs: ends.reduce((sum, { resyncs }) => sum + resyncs, 0),
};
process.send(report, () => process.disconnect());

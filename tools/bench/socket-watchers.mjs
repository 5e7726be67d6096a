// A process with many sockets that watch one run. sockets.bench.mjs starts it, so that the work of the clients does not load the server. It
// implements the protocol itself on top of `ws`: the socket.io client needs as long for a message as the server, and only the time of the
// server is to be measured.
import { WebSocket } from 'ws';

const address = process.argv[2];
const count = Number(process.argv[3]);
/** Milliseconds from the writing of each live token to its arrival. */
const delays = [];
const failures = [];
let messages = 0;

/**
 * The packet type and namespace at the start of a message: 0 opens a connection, 2 is a ping, 40 and 41 connect and disconnect namespaces,
 * 42 is an event, 43 an answer.
 */
const kind = /^(?:4[01234](?:\/live,)?|[0-6])/;

/** All sockets get the same text at the same time, so it is parsed only once. */
let last = { text: '', body: undefined };
function parsed(text) {
  if (last.text !== text) last = { text, body: withTimes(JSON.parse(text)) };
  return last.body;
}

/** Stores in each delta when its tokens were written, because the tokens of a joined delta waited for different times. */
function withTimes([name, body]) {
  for (const event of body.events ?? [])
    if (event.type === 'node-delta')
      event.written = [...event.delta.matchAll(/(\d{13}\.\d\d) /g)].map(([, time]) => Number(time));
  return [name, body];
}

/** Opens a connection to `/live`; `on` contains a function for each event. */
function connect() {
  const connection = new WebSocket(`${address.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
  });
  const socket = { on: {}, answer: undefined };
  socket.watch = (topic, after) => {
    connection.send(`42/live,0${JSON.stringify(['watch', { topic, after }])}`);
    return new Promise((resolve) => (socket.answer = resolve));
  };
  socket.close = () => connection.close();
  connection.on('close', () => socket.on.disconnect?.());
  return new Promise((resolve, reject) => {
    connection.on('error', reject);
    connection.on('message', (data) => {
      const text = data.toString();
      const [begin] = kind.exec(text) ?? [''];
      if (begin === '42/live,') {
        const [name, body] = parsed(text.slice(begin.length));
        socket.on[name]?.(body);
      } else if (begin === '2') connection.send('3');
      else if (begin === '0') connection.send('40/live,');
      else if (begin === '40/live,') resolve(socket);
      else if (begin === '43/live,') socket.answer?.(text);
      else reject(new Error(`The server said ${text}`));
    });
  });
}

/** Follows a run to its end and checks that each recorded event and each character comes exactly once and in order. */
function watch(socket, runId) {
  const topic = `run:${runId}`;
  let lastSeq = 0;
  let length = 0;
  let resyncs = 0;
  const take = (event, now) => {
    if (event.seq !== undefined) {
      if (event.seq !== lastSeq + 1) failures.push(`seq ${event.seq} came after ${lastSeq}`);
      lastSeq = event.seq;
    }
    if (event.type === 'node-snapshot') length = event.text.length;
    if (event.type !== 'node-delta') return;
    if (event.offset > length) failures.push(`text from ${event.offset} came after ${length}`);
    if (event.offset + event.delta.length <= length) return;
    length = event.offset + event.delta.length;
    for (const written of event.written) delays.push(now - written);
  };
  const ended = new Promise((resolve) => {
    socket.on.events = ({ events }) => {
      messages += 1;
      const now = performance.timeOrigin + performance.now();
      for (const event of events) {
        take(event, now);
        if (event.type === 'run-end') resolve();
      }
    };
    socket.on.resync = ({ after }) => {
      resyncs += 1;
      void socket.watch(topic, after);
    };
    socket.on.failed = ({ message }) => failures.push(message);
    socket.on.disconnect = () => {
      failures.push('a socket was closed');
      resolve();
    };
  });
  const watching = socket.watch(topic, 0);
  return { watching, ended: ended.then(() => ({ length, resyncs })) };
}

const sockets = [];
while (sockets.length < count)
  sockets.push(...(await Promise.all(Array.from({ length: Math.min(50, count - sockets.length) }, connect))));
const begun = new Promise((resolve) => process.once('message', ({ runId }) => resolve(runId)));
process.send({ type: 'connected' });
const runId = await begun;
const watchers = sockets.map((socket) => watch(socket, runId));
const answers = await Promise.all(watchers.map(({ watching }) => watching));
for (const answer of answers) if (!answer.includes('"ok":true')) failures.push(answer);
// Tokens from before a socket watched arrive late, so the measurement begins here.
delays.length = 0;
const ends = await Promise.all(watchers.map(({ ended }) => ended));
for (const socket of sockets) {
  socket.on.disconnect = undefined;
  socket.close();
}
const sorted = Float64Array.from(delays).sort();
const at = (share) => sorted[Math.floor((sorted.length - 1) * share)];
const report = {
  type: 'ended',
  arrival: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
  failures: failures.slice(0, 10),
  failed: failures.length,
  lengths: [...new Set(ends.map(({ length }) => length))],
  resyncs: ends.reduce((sum, { resyncs }) => sum + resyncs, 0),
  messages,
};
process.send(report, () => process.disconnect());

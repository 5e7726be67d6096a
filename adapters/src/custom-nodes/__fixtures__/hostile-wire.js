// A process that speaks the protocol of custom nodes and breaks it: what a package could do that had taken over its process.
import fs from 'node:fs';
import v8 from 'node:v8';

const [mode] = process.argv.slice(2);
const frame = (message) => {
  const body = v8.serialize(message);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
};
const write = (buffer) => {
  for (let done = 0; done < buffer.length;) done += fs.writeSync(4, buffer, done);
};
const send = (message) => write(frame(message));
const deep = (levels) => {
  let value = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};
const bomb = () => {
  let value = ['x'];
  for (let level = 0; level < 60; level += 1) value = [value, value];
  return value;
};
const long = () => {
  const value = [];
  value.length = 4_000_000_000;
  return value;
};
const outputs = {
  proto: () => ({ text: JSON.parse('{"__proto__":{"polluted":true}}') }),
  bomb: () => ({ text: bomb() }),
  long: () => ({ text: long() }),
  deep: () => ({ text: deep(500) }),
  date: () => ({ text: new Date() }),
  map: () => ({ text: new Map([['a', 1]]) }),
};

function run(request) {
  const { run } = request;
  const call = (method, args, holes = []) => send({ kind: 'call', run, call: 1, method, args, holes });
  switch (mode) {
    case 'giant': {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(0xffffffff);
      return write(head);
    }
    case 'garbage':
      return write(Buffer.from([0, 0, 0, 4, 1, 2, 3, 4]));
    case 'unknown kind':
      return send({ kind: 'eval', run, code: 'process.exit()' });
    case 'flood': {
      const line = frame({ kind: 'tell', run, method: 'log', args: ['info', 'flood'] });
      for (let count = 0; count < 300_000; count += 1) write(line);
      return send({ kind: 'end', run, value: { text: 'done' } });
    }
    case 'delta flood': {
      const delta = frame({ kind: 'delta', run, delta: '' });
      for (let count = 0; count < 200_000; count += 1) write(delta);
      return send({ kind: 'end', run, value: { text: '' } });
    }
    case 'forged':
      // Of another execution nobody here knows the name.
      for (const other of ['1', '', '0', '__proto__', run.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'))]) {
        send({ kind: 'end', run: other, value: { text: 'forged' } });
        send({ kind: 'given', run: other, want: 1, value: 'forged' });
        send({ kind: 'call', run: other, call: 1, method: 'secret', args: ['token'], holes: [] });
      }
      return setTimeout(() => send({ kind: 'end', run, value: { text: 'own' } }), 100);
    case 'suspended':
      return send({ kind: 'end', run, isSuspended: true });
    case 'method':
      return call('constructor', ['x']);
    case 'resource':
      return call('invoke', [99, 'read', 'secret.key']);
    case 'effect':
      return call('use', ['fetch']);
    case 'hole':
      return call('use', ['languageModel', 'x'], [{ at: 1, member: '__proto__', kind: 'callback', id: 1 }]);
    default:
      return send({ kind: 'end', run, value: outputs[mode]() });
  }
}

let held = Buffer.alloc(0);
const listen = () =>
  fs.read(3, Buffer.alloc(65_536), 0, 65_536, null, (error, bytes, buffer) => {
    if (error !== null || bytes === 0) process.exit(0);
    held = Buffer.concat([held, buffer.subarray(0, bytes)]);
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const length = held.readUInt32BE(0);
      const message = v8.deserialize(held.subarray(4, 4 + length));
      held = held.subarray(4 + length);
      if (message.kind === 'run') run(message);
      else if (message.kind === 'reply')
        send({ kind: 'end', run: message.run, value: { text: JSON.stringify(message.result) } });
      else if (message.kind === 'ping') send({ kind: 'pong' });
    }
    listen();
  });
listen();

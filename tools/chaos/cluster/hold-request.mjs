// Loaded before a process of Heddle (node --import): it holds itself with SIGSTOP (kill -STOP) when its first connection to HEDDLE_CHAOS_HOLD_PORT is
// open, before the request goes out, as a machine does that freezes at that moment.
import { subscribe } from 'node:diagnostics_channel';

const port = Number(process.env.HEDDLE_CHAOS_HOLD_PORT);
let isDone = false;

subscribe('net.client.socket', ({ socket }) => {
  socket.prependOnceListener('connect', () => {
    if (isDone || socket.remotePort !== port) return;
    isDone = true;
    process.kill(process.pid, 'SIGSTOP');
  });
});

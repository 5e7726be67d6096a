import { HeddleError } from '@heddle/core';
import { serveCalls } from '../serve-calls.js';

const kept: Buffer[] = [];

const notify = serveCalls({
  echo: async (payload) => payload,
  environment: async () => ({ ...process.env }),
  fail: async () => {
    throw new HeddleError('context_too_long', 'Too long.', { details: { tokens: 9 } });
  },
  count: async (payload, { emit }) => {
    for (let index = 0; index < Number(payload); index += 1) emit(index);
    return 'counted';
  },
  wait: (_payload, { emit, signal }) =>
    new Promise((_resolve, reject) => {
      emit('waiting');
      signal.addEventListener('abort', () => reject(new HeddleError('aborted', 'Stopped in the child.')), { once: true });
    }),
  crash: async () => process.kill(process.pid, 'SIGKILL'),
  allocate: async () => {
    setInterval(() => kept.push(Buffer.alloc(32 * 2 ** 20, 1)), 5);
    return kept.length;
  },
  spin: async () => {
    for (;;) kept.length = 0;
  },
});
notify('ready');

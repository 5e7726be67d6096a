import { readFileSync } from 'node:fs';

const mb = 2 ** 20;

/** Makes a function that sends requests to the probe in the server (./probe.mjs) over its pipe, one at a time. */
export function createProbe(pipe) {
  let waiting;
  let text = '';
  pipe.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end === -1) return;
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    waiting?.resolve(JSON.parse(line));
    waiting = undefined;
  });
  pipe.on('close', () => waiting?.reject(new Error('the server is gone')));
  pipe.on('error', () => undefined);
  return (question) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      pipe.write(`${question}\n`);
    });
}

/**
 * Gives the memory of a process in megabytes, by kind: JavaScript objects, buffers (`external` includes `arrayBuffers`), its own pages
 * (`anonymous`) and pages of files (`mapped`). `other` is everything except heap and buffers: SQLite, the runtime, threads, and what the
 * allocator keeps.
 */
export function kindsOf(pid, usage) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0);
  return {
    heap: usage.heapUsed / mb,
    heapTotal: usage.heapTotal / mb,
    external: usage.external / mb,
    arrayBuffers: usage.arrayBuffers / mb,
    other: (usage.rss - usage.heapTotal - usage.external) / mb,
    anonymous: kilobytes('RssAnon') / 1024,
    mapped: (kilobytes('RssFile') + kilobytes('RssShmem')) / 1024,
    rss: kilobytes('VmRSS') / 1024,
  };
}

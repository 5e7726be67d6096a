/*
 * Loaded into a server before it starts (`--import`). On each request over file descriptor 3, reports the longest time for which the event
 * loop was blocked since the last request: by the clock, and in processor time of the thread, which other programs do not affect.
 */
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.argv.includes('serve')) {
  const every = 1;
  let longest = { wall: 0, work: 0 };
  let last = performance.now();
  let lastWork = process.threadCpuUsage();
  const beat = () => {
    const now = performance.now();
    const work = process.threadCpuUsage(lastWork);
    longest = {
      wall: Math.max(longest.wall, now - last - every),
      work: Math.max(longest.work, (work.user + work.system) / 1_000),
    };
    last = now;
    lastWork = process.threadCpuUsage();
    setTimeout(beat, every).unref();
  };
  beat();
  const asked = new Socket({ fd: 3 }).unref();
  asked.on('data', () => {
    asked.write(`${JSON.stringify(longest)}\n`);
    longest = { wall: 0, work: 0 };
  });
}

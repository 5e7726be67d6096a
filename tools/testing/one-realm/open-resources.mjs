import { setTimeout as sleep } from 'node:timers/promises';

/** How often it is looked whether what was closed is gone, such as a pipe that a process of a process still holds: on a full machine for up to twenty seconds. */
const maxChecks = 1_000;
const checkEveryMs = 20;

/** How many things of each kind keep this process alive: servers, sockets, children, timers. */
export function openResources() {
  const counts = new Map();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/**
 * Waits until no more is open than before. Gives what is still there after a while, such as `2 TCPSocketWrap`.
 *
 * @example const left = await leftOpen(before); // []
 */
export async function leftOpen(before, checks = maxChecks) {
  for (let round = 1; ; round += 1) {
    const more = [...openResources()].flatMap(([kind, count]) =>
      count > (before.get(kind) ?? 0) ? [`${count - (before.get(kind) ?? 0)} ${kind}`] : [],
    );
    if (more.length === 0 || round >= checks) return more;
    await sleep(checkEveryMs, undefined, { ref: false });
  }
}

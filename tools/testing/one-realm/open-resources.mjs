import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The number of checks whether closed resources are gone. Some need time, such as a pipe that a grandchild process still holds: up to
 * twenty seconds on a busy machine.
 */
const maxChecks = 1_000;
const checkEveryMs = 20;

/** Counts the resources of each kind that keep this process alive: servers, sockets, child processes, timers. */
export function openResources() {
  const counts = new Map();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/**
 * Waits until no more resources are open than before. Returns what is still open after the last check, such as `2 TCPSocketWrap`.
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

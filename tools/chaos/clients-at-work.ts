import { followRun } from './client.js';
import { pause, type ClientWorld } from './client-world.js';
import { ingestAgainAndAgain } from './ingests.js';

/** Milliseconds without another run that ends, after the last fault, until the wait is given up. */
const standstillMs = 120_000;

/** The number of clients at a time. */
interface ClientCounts {
  readonly runs: number;
  readonly ingesters: number;
}

/** Keeps a number of runs and ingests active, each with its own client, until it is stopped. */
export function startClients(
  world: ClientWorld,
  { runs, ingesters }: ClientCounts,
): { stop(): void; readonly ended: Promise<unknown> } {
  let isStopped = false;
  let index = 0;
  const work = async (): Promise<void> => {
    while (!isStopped && !world.isOver) {
      index += 1;
      await followRun(world, index);
    }
  };
  const ended = Promise.all([
    ...Array.from({ length: runs }, work),
    ...Array.from({ length: ingesters }, (_, actor) =>
      ingestAgainAndAgain(world, actor, () => isStopped || world.isOver),
    ),
  ]);
  return { stop: () => (isStopped = true), ended };
}

/** Waits until nothing is left, or until nothing has moved for a while; returns how much is left. */
export async function untilAllEnded(
  world: ClientWorld,
  leftOf: (world: ClientWorld) => Promise<readonly (number | undefined)[]>,
  onProgress?: (detail: string) => void,
): Promise<number> {
  let left = Infinity;
  for (let movedAt = Date.now(); Date.now() < movedAt + standstillMs;) {
    const counts = await leftOf(world);
    const now = counts.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count));
    if (now === 0) return 0;
    if (now !== undefined && now < left) [left, movedAt] = [now, Date.now()];
    onProgress?.(`${now ?? 'some'} runs, ingests and messages to end`);
    await pause(200);
  }
  return left;
}

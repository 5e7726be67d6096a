import type { EngineHost } from '../host.js';
import { readPast } from '../recovery/resume.js';
import type { RunMemory } from '../recovery/run-memory.js';

interface NestedRereading {
  readonly runId: string;
  readonly host: Pick<EngineHost, 'journal'>;
  readonly memory: RunMemory;
}

/**
 * After a retry, reads from the journal the successful results in failed nested runs under a prefix, so that they are not computed again.
 */
export async function rereadNested(run: NestedRereading, prefix: string): Promise<void> {
  run.memory.reread(prefix, readPast(await run.host.journal.events(run.runId)));
}

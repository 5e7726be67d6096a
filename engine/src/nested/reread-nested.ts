import type { EngineHost } from '../host.js';
import { readPast } from '../recovery/resume.js';
import type { RunMemory } from '../recovery/run-memory.js';

/** What reading back nested runs needs of the run. */
interface NestedRereading {
  readonly runId: string;
  readonly host: Pick<EngineHost, 'journal'>;
  readonly memory: RunMemory;
}

/** After a retry: reads back what ended well under a prefix in nested runs that failed, so that it is not computed again. */
export async function rereadNested(run: NestedRereading, prefix: string): Promise<void> {
  run.memory.reread(prefix, readPast(await run.host.journal.events(run.runId)));
}

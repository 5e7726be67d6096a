import { collect, startProgram } from '../../e2e/built-program.js';
import { send } from '../../e2e/server-calls.js';
import { pause } from '../client-world.js';
import type { MortalCluster } from './mortal-cluster.js';
import { database, type Services } from './services.js';

/** If the database is unreachable, the job is started again, as an orchestrator does. */
const mayTryAgain = /\bdatabase_unreachable\b/;
const tryAgainMs = 300;

/**
 * Milliseconds for which processes of another version are watched after the migration. They read the version of the schema again within a
 * second.
 */
const watchMs = 5_000;

/**
 * Runs `heddle migrate` of this repository while processes of another version work, and checks that these may continue. Returns the
 * problems.
 */
export async function migrateBesideOthers(cluster: MortalCluster, { postgresPort }: Services): Promise<string[]> {
  const url = `postgres://postgres@127.0.0.1:${postgresPort}/${database}`;
  for (;;) {
    const child = startProgram(['migrate'], { environment: { HEDDLE_DATABASE_URL: url } });
    const said = collect(child.stderr);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    if (code === 0) break;
    if (!mayTryAgain.test(said())) return [`heddle migrate ended with ${code ?? 'a signal'}: ${said()}`];
    await pause(tryAgainMs);
  }
  const refused = new Set<string>();
  const deadline = Date.now() + watchMs;
  while (Date.now() < deadline) {
    for (const { name, listening } of cluster.members) {
      if (listening === undefined) continue;
      const { text } = await send(listening, '/api/health').catch(() => ({ text: '' }));
      if (text.includes('database_newer')) refused.add(name);
    }
    await pause(100);
  }
  return [...refused].map((name) => `${name} may not go on after heddle migrate: database_newer`);
}

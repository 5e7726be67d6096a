import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

const Database = createRequire(join(root, 'adapters', 'package.json'))('better-sqlite3');
const runs = 20_000;
const atOnce = 500;

export const cases = [
  {
    name: 'monitor-run',
    title: 'what a monitor of its workflow adds to the end of a run, in the commits of the journal',
    run: () =>
      inTemporaryFolder(async (folder) => {
        const server = await startServer(folder);
        await server.stop();
        const database = new Database(join(folder, 'heddle.db'));
        database.pragma('foreign_keys = ON');
        database.prepare("INSERT OR IGNORE INTO bundles VALUES ('sha256:bench', '{}')").run();
        const samples = { with: [], without: [] };
        // Alternates both cases, so that they use the file in the same state.
        for (let round = 0; round < 6; round += 1)
          for (const how of round % 2 === 0 ? ['with', 'without'] : ['without', 'with']) {
            database.exec('DELETE FROM monitors; DELETE FROM monitor_queue');
            if (how === 'with') addMonitor(database);
            samples[how].push(endRuns(database, `${how}-${round}`) / runs);
          }
        database.close();
        const added = samples.with.map((ms, at) => Math.max(0, ms - samples.without[at]));
        return [{ case: 'monitor-run', unit: 'ms', samples: added }];
      }),
  },
];

function addMonitor(database) {
  database
    .prepare(
      `INSERT INTO monitors (id, project, workflow, owner, setup, metrics, drift, created_at)
       VALUES ('m', 'default', 'bench', 'local', '{}', '[]', '{}', 1)`,
    )
    .run();
}

/** Accepts and ends runs, with as many in each commit as a busy journal writes. Gives the milliseconds of the ends. */
function endRuns(database, round) {
  const accept = database.prepare(`
    INSERT INTO runs (id, workflow_id, workflow_name, status, run_trigger, root_id, accepted_at, bundle, acceptance)
    VALUES (?, 'bench', 'Bench', 'running', 'published', ?, 1, 'sha256:bench', '{}')`);
  const end = database.prepare("UPDATE runs SET status = 'done', ended_at = 2 WHERE id = ?");
  let took = 0;
  for (let from = 0; from < runs; from += atOnce) {
    const ids = Array.from({ length: atOnce }, (_, at) => `${round}-${from + at}`);
    database.transaction(() => ids.forEach((id) => accept.run(id, id)))();
    const begin = performance.now();
    database.transaction(() => ids.forEach((id) => end.run(id)))();
    took += performance.now() - begin;
  }
  return took;
}

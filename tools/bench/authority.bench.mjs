import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { inTemporaryFolder, sample } from './shared.mjs';

const runs = 2_000;
const nodes = 100;

/** A published workflow that refers to many resources, in a project that has grants for them. */
const document = {
  heddle: 2,
  name: 'Bench',
  nodes: Object.fromEntries(
    Array.from({ length: nodes }, (_, index) => [
      `search${index}`,
      { type: 'retrieve', version: 1, config: { collection: `docs-${index}` } },
    ]),
  ),
  edges: [],
};

/**
 * Measures the milliseconds that authority adds to a run: its creation at the first lookup, and the check of the version's grants before
 * the run.
 */
async function authority() {
  const { openDatabase, sqliteTables } = await import('@heddle/adapters/database');
  const { openIdentity } = await import('@heddle/adapters/identity');
  const { createCatalog } = await import('@heddle/core');
  const { standardNodes } = await import('@heddle/nodes');
  const from = (file) => import(join(root, 'server', 'dist', file));
  const [{ createAuthorities }, { ProjectGrants }, { grantedVersions }] = await Promise.all(
    ['authority/authority.js', 'authority/project-grants.js', 'publishing/granted-versions.js'].map(from),
  );
  return inTemporaryFolder(async (folder) => {
    const database = openDatabase(join(folder, 'heddle.db'));
    const limits = { idleMs: 1, longestMs: 1 };
    const stores = openIdentity(database, { clock: { now: () => 0 }, keyFile: join(folder, 'secret.key'), limits });
    const tables = sqliteTables(database);
    const project = (await stores.projects.create('Bench')).id;
    const ownership = { projectsOf: (kind, id) => stores.owned.projectsOf(kind, id) };
    for (let index = 0; index < nodes; index += 1)
      await tables.commit(stores.grants.write.set('collection', `docs-${index}`, [project]));
    const grants = new ProjectGrants(stores.grants, ownership, tables);
    const catalog = createCatalog(standardNodes);
    const bundle = { document, workflows: {} };
    const authorities = createAuthorities(grants, ownership, { get: async () => ({ bundle }) }, catalog);
    const check = grantedVersions(grants, catalog);
    const compiled = { bundle };
    const acceptance = (index) => ({
      runId: `r${index}`,
      workflowId: 'w',
      workflowName: 'Bench',
      version: 1,
      caller: { principal: 'key:k', project, key: 'k', channel: 'v1' },
    });
    const perRun = await sample(15, 2, async () => {
      for (let index = 0; index < runs; index += 1) {
        check(compiled, project, 'bench');
        await authorities.of(acceptance(index));
      }
    });
    const run = await authorities.of(acceptance(0));
    const perLookup = await sample(15, 2, () => {
      for (let index = 0; index < runs * nodes; index += 1)
        if (!run.mayUse('collection', `docs-${index % nodes}`)) throw new Error('it is granted');
    });
    database.close();
    return [
      { case: 'authority-run', unit: 'ms', samples: perRun.map((ms) => ms / runs) },
      { case: 'authority-lookup', unit: 'ms', samples: perLookup.map((ms) => ms / (runs * nodes)) },
    ];
  });
}

export const cases = [
  {
    group: 'server',
    name: 'authority',
    title: `the authority of ${runs} runs of a version with ${nodes} nodes, and lookups with it`,
    run: authority,
  },
];

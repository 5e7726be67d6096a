/** Spec files that take much longer than others of their kind, by the end of their path, with their seconds in a run of all specs. */
const known = [
  ['tools/e2e/models.model.spec.ts', 130],
  ['tools/e2e/live.browser.spec.ts', 90],
  ['tools/e2e/every-page.browser.spec.ts', 80],
  ['tools/e2e/chaos-cluster.process.spec.ts', 80],
  ['workflows/ask-the-handbook/ask-the-handbook.model.spec.ts', 70],
  ['tools/e2e/chaos.process.spec.ts', 70],
  ['tools/e2e/canvas.browser.spec.ts', 65],
  ['adapters/src/models/hub/model-hosts.model.spec.ts', 60],
  ['tools/e2e/pages.browser.spec.ts', 50],
  ['tools/e2e/storage.process.spec.ts', 50],
  ['tools/e2e/first-minute.browser.spec.ts', 50],
  ['tools/e2e/inspector.browser.spec.ts', 45],
  ['tools/e2e/cli.process.spec.ts', 45],
  ['adapters/src/models/hub/model-hub.model.spec.ts', 45],
  ['tools/e2e/chaos-faults.process.spec.ts', 45],
  ['tools/e2e/failpoints.process.spec.ts', 40],
  ['adapters/src/connections/providers.process.spec.ts', 40],
  ['tools/e2e/publishing.browser.spec.ts', 40],
  ['tools/e2e/canvas-edit.browser.spec.ts', 40],
  ['tools/e2e/threads.process.spec.ts', 40],
  ['server/src/security/slow-requests.sweep.spec.ts', 40],
  ['tools/e2e/triggers.process.spec.ts', 40],
  ['server/src/security/reach.sweep.spec.ts', 38],
  ['tools/e2e/integrations.browser.spec.ts', 37],
  ['server/src/cli/commands-audit.spec.ts', 35],
  ['adapters/src/custom-nodes/node-context.process.spec.ts', 34],
  ['server/src/nodes/custom-nodes.process.spec.ts', 30],
  ['server/src/auth/route-sweep.sweep.spec.ts', 30],
  ['server/src/nodes/node-packages.process.spec.ts', 22],
  ['server/src/auth/sign-in/sign-in.spec.ts', 20],
  ['adapters/src/vectors/embedded/storage.spec.ts', 20],
];

/** The seconds of a spec file by its kind, which its name shows. */
const byKind = { model: 30, browser: 26, process: 18, sweep: 18, long: 30, command: 7, unit: 1 };

/** Gives the kind of a spec file: `model`, `browser`, `process`, `sweep`, `long`, `command` for specs of the command line, or `unit`. */
export const kindOf = (path) =>
  /\.(model|browser|process|sweep|long)\.spec\.tsx?$/.exec(path)?.[1] ??
  (plain(path).includes('/server/src/cli/') ? 'command' : 'unit');

const secondsOf = (path) => known.find(([end]) => plain(path).endsWith(end))?.[1] ?? byKind[kindOf(path)];
const plain = (path) => path.replaceAll('\\', '/');

/**
 * Orders spec files for the workers. Long files come first, so that none runs alone at the end; files of different kinds run side by side
 * where possible, because two models each want all processor cores. It uses no times of earlier runs, so a fresh clone has the same order.
 *
 * @example orderSpecs([{ path: 'core/src/ids.spec.ts', size: 900 }], 2)
 */
export function orderSpecs(specs, workers) {
  const left = specs
    .map((spec) => ({ spec, kind: kindOf(spec.path), seconds: secondsOf(spec.path) }))
    .sort((a, b) => b.seconds - a.seconds || b.spec.size - a.spec.size || (a.spec.path < b.spec.path ? -1 : 1));
  const lanes = Array.from({ length: Math.max(1, workers) }, () => ({ until: 0, kind: undefined }));
  const order = [];
  while (left.length > 0) {
    const lane = lanes.reduce((first, other) => (other.until < first.until ? other : first));
    const beside = new Set(lanes.filter((other) => other !== lane).map(({ kind }) => kind));
    const index = left.findIndex(({ kind }) => kind !== 'unit' && !beside.has(kind));
    const [next] = left.splice(Math.max(0, index), 1);
    lane.until += next.seconds;
    lane.kind = next.kind;
    order.push(next.spec);
  }
  return order;
}

/** The kinds of which `npm test` runs every fifth file. */
const drawnKinds = ['browser', 'process', 'model', 'sweep', 'command'];
const oneOf = 5;

/** Files that every `npm test` runs: a first run, a first start, runs across restarts, and access rights. */
const always = [
  ...['first-minute.browser', 'first-start.model', 'runs.process'].map((name) => `tools/e2e/${name}.spec.ts`),
  'server/src/security/reach.sweep.spec.ts',
  'server/src/auth/route-sweep.sweep.spec.ts',
];

/**
 * Selects the spec files of one run of `npm test`, in order: all units, and every fifth of the slow ones, chosen by the seed. Five runs
 * with consecutive seeds run all files.
 *
 * @example drawSpecs([{ path: 'tools/e2e/cli.process.spec.ts', size: 900 }], 7)
 */
export function drawSpecs(specs, seed) {
  const isDrawn = ({ path }) => drawnKinds.includes(kindOf(path)) && !isAlways(path);
  // Sorted by name, so that the order in which they are found does not matter.
  const drawn = specs.filter(isDrawn).sort((a, b) => (a.path < b.path ? -1 : 1));
  const left = new Set(drawn.filter((_, index) => (index + seed) % oneOf !== 0));
  return specs.filter((spec) => !left.has(spec));
}

const isAlways = (path) => always.some((end) => plain(path).endsWith(end));

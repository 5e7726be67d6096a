import { z } from 'zod';
import type { ErrorValue } from '../../errors/heddle-error.js';
import type { WorkerRow } from './workers.js';

const needKinds = ['node', 'model', 'tool', 'zone'] as const;
/**
 * The kinds of capabilities that a run can need from its process. `node`: a node type in a version (`prompt@2`). `model`: the files of a
 * local model. `tool`: the command of a tool server that the process starts. `zone`: a network zone.
 */
type NeedKind = (typeof needKinds)[number];

/**
 * The text of a need. A process that satisfies it has the same text as a capability.
 *
 * @example needOf('model', 'smollm2-135m') // 'model:smollm2-135m'
 */
export const needOf = (kind: NeedKind, what: string): string => `${kind}:${what}`;

/** The name of a network zone, such as `dmz`. */
export const NetworkZone = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, { error: 'Lower-case letters, digits and -, at most 32' });

/** The classes of runs; each has its own queue. `gpu` runs compute a model in the process that runs them, `cpu` runs do not. */
export const runClasses = ['cpu', 'gpu'] as const;

/** The class of a run with these needs. */
export const classOfNeeds = (needs: readonly string[]): (typeof runClasses)[number] =>
  needs.some((need) => need.startsWith('model:')) ? 'gpu' : 'cpu';

/** The facts about a run that decide which processes can run it. */
export interface PlacedRun {
  readonly class: string;
  readonly needs: readonly string[];
}

/** The facts about a process that decide which runs it can run. */
export type Able = Pick<WorkerRow, 'capabilities'> & { readonly classes: readonly string[] };

/**
 * Why none of these processes can run a run, and what to do; undefined if one can. Pass at least one process, and only processes that take
 * runs.
 *
 * @example missingOf({ class: 'cpu', needs: ['zone:eu'] }, workers)?.message // "No process … has the network zone 'eu': …"
 */
export function missingOf({ class: name, needs }: PlacedRun, workers: readonly Able[]): ErrorValue | undefined {
  const inClass = workers.filter(({ classes }) => classes.includes(name));
  if (inClass.length === 0)
    return missing(
      `No process takes runs of the class '${name}': start one with ${name} in HEDDLE_WORKER_CLASS.`,
      name,
      needs,
    );
  const able = inClass.map(({ capabilities }) => new Set(capabilities));
  if (able.some((has) => needs.every((need) => has.has(need)))) return undefined;
  const nowhere = needs.filter((need) => !able.some((has) => has.has(need)));
  if (nowhere.length > 0)
    return missing(
      `No process that takes runs of the class '${name}' has ${list(nowhere)}. ${fixes(nowhere)}`,
      name,
      nowhere,
    );
  // Each need is met by some process, but no process meets all of them.
  const apart = needs.filter((need) => !able.every((has) => has.has(need)));
  return missing(`No single process has all of ${list(apart)}. ${fixes(apart)}`, name, apart);
}

const missing = (message: string, className: string, needs: readonly string[]): ErrorValue => ({
  code: 'capability_missing',
  message,
  retryable: true,
  details: { class: className, needs: [...needs] },
});

/** Most needs that a message names; the details have all of them. */
const mostNamed = 5;

function list(needs: readonly string[]): string {
  const named = needs.slice(0, mostNamed).map(describeNeed);
  const more = needs.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

const parts = (need: string): readonly [kind: NeedKind | undefined, what: string] => {
  const at = need.indexOf(':');
  return [needKinds.find((kind) => kind === need.slice(0, at)), need.slice(at + 1)];
};

/**
 * Describes a need for people.
 *
 * @example describeNeed('node:prompt@2') // "version 2 of the node 'prompt'"
 */
function describeNeed(need: string): string {
  const [kind, what] = parts(need);
  switch (kind) {
    case 'node': {
      const at = what.lastIndexOf('@');
      return `version ${what.slice(at + 1)} of the node '${what.slice(0, at)}'`;
    }
    case 'model':
      return `the model '${what}'`;
    case 'tool':
      return `the command of the tool server '${what}'`;
    case 'zone':
      return `the network zone '${what}'`;
    case undefined:
      return `'${need}'`;
  }
}

/** Advice for each kind of need, without duplicates. */
function fixes(needs: readonly string[]): string {
  const kinds = new Set(needs.map((need) => parts(need)[0]));
  const sentences = [...kinds].map((kind) => (kind === undefined ? 'Start a newer program.' : fixOf[kind]));
  return sentences.join(' ');
}

const fixOf: Readonly<Record<NeedKind, string>> = {
  node: 'Start a process of a newer program, or install the package of the node for one (HEDDLE_NODES).',
  model:
    'Pull the model into the models folder of a process (npx heddle models pull), or choose a model of a connection.',
  tool: 'Install the command on the machine of a process, or make it an HTTP server.',
  zone: 'Start a process with the zone in HEDDLE_WORKER_ZONE.',
};

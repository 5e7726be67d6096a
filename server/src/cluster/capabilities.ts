import { isCommandHere, type ToolRegistry } from '@heddle/adapters/tools';
import { needOf, type ModelHub, type NodeCatalog } from '@heddle/core';
import type { Lazy } from '../common/lazy.js';
import type { Log } from '../common/log.js';

/** What the capabilities of this process are read from. */
export interface CapabilitySources {
  readonly catalog: Pick<NodeCatalog, 'list'>;
  readonly models: Lazy<Pick<ModelHub, 'list'>>;
  readonly tools: { readonly registry: Pick<ToolRegistry, 'view'> };
  /** The network zones of this process. */
  readonly zones: readonly string[];
  readonly log: Log;
}

/** What this process has, for runs that need it. */
interface Capabilities {
  /** As it was last read. */
  now(): readonly string[];
  /** Reads it again: models are pulled, and packages and tool servers are added, while a process works. */
  refresh(): Promise<void>;
}

/** A model that is being checked is ready soon, and a run waits for that. */
const present: ReadonlySet<string> = new Set(['ready', 'loaded', 'checking']);

/**
 * Reads what this process has: its nodes in each version that it can migrate, the local models whose files are here, the tool servers whose
 * command is on this machine, and its network zones.
 *
 * @example const capabilities = createCapabilities(parts); await capabilities.refresh(); capabilities.now();
 */
export function createCapabilities({ catalog, models, tools, zones, log }: CapabilitySources): Capabilities {
  let known: readonly string[] = zones.map((zone) => needOf('zone', zone));

  const nodes = (): readonly string[] =>
    catalog
      .list()
      .flatMap(({ type, version }) =>
        Array.from({ length: version }, (_, index) => needOf('node', `${type}@${index + 1}`)),
      );

  async function readModels(): Promise<readonly string[]> {
    const states = await (await models.get()).list();
    return states.filter(({ status }) => present.has(status)).map(({ card }) => needOf('model', card.id));
  }

  async function readTools(): Promise<readonly string[]> {
    const { servers } = await tools.registry.view();
    return servers.flatMap(({ id, transport }) =>
      transport.kind === 'stdio' && isCommandHere(transport) ? [needOf('tool', id)] : [],
    );
  }

  /** What cannot be read now stays as it was. */
  async function orBefore(kind: 'model' | 'tool', read: () => Promise<readonly string[]>): Promise<readonly string[]> {
    try {
      return await read();
    } catch (err) {
      log.warn({ err }, `what this process has (${kind}) could not be read; it is tried again`);
      return known.filter((capability) => capability.startsWith(`${kind}:`));
    }
  }

  return {
    now: () => known,
    async refresh() {
      const [ofModels, ofTools] = await Promise.all([orBefore('model', readModels), orBefore('tool', readTools)]);
      known = [...nodes(), ...ofModels, ...ofTools, ...zones.map((zone) => needOf('zone', zone))].sort();
    },
  };
}

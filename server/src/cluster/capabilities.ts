import { isCommandHere, type ToolRegistry } from '@heddle/adapters/tools';
import { needOf, type ModelHub, type NodeCatalog } from '@heddle/core';
import type { Lazy } from '../common/lazy.js';
import type { Log } from '../common/log.js';

export interface CapabilitySources {
  readonly catalog: Pick<NodeCatalog, 'list'>;
  readonly models: Lazy<Pick<ModelHub, 'list'>>;
  readonly tools: { readonly registry: Pick<ToolRegistry, 'view'> };
  /** The network zones of this process. */
  readonly zones: readonly string[];
  readonly log: Log;
}

/** What this process offers to runs: nodes, models, tool servers and network zones. */
interface Capabilities {
  /** The capabilities as they were last read. */
  now(): readonly string[];
  /** Reads the capabilities again, because models are pulled, and packages and tool servers added, while a process works. */
  refresh(): Promise<void>;
}

/** A model with status `checking` counts, because it is ready soon and a run can wait for that. */
const present: ReadonlySet<string> = new Set(['ready', 'loaded', 'checking']);

/**
 * Reads the capabilities of this process: its nodes in each version that it can migrate, the local models whose files are here, the tool
 * servers whose command is on this machine, and its network zones.
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

  /** If reading fails, the earlier result is kept. */
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

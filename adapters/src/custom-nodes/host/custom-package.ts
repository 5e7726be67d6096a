import { HeddleError, type NodeDefinition } from '@heddle/core';
import { resolveModule } from '../resolve-module.js';
import { checkPlain } from '../wire/plain-value.js';
import { ConfigReadings } from './config-readings.js';
import type { Confinement } from './confinement.js';
import type { Describer } from './describer.js';
import { parseDescriptions, type DescribedNode } from './description.js';
import { nodesCommand } from './nodes-command.js';
import { NodesRunner } from './nodes-runner.js';
import { proxyDefinition, type PackageSide } from './proxy-definition.js';

interface PackageOptions {
  readonly describer: Describer;
  readonly confinement: Confinement;
  /** The folder that relative entries are resolved from. */
  readonly from: string;
  /** Folders that no package may read. */
  readonly hidden: readonly string[];
  readonly memoryMb: number;
  readonly heldMs: number;
}

/** One version of a package: its process for descriptions, its process for runs, and the known readings of its configs. */
interface Version extends PackageSide {
  readonly key: number;
  readonly nodes: readonly DescribedNode[];
  readonly runner: NodesRunner;
}

let lastKey = 0;

/** A package of custom nodes that runs in its own processes. Its definitions always use its newest version. */
export class CustomPackage {
  /** The entry of HEDDLE_NODES. */
  readonly entry: string;
  private readonly options: PackageOptions;
  private version: Version | undefined;

  constructor(entry: string, options: PackageOptions) {
    this.entry = entry;
    this.options = options;
  }

  /**
   * Loads the current contents of the package's folder. If that fails, the version loaded before stays in use. Errors:
   * `custom_nodes_invalid`.
   */
  async load(accept: (types: readonly string[]) => void): Promise<readonly NodeDefinition[]> {
    const next = await this.open();
    try {
      accept(next.nodes.map(({ description }) => description.type));
    } catch (error) {
      await Promise.all([next.runner.close(), this.options.describer.closePackage(next.key)]);
      throw error;
    }
    const before = this.version;
    this.version = next;
    if (before !== undefined) {
      before.runner.retire();
      void this.options.describer.closePackage(before.key);
    }
    return next.nodes.map((node) => proxyDefinition(node, () => this.current()));
  }

  /** The folder to watch. */
  async folder(): Promise<string> {
    return (await resolveModule(this.entry, this.options.from)).folder;
  }

  async close(): Promise<void> {
    const { version } = this;
    if (version === undefined) return;
    await Promise.all([version.runner.close(), this.options.describer.closePackage(version.key)]);
  }

  private current(): PackageSide {
    if (this.version === undefined) throw new HeddleError('internal', `The nodes of '${this.entry}' are not loaded.`);
    return this.version;
  }

  private async open(): Promise<Version> {
    const { entry } = this;
    const { describer, from } = this.options;
    const command = await nodesCommand(entry, await resolveModule(entry, from), this.options);
    const key = (lastKey += 1);
    const runner = new NodesRunner(entry, command, this.options.heldMs);
    try {
      const [described] = await Promise.all([describer.open(key, entry, command), runner.warm()]);
      const nodes = parseDescriptions(entry, described);
      return {
        key,
        nodes,
        runner,
        readings: new ConfigReadings((type, config, isParsed) =>
          describer.ask(key, entry, { kind: 'read', type, config, isParsed }),
        ),
        migrate(type, config, migratedFrom) {
          const migrated = describer.ask(key, entry, { kind: 'migrate', type, config, from: migratedFrom });
          checkPlain(migrated);
          return migrated;
        },
        run: (run) => runner.run(run),
      };
    } catch (error) {
      await Promise.all([runner.close(), describer.closePackage(key)]);
      throw error;
    }
  }
}

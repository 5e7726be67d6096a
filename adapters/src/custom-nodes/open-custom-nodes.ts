import { HeddleError, toErrorValue, type ErrorValue, type NodeDefinition } from '@heddle/core';
import { invalid } from './resolve-module.js';
import { detectConfinement, type Confinement } from './host/confinement.js';
import { CustomPackage } from './host/custom-package.js';
import { Describer } from './host/describer.js';
import { defaultMemoryMb } from './host/nodes-command.js';
import { FolderWatch } from './host/watch-folder.js';

export interface OpenCustomNodesOptions {
  /** The folder that relative entries are resolved from. Default: the working directory. */
  readonly from?: string;
  /** Folders that no package may read, such as the data folder. */
  readonly hidden?: readonly string[];
  /** Node types that exist already; a package may not define one of them. */
  readonly taken?: ReadonlySet<string>;
  /** The most memory of a package's process in MB; above it, the process is ended. Default 512. */
  readonly memoryMb?: number;
  /** How long a node may block its process without a pause, in milliseconds. Default 30,000. */
  readonly heldMs?: number;
  /** How processes are confined. Default: as well as this system can. */
  readonly confinement?: Confinement;
  /**
   * Called after a package was added, removed or changed. With `error`, it changed but cannot be loaded, so the earlier version stays in
   * use.
   */
  readonly onChange?: (change: PackageChange) => void;
}

export interface PackageChange {
  readonly entry: string;
  /** Types that are gone, or that `added` replaces. */
  readonly removed: readonly string[];
  readonly added: readonly NodeDefinition[];
  readonly error?: HeddleError;
}

interface PackageState {
  readonly entry: string;
  readonly types: readonly string[];
  /** Why the current contents of its folder are not in use. */
  readonly error?: ErrorValue;
}

interface Held {
  readonly package: CustomPackage;
  definitions: readonly NodeDefinition[];
  error: HeddleError | undefined;
  watch: FolderWatch | undefined;
  /** Settles when the last load has ended; loads run one after another. */
  loading: Promise<void>;
}

/** The nodes of several packages, each in processes of its own. */
export class CustomNodes {
  readonly confinement: Confinement;
  private readonly options: OpenCustomNodesOptions;
  private readonly describer = new Describer();
  private readonly held = new Map<string, Held>();
  private isWatching = false;

  constructor(confinement: Confinement, options: OpenCustomNodesOptions) {
    this.confinement = confinement;
    this.options = options;
  }

  get definitions(): readonly NodeDefinition[] {
    return [...this.held.values()].flatMap(({ definitions }) => definitions);
  }

  get packages(): readonly PackageState[] {
    return [...this.held].map(([entry, { definitions, error }]) => ({
      entry,
      types: definitions.map(({ type }) => type),
      error: error === undefined ? undefined : toErrorValue(error),
    }));
  }

  /** Loads a package; on an error, nothing of it stays. Errors: `custom_nodes_invalid`. */
  async add(entry: string): Promise<void> {
    const { from = process.cwd(), hidden = [], memoryMb = defaultMemoryMb, heldMs = 30_000 } = this.options;
    const { describer, confinement } = this;
    const held: Held = {
      package: new CustomPackage(entry, { describer, confinement, from, hidden, memoryMb, heldMs }),
      definitions: [],
      error: undefined,
      watch: undefined,
      loading: Promise.resolve(),
    };
    this.held.set(entry, held);
    try {
      await this.load(entry, held);
    } catch (error) {
      this.held.delete(entry);
      await held.package.close();
      throw error;
    }
    if (this.isWatching) await this.watchOne(entry, held);
  }

  async remove(entry: string): Promise<void> {
    const held = this.held.get(entry);
    if (held === undefined) return;
    this.held.delete(entry);
    held.watch?.close();
    this.options.onChange?.({ entry, removed: held.definitions.map(({ type }) => type), added: [] });
    await held.package.close();
  }

  /** From now on, loads a package again when its folder changes. */
  async watch(): Promise<void> {
    this.isWatching = true;
    await Promise.all([...this.held].map(([entry, held]) => this.watchOne(entry, held)));
  }

  async close(): Promise<void> {
    for (const { watch } of this.held.values()) watch?.close();
    await Promise.all([...this.held.values()].map((held) => held.package.close()));
    await this.describer.close();
  }

  private async watchOne(entry: string, held: Held): Promise<void> {
    const folder = await held.package.folder();
    const again = (): void => {
      held.loading = held.loading.then(() => this.reload(entry, held));
    };
    held.watch = await new FolderWatch(folder, this.options.hidden ?? [], again).open();
  }

  private async reload(entry: string, held: Held): Promise<void> {
    if (this.held.get(entry) !== held) return;
    try {
      await this.load(entry, held);
    } catch (cause) {
      held.error = cause instanceof HeddleError ? cause : invalid(entry, 'cannot be loaded', cause);
      this.options.onChange?.({ entry, removed: [], added: [], error: held.error });
    }
  }

  private async load(entry: string, held: Held): Promise<void> {
    const removed = held.definitions.map(({ type }) => type);
    held.definitions = await held.package.load((types) => this.checkTypes(entry, types));
    held.error = undefined;
    this.options.onChange?.({ entry, removed, added: held.definitions });
  }

  private checkTypes(entry: string, types: readonly string[]): void {
    for (const [index, type] of types.entries()) {
      if (types.indexOf(type) !== index) throw invalid(entry, `defines the node type '${type}' twice`);
      if (this.options.taken?.has(type) === true)
        throw invalid(entry, `defines the node type '${type}', which comes with Heddle: give it another name`);
      const owner = this.packages.find((other) => other.entry !== entry && other.types.includes(type));
      if (owner !== undefined)
        throw invalid(
          entry,
          `defines the node type '${type}', as '${owner.entry}' does: give one of them another name`,
        );
    }
  }
}

/**
 * Opens custom nodes. Each package is loaded, described and run in its own processes under Node's permission model, without network, files
 * or environment; its nodes get only what they declare. Errors: `custom_nodes_invalid`.
 *
 * @example const nodes = await openCustomNodes(['./my-nodes'], { hidden: [dataFolder] });
 */
export async function openCustomNodes(
  entries: readonly string[],
  options: OpenCustomNodesOptions = {},
): Promise<CustomNodes> {
  const nodes = new CustomNodes(options.confinement ?? (await detectConfinement()), options);
  try {
    const loaded = await Promise.allSettled(entries.map((entry) => nodes.add(entry)));
    for (const each of loaded) if (each.status === 'rejected') throw each.reason;
    return nodes;
  } catch (error) {
    await nodes.close();
    throw error;
  }
}

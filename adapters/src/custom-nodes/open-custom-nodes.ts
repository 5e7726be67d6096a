import { HeddleError, toErrorValue, type ErrorValue, type NodeDefinition } from '@heddle/core';
import { invalid } from './find-module.js';
import { findConfinement, type Confinement } from './host/confinement.js';
import { CustomPackage } from './host/custom-package.js';
import { Describer } from './host/describer.js';
import { defaultMemoryMb } from './host/nodes-command.js';
import { FolderWatch } from './host/watch-folder.js';

export interface OpenCustomNodesOptions {
  /** Folder that names of entries count from; default the working directory. */
  readonly from?: string;
  /** Folders that no package may read: the data folder. */
  readonly hidden?: readonly string[];
  /** Node types that are taken: no package may bring one of them. */
  readonly taken?: ReadonlySet<string>;
  /** MB of memory after which a package's process is ended. Default 512. */
  readonly memoryMb?: number;
  /** Milliseconds that a node may hold its process without a pause. Default 30,000. */
  readonly heldMs?: number;
  /** How processes are confined; default as well as this system can. */
  readonly confinement?: Confinement;
  /** A package came, went or changed. `error`: it changed and cannot be loaded, so that the version before goes on. */
  readonly onChange?: (change: PackageChange) => void;
}

/** What changed in the nodes that there are. */
export interface PackageChange {
  readonly entry: string;
  /** Types that are gone, or are replaced by `added`. */
  readonly removed: readonly string[];
  readonly added: readonly NodeDefinition[];
  readonly error?: HeddleError;
}

/** A package as it is now. */
interface PackageState {
  readonly entry: string;
  readonly types: readonly string[];
  /** Why what lies there now is not what runs. */
  readonly error?: ErrorValue;
}

interface Held {
  readonly package: CustomPackage;
  definitions: readonly NodeDefinition[];
  error: HeddleError | undefined;
  watch: FolderWatch | undefined;
  /** One load after the other. */
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

  /** Loads a package. Errors: `custom_nodes_invalid`; there is nothing of it then. */
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

  /** Takes a package out; what runs of it ends. */
  async remove(entry: string): Promise<void> {
    const held = this.held.get(entry);
    if (held === undefined) return;
    this.held.delete(entry);
    held.watch?.close();
    this.options.onChange?.({ entry, removed: held.definitions.map(({ type }) => type), added: [] });
    await held.package.close();
  }

  /** From now on, a package is loaded again when its folder changes. */
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
 * Opens a team's own nodes: each package is loaded, described and run in processes of its own, under Node's permission model,
 * without network, files or environment; what its nodes declare is all that they reach. Errors: `custom_nodes_invalid`.
 *
 * @example const nodes = await openCustomNodes(['./my-nodes'], { hidden: [dataFolder] });
 */
export async function openCustomNodes(
  entries: readonly string[],
  options: OpenCustomNodesOptions = {},
): Promise<CustomNodes> {
  const nodes = new CustomNodes(options.confinement ?? (await findConfinement()), options);
  try {
    const loaded = await Promise.allSettled(entries.map((entry) => nodes.add(entry)));
    for (const each of loaded) if (each.status === 'rejected') throw each.reason;
    return nodes;
  } catch (error) {
    await nodes.close();
    throw error;
  }
}

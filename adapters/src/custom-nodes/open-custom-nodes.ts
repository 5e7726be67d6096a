import { type NodeDefinition } from '@heddle/core';
import { invalid } from './find-module.js';
import { findConfinement, type Confinement } from './host/confinement.js';
import { CustomPackage } from './host/custom-package.js';
import { Describer } from './host/describer.js';
import { defaultMemoryMb } from './host/nodes-command.js';

export interface OpenCustomNodesOptions {
  /** Folder that names of entries count from; default the working directory. */
  readonly from?: string;
  /** Folders that no package may read: the data folder. */
  readonly hidden?: readonly string[];
  /** MB of memory after which a package's process is ended. Default 512. */
  readonly memoryMb?: number;
  /** Milliseconds that a node may hold its process without a pause. Default 30,000. */
  readonly heldMs?: number;
  /** How processes are confined; default as well as this system can. */
  readonly confinement?: Confinement;
}

/** The nodes of several packages, each in processes of its own. */
export interface CustomNodes {
  readonly definitions: readonly NodeDefinition[];
  readonly confinement: Confinement;
  close(): Promise<void>;
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
  const confinement = options.confinement ?? (await findConfinement());
  const describer = new Describer();
  const shared = {
    describer,
    confinement,
    from: options.from ?? process.cwd(),
    hidden: options.hidden ?? [],
    memoryMb: options.memoryMb ?? defaultMemoryMb,
    heldMs: options.heldMs ?? 30_000,
  };
  const packages = entries.map((entry) => new CustomPackage(entry, shared));
  const owners = new Map<string, string>();
  const close = async (): Promise<void> => {
    await Promise.all(packages.map((each) => each.close()));
    await describer.close();
  };
  try {
    const loaded = await Promise.all(
      packages.map((each) =>
        each.load((types) => {
          for (const type of types) {
            const owner = owners.get(type);
            if (owner !== undefined)
              throw invalid(
                each.entry,
                `defines the node type '${type}', as '${owner}' does: give one of them another name`,
              );
            owners.set(type, each.entry);
          }
        }),
      ),
    );
    return { definitions: loaded.flat(), confinement, close };
  } catch (error) {
    await close();
    throw error;
  }
}

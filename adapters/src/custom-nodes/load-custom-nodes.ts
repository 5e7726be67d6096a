import { realpath } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { HeddleError, type NodeDefinition } from '@heddle/core';
import { isLikelyNode, readDefinition } from './custom-definition.js';
import { resolveModule, invalid, type CustomModule } from './resolve-module.js';
import { lendPackages } from './lend-packages.js';

/**
 * Loads custom nodes into this process, for tests of nodes (`heddle node test`); a server uses `openCustomNodes`. Each entry is a folder
 * with a package.json, an installed package, or a module. Nodes are exported by name, or as an array named `nodes` or `default`. Errors:
 * `custom_nodes_invalid` with the entry and what to do.
 *
 * @example const nodes = await loadCustomNodes(['./my-nodes', '@acme/heddle-nodes']);
 */
export async function loadCustomNodes(
  entries: readonly string[],
  from: string = process.cwd(),
): Promise<NodeDefinition[]> {
  const nodes = new Map<string, { readonly node: NodeDefinition; readonly entry: string }>();
  for (const entry of entries) {
    for (const node of await loadEntry(entry, from)) {
      const known = nodes.get(node.type);
      if (known !== undefined)
        throw invalid(
          entry,
          `defines the node type '${node.type}', as '${known.entry}' does: give one of them another name`,
        );
      nodes.set(node.type, { node, entry });
    }
  }
  return [...nodes.values()].map(({ node }) => node);
}

async function loadEntry(entry: string, from: string): Promise<readonly NodeDefinition[]> {
  const found = await resolveModule(entry, from);
  // A module is identified by its real path, with links resolved.
  lendPackages(await realpath(found.folder));
  return loadModule(found, entry);
}

/** Loads the nodes of one module into this process. Call `lendPackages` for its folder first. Errors: `custom_nodes_invalid`. */
export async function loadModule(found: CustomModule, entry: string): Promise<readonly NodeDefinition[]> {
  const candidates = candidatesOf(await importModule(found, entry));
  if (candidates.length === 0) throw invalid(entry, 'exports no node: export the result of defineNode');
  return candidates.map((candidate) => readDefinition(candidate, `'${entry}'`));
}

async function importModule({ file }: CustomModule, entry: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const module: unknown = await import(pathToFileURL(file).href);
    // A module's namespace is an object with its exports.
    return { ...(module as Readonly<Record<string, unknown>>) };
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    throw invalid(
      entry,
      `cannot be loaded: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`,
      cause,
    );
  }
}

/** Every export that is meant to be a node, each once. All members of an exported array count. */
function candidatesOf(exports: Readonly<Record<string, unknown>>): readonly unknown[] {
  const found = new Set<unknown>();
  for (const value of Object.values(exports)) {
    if (isLikelyNode(value)) found.add(value);
  }
  for (const name of ['nodes', 'default']) {
    const list = exports[name];
    if (Array.isArray(list)) for (const value of list) found.add(value);
  }
  return [...found];
}

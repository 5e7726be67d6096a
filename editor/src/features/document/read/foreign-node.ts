import type { DocumentNode, NodeDescription } from '@heddle/core';

/**
 * Why a node is read-only: its type is unknown here, or it was written by a newer version of the type. Such a node is kept unchanged.
 * Undefined for a known node.
 */
export function foreignText(
  node: Pick<DocumentNode, 'type' | 'version'>,
  description: Pick<NodeDescription, 'version'> | undefined,
): string | undefined {
  if (description === undefined) return `Unknown type ${node.type}: kept as it is`;
  if (node.version > description.version)
    return `Version ${node.version}, this Heddle knows ${description.version}: kept as it is`;
  return undefined;
}

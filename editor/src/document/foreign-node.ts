import type { DocumentNode, NodeDescription } from '@heddle/core';

/**
 * Why a node can only be looked at: its type is not known here, or it was written by a newer version of it. It is kept as
 * it stands. Undefined for a node that this Heddle knows.
 */
export function foreignWords(
  node: Pick<DocumentNode, 'type' | 'version'>,
  description: Pick<NodeDescription, 'version'> | undefined,
): string | undefined {
  if (description === undefined) return `Unknown type ${node.type}: kept as it is`;
  if (node.version > description.version)
    return `Version ${node.version}, this Heddle knows ${description.version}: kept as it is`;
  return undefined;
}

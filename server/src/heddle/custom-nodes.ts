import type { NodeDefinition } from '@heddle/core';
import type { Settings } from '../settings/settings-table.js';

/** The nodes of `HEDDLE_NODES`. Errors: `custom_nodes_invalid`. */
export async function readCustomNodes(settings: Pick<Settings, 'customNodes'>): Promise<readonly NodeDefinition[]> {
  if (settings.customNodes.length === 0) return [];
  const { loadCustomNodes } = await import('@heddle/adapters/custom-nodes');
  return loadCustomNodes(settings.customNodes);
}

import type { CustomNodes } from '@heddle/adapters/custom-nodes';
import type { Settings } from '../settings/settings-table.js';

/** Opens the nodes of `HEDDLE_NODES`; without any, nothing of it is loaded. Errors: `custom_nodes_invalid`. */
export async function openOwnNodes(
  settings: Pick<Settings, 'customNodes' | 'dataFolder'>,
): Promise<Pick<CustomNodes, 'definitions' | 'close'>> {
  if (settings.customNodes.length === 0) return { definitions: [], close: () => Promise.resolve() };
  const { openCustomNodes } = await import('@heddle/adapters/custom-nodes');
  return openCustomNodes(settings.customNodes, { hidden: [settings.dataFolder] });
}

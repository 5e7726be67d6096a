import { countValues } from '../values/size-within.js';
import type { DocumentNode } from './workflow-document.js';

/**
 * The work of reading the config of a node, for `createPace`: ten for the node and one for each value in its config. A node
 * may have ten thousand values.
 *
 * @example for (const node of nodes) { read(node); if (isDue(workOfNode(node))) yield; }
 */
export const workOfNode = ({ config }: Pick<DocumentNode, 'config'>): number => 10 + countValues(config);

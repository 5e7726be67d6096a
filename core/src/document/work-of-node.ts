import { countValues } from '../values/size-within.js';
import type { DocumentNode } from './workflow-document.js';

/**
 * How much work it is to read the settings of a node, for `createPace`: ten for the node, and one for each value in them, of which a node
 * may have ten thousand.
 *
 * @example for (const node of nodes) { read(node); if (isDue(workOfNode(node))) yield; }
 */
export const workOfNode = ({ config }: Pick<DocumentNode, 'config'>): number => 10 + countValues(config);

import { formatCost } from '../../ui/format/format-cost.js';
import { formatDuration } from '../../ui/format/format-duration.js';

/** The time and cost that reused results saved. Without a cost, as with local models, only the time. */
export const savedText = ({ ms, cost }: { readonly ms: number; readonly cost: number }): string =>
  `${formatDuration(ms)}${cost > 0 ? ` and ${formatCost(cost)}` : ''} saved`;

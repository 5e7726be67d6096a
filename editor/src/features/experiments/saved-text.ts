import { formatCost } from '../../ui/format/format-cost.js';
import { formatDuration } from '../../ui/format/format-duration.js';

/** What reused results saved; local models save no money. */
export const savedText = ({ ms, cost }: { readonly ms: number; readonly cost: number }): string =>
  `${formatDuration(ms)}${cost > 0 ? ` and ${formatCost(cost)}` : ''} saved`;

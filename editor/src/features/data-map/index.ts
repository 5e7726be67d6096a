import { latePart } from '../../ui/navigation/lazy-page.js';

export const DataMap = latePart(() => import('./DataMap.js').then(({ DataMap: page }) => page));
export { exceedingAt } from './exceeding.js';

import { lazyPart } from '../../ui/navigation/lazy-page.js';

export const DataMap = lazyPart(() => import('./DataMap.js').then(({ DataMap: page }) => page));
export { exceedingAt } from './exceeding.js';

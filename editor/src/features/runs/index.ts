import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const RunsPage = lazyPage(() => import('./RunsPage.js').then(({ RunsPage: page }) => page));
export const ComparePage = lazyPage(() => import('./ComparePage.js').then(({ ComparePage: page }) => page));
export { useRuns } from './use-runs.js';

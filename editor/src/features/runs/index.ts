import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const RunsPage = lazyPage(() => import('./RunsPage.js').then(({ RunsPage: page }) => page));
export const ComparePage = lazyPage(() => import('./ComparePage.js').then(({ ComparePage: page }) => page));
/** Loaded when the button is pressed for the first time. */
export const DeleteRuns = lazyPage(() => import('./DeleteRuns.js').then(({ DeleteRuns: dialog }) => dialog));
export type { RunToDelete } from './DeleteRuns.js';
export { useRuns } from './use-runs.js';

import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const DatasetsPage = lazyPage(() => import('./DatasetsPage.js').then(({ DatasetsPage: page }) => page));
export const AddToDataset = lazyPage(() => import('./AddToDataset.js').then(({ AddToDataset: dialog }) => dialog));
export type { RunsToAdd } from './AddToDataset.js';

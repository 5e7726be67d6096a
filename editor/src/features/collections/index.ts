import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const CollectionsPage = lazyPage(() => import('./CollectionsPage.js').then(({ CollectionsPage: page }) => page));
export const CollectionPage = lazyPage(() => import('./CollectionPage.js').then(({ CollectionPage: page }) => page));
export const EntitiesPage = lazyPage(() => import('./graph/EntitiesPage.js').then(({ EntitiesPage: page }) => page));
export { nameFor } from './collection-name.js';
export const CollectionSetup = lazyPage(() =>
  import('./CollectionSetup.js').then(({ CollectionSetup: dialogs }) => dialogs),
);
export { CollectionList } from './CollectionList.js';
export { describeIngest, importShare, readReport } from './ingest/ingest-text.js';
export { describeSplitter, splitterChoices, splitterText } from './settings/splitting.js';
export { useEmbedders } from './settings/use-embedders.js';

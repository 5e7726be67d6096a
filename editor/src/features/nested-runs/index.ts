import { lazyPart } from '../../ui/navigation/lazy-page.js';

export const LazyNestedPanel = lazyPart(() => import('./NestedPanel.js').then(({ NestedPanel: page }) => page));
export { InsideContext } from './inside-context.js';
export { InsideBar } from './InsideBar.js';
export { Around, InsideStage } from './InsideStage.js';
export { NestedBar } from './NestedBar.js';

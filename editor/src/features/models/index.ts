import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const ModelsPage = lazyPage(() => import('./ModelsPage.js').then(({ ModelsPage: page }) => page));
export { connectedModels, modelDetail, modelStateWords, offeredModels } from './model-options.js';
export { kindWords, sizeOf, statusWords } from './model-words.js';
export { Pulling } from './Pulling.js';
export { useModels, usePull } from './use-models.js';

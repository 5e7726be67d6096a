import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const ModelsPage = lazyPage(() => import('./ModelsPage.js').then(({ ModelsPage: page }) => page));
export { connectedModels, modelDetail, modelStateText, offeredModels } from './choice/model-options.js';
export { kindText, sizeOf, statusLabels } from './model-text.js';
export { useModelItems } from './choice/use-model-items.js';
export { ModelInput } from './choice/ModelInput.js';
export { Pulling } from './Pulling.js';
export { useModels } from './use-models.js';

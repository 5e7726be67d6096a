import { lazyPart, lazyPage } from '../../ui/navigation/lazy-page.js';

export const PromptsPage = lazyPage(() => import('./PromptsPage.js').then(({ PromptsPage: page }) => page));
export const PromptField = lazyPart(() => import('./PromptField.js').then(({ PromptField: field }) => field));

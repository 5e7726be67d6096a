import { latePart, lazyPage } from '../../ui/navigation/lazy-page.js';

export const PromptsPage = lazyPage(() => import('./PromptsPage.js').then(({ PromptsPage: page }) => page));
export const PromptField = latePart(() => import('./PromptField.js').then(({ PromptField: field }) => field));

import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const ToolsPage = lazyPage(() => import('./ToolsPage.js').then(({ ToolsPage: page }) => page));
export const ToolServerPage = lazyPage(() => import('./ToolServerPage.js').then(({ ToolServerPage: page }) => page));
export { countsText, descriptionOf, standingText } from './tool-text.js';

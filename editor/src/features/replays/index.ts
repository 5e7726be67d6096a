import { lazyPart, lazyPage } from '../../ui/navigation/lazy-page.js';

export const ReplaysPage = lazyPage(() => import('./ReplaysPage.js').then(({ ReplaysPage: page }) => page));
export const StartReplay = lazyPart(() => import('./StartReplay.js').then(({ StartReplay: dialog }) => dialog));

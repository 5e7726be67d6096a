import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const InboxPage = lazyPage(() => import('./InboxPage.js').then(({ InboxPage: page }) => page));
export { InboxLink } from './InboxLink.js';

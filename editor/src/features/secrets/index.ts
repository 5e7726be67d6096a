import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const SecretsPage = lazyPage(() => import('./SecretsPage.js').then(({ SecretsPage: page }) => page));
export { emptyDraft, hostsOfNodes } from './secret-draft.js';
export { SecretDialog } from './SecretDialog.js';

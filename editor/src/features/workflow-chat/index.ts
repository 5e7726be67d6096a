import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const WorkflowChatPage = lazyPage(() =>
  import('./WorkflowChatPage.js').then(({ WorkflowChatPage: page }) => page),
);

import { lazyPart, lazyPage } from '../../ui/navigation/lazy-page.js';

export const BuildPage = lazyPage(() => import('./BuildPage.js').then(({ BuildPage: page }) => page));
export const ProposalPage = lazyPage(() => import('./ProposalPage.js').then(({ ProposalPage: page }) => page));
/** Loaded lazily, so that the inbox does not wait for it. */
export const LazyWaitingProposals = lazyPart(() =>
  import('./WaitingProposals.js').then(({ WaitingProposals }) => WaitingProposals),
);

import { lazyPart } from '../../../ui/navigation/lazy-page.js';

/** The figures of tests. They load when they are opened. */
export const AbDetails = lazyPart(() => import('./AbDetails.js').then(({ AbDetails: dialog }) => dialog));
/** The dialog that starts a test, loaded on demand. */
export const StartAb = lazyPart(() => import('./StartAb.js').then(({ StartAb: dialog }) => dialog));

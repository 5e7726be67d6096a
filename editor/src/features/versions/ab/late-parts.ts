import { latePart } from '../../../ui/navigation/lazy-page.js';

/** The figures of tests. They load when they are opened. */
export const AbDetails = latePart(() => import('./AbDetails.js').then(({ AbDetails: dialog }) => dialog));
/** The dialog that starts a test, loaded on demand. */
export const StartAb = latePart(() => import('./StartAb.js').then(({ StartAb: dialog }) => dialog));

import { latePart } from '../../../ui/navigation/lazy-page.js';

/** The figures of tests, loaded when they are opened. */
export const AbDetails = latePart(() => import('./AbDetails.js').then(({ AbDetails: dialog }) => dialog));
/** The dialog that starts a test. */
export const StartAb = latePart(() => import('./StartAb.js').then(({ StartAb: dialog }) => dialog));

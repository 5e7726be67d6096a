import { lazyPage } from '../../ui/navigation/lazy-page.js';

export const PolicyPage = lazyPage(() => import('./PolicyPage.js').then(({ PolicyPage: page }) => page));
export const PoliciesPage = lazyPage(() => import('./PoliciesPage.js').then(({ PoliciesPage: page }) => page));
export { CandidateEditor } from './CandidateEditor.js';
export { type Candidate, moved, policyProblems, preferText } from './policy-draft.js';
export { useCandidateModels, useFacts } from './use-candidates.js';

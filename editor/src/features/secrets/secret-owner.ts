/** Whether secrets belong to the current project or to the installation. */
export type SecretOwner = 'project' | 'installation';

/** The query parameter for the owner. The project needs none, because a header of every request names it. */
export const ownerQuery = (owner: SecretOwner): { readonly owner?: 'installation' } =>
  owner === 'installation' ? { owner } : {};

/** Whether the secrets belong to the project of this tab or to the installation. */
export type SecretOwner = 'project' | 'installation';

/** The query that names the owner; the project is named by a header of every request. */
export const ownerQuery = (owner: SecretOwner): { readonly owner?: 'installation' } =>
  owner === 'installation' ? { owner } : {};

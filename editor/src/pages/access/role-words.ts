import type { Role } from '@heddle/core';

/** What each role may do, for those who give it. */
export const roleWords: Readonly<Record<Role, string>> = {
  viewer: 'Looks at workflows, runs, files and collections',
  runner: 'And calls published versions, stops runs, uploads files, tries models',
  editor: 'And runs drafts and documents, changes workflows, collections, models, policies',
  approver: 'Looks, answers questions of runs, publishes',
  auditor: 'Looks, reads the audit record and the settings',
  owner: 'Everything',
};

/** The address with which somebody chooses a password, once. */
export const setupAddress = (token: string): string =>
  `${window.location.origin}/sign-in?setup=${encodeURIComponent(token)}`;

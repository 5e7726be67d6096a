import type { Role } from '@heddle/core';

/** What each role may do, for those who give it. */
export const roleWords: Readonly<Record<Role, string>> = {
  viewer: 'reads workflows, runs, files and collections',
  runner: 'as viewer; calls published versions, stops runs, uploads files, tries models',
  editor: 'as runner; runs drafts and documents, changes workflows, collections, models, policies',
  approver: 'as viewer; answers questions of runs, publishes',
  auditor: 'as viewer; reads the audit record and the settings',
  owner: 'has every right',
};

/** The address with which somebody chooses a password, once. */
export const setupAddress = (token: string): string =>
  `${window.location.origin}/sign-in?setup=${encodeURIComponent(token)}`;

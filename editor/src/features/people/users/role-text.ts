import type { Role } from '@heddle/core';

/** What each role permits, for the person who assigns it. */
export const roleText: Readonly<Record<Role, string>> = {
  viewer: 'reads workflows, runs, files and collections',
  runner: 'as viewer; calls published versions, cancels runs, uploads files, tries models',
  editor: 'as runner; runs drafts and documents, changes workflows, collections, models, policies',
  approver: 'as viewer; answers human input requests, publishes',
  auditor: 'as viewer; reads the audit log and the settings',
  owner: 'has every right',
};

/** The link with which a user can set a password once. */
export const setupAddress = (token: string): string =>
  `${window.location.origin}/sign-in?setup=${encodeURIComponent(token)}`;

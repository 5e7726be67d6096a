import type { Permission } from '@heddle/core';
import type { ComponentType } from 'react';
import { lazyPage } from '../lazy-page.js';

/** One section of the settings. */
export interface SettingsSection {
  /** The last part of its address; empty for the first section. */
  readonly id: string;
  readonly title: string;
  readonly group: 'Heddle' | 'Accounts' | 'Oversight';
  /** The section is hidden from users without this right. */
  readonly permission?: Permission;
  readonly Page: ComponentType;
}

const general = lazyPage(() => import('./GeneralSection.js').then(({ GeneralSection: page }) => page));
const storage = lazyPage(() => import('./StorageSection.js').then(({ StorageSection: page }) => page));
const packages = lazyPage(() => import('./NodePackagesSection.js').then(({ NodePackagesSection: page }) => page));
const every = lazyPage(() => import('./SettingsTable.js').then(({ SettingsTable: page }) => page));

const account = lazyPage(() => import('../access/AccountSection.js').then(({ AccountSection: page }) => page));
const sessions = lazyPage(() => import('../access/SessionsSection.js').then(({ SessionsSection: page }) => page));
const users = lazyPage(() => import('../access/UsersSection.js').then(({ UsersSection: page }) => page));
const projects = lazyPage(() => import('../access/ProjectsSection.js').then(({ ProjectsSection: page }) => page));
const grants = lazyPage(() => import('../grants/GrantsSection.js').then(({ GrantsSection: page }) => page));
const keys = lazyPage(() => import('../access/KeysSection.js').then(({ KeysSection: page }) => page));
const audit = lazyPage(() => import('../audit/AuditSection.js').then(({ AuditSection: page }) => page));
const killSwitches = lazyPage(() =>
  import('../audit/KillSwitchesSection.js').then(({ KillSwitchesSection: page }) => page),
);
const conversations = lazyPage(() =>
  import('../conversations/ConversationsSection.js').then(({ ConversationsSection: page }) => page),
);
const caches = lazyPage(() => import('../conversations/CachesSection.js').then(({ CachesSection: page }) => page));

/** The sections in the order of the list; add an entry to add a section. */
export const settingsSections: readonly SettingsSection[] = [
  { id: '', title: 'General', group: 'Heddle', Page: general },
  { id: 'storage', title: 'Storage and retention', group: 'Heddle', permission: 'settings:read', Page: storage },
  { id: 'nodes', title: 'Node packages', group: 'Heddle', permission: 'node:install', Page: packages },
  { id: 'all', title: 'All settings', group: 'Heddle', permission: 'settings:read', Page: every },
  { id: 'account', title: 'My account', group: 'Accounts', Page: account },
  { id: 'sessions', title: 'Sessions', group: 'Accounts', Page: sessions },
  { id: 'users', title: 'Users', group: 'Accounts', permission: 'user:manage', Page: users },
  { id: 'projects', title: 'Projects', group: 'Accounts', Page: projects },
  { id: 'grants', title: 'Grants', group: 'Accounts', permission: 'grant:write', Page: grants },
  { id: 'keys', title: 'API keys', group: 'Accounts', permission: 'key:manage', Page: keys },
  {
    id: 'conversations',
    title: 'Conversations',
    group: 'Oversight',
    permission: 'run:values',
    Page: conversations,
  },
  { id: 'caches', title: 'Caches', group: 'Oversight', permission: 'run:read', Page: caches },
  { id: 'audit', title: 'Audit log', group: 'Oversight', permission: 'audit:read', Page: audit },
  { id: 'kill-switches', title: 'Kill switch', group: 'Oversight', Page: killSwitches },
];

import type { Permission } from '@heddle/core';
import type { ComponentType } from 'react';
import { AuditSection, KillSwitchesSection } from '../audit/index.js';
import { ClusterSection } from '../cluster/index.js';
import { ConversationsSection, CachesSection } from '../conversations/index.js';
import { GrantsSection } from '../grants/index.js';
import {
  AccountSection,
  SessionsSection,
  UsersSection,
  GroupsSection,
  ProjectsSection,
  KeysSection,
} from '../people/index.js';
import { lazyPage } from '../../ui/navigation/lazy-page.js';

interface SettingsSection {
  /** The last part of the section's address; empty for the first section. */
  readonly id: string;
  readonly title: string;
  readonly group: 'Heddle' | 'Accounts' | 'Oversight';
  /** Users without this permission do not see the section. */
  readonly permission?: Permission;
  readonly Page: ComponentType;
}

const general = lazyPage(() => import('./GeneralSection.js').then(({ GeneralSection: page }) => page));
const storage = lazyPage(() => import('./StorageSection.js').then(({ StorageSection: page }) => page));
const packages = lazyPage(() => import('./NodePackagesSection.js').then(({ NodePackagesSection: page }) => page));
const every = lazyPage(() => import('./SettingsTable.js').then(({ SettingsTable: page }) => page));

/** The sections in the order of the list. Add an entry to add a section. */
export const settingsSections: readonly SettingsSection[] = [
  { id: '', title: 'General', group: 'Heddle', Page: general },
  { id: 'storage', title: 'Storage and retention', group: 'Heddle', permission: 'settings:read', Page: storage },
  { id: 'cluster', title: 'Cluster', group: 'Heddle', permission: 'metrics:read', Page: ClusterSection },
  { id: 'nodes', title: 'Node packages', group: 'Heddle', permission: 'node:install', Page: packages },
  { id: 'all', title: 'All settings', group: 'Heddle', permission: 'settings:read', Page: every },
  { id: 'account', title: 'My account', group: 'Accounts', Page: AccountSection },
  { id: 'sessions', title: 'Sessions', group: 'Accounts', Page: SessionsSection },
  { id: 'users', title: 'Users', group: 'Accounts', permission: 'user:manage', Page: UsersSection },
  { id: 'groups', title: 'Groups', group: 'Accounts', permission: 'user:manage', Page: GroupsSection },
  { id: 'projects', title: 'Projects', group: 'Accounts', Page: ProjectsSection },
  { id: 'grants', title: 'Grants', group: 'Accounts', permission: 'grant:write', Page: GrantsSection },
  { id: 'keys', title: 'API keys', group: 'Accounts', permission: 'key:manage', Page: KeysSection },
  {
    id: 'conversations',
    title: 'Conversations',
    group: 'Oversight',
    permission: 'run:values',
    Page: ConversationsSection,
  },
  { id: 'caches', title: 'Caches', group: 'Oversight', permission: 'run:read', Page: CachesSection },
  { id: 'audit', title: 'Audit log', group: 'Oversight', permission: 'audit:read', Page: AuditSection },
  { id: 'kill-switches', title: 'Kill switch', group: 'Oversight', Page: KillSwitchesSection },
];

import type { ComponentType } from 'react';
import { lazyPage } from '../lazy-page.js';

/** One section of the settings. */
export interface SettingsSection {
  /** The last part of its address; empty for the first one. */
  readonly id: string;
  readonly title: string;
  readonly group: 'Heddle' | 'Accounts';
  readonly Page: ComponentType;
}

const general = lazyPage(() => import('./GeneralSection.js').then(({ GeneralSection: page }) => page));
const storage = lazyPage(() => import('./StorageSection.js').then(({ StorageSection: page }) => page));
const every = lazyPage(() => import('./SettingsTable.js').then(({ SettingsTable: page }) => page));

/** The sections in the order of the list at the side; a further one is one entry here. */
export const settingsSections: readonly SettingsSection[] = [
  { id: '', title: 'General', group: 'Heddle', Page: general },
  { id: 'storage', title: 'Storage and retention', group: 'Heddle', Page: storage },
  { id: 'all', title: 'All settings', group: 'Heddle', Page: every },
];

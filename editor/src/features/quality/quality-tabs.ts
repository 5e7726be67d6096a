import type { Permission } from '@heddle/core';
import type { ComponentType, ReactElement } from 'react';
import { AnnotationPage } from '../annotation/index.js';
import { DatasetsPage } from '../datasets/index.js';
import { ExperimentsPage } from '../experiments/index.js';
import { GatesPage } from '../gates/index.js';
import { LabsPage } from '../labs/index.js';
import { MonitorsPage } from '../monitors/index.js';
import { ReplaysPage } from '../replays/index.js';
import { PromptsPage } from '../prompts/index.js';
import { TrainingPage } from '../training/index.js';

/** What each page of the quality pages gets. */
export interface QualityTabProps {
  /** The part of the address behind the tab: the id of what is open. */
  readonly item: string | undefined;
  /** The tabs; they stand below the heading. */
  readonly tabs: ReactElement;
}

/** One tab of the quality pages. */
export interface QualityTab {
  /** The part of the address: `/quality/ID`. */
  readonly id: string;
  readonly title: string;
  /** The tab is hidden from users without this right. */
  readonly permission: Permission;
  /** Loaded on demand. */
  readonly Page: ComponentType<QualityTabProps>;
}

/** The tabs in their order; add an entry to add a tab. */
export const qualityTabs: readonly QualityTab[] = [
  { id: 'datasets', title: 'Datasets', permission: 'run:values', Page: DatasetsPage },
  { id: 'experiments', title: 'Experiments', permission: 'run:read', Page: ExperimentsPage },
  { id: 'labs', title: 'Labs', permission: 'run:values', Page: LabsPage },
  { id: 'monitors', title: 'Monitors', permission: 'run:read', Page: MonitorsPage },
  { id: 'replays', title: 'Replays', permission: 'run:values', Page: ReplaysPage },
  { id: 'gates', title: 'Gates', permission: 'workflow:read', Page: GatesPage },
  { id: 'feedback', title: 'Feedback', permission: 'run:values', Page: AnnotationPage },
  { id: 'prompts', title: 'Prompts', permission: 'workflow:read', Page: PromptsPage },
  { id: 'training', title: 'Training', permission: 'workflow:read', Page: TrainingPage },
];

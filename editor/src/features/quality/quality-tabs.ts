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

/** The props that each of the quality pages gets. */
export interface QualityTabProps {
  /** The part of the address after the tab: the id of the open dataset, experiment and so on. */
  readonly item: string | undefined;
  /** The tabs, which each page shows below its heading. */
  readonly tabs: ReactElement;
}

/** A tab of the quality pages. */
export interface QualityTab {
  /** The part of the address that names the tab: `/quality/ID`. */
  readonly id: string;
  readonly title: string;
  /** Users without this permission do not see the tab. */
  readonly permission: Permission;
  readonly Page: ComponentType<QualityTabProps>;
}

/** The tabs in their order. Add an entry to add a tab. */
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

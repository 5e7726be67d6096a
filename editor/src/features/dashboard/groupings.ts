import type { DashboardDimension } from '@heddle/core';

/** A property by which the table groups runs. */
export interface Grouping {
  readonly id: DashboardDimension;
  readonly title: string;
  /** The text for runs that lack the property. */
  readonly nameless: string;
  readonly textOf: (name: string) => string;
}

const asItIs = (name: string): string => name;
const callers: Readonly<Record<string, string>> = {
  user: 'People',
  local: 'This machine',
  service: 'Service accounts',
  share: 'Shared links',
  anonymous: 'Nobody known',
};
const statuses: Readonly<Record<string, string>> = { done: 'Done', failed: 'Failed', cancelled: 'Cancelled' };

/** The groupings in the order of the menu. */
export const groupings: readonly Grouping[] = [
  { id: 'workflow', title: 'Workflow', nameless: 'Not stored', textOf: asItIs },
  { id: 'version', title: 'Version', nameless: 'Not stored', textOf: (name) => name.replace(/^.* /, 'Version ') },
  { id: 'model', title: 'Model', nameless: 'No model', textOf: asItIs },
  { id: 'key', title: 'Caller', nameless: 'Unknown', textOf: (name) => callers[name] ?? name },
  { id: 'channel', title: 'Channel', nameless: 'Unknown', textOf: asItIs },
  { id: 'status', title: 'Status', nameless: 'Unknown', textOf: (name) => statuses[name] ?? name },
  { id: 'code', title: 'Error code', nameless: 'None', textOf: asItIs },
  { id: 'project', title: 'Project', nameless: 'Unknown', textOf: asItIs },
];

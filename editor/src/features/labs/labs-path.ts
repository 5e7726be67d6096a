import { qualityPath } from '../../ui/navigation/route.js';

/** The address of a lab: labs belong to their dataset. */
export const labPath = (dataset: string, id: string): string =>
  `${qualityPath('labs', id)}?${new URLSearchParams({ dataset }).toString()}`;

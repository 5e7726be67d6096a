import { qualityPath } from '../../ui/navigation/route.js';

/** The address of a lab, which belongs to a dataset. */
export const labPath = (dataset: string, id: string): string =>
  `${qualityPath('labs', id)}?${new URLSearchParams({ dataset }).toString()}`;

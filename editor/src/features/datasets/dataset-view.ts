import { navigate, qualityPath, useAddress } from '../../ui/navigation/route.js';

/** The parts of the page of a dataset. */
export const parts = ['rows', 'versions', 'problems', 'review'] as const;
type DatasetPart = (typeof parts)[number];

/** What the page of a dataset shows. It stands in the address, so that back and reload show the same. */
interface DatasetView {
  readonly part: DatasetPart;
  /** Undefined: the newest. */
  readonly version: number | undefined;
  readonly split: string;
  readonly tag: string;
  /** The row that is open. */
  readonly row: string | undefined;
}

/** Reads the query of an address. */
function readView(query: string): DatasetView {
  const text = new URLSearchParams(query);
  const version = Number(text.get('version') ?? '');
  return {
    part: parts.find((part) => part === text.get('show')) ?? 'rows',
    version: Number.isSafeInteger(version) && version > 0 ? version : undefined,
    split: text.get('split') ?? '',
    tag: text.get('tag') ?? '',
    row: text.get('row') ?? undefined,
  };
}

/** The address of a dataset with what its page shows. */
function viewPath(id: string, { part, version, split, tag, row }: DatasetView): string {
  const all = { show: part === 'rows' ? '' : part, version: version?.toString() ?? '', split, tag, row: row ?? '' };
  const given = Object.entries(all).filter(([, value]) => value !== '');
  const query = new URLSearchParams(given).toString();
  return `${qualityPath('datasets', id)}${query === '' ? '' : `?${query}`}`;
}

/** What the page shows, and a function that changes it. */
export function useDatasetView(id: string): readonly [DatasetView, (change: Partial<DatasetView>) => void] {
  const view = readView(useAddress().split('?')[1] ?? '');
  return [view, (change) => navigate(viewPath(id, { ...view, ...change }))];
}

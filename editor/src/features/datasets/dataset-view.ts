import { navigate, qualityPath, useAddress } from '../../ui/navigation/route.js';

/** The tabs of a dataset's page. */
export const parts = ['rows', 'versions', 'problems', 'review'] as const;
type DatasetPart = (typeof parts)[number];

/** What the page of a dataset shows. The address holds it, so that going back or reloading shows the same. */
interface DatasetView {
  readonly part: DatasetPart;
  /** Undefined means the newest. */
  readonly version: number | undefined;
  readonly split: string;
  readonly tag: string;
  /** The id of the open row. */
  readonly row: string | undefined;
}

/** Reads what the page shows from the query of an address. */
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

/** The address of a dataset's page with what it shows. */
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

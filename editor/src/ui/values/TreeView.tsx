import { ChevronRight } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { MoreEntries } from './MoreEntries.js';
import { entryCount, entrySummary, firstEntries, hasEntries, type TreeEntry } from './read/tree-entries.js';
import { visibleText } from '../markdown/visible-text.js';

const firstShown = 100;
const shortText = 240;

/** A value as a tree. Branches render when they are opened, a hundred entries at a time. */
export function TreeView({ value }: { readonly value: unknown }): ReactElement {
  return (
    <div className="tree mono" role="group" aria-label="Tree">
      {hasEntries(value) ? <Entries of={value} depth={0} /> : <Leaf value={value} />}
    </div>
  );
}

function Entries({ of, depth }: { readonly of: object; readonly depth: number }): ReactElement {
  const [most, setMost] = useState(firstShown);
  const all = entryCount(of);
  if (all === 0) return <p className="quiet">{Array.isArray(of) ? 'Empty list' : 'Empty object'}</p>;
  return (
    <>
      <ul>
        {firstEntries(of, most).map((entry) => (
          <Entry key={entry.key} entry={entry} depth={depth} isOpenAtFirst={depth === 0 && all <= 8} />
        ))}
      </ul>
      <MoreEntries shown={most} all={all} what="entries" onMore={() => setMost((before) => before + firstShown * 4)} />
    </>
  );
}

function Entry({
  entry: { key, value },
  depth,
  isOpenAtFirst,
}: {
  readonly entry: TreeEntry;
  readonly depth: number;
  readonly isOpenAtFirst: boolean;
}): ReactElement {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  if (!hasEntries(value) || entryCount(value) === 0) {
    return (
      <li>
        <span className="tree-key strong-text">{visibleText(key)}</span>{' '}
        {hasEntries(value) ? (
          <span className="quiet">{Array.isArray(value) ? '[]' : '{}'}</span>
        ) : (
          <Leaf value={value} />
        )}
      </li>
    );
  }
  return (
    <li>
      <button
        type="button"
        className="tree-toggle bare-text-button aligned-inline"
        aria-expanded={isOpen}
        onClick={() => setOpen((before) => !before)}
      >
        <ChevronRight size={12} aria-hidden />
        <span className="tree-key strong-text">{visibleText(key)}</span>
        <span className="quiet">{visibleText(entrySummary(value))}</span>
      </button>
      {isOpen ? <Entries of={value} depth={depth + 1} /> : null}
    </li>
  );
}

function Leaf({ value }: { readonly value: unknown }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  if (typeof value !== 'string') return <span className="tree-scalar">{String(value)}</span>;
  const isLong = value.length > shortText;
  return (
    <span className="tree-text" dir="auto">
      {JSON.stringify(visibleText(isLong && !isOpen ? value.slice(0, shortText) : value.slice(0, 20_000)))}
      {isLong ? (
        <button type="button" className="tree-more" onClick={() => setOpen((before) => !before)}>
          {isOpen ? 'less' : `all ${value.length.toLocaleString()} characters`}
        </button>
      ) : null}
    </span>
  );
}

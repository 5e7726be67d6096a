import type { ReactElement } from 'react';
import type { Difference, Side } from '../document/conflict/compare-documents.js';

const kinds: Readonly<Record<Difference['kind'], string>> = { node: 'Node', edge: 'Thread', head: 'Workflow' };
const mostCharacters = 400;

/** One difference: both sides of each field, and which side is taken. */
export function ConflictRow({
  difference,
  side,
  onChoose,
}: {
  readonly difference: Difference;
  readonly side: Side;
  readonly onChoose: (side: Side) => void;
}): ReactElement {
  const { key, kind, title, fields, isClash, inMine, inTheirs } = difference;
  const isPlain = key === 'head:layout' || kind === 'edge' || !inMine || !inTheirs;
  return (
    <li className="conflict-row" data-clash={isClash || undefined}>
      <h3>
        <span className="quiet">{kinds[kind]}</span> {title}{' '}
        {isClash ? <span className="badge">both changed it</span> : null}
      </h3>
      <div className="conflict-sides" role="radiogroup" aria-label={`Version of ${title}`}>
        {(['mine', 'theirs'] as const).map((candidate) => (
          <label key={candidate} className="conflict-side" data-chosen={candidate === side || undefined}>
            <span className="conflict-choice">
              <input type="radio" name={key} checked={candidate === side} onChange={() => onChoose(candidate)} />{' '}
              {candidate === 'mine' ? 'Mine' : 'Theirs'}
            </span>
            {isPlain ? (
              <span>{plainWords(difference, candidate)}</span>
            ) : (
              <dl>
                {fields.map((field) => (
                  <div key={field.field}>
                    {field.field === '' ? null : <dt>{field.field}</dt>}
                    <dd>{wordsOf(field[candidate])}</dd>
                  </div>
                ))}
              </dl>
            )}
          </label>
        ))}
      </div>
    </li>
  );
}

function plainWords({ key, kind, inMine, inTheirs }: Difference, side: Side): string {
  if (key === 'head:layout')
    return side === 'mine' ? 'As it stands on this canvas' : 'As it stands on the other canvas';
  const isIn = side === 'mine' ? inMine : inTheirs;
  if (kind === 'edge' && inMine && inTheirs)
    return side === 'mine' ? 'With its loop settings here' : 'With its loop settings there';
  return isIn ? 'It is there' : 'It is not there';
}

function wordsOf(value: unknown): string {
  if (value === undefined) return 'not set';
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

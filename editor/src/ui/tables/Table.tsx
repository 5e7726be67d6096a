import clsx from 'clsx';
import type { CSSProperties, ReactElement, ReactNode } from 'react';

/** The title of a column. `number` aligns the column to the right. */
export type Column = string | { readonly number: string };

/**
 * A table that scrolls in its own frame, also by keyboard, so that a wide table never scrolls the page.
 *
 * @example <Table name="Caches" columns={['For', { number: 'Hits' }]} hasActions>{rows}</Table>
 */
export function Table({
  name,
  columns,
  hasActions = false,
  folds = false,
  className,
  children,
}: {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The last cell of each row holds buttons. */
  readonly hasActions?: boolean;
  /** On a phone, each row becomes a block with one line per column, which begins with the title of the column. */
  readonly folds?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={name}>
      <table
        className={clsx('table', className)}
        data-folds={folds || undefined}
        style={folds ? titlesOf(columns) : undefined}
      >
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={titleOf(column)} scope="col" className={typeof column === 'string' ? undefined : 'number'}>
                {titleOf(column)}
              </th>
            ))}
            {hasActions ? (
              <td>
                <span className="visually-hidden">Actions</span>
              </td>
            ) : null}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

const titleOf = (column: Column): string => (typeof column === 'string' ? column : column.number);

/** The titles as CSS variables, for the style sheet of folded tables. */
const titlesOf = (columns: readonly Column[]): CSSProperties =>
  Object.fromEntries(columns.map((column, index) => [`--column-${index + 1}`, JSON.stringify(titleOf(column))]));

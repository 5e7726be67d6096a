import clsx from 'clsx';
import type { CSSProperties, ReactElement, ReactNode } from 'react';

/** The title of a column; `number` aligns it right, like its figures. */
export type Column = string | { readonly number: string };

/**
 * A table that scrolls in its own frame, also by keyboard, so that a wide one never scrolls the page.
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
  /** Rows end with a cell of buttons. */
  readonly hasActions?: boolean;
  /** On a phone, each row becomes a block of lines, which begin with the title of their column. */
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

/** The titles of the columns, for the style sheet. */
const titlesOf = (columns: readonly Column[]): CSSProperties =>
  Object.fromEntries(columns.map((column, index) => [`--column-${index + 1}`, JSON.stringify(titleOf(column))]));

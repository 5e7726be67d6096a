import clsx from 'clsx';
import type { ReactElement, ReactNode } from 'react';

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
  className,
  children,
}: {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Rows end with a cell of buttons. */
  readonly hasActions?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={name}>
      <table className={clsx('table', className)}>
        <thead>
          <tr>
            {columns.map((column) =>
              typeof column === 'string' ? (
                <th key={column} scope="col">
                  {column}
                </th>
              ) : (
                <th key={column.number} scope="col" className="number">
                  {column.number}
                </th>
              ),
            )}
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

import { useMemo, useState, type ReactElement } from 'react';
import { MoreEntries } from './MoreEntries.js';
import { cellText, tableColumns } from './read/table-columns.js';
import { visibleText } from '../markdown/visible-text.js';

const firstRows = 50;

/** A list of objects as a table, fifty rows at first. */
export function TableView({ rows }: { readonly rows: readonly Readonly<Record<string, unknown>>[] }): ReactElement {
  const [most, setMost] = useState(firstRows);
  const { columns, left } = useMemo(() => tableColumns(rows), [rows]);
  return (
    <>
      <div className="value-scroll" tabIndex={0} role="region" aria-label="Table">
        <table>
          <thead>
            <tr>
              <th scope="col" className="quiet">
                #
              </th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {visibleText(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row, index) => (
              <tr key={index}>
                <td className="quiet figure">{index + 1}</td>
                {columns.map((column) => (
                  <td
                    key={column}
                    className={typeof row[column] === 'number' ? 'figure value-number' : undefined}
                    dir="auto"
                  >
                    {Object.hasOwn(row, column) ? visibleText(cellText(row[column])) : ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left === 0 ? null : <p className="quiet">{left.toLocaleString()} more columns in the tree view.</p>}
      <MoreEntries
        shown={most}
        all={rows.length}
        what="rows"
        onMore={() => setMost((before) => before + firstRows * 4)}
      />
    </>
  );
}

import type { GrantKind, GrantReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../ui/tables/Table.js';
import { RowButton } from '../../ui/buttons/RowButton.js';
import { Link } from '../../ui/navigation/Link.js';
import { collectionPath, connectionPath, toolServerPath } from '../../ui/navigation/route.js';
import { ProjectChips } from './ProjectChips.js';
import { UseList } from './UseList.js';
import styles from './grants.module.css';

/** Items of one kind, with their granted projects, their uses, and a button that changes the grants. */
export function GrantTable({
  name,
  grants,
  isAlone,
  titleOf,
  onChange,
}: {
  readonly name: string;
  readonly grants: readonly GrantReply[];
  /** Whether there is only one project. The projects are then not shown. */
  readonly isAlone: boolean;
  readonly titleOf: (kind: GrantKind, id: string) => string;
  readonly onChange: (grant: GrantReply) => void;
}): ReactElement {
  return (
    <Table
      name={name}
      columns={isAlone ? ['Name', 'Used by'] : ['Name', 'Projects', 'Used by']}
      hasActions={!isAlone}
      className={styles['grant-table']}
    >
      {grants.map((grant) => (
        <tr key={grant.id}>
          <th scope="row">
            <Thing grant={grant} title={titleOf(grant.kind, grant.id)} />
          </th>
          {isAlone ? null : (
            <td>
              <ProjectChips grant={grant} />
            </td>
          )}
          <td>
            <UseList grant={grant} isAlone={isAlone} />
          </td>
          {isAlone ? null : (
            <td className="cell-menu">
              <RowButton title="Change" what={`who may use ${grant.id}`} run={() => onChange(grant)} />
            </td>
          )}
        </tr>
      ))}
    </Table>
  );
}

function Thing({ grant: { kind, id }, title }: { readonly grant: GrantReply; readonly title: string }): ReactElement {
  const page = pathOf(kind, id);
  return (
    <>
      {page === undefined ? (
        <strong>{title}</strong>
      ) : (
        <Link href={page} className="text-link">
          <strong>{title}</strong>
        </Link>
      )}
      {title === id ? null : (
        <>
          <br />
          <span className="mono quiet">{id}</span>
        </>
      )}
    </>
  );
}

/** The address of an item's page; undefined for models, secrets and folders, which have none. */
function pathOf(kind: GrantKind, id: string): string | undefined {
  if (kind === 'connection') return connectionPath(id);
  if (kind === 'tool') return toolServerPath(id);
  return kind === 'collection' ? collectionPath(id) : undefined;
}

import type { StoredFact } from '@heddle/core';
import type { ReactElement } from 'react';
import { useNames } from '../../data/access/me-store.js';
import { RowButton } from '../../ui/buttons/RowButton.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { Table } from '../../ui/tables/Table.js';
import { LabelMark } from '../../ui/values/LabelMark.js';
import { subjectText } from './subject-text.js';
import styles from './conversations.module.css';

/** Long-term facts, newest first. */
export function FactTable({
  facts,
  names,
  workflowName,
  mayChange,
  onEdit,
  onErase,
}: {
  readonly facts: readonly StoredFact[];
  readonly names: Readonly<Record<string, string>>;
  readonly workflowName: (id: string) => string;
  readonly mayChange: (fact: StoredFact) => boolean;
  readonly onEdit: (fact: StoredFact) => void;
  readonly onErase: (fact: StoredFact) => void;
}): ReactElement {
  const now = useNow(false);
  const nameOf = useNames();
  return (
    <Table name="Facts" columns={['Fact', 'Subject', 'Workflow', 'Label', 'Written']} hasActions folds>
      {facts.map((fact) => {
        const { id, key, text, owner, label, run, updatedAt, expiresAt } = fact;
        return (
          <tr key={id}>
            <th scope="row" className={styles['fact-cell']}>
              {key}
              {text === key ? null : <p className={styles['fact-text']}>{text}</p>}
            </th>
            <td data-tip={owner.subject}>{names[owner.subject] ?? subjectText(nameOf(owner.subject))}</td>
            <td>{workflowName(owner.workflow)}</td>
            <td>
              <LabelMark level={label.level} marks={label.marks} title="Label of this fact" />
            </td>
            <td className="cell-time" data-tip={new Date(updatedAt).toLocaleString()}>
              {run === undefined ? (
                formatAgo(updatedAt, now)
              ) : (
                <Link href={runPath(run)} aria-label={`Open the run that wrote ${key}, ${formatAgo(updatedAt, now)}`}>
                  {formatAgo(updatedAt, now)}
                </Link>
              )}
              {expiresAt === undefined ? null : (
                <p className="quiet">
                  {expiresAt <= now ? 'Expired' : `Until ${new Date(expiresAt).toLocaleDateString()}`}
                </p>
              )}
            </td>
            <td className="cell-menu">
              {mayChange(fact) ? (
                <>
                  <RowButton title="Edit" what={key} run={() => onEdit(fact)} />
                  <RowButton title="Delete" what={key} run={() => onErase(fact)} />
                </>
              ) : null}
            </td>
          </tr>
        );
      })}
    </Table>
  );
}

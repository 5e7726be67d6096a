import clsx from 'clsx';
import type { AuditRecord } from '@heddle/core';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { Fragment, memo, useState, type ReactElement } from 'react';
import { useNames } from '../../data/access/me-store.js';
import { Table } from '../../ui/tables/Table.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { eventName, detailText, subjectText, whoText } from './audit-filter.js';
import styles from './audit.module.css';

/** Audit events, newest first. Each can be expanded to show its details. */
export function AuditTable({
  records,
  names,
  onWho,
  onSubject,
}: {
  readonly records: readonly AuditRecord[];
  /** Names of the share pages that occur as actors, by id. */
  readonly names: Readonly<Record<string, string>>;
  readonly onWho: (who: string) => void;
  readonly onSubject: (subject: string) => void;
}): ReactElement {
  const [open, setOpen] = useState<number>();
  const nameOf = useNames();
  const workflows = useWorkflows();
  const nameOfSubject = (subject: string): string =>
    workflows.choices.find(([id]) => subject === `workflow:${id}`)?.[1] ?? nameOf(subject);
  return (
    <Table
      name="Audit log"
      columns={[{ number: 'No.' }, 'Time', 'Event', 'Actor', 'Subject', 'Details']}
      className={styles['audit-table']}
    >
      {records.map((record) => (
        <Row
          key={record.number}
          record={record}
          who={whoText(record.who, names, nameOf)}
          what={subjectText(record.subject, nameOfSubject)}
          isOpen={open === record.number}
          onToggle={setOpen}
          onWho={onWho}
          onSubject={onSubject}
        />
      ))}
    </Table>
  );
}

const Row = memo(function Row({
  record,
  who,
  what,
  isOpen,
  onToggle,
  onWho,
  onSubject,
}: {
  readonly record: AuditRecord;
  readonly who: string;
  readonly what: string;
  readonly isOpen: boolean;
  readonly onToggle: (number: number | undefined) => void;
  readonly onWho: (who: string) => void;
  readonly onSubject: (subject: string) => void;
}): ReactElement {
  const Mark = isOpen ? ChevronDown : ChevronRight;
  const { number, time, act: kind, subject, isAllowed, details, previous, hash, project } = record;
  return (
    <Fragment>
      <tr data-refused={isAllowed ? undefined : true}>
        <td className="number">
          <button
            type="button"
            className="audit-open bare-text-button aligned-inline"
            aria-expanded={isOpen}
            aria-label={`Details of event ${number}`}
            onClick={() => onToggle(isOpen ? undefined : number)}
          >
            <Mark size={13} aria-hidden /> {number}
          </button>
        </td>
        <td className={clsx('figure', styles['audit-time'])}>{new Date(time).toLocaleString()}</td>
        <td>
          {eventName(kind)}
          {isAllowed ? null : <strong className="failed-text"> refused</strong>}
        </td>
        <td>
          <button
            type="button"
            className={clsx(styles['audit-link'], 'bare-text-button aligned-inline')}
            data-tip={`Only ${record.who}`}
            onClick={() => onWho(record.who)}
          >
            {who}
          </button>
        </td>
        <td>
          <button
            type="button"
            className={
              what === subject
                ? clsx(styles['audit-link'], 'bare-text-button aligned-inline mono')
                : clsx(styles['audit-link'], 'bare-text-button aligned-inline')
            }
            data-tip={`Only ${subject}`}
            onClick={() => onSubject(subject)}
          >
            {what}
          </button>
        </td>
        <td className={clsx('quiet', styles['audit-details'])}>{detailText(details)}</td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={6}>
            <pre className={clsx('mono', styles['audit-record'], 'boxed')} tabIndex={0} aria-label={`Event ${number}`}>
              {JSON.stringify({ who: record.who, project, subject, isAllowed, details, previous, hash }, null, 2)}
            </pre>
          </td>
        </tr>
      ) : null}
    </Fragment>
  );
});

import clsx from 'clsx';
import { ScrollText } from 'lucide-react';
import { AuditEventKind } from '@heddle/core';
import { useDeferredValue, useMemo, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { projectStore } from '../../data/access/project-store.js';
import { eventName, everything, exportAddress, filterOf, type AuditForm } from './audit-filter.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { useForm } from '../../ui/forms/use-form.js';
import { ShowMore } from '../../ui/buttons/ShowMore.js';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';
import { usePages } from '../../data/queries/use-pages.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { auditPages } from './audit-pages.js';
import { AuditTable } from './AuditTable.js';
import { Verify } from './Verify.js';
import { Allowed } from '../../ui/states/Allowed.js';
import styles from './audit.module.css';

const tailMs = 3_000;
const noReload = (): void => undefined;

/** The audit log with filter, live updates, verification and export. */
export function AuditSection(): ReactElement {
  return (
    <Allowed permission="audit:read" what="Reading the audit log">
      <Records />
    </Allowed>
  );
}

function Records(): ReactElement {
  const projects = useStore(projectStore, (state) => state.projects) ?? [];
  const form = useForm<AuditForm>(everything);
  const [isTailed, setTailed] = useState(true);
  const typed = useDeferredValue(form.values);
  const filter = useMemo(() => filterOf(typed), [typed]);
  const pages = usePages(auditPages, filter);
  const { again } = pages;
  useReloadInterval(isTailed ? again : noReload, tailMs);
  return (
    <>
      <Verify />
      <div className={clsx(styles['audit-filters'], 'wrapped gap-12')} role="group" aria-label="Filters">
        <SelectField
          title="Event"
          {...form.field('kind')}
          choices={[['', 'Any'], ...AuditEventKind.options.map((kind) => [kind, eventName(kind)] as const)]}
        />
        {projects.length < 2 ? null : (
          <SelectField
            title="Project"
            {...form.field('project')}
            choices={[['', 'Any'], ...projects.map(({ id, name }) => [id, name] as const)]}
          />
        )}
        {textFields.map(({ name, ...field }) => (
          <TextField key={name} {...field} {...form.field(name)} />
        ))}
        <div className={clsx(styles['audit-times'], 'wrapped gap-12')}>
          {timeFields.map(({ name, ...field }) => (
            <TextField key={name} {...field} {...form.field(name)} />
          ))}
        </div>
      </div>
      <div className="section-bar">
        <label className="choice">
          <input type="checkbox" checked={isTailed} onChange={(event) => setTailed(event.target.checked)} />
          <span>New events appear automatically</span>
        </label>
        <span className="head-actions">
          {isTailed ? null : (
            <button type="button" className="button button-small" onClick={again}>
              Refresh
            </button>
          )}
          <a className="button button-small" href={exportAddress(filter, 'jsonl')} download>
            Export JSONL
          </a>
          <a className="button button-small" href={exportAddress(filter, 'csv')} download>
            Export CSV
          </a>
        </span>
      </div>
      <WhenLoaded
        loaded={{ ...pages, value: pages.value?.records }}
        text="Loading audit log…"
        empty={
          typed === everything ? (
            <EmptyState Icon={ScrollText}>
              No events yet. Each change and each model call that leaves this machine is recorded here.
            </EmptyState>
          ) : (
            'No event matches. Change the filters.'
          )
        }
      >
        {(records) => (
          <AuditTable
            records={records}
            names={pages.value?.names ?? {}}
            onWho={(who) => form.change({ who })}
            onSubject={(subject) => form.change({ subject })}
          />
        )}
      </WhenLoaded>
      <ShowMore pages={pages} what="events" />
    </>
  );
}

const textFields = [
  { name: 'who', title: 'Actor', type: 'search', placeholder: 'user:…' },
  { name: 'subject', title: 'Subject', type: 'search', placeholder: 'workflow:…' },
] as const;
const timeFields = [
  { name: 'from', title: 'From', type: 'datetime-local', placeholder: '' },
  { name: 'to', title: 'Until', type: 'datetime-local', placeholder: '' },
] as const;
